/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The difference of two small texts, as lines of a unified diff.
 *
 * The shortest edit script by dynamic programming: quadratic, so above KT_DIFF_MAX_LINES lines
 * everything is taken out and put in again, which is a diff as well.
 */

#include <glib.h>

/* Files of /etc that kvmtune edits have some ten lines; 4 MiB of table at the limit. */
#define KT_DIFF_MAX_LINES 1000
/* As in diff -u (POSIX). */
#define KT_DIFF_CONTEXT 3

/* Lines without newline: "@@ -1,3 +1,4 @@", then " same", "-old", "+new". NULL is the file that
 * does not exist. A missing newline at the end is told as diff does. char * array; none when the
 * texts are equal. */
GPtrArray *kt_diff(const char *from, const char *to);
