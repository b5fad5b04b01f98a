/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A placement as a plan: huge pages of each node, pins of vCPUs, emulator and IOThreads,
 * <numatune>, and NUMA cells for a guest that has to lie on several nodes.
 *
 * A guest is a group. A running guest whose <numatune> is restrictive moves live, pages and
 * threads. With any other mode libvirt cannot move its pages: its pins change live when the memory
 * is there already, and otherwise with its next start, as everything of guests that do not run.
 * Of a newcomer only the pins of the running guest are planned, and nothing else. Pure.
 */

#include "kt-plan-build.h"
#include "kt-policy.h"
#include "kt-solution.h"

/* @instance was made of @facts, @solution of @instance. Errors: as kt_plan_build(). Free with
 * kt_plan_free. */
KtPlan *kt_place_plan(KtFacts *facts, const KtPolicy *policy, const KtInstance *instance,
		      const KtSolution *solution, const KtPlanOptions *options, GError **error)
	KT_WARN_UNUSED;
