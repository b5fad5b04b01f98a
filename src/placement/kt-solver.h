/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Instance in, solution out.
 *
 * There is always an answer: guests that cannot be placed are named with the reason. The same
 * instance and options give the same solution on every machine, unless the clock ended the search
 * (solution->is_stopped).
 */

#include "kt-search.h"
#include "kt-solution.h"

/* Work that a usual machine does in a millisecond: layouts looked at by one core of a server of
 * 2020, measured with 'check bench place' as work / cpu_us over the instances of all generators
 * (60,000 to 125,000). A budget in ms is this many units of work. */
#define KT_SOLVER_WORK_PER_MS 85000

/* @limits may be NULL: 200 ms worth of work, any number of moves. Free with kt_solution_free. */
KtSolution *kt_solver_run(const KtInstance *instance, const KtSearchLimits *limits);

/* Room that is left, per reason why @guest is not placed; text in @arena. */
const char *kt_solver_reason(const KtInstance *instance, const KtSearch *search, uint32_t guest,
			     int32_t clash, KtArena *arena);

/* Fills in solution->moves. */
void kt_solver_order(const KtInstance *instance, KtSolution *solution);

/* Fills in solution->page_pools. */
void kt_solver_pools(const KtInstance *instance, KtSolution *solution);
