/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The result of an audit: what each practice says about each of its targets.
 *
 * Results refer to the facts and to the practice rows and live in an arena of their own.
 */

#include "kt-change.h"
#include "kt-facts.h"

/* Position of a thing in KtFacts; never leaves the process: saved forms use the path. */
typedef struct KtTarget {
	KtScope scope;
	uint32_t index; /* node, block device or guest */
	uint32_t sub;   /* disk or NIC of the guest */
} KtTarget;

/* "host", "host/node/0", "host/block/vda", "guest/<uuid>", "guest/<uuid>/disk/vda",
 * "guest/<uuid>/nic/<mac>". Free with g_free. */
char *kt_target_path(const KtFacts *facts, KtTarget target);

/* For people: "host", "node 0", "disk vda of web1"... Free with g_free. */
char *kt_target_title(const KtFacts *facts, KtTarget target);

typedef struct KtEvidence {
	const char *text;
	const char *origin; /* file or call, "" when there is none */
} KtEvidence;

typedef struct KtPractice KtPractice;

typedef struct KtResult {
	const KtPractice *practice;
	KtTarget target;
	const char *target_path;
	const char *target_title;
	KtVerdict verdict;
	KtSeverity severity; /* of FINDING, PENDING and WAIVED; else UNSET */
	const char *summary; /* one line, what is wrong here; NULL = the practice's title */
	GPtrArray *evidence; /* KtEvidence * */
	GPtrArray *advice;   /* const char *: what to do by hand */
	GPtrArray *changes;  /* KtChange * */
	const char *waiver;  /* reason, of WAIVED */
} KtResult;

typedef struct KtAudit {
	KtFacts *facts;
	KtArena *arena;
	GPtrArray *results; /* KtResult *, by practice order, then target */
	unsigned n_verdicts[KT_VERDICT_N];
	unsigned n_findings[KT_SEVERITY_N]; /* verdict FINDING only */
	unsigned score; /* 0..100: weight kept / weight judged; unknown, waived, pending and not
			 * applicable do not count. 100 when nothing could be judged. */
} KtAudit;

void kt_audit_free(KtAudit *audit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtAudit, kt_audit_free)

/* The view that the next start of @guest uses: inactive, or live for a transient guest. */
const KtGuestConfig *kt_guest_config(const KtGuest *guest);
