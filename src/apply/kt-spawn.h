/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Running a distribution's own tool, where no call exists that does the same (update-grub). */

#include "kt-machine.h"

/* Runs argv[0] (an absolute path inside the root) and waits @limit_s at most, then kills it. It is
 * killed with us, too; what it has started by then holds the machine's lock until it ends. Inside a
 * root that is not "/" it runs under chroot(2). Its environment is PATH and LC_ALL=C only. Errors:
 * NOT_FOUND, TIMEOUT, IO with the last line it wrote to standard error. */
bool kt_spawn(const KtMachine *machine, const char *const *argv, unsigned limit_s, GError **error)
	KT_WARN_UNUSED;
