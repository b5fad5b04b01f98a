/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The rows of model/kt-facts-guest.c, made ready for walking domain XML: `.source` of a row is
 * where the member stands, so there is no second list of paths. Internal to kt-guest-xml.c.
 */

#include "kt-facts.h"

/* "memoryBacking/hugepages/page" is the longest path; "@file|@dev|@dir|@name|@volume" has the most
 * alternatives. */
#define KT_GUEST_RULE_STEPS      4
#define KT_GUEST_RULE_ATTRIBUTES 6

typedef struct KtGuestRules KtGuestRules;

typedef struct KtGuestRule {
	const KtField *field;
	const char *steps[KT_GUEST_RULE_STEPS + 1];           /* elements below the record's own */
	const char *attributes[KT_GUEST_RULE_ATTRIBUTES + 1]; /* first that exists; none = text */
	bool is_count;
	const char *condition; /* of what is counted: the attribute, NULL = everything counts */
	const char *values[KT_GUEST_RULE_ATTRIBUTES + 1]; /* that it may have */
	const KtGuestRules *items;                        /* of a list */
} KtGuestRule;

struct KtGuestRules {
	KtGuestRule *v;
	size_t n;
};

/* The rules for KtGuestConfig; made once, for the life of the process. */
const KtGuestRules *kt_guest_rules(void);
