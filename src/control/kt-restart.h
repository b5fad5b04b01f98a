/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The restart of one guest: what was found beforehand, and how it went. */

#include "kt-pending.h"

typedef enum KtRestartEnd {
	KT_RESTART_UNSET = 0,
	KT_RESTART_PLANNED,       /* nothing was done yet */
	KT_RESTART_DONE,          /* it runs as defined */
	KT_RESTART_UNTRUE,        /* it runs again, but not all that waited has become true */
	KT_RESTART_STILL_RUNNING, /* it did not shut down in time */
	KT_RESTART_INTERRUPTED,   /* somebody interrupted the wait; it still runs */
	KT_RESTART_AS_BEFORE,     /* its definition did not start: it runs as it ran before */
	KT_RESTART_OFF,           /* it is off, and could not be started */
	KT_RESTART_N,
} KtRestartEnd;

typedef struct KtRestart {
	char *name;
	char *uuid;
	char *uri;           /* of its libvirt; NULL = default */
	GPtrArray *pending;  /* KtPending * */
	GPtrArray *mended;   /* ids of practices (char *): findings that a start mends */
	GPtrArray *brought;  /* the same: findings that it brings */
	GPtrArray *disks;    /* targets (char *), to ask for jobs on them */
	bool has_agent;      /* its agent is connected */
	bool has_acpi;       /* it would notice the power button */
	KtRestartEnd end;    /* */
	const char *way;     /* how it went down: "agent", "acpi", "force"; NULL = not yet */
	char *problem;       /* why the definition did not start, or NULL */
	int64_t shutdown_us; /* from being asked to being off */
	int64_t outage_us;   /* from being off to running again */
} KtRestart;

/* UNSET members, empty arrays. */
KtRestart *kt_restart_new(void);
void kt_restart_free(KtRestart *restart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtRestart, kt_restart_free)

/* "done", "still-running"... */
const char *kt_restart_end_name(KtRestartEnd end);
