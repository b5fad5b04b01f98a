/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* libvirt's errors as kvmtune's: translated here and nowhere else. */

#include "kt-opt.h"

/* Sets @error from libvirt's last error of this thread: "<what>: <message of libvirt>", with a hint
 * where there is one to give. The only place where libvirt's codes are translated: DENIED,
 * NOT_FOUND (no such guest), TIMEOUT (state lock, a silent guest agent), UNSUPPORTED, else LIBVIRT.
 * Returns false. */
bool kt_throw_virt(GError **error, const char *what);

/* What the failure of a question means for the fact: DENIED; ABSENT for UNSUPPORTED and NOT_FOUND;
 * BROKEN for all else. */
KtState kt_virt_state(const GError *error);
