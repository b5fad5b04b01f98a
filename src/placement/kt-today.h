/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the placement costs that guests have now, in the same units as a proposed one.
 *
 * A vCPU that may run on many CPUs is taken to be on each of them alike, so the distance of its
 * memory is a mean. Memory is where `current` says; where it was found on several nodes, as much on
 * each. A guest of which nobody knows where its memory is has no cost and is counted.
 */

#include "kt-solution.h"

struct KtToday {
	KtTerms *guests; /* in the order of the instance */
	bool *is_known;
	KtTerms terms; /* of all that are known */
	uint32_t n_running;
	uint32_t n_known;
	uint32_t n_contested; /* CPUs that are bound to more than one vCPU of dedicated guests */
	uint32_t n_floating;  /* vCPUs of dedicated guests that have no CPU of their own */
};

/* Fills in solution->today, whose guests are placed; NULL when none runs, or the
 * instance is not what runs. */
void kt_today(const KtInstance *instance, KtSolution *solution);
