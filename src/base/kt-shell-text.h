/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Configuration files that a shell or systemd reads: lines KEY=VALUE, KEY="VALUE", KEY='VALUE',
 * comments (/etc/default/grub, /etc/sysconfig/irqbalance).
 *
 * Nothing is run. A value that only a shell can tell ($VARIABLE, `command`, a backslash, several
 * lines) is said to be COMPLEX and left alone. Of several assignments the last one counts.
 */

#include "kt-cpuset.h"
#include "kt-opt.h"

typedef enum KtShellState {
	KT_SHELL_ABSENT = 0, /* no assignment */
	KT_SHELL_VALUE,
	KT_SHELL_COMPLEX, /* there is one, and what it says cannot be told */
} KtShellState;

/* What @key is set to; *@ret_value, only with VALUE, is freed with g_free. */
KtShellState kt_shell_get(const char *text, const char *key, char **ret_value);

/* The same of a CPU list: ABSENT when there is none or an empty one, BROKEN when it cannot be told.
 * Only VALUE writes *@ret_cpus. */
KtState kt_shell_get_cpus(const char *text, const char *key, KtCpuset *ret_cpus);

/* How many lines assign to @key. */
unsigned kt_shell_count(const char *text, const char *key);

/* @text with the last assignment of @key changed to @value, in double quotes; without one it is
 * added behind the comment that shows it ("#KEY="), else at the end. All else stays byte for byte.
 * NULL when the assignment is COMPLEX, or @value holds a quote, $, `, \ or a newline. Free with
 * g_free. */
char *kt_shell_set(const char *text, const char *key, const char *value);
