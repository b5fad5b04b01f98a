/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Nodes for all guests: a start, and the search that improves it.
 *
 * The search takes the guests of a few nodes out and puts them back in another order, thousands of
 * times, and keeps what is better; what is worse is kept with a chance that falls (simulated
 * annealing on a large neighbourhood). It counts its work instead of asking a clock, so the same
 * input gives the same answer; the clock, if there is one, only ends it early.
 */

#include "kt-unit.h"

typedef struct KtSearchLimits {
	uint64_t work;               /* layouts looked at */
	uint64_t max_moves;          /* guests that may leave their nodes; UINT64_MAX = no limit */
	uint64_t max_kib;            /* memory that may move */
	bool (*is_over)(void *data); /* may be NULL; asked now and then */
	void *data;
} KtSearchLimits;

/* What an arrangement is worth; compared in this order, less is better. */
typedef struct KtScore {
	int64_t unplaced; /* weight of the guests left out */
	int64_t cost;     /* thousandths of loss, moves included */
	int64_t stranded; /* how many fewer guests of usual sizes would fit beside */
} KtScore;

typedef struct KtSearch {
	const KtInstance *instance;
	const KtUnit *units;
	uint32_t n_units;
	const KtSearchLimits *limits;
	KtRoom room;
	int32_t *layouts; /* of each unit, -1 = not placed */
	uint64_t *apart;  /* nodes that guests of a group keep from each other */
	int64_t unplaced;
	int64_t cost; /* of the layouts */
	uint64_t n_moves;
	uint64_t moved_kib;
	uint64_t work;
	uint64_t random;
	bool is_stopped; /* by the clock */
	int32_t *best;
	KtScore best_score;
	KtScore bound; /* the search ends when it gets there */
} KtSearch;

/* An empty arrangement; @room is that of the empty host. */
void kt_search_init(KtSearch *search, const KtInstance *instance, const KtRoom *room,
		    const KtUnit *units, const KtSearchLimits *limits);
void kt_search_clear(KtSearch *search);

/* Puts a unit down if it fits, or takes it up. */
bool kt_search_put(KtSearch *search, uint32_t u, int32_t layout);
void kt_search_take(KtSearch *search, uint32_t u);

/* Everybody where it is now, the others by best fit, largest first. Remembers it as the best. */
void kt_search_start(KtSearch *search);

/* Improves the best until @work more is done, the bound is reached or the clock says so. */
void kt_search_improve(KtSearch *search, uint64_t work);

/* The score of what stands now. */
KtScore kt_search_score(const KtSearch *search);
int kt_score_compare(const KtScore *a, const KtScore *b);

/* Takes what stands now as the best if it is; or goes back to the best. */
bool kt_search_keep(KtSearch *search);
void kt_search_restore(KtSearch *search);

/* Is there nothing left to win? */
bool kt_search_is_done(const KtSearch *search);
