/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A practice: one file and one row.
 *
 * The file defines the row with KT_PRACTICE (symbol) and its evaluate(); the row in practices.inc
 * names the symbol. Ids are for ever (area.name, host.halt-polling); the file is the id with
 * dashes, the symbol the id with underscores.
 *
 * evaluate() is pure: facts and policy in, a verdict and remarks out. It gets one target and has
 * no loop over targets: the engine enumerates by .scope. Rules:
 *  - a fact that is not kt_known() never leads to FINDING: return UNKNOWN, or NOT_APPLICABLE when
 *    the fact is ABSENT and the practice is meaningless without it;
 *  - evidence first, then changes; every number compared with stands in .params with its source.
 */

#include "kt-sink.h"

/* A number that a site may override in kvmtune.conf: [params] host.swappiness/value = 5. */
typedef struct KtParam {
	const char *name;
	uint64_t value; /* default */
	uint64_t min;
	uint64_t max;
	const char *unit;
	const char *doc; /* with the source of the default; "[eng]" marks an engineering rule */
} KtParam;

/* See kt-census.h. */
typedef struct KtCensus KtCensus;

/* What evaluate() sees. Pointers that do not belong to the scope are NULL. */
typedef struct KtView {
	const KtFacts *facts;
	const KtPolicy *policy;
	const KtPractice *practice;
	const KtHost *host;
	const KtNode *node;
	const KtBlock *block;
	const KtGuest *guest;
	const KtGuestConfig *config; /* what the guest's next start uses */
	const KtGuestConfig *live;   /* NULL when the guest is not active */
	const KtDisk *disk;          /* of `config` */
	const KtNic *nic;            /* of `config` */
	const KtCensus *counting;    /* of guests that run or start with the host; NULL = unknown */
	KtWorkload workload;         /* of the guest, or of the host */
	KtTarget target;
} KtView;

struct KtPractice {
	const char *id;
	const char *title; /* at most 60 columns, what is good: "Swap only when it must" */
	const char *why;
	const char *cost;           /* what following it costs, and when not to */
	const char *const *sources; /* primary sources, NULL-terminated, at least one */
	const char *since;          /* version of kvmtune */
	KtScope scope;
	KtSeverity severity; /* the highest that it gives; also its weight in the score */
	KtRisk risk;         /* of its changes */
	const KtParam *params;
	size_t n_params;
	const char *const *after;  /* ids whose effect it assumes, NULL-terminated, or NULL */
	const char *check_by_hand; /* commands that show the same */
	const char *effect;        /* what to measure before and after */
	KtVerdict (*evaluate)(const KtView *view, KtSink *out);
};

#define KT_PRACTICE(symbol) const KtPractice kt_practice_##symbol

/* All rows in the order of practices.inc, which is that of reports and documents. */
extern const KtPractice *const kt_practices[];
extern const size_t kt_n_practices;

/* NULL when there is none with this id. */
const KtPractice *kt_practice_find(const char *id);

/* An id that is no longer used, with the reason; NULL when @id was never one. */
const char *kt_practice_retired(const char *id);

/* Value of a parameter: the policy's, when it is a number within min..max, else the default. */
uint64_t kt_view_param(const KtView *view, const char *name);

/* Is it about latency or throughput, where more is worth changing? */
bool kt_view_is_strict(const KtView *view);
