/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A case: a JSON file that says what one practice says about one host. docs: CONTRIBUTING.md.
 *
 * tests/cases/<id-with-dashes>/<name>.json:
 *   about           one line for people
 *   base            facts to start from, relative to tests/cases; "base.json" when left out
 *   set             facts laid over them (see kt_facts_merge_json); {"state": "absent"} and
 *                   {"state": "unset"} stand for values that are not known
 *   workload        class of the host
 *   guest_workload  class of guests that name none themselves
 *   params          {"host.swappiness/value": 5}
 *   waive           [practice id, ...] or [{"practice", "target", "reason"}, ...]
 *   target          "host", "host/block/vda", "guest/<uuid>"...; may be left out when the practice
 *                   has one target only
 *   expect          verdict         as in reports; "none": the practice has no such target
 *                   severity        of a finding, mandatory then
 *                   changes         all of them in order: any of knob, target, locator, from, to,
 *                                   syntax, persist_key, effect
 *                   summary_contains, evidence_contains, advice_contains: a text or several
 */

#include "kt-engine.h"

typedef struct KtCase {
	KtFacts *facts;
	KtPolicy *policy;
	KtJson *json;
	const char *target; /* NULL = the only one */
	const KtJson *expect;
} KtCase;

/* Reads @path; "base" is looked up below @data_dir. Errors: IO, PARSE. */
KtCase *kt_case_load(const char *data_dir, const char *path, GError **error) KT_WARN_UNUSED;
void kt_case_free(KtCase *kase);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtCase, kt_case_free)

/* Facts of @data_dir/@name. */
KtFacts *kt_case_load_facts(const char *data_dir, const char *name, GError **error) KT_WARN_UNUSED;

/* NULL when @practice says what @kase expects, else what differs, one difference to a line. Free
 * with g_free. */
char *kt_case_check(const KtCase *kase, const KtPractice *practice);
