/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A placement as a plan: pins of vCPUs, emulator and IOThreads, and <numatune> for the next start.
 *
 * A guest is a group. Pins of running guests change live as well when their memory stays where it
 * is; pages of a running guest are not moved by kvmtune, so a guest that changes nodes gets its new
 * place with its next start. Pure.
 */

#include "kt-plan-build.h"
#include "kt-policy.h"
#include "kt-solution.h"

/* @instance was made of @facts, @solution of @instance. Errors: as kt_plan_build(). Free with
 * kt_plan_free. */
KtPlan *kt_place_plan(KtFacts *facts, const KtPolicy *policy, const KtInstance *instance,
		      const KtSolution *solution, const KtPlanOptions *options, GError **error)
	KT_WARN_UNUSED;
