/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What runs inside a guest, as far as libosinfo's URI in the metadata says; all false when there is
 * none. */

#include "kt-guest.h"

/* Any Windows. */
bool kt_guest_is_windows(const KtGuestConfig *config);

/* Any Linux. */
bool kt_guest_is_linux(const KtGuestConfig *config);

/* A Windows that is no server: its licence counts sockets. */
bool kt_guest_is_windows_client(const KtGuestConfig *config);

/* Is it older than virtio (Linux 2.6.24, January 2008), so that no driver was ever made for it? */
bool kt_guest_predates_virtio(const KtGuestConfig *config);

/* Does the system's own kernel drive virtio disks and network cards? */
bool kt_guest_has_virtio(const KtGuestConfig *config);
