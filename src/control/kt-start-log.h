/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The log of a guest's QEMU process, as libvirt writes it: for each start a line with the time and
 * "starting up", the command line over many lines, then what QEMU says, and at the end a line with
 * "shutting down, reason=".
 *
 * The text is that of a process which a guest may have taken over: it is cut, cleaned of control
 * characters, and believed for nothing but finding practices.
 */

#include <glib.h>

/* Of the tail of a log that is looked at: virtlogd turns a log over at 2 MiB, and one start says
 * little but its command line (32 KiB with 100 disks). */
#define KT_START_LOG_MAX_BYTES ((size_t)(256 * 1024))
/* Messages kept, and bytes of each. The first ones tell most. */
#define KT_START_LOG_MAX_LINES 64
#define KT_START_LOG_MAX_LINE  512

typedef struct KtStartLog {
	char *started; /* "2026-11-21 11:00:00.123+0000", or NULL: no start in this text */
	char *reason;  /* why it ended: "failed", "crashed", "destroyed", "shutdown"; NULL = not yet
			*/
	GPtrArray *messages; /* char *: what was said in that last start, each text once */
} KtStartLog;

/* The last start in @text; never NULL. */
KtStartLog *kt_start_log_parse(const char *text, size_t length);

/* Messages of a text that somebody has kept: every line that says something. */
GPtrArray *kt_start_log_messages(const char *text, size_t length);

void kt_start_log_free(KtStartLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtStartLog, kt_start_log_free)
