/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "kt-call.h"

/* One followed thread and the system call it is in. */
typedef struct KtTask {
	pid_t tid;
	pid_t tgid;

	long nr;
	const KtCall *row; /* NULL for calls without one */
	uint64_t args[6];
	char *path[2];   /* what the call acts on, absolute; resolved only where needed */
	uint64_t number; /* 1 is the first counted call; 0: not counted */
	bool want_exit;  /* stop again when the call returns */
	bool logged;     /* the trace wants to see the result */
	bool existed;    /* the file was there before an open */

	bool forced; /* `forced_result` replaces the call */
	int64_t forced_result;
	uint64_t patched_addr; /* 0, or where an iovec length was cut and must be put back */
	uint64_t patched_len;
} KtTask;

/* Argument at a 1-based position; 0 for a position the call does not have. */
static inline uint64_t
kt_task_arg(const KtTask *task, unsigned position)
{
	return position ? task->args[position - 1] : 0;
}

static inline void
kt_task_forget_call(KtTask *task)
{
	g_clear_pointer(&task->path[0], g_free);
	g_clear_pointer(&task->path[1], g_free);
	task->row = NULL;
	task->number = 0;
	task->want_exit = task->logged = task->existed = task->forced = false;
	task->patched_addr = 0;
}

static inline void
kt_task_free(KtTask *task)
{
	kt_task_forget_call(task);
	g_free(task);
}
