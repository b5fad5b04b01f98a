/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The kernel command line of a guest that libvirt boots directly (<os><kernel>). Of others it
 * stands on a disk of the guest, where nobody outside looks.
 */

#include "kt-guest-check.h"

/* OK when the command line of a Linux guest is known; NOT_APPLICABLE when it boots from its disk or
 * is no Linux. */
KtVerdict kt_guest_cmdline_gate(const KtGuestConfig *config, KtSink *out);

/* Value of the last @key on it; NULL when it is not there, "" without a value. Free with g_free. */
char *kt_guest_cmdline_arg(const KtGuestConfig *config, const char *key);

/* The line without @key (NULL: with all), and with @more (NULL: nothing) at its end. Free with
 * g_free. */
char *kt_guest_cmdline_edit(const KtGuestConfig *config, const char *key, const char *more);

/* Says how the command line should read. No change: several practices look at this one place, and
 * each would undo what another one wants. */
void kt_guest_cmdline_advise(const KtView *view, const char *to, KtSink *out);
