/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <stdio.h>

#include "kt-task.h"

/*
 * The operation trace: one JSON object a line for every file operation that succeeded below one of
 * the prefixes, in the order in which they returned.  README.md lists the keys.
 *
 * Strings are bytes as code points U+0000 to U+00FF (paths need not be UTF-8); file data is base64.
 * A file is named by its inode ("ino": "device:inode"), so that a write to a file renamed meanwhile
 * finds it; "path" is what it was called when the operation began.
 */
typedef struct KtFslog {
	FILE *out;
	char **prefixes; /* canonical, NULL-terminated */
} KtFslog;

/* Called when a call with a record begins; task->path must be resolved.  Sets task->logged. */
void kt_fslog_enter(const KtFslog *log, KtTask *task);

/* Called when a call with task->logged returns. */
void kt_fslog_leave(const KtFslog *log, const KtTask *task, int64_t result);

/* The last line: the program has ended. */
void kt_fslog_end(const KtFslog *log, int status);
