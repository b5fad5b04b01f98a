/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Shared by the files of the search. */

#include "kt-search.h"

/* Is there room, and nobody that the guest has to keep away from? */
bool kt_search_fits(const KtSearch *search, uint32_t u, const KtLayout *layout);

/* 0..@below - 1; the sequence is the same for every run. */
uint32_t kt_search_random(KtSearch *search, uint32_t below);

/* Puts the unit on the cheapest layout that fits; among equals on the fullest nodes. @is_noisy: now
 * and then another one. False when none fits. */
bool kt_search_insert(KtSearch *search, uint32_t u, bool is_noisy);

/* Looks for a layout that is not on the unit's menu and fits into what is left, and adds it.
 * Its index, or -1. */
int32_t kt_search_reach(KtSearch *search, uint32_t u);

/* The cost that the unit has at least. */
static inline int64_t
kt_search_least(const KtUnit *unit)
{
	return unit->is_cut || unit->menu->n == 0 ? unit->least * 1000
						  : unit->menu->layouts[0].cost;
}

/* The work of one look at a layout: every cell, and which of them share a node. */
static inline uint64_t
kt_search_look(const KtUnit *unit, const KtLayout *layout)
{
	uint64_t n = unit->shapes[layout->shape].n_cells;

	return n + n * n / 8;
}

/* Has the budget of moves been exceeded? */
bool kt_search_is_over_budget(const KtSearch *search);
