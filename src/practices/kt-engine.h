/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Runs practices over facts. Pure: the same facts and policy give the same audit. */

#include "kt-practice.h"

typedef struct KtSelection {
	const char *const *only;   /* practice ids or "area.*", NULL-terminated; NULL = all */
	const char *const *skip;   /* same; NULL = none */
	const char *const *guests; /* names or UUIDs, NULL-terminated; NULL = all. The host is
				    * always judged. */
} KtSelection;

/* @selection may be NULL. Never fails; free with kt_audit_free. Takes a reference on @facts. */
KtAudit *kt_engine_run(KtFacts *facts, const KtPolicy *policy, const KtSelection *selection);

/* Evaluates one practice for one target; the result belongs to @arena except its three arrays
 * (see KtResult). For tests. */
KtResult *kt_engine_evaluate(const KtPractice *practice, const KtFacts *facts,
			     const KtPolicy *policy, KtTarget target, KtArena *arena);

/* True when @id matches one of the patterns (exact, or "area.*"). */
bool kt_engine_matches(const char *const *patterns, const char *id);
