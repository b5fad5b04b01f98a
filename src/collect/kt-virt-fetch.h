/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Asking libvirt: a constant number of calls for all guests together, and per guest one call for
 * each view of its XML that exists. Nothing is asked that makes libvirt talk to a guest's QEMU,
 * except for the halt polling statistics of KVM guests: that is the last call and has a deadline of
 * its own, so a stopped QEMU costs these statistics and nothing else.
 */

#include "kt-virt-dump.h"

/* Fetches from @uri, NULL = libvirt's own choice, read-only. Never fails: dump.problem and the
 * state of dump.domains say what went wrong. @is_privileged goes into the dump; as root a
 * connection that is refused read-only is tried read-write. Free with kt_virt_dump_free. */
KtVirtDump *kt_virt_fetch(const char *uri, uint32_t deadline_ms, bool is_privileged);
