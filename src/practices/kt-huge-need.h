/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * How many static huge pages of one size guests will ask for, what there is, and where more of
 * them would fit. Running guests hold theirs already: only guests that do not run have a need.
 * Pages are counted in pages of `size_kib`, memory in KiB.
 */

#include "kt-census.h"

typedef struct KtHugeNode {
	uint64_t id;
	bool is_known;  /* pool and free memory were readable */
	bool has_cpus;  /* or CPUs are not known; false: memory alone, which is often slower */
	uint64_t total; /* pages in the pool */
	uint64_t free;  /* pages nobody uses */
	uint64_t left;  /* of those, not yet promised to a bound guest that starts with the host */
	uint64_t room_kib; /* free memory above what the node keeps for itself */
	uint64_t add;      /* pages that should be added */
} KtHugeNode;

typedef struct KtHugeNeed {
	uint64_t size_kib;
	uint64_t total;
	uint64_t free;            /* not used and not promised (free - reserved) */
	uint64_t overcommit;      /* surplus pages that may still be made */
	uint64_t need;            /* of guests that start with the host */
	uint64_t defined;         /* of all defined guests that do not run */
	uint64_t largest;         /* largest guest on pages of this size, running or not */
	uint64_t missing;         /* pages that guests starting with the host will not find */
	const KtGuest *misplaced; /* a bound guest whose pages are on other nodes, or NULL */
	uint32_t n_unclear;       /* guests whose need cannot be told */
	KtHugeNode *nodes;
	uint32_t n_nodes;
	bool is_spread; /* `add` holds all that is missing; false: it does not fit */
} KtHugeNeed;

/* The pool of pages of this size, or NULL. Borrowed from @pools. */
const KtHugePool *kt_huge_pool(const KtHugePoolList *pools, uint64_t size_kib);

/* The one page size that a guest is on, and how many of them its memory takes; false when it is on
 * none, on several, or that is not known. */
bool kt_huge_guest(const KtHost *host, const KtGuestConfig *config, uint64_t *ret_size_kib,
		   uint64_t *ret_pages);

/* Sizes that the host has a pool for or that a guest asks for, in ascending order. Free with
 * g_array_unref. */
GArray *kt_huge_sizes(const KtView *view);

/* @node_reserve_kib: memory of each node that pools must leave free. @room_kib: memory that all
 * pools together may still take. @with_spare: plan one more guest of the largest size. */
void kt_huge_need_take(const KtView *view, uint64_t size_kib, uint64_t node_reserve_kib,
		       uint64_t room_kib, bool with_spare, KtHugeNeed *ret_need);
void kt_huge_need_clear(KtHugeNeed *need);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtHugeNeed, kt_huge_need_clear)
