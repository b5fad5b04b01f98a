/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "kt-call.h"
#include "kt-fslog.h"

/*
 * Runs a program under ptrace and acts at one of its system calls.
 *
 * Counted calls are numbered 1, 2, ... in the order in which they begin; call n has the edges 2n-1
 * (the call has not begun) and 2n (it has returned, the program has not seen the result).
 *
 * Calling sequence: fill a KtTracer, kt_tracer_run(), read the results, kt_tracer_clear().
 */

typedef enum KtMode {
	KT_MODE_COUNT,
	KT_MODE_KILL,
	KT_MODE_ERRNO,
	KT_MODE_TRACE,
} KtMode;

typedef enum KtChildren {
	KT_CHILDREN_IGNORE, /* followed, not counted, killed when the program has ended */
	KT_CHILDREN_COUNT,  /* followed and counted like the program's own threads */
	KT_CHILDREN_LEAVE,  /* not followed: they outlive the program as they would without us */
} KtChildren;

/* Exit statuses of the driver itself; a program's own status is passed on otherwise. */
enum {
	KT_EXIT_NOT_REACHED = 120,
	KT_EXIT_TIMEOUT = 121,
	KT_EXIT_FAILED = 125,
	KT_EXIT_NOT_RUN = 127,
};

typedef struct KtTracer {
	/* What to do. */
	KtMode mode;
	KtClass class;
	KtChildren children;
	uint64_t point;   /* KILL: the edge; ERRNO: the call */
	bool shorten;     /* the call moves half of its bytes: KILL then dies, ERRNO goes on */
	int error;        /* errno value to inject */
	bool sticky;      /* inject into all later counted calls of the same number too */
	bool main_thread; /* count only the main thread of each process */
	bool plain;       /* stop at every call, without a filter in the kernel */
	unsigned timeout_s;
	const char *from; /* or NULL: start counting at the first path that contains this */
	char **under;     /* or NULL: count only calls on files below these canonical paths */
	FILE *list;       /* or NULL: one line per counted call */
	KtFslog *log;     /* TRACE only */

	/* What came of it. */
	uint64_t calls;
	bool reached;
	char *point_text; /* which call the point was */
	int status;       /* the program's exit status, or 128 + signal */
	bool timed_out;

	/* Private. */
	GHashTable *tasks;
	pid_t program;
	bool armed;    /* the program has replaced the driver's child */
	bool counting; /* `from` has been seen */
	bool ended;
	long sticky_nr;
} KtTracer;

/* Runs `argv` to its end.  Returns the exit status for the driver.  On failure to start or to
 * trace, sets `error` and returns KT_EXIT_FAILED. */
int kt_tracer_run(KtTracer *tracer, char **argv, GError **error);

void kt_tracer_clear(KtTracer *tracer);
