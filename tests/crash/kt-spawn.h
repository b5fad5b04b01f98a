/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "kt-call.h"

/* Which calls the kernel reports to the driver. */
typedef struct KtFilter {
	bool none;     /* no filter at all: the driver stops at every call itself */
	bool all;      /* report every call */
	bool records;  /* report calls that the trace records */
	KtClass class; /* report calls that may belong to this class */
} KtFilter;

/* Starts `argv` under ptrace with `options` (PTRACE_O_*); it has not been executed yet when this
 * returns. The filter makes the kernel stop only at the calls asked for, which costs the others
 * some 50 ns instead of two context switches.  Returns the process, or -1 with `error` set. */
pid_t kt_spawn_traced(char **argv, const KtFilter *filter, unsigned long options, GError **error);
