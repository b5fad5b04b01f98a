/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * One round over one guest's XML, without libvirt: read it, judge it, plan, make the planned
 * changes in the text. What comes out can be given to libvirt, or to the next round.
 */

#include "kt-plan-build.h"

typedef struct KtRound {
	KtFacts *facts; /* of the host, with this guest alone */
	KtAudit *audit;
	KtPlan *plan;
	char *xml; /* with the changes made */
} KtRound;

/* The host is that of @host, which stays as it is; the guest is persistent, does not run, and is of
 * class @workload. Errors: PARSE (the XML, or a locator of a change), CONFLICT (practices that do
 * not agree), NOT_FOUND (a change of what is not there). Clear with kt_round_clear. */
bool kt_round_run(const KtFacts *host, const char *xml, KtWorkload workload, KtRound *ret_round,
		  GError **error) KT_WARN_UNUSED;
void kt_round_clear(KtRound *round);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtRound, kt_round_clear)

/* Is @step about the guest's definition? The host's own findings are not of the round. */
bool kt_round_is_step(const KtStep *step);
