/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * From findings to a plan. Pure: audit in, plan out.
 *
 * Every finding with changes becomes a group. Live changes get the step that makes them last;
 * proposals for the same place are merged when they agree and are an error (CONFLICT, naming both
 * practices) when they do not. Groups are ordered by what practices assume of each other, then by
 * risk, then by the order of the practices.
 */

#include "kt-engine.h"
#include "kt-plan.h"

typedef struct KtPlanOptions {
	const char *tool_version;
	bool is_live_only;       /* nothing that outlives the boot or the guest's process */
	bool is_persistent_only; /* nothing that changes the running host or guests */
	KtSeverity least;        /* findings below this are left out; UNSET = all */
	KtRisk most;             /* groups above this risk are left out with a note; UNSET = all */
} KtPlanOptions;

/* @options may be NULL. Free with kt_plan_free. */
KtPlan *kt_plan_build(const KtAudit *audit, const KtPlanOptions *options, GError **error)
	KT_WARN_UNUSED;
