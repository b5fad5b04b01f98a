/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * SIGINT, SIGTERM and SIGHUP.
 *
 * Handlers, not masks: a program that is started (grubby, QEMU) gets its defaults back. The exit
 * status is 130 in every case, as documented, and not the one of a process that a signal killed.
 */

#include "kt-command.h"

/* From now on signals do what @interrupt says. @cancellable: for KT_INTERRUPT_CANCEL. */
void kt_signals_init(KtInterrupt interrupt, GCancellable *cancellable);
