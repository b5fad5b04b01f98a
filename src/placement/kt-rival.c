/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-rival.h"

#include <string.h>

/* Layouts that are looked at: some ms. */
#define MAX_LOOKS 200000

typedef struct Contest {
	KtSearch *search;
	KtScore best;
	KtScore least; /* of the rivals */
	uint32_t n_guests;
	uint32_t guests[2];
	int32_t layouts[2];
	uint32_t n_looks;
} Contest;

static const KtLayout *
layout_of(const KtSearch *search, uint32_t u, int32_t layout)
{
	return &search->units[u].menu->layouts[layout];
}

static bool
is_free(const KtSearch *search, uint32_t u)
{
	const KtInstGuest *guest = &search->instance->guests[u];

	return search->layouts[u] >= 0 && !(guest->is_fixed && guest->n_current > 0);
}

/* What stands now is a rival. */
static void
consider(Contest *contest, uint32_t n, uint32_t u, uint32_t v)
{
	KtScore score = kt_search_score(contest->search);

	if (kt_score_compare(&score, &contest->least) >= 0)
		return;
	contest->least = score;
	contest->n_guests = n;
	contest->guests[0] = u;
	contest->guests[1] = v;
	contest->layouts[0] = contest->search->layouts[u];
	contest->layouts[1] = contest->search->layouts[v];
}

static void
move_one(Contest *contest, uint32_t u)
{
	KtSearch *search = contest->search;
	int32_t own = search->layouts[u];
	const KtLayout *now = layout_of(search, u, own);

	kt_search_take(search, u);
	for (uint32_t i = 0; i < search->units[u].menu->n && contest->n_looks < MAX_LOOKS; i++) {
		const KtLayout *other = layout_of(search, u, (int32_t)i);
		/* More cells on the same nodes are the same place. */
		bool is_same = other->mask == now->mask;
		contest->n_looks++;
		/* They are sorted by cost, and the others stay. */
		if (search->cost + other->cost > contest->least.cost &&
		    contest->least.unplaced == contest->best.unplaced)
			break;
		if (is_same || !kt_search_put(search, u, (int32_t)i))
			continue;
		consider(contest, 1, u, u);
		kt_search_take(search, u);
	}
	(void)kt_search_put(search, u, own);
}

/* The layout of @u with a single cell on that node, or -1. */
static int32_t
find_on(const KtSearch *search, uint32_t u, uint8_t node)
{
	for (uint32_t i = 0; i < search->units[u].menu->n; i++) {
		const KtLayout *layout = layout_of(search, u, (int32_t)i);
		if (search->units[u].shapes[layout->shape].n_cells == 1 && layout->nodes[0] == node)
			return (int32_t)i;
	}
	return -1;
}

static void
swap_two(Contest *contest, uint32_t u, uint32_t v)
{
	KtSearch *search = contest->search;
	int32_t own[] = {search->layouts[u], search->layouts[v]};
	const KtLayout *a = layout_of(search, u, own[0]);
	const KtLayout *b = layout_of(search, v, own[1]);

	contest->n_looks++;
	if (search->units[u].flavour == search->units[v].flavour || a->mask == b->mask ||
	    search->units[u].shapes[a->shape].n_cells != 1 ||
	    search->units[v].shapes[b->shape].n_cells != 1)
		return;

	int32_t there = find_on(search, u, b->nodes[0]);
	int32_t here = find_on(search, v, a->nodes[0]);
	if (there < 0 || here < 0)
		return;
	kt_search_take(search, u);
	kt_search_take(search, v);
	if (kt_search_put(search, u, there) && kt_search_put(search, v, here))
		consider(contest, 2, u, v);
	kt_search_take(search, u);
	kt_search_take(search, v);
	(void)kt_search_put(search, u, own[0]);
	(void)kt_search_put(search, v, own[1]);
}

static void
keep_nodes(const Contest *contest, uint32_t i, KtRival *rival, KtArena *arena)
{
	const KtSearch *search = contest->search;
	uint32_t u = contest->guests[i];
	const KtLayout *layout = layout_of(search, u, contest->layouts[i]);
	uint32_t n = search->units[u].shapes[layout->shape].n_cells;

	rival->guests[i] = u;
	rival->n_cells[i] = n;
	rival->nodes[i] = kt_arena_new0(arena, uint8_t, n);
	memcpy(rival->nodes[i], layout->nodes, n);
}

KtRival *
kt_rival_find(KtSearch *search, KtArena *arena)
{
	Contest contest = {
		.search = search,
		.best = kt_search_score(search),
		.least = {.unplaced = INT64_MAX, .cost = INT64_MAX},
	};

	for (uint32_t u = 0; u < search->n_units; u++) {
		if (is_free(search, u))
			move_one(&contest, u);
	}
	for (uint32_t u = 0; u < search->n_units; u++) {
		for (uint32_t v = u + 1; v < search->n_units && contest.n_looks < MAX_LOOKS; v++) {
			if (is_free(search, u) && is_free(search, v))
				swap_two(&contest, u, v);
		}
	}
	if (contest.n_guests == 0)
		return NULL;
	KtRival *rival = kt_arena_new0(arena, KtRival, 1);
	rival->more_unplaced = contest.least.unplaced - contest.best.unplaced;
	rival->more_cost = contest.least.cost - contest.best.cost;
	rival->n_guests = contest.n_guests;
	for (uint32_t i = 0; i < rival->n_guests; i++)
		keep_nodes(&contest, i, rival, arena);
	return rival;
}
