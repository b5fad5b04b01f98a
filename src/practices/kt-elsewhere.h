/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Ids of the catalogue that are no practice of their own: nothing of them can be judged from facts
 * by itself. Each says what it is instead, where that lives, why, and from what it is known. The
 * rows stand in elsewhere.inc, in the order of their ids.
 */

#include "kt-practice.h"

typedef enum KtElsewhereKind {
	KT_ELSEWHERE_UNSET = 0,
	KT_ELSEWHERE_RULE,     /* how kvmtune itself works */
	KT_ELSEWHERE_PRACTICE, /* another practice has its findings: .home is its id */
	KT_ELSEWHERE_COMMAND,  /* something that is done when asked for: .home names it */
	KT_ELSEWHERE_N,
} KtElsewhereKind;

typedef struct KtElsewhere {
	const char *id;
	KtElsewhereKind kind;
	const char *home;   /* id of a practice, or words: "kvmtune get DOMAIN" */
	const char *why;    /* one or two sentences */
	const char *source; /* what that is known from */
} KtElsewhere;

extern const KtElsewhere kt_elsewhere[];
extern const size_t kt_n_elsewhere;

/* NULL when there is none with this id. */
const KtElsewhere *kt_elsewhere_find(const char *id);

/* "rule", "practice", "command". */
const char *kt_elsewhere_kind_name(KtElsewhereKind kind);

/* Its home is a practice that this version does not have. */
bool kt_elsewhere_is_awaited(const KtElsewhere *row);
