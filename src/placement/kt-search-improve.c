/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-search-private.h"

#include <string.h>

/* Chosen by measurement on the generators of docs/placement.md. */
#define FIRST_CYCLE 400
#define LAST_CYCLE  20000
#define LEAST_CYCLE 50
/* Highest temperatures in thousandths of loss, 200 and 2000 units, the second for many guests, and
 * log2 of the highest to the lowest temperature in 256ths: all end at 0.06 units. */
#define HOT           UINT64_C(200000)
#define COOLING       UINT64_C(3000)
#define HOT_CROWD     UINT64_C(2000000)
#define COOLING_CROWD UINT64_C(3850)
#define CROWD         200
/* Against the slack of a layout, which is up to 2048 an empty node. */
#define NOISE 600
/* Weight of a unit of unplaced priority against cost while annealing; more than any vCPU loses. */
#define PENALTY INT64_C(1000000)
/* Equally cheap layouts that are compared before one is taken. */
#define MAX_EQUALS 48
/* Rounds between two looks at the clock. */
#define CLOCK_ROUNDS 64
/* Looks at a layout that a guest of a round costs besides. */
#define ROUND_WORK 6

bool
kt_search_is_over_budget(const KtSearch *search)
{
	return search->n_moves > search->limits->max_moves ||
	       search->moved_kib > search->limits->max_kib;
}

/* How much of the nodes would stay empty: less is a better fit. Pools are better evenly filled. */
static int64_t
slack(const KtSearch *search, const KtUnit *unit, const KtLayout *layout)
{
	const KtShape *shape = &unit->shapes[layout->shape];
	int64_t sum = 0;

	for (uint32_t i = 0; i < shape->n_cells; i++) {
		const KtRoomNode *node = &search->room.nodes[layout->nodes[i]];
		int64_t cpus = kt_room_left(&search->room, node);
		if (shape->needs[i].is_shared)
			sum += (int64_t)node->shared * 65536 / MAX(node->all, 1);
		else
			sum += cpus * 1024 / MAX(node->all, 1) +
			       node->kib[shape->needs[i].memory_class] /
				       MAX(node->capacity_kib >> 10, 1);
	}
	return sum / shape->n_cells;
}

/* More loss, or as much with more cells. */
static bool
is_dearer(const KtLayout *layout, const KtLayout *than)
{
	return layout->cost > than->cost ||
	       (layout->cost == than->cost && layout->shape > than->shape);
}

bool
kt_search_insert(KtSearch *search, uint32_t u, bool is_noisy)
{
	const KtUnit *unit = &search->units[u];
	bool skips = is_noisy && kt_search_random(search, 8) == 0;
	int32_t chosen = -1;
	int64_t least = INT64_MAX;
	unsigned n_equals = 0;

	for (uint32_t i = 0; i < unit->menu->n; i++) {
		const KtLayout *layout = &unit->menu->layouts[i];
		if (chosen >= 0 && is_dearer(layout, &unit->menu->layouts[chosen])) {
			if (!skips)
				break;
			/* As cheap with more cells is the same place again. */
			if (layout->cost == unit->menu->layouts[chosen].cost)
				continue;
			skips = false;
			least = INT64_MAX;
			n_equals = 0;
		}
		search->work += kt_search_look(unit, layout);
		if (!kt_search_fits(search, u, layout))
			continue;
		int64_t free = slack(search, unit, layout);
		if (is_noisy)
			free += kt_search_random(search, NOISE);
		if (free < least) {
			least = free;
			chosen = (int32_t)i;
		}
		if (++n_equals == MAX_EQUALS && !skips)
			break;
	}
	if (chosen < 0 && unit->is_cut)
		chosen = kt_search_reach(search, u);
	return chosen >= 0 && kt_search_put(search, u, chosen);
}

typedef struct Item {
	uint32_t unit;
	int64_t key;
} Item;

static int
compare_items(const void *a, const void *b)
{
	const Item *x = a;
	const Item *y = b;

	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return x->unit < y->unit ? -1 : x->unit > y->unit;
}

/* The layout of a guest on the nodes that it has now. */
static int32_t
present_layout(const KtSearch *search, uint32_t u)
{
	const KtUnit *unit = &search->units[u];

	if (search->instance->guests[u].n_current == 0)
		return -1;
	for (uint32_t i = 0; i < unit->menu->n; i++) {
		if (unit->menu->layouts[i].moved_kib == 0)
			return (int32_t)i;
	}
	return -1;
}

void
kt_search_start(KtSearch *search)
{
	g_autofree Item *items = g_new(Item, MAX(search->n_units, 1));

	for (uint32_t u = 0; u < search->n_units; u++) {
		const KtInstGuest *guest = &search->instance->guests[u];
		items[u] = (Item){.unit = u, .key = search->units[u].size};
		/* Fixed ones first, then those that run, then by size. */
		if (guest->n_current > 0)
			items[u].key += INT64_C(1) << (guest->is_fixed ? 41 : 40);
	}
	qsort(items, search->n_units, sizeof(*items), compare_items);
	search->best_score = (KtScore){.unplaced = INT64_MAX};
	for (uint32_t i = 0; i < search->n_units; i++) {
		int32_t present = present_layout(search, items[i].unit);
		if (present >= 0)
			kt_search_put(search, items[i].unit, present);
	}
	for (uint32_t i = 0; i < search->n_units; i++) {
		if (search->layouts[items[i].unit] < 0)
			kt_search_insert(search, items[i].unit, /* is_noisy= */ false);
		if (kt_search_is_over_budget(search))
			kt_search_take(search, items[i].unit);
	}
	kt_search_keep(search);
}

/* A unit that is not where it would like to be; any other when all are. */
static uint32_t
pick_unit(KtSearch *search)
{
	uint32_t start = kt_search_random(search, search->n_units);

	for (uint32_t i = 0; i < search->n_units; i++) {
		uint32_t u = (start + i) % search->n_units;
		const KtUnit *unit = &search->units[u];
		if (search->instance->guests[u].is_fixed || (unit->menu->n == 0 && !unit->is_cut))
			continue;
		if (search->layouts[u] < 0 ||
		    unit->menu->layouts[search->layouts[u]].cost > kt_search_least(unit))
			return u;
	}
	return start;
}

/* One to three nodes, or those of a whole layout of a unit that suffers. */
static uint64_t
pick_nodes(KtSearch *search)
{
	uint32_t u = pick_unit(search);
	const KtUnit *unit = &search->units[u];
	uint32_t n_more = kt_search_random(search, 3);
	uint64_t nodes = 0;

	if (search->layouts[u] >= 0)
		nodes |= unit->menu->layouts[search->layouts[u]].mask;
	if (unit->menu->n > 0 && (nodes == 0 || kt_search_random(search, 2) == 0))
		nodes |= unit->menu->layouts[kt_search_random(search, MIN(unit->menu->n, 64))].mask;
	for (uint32_t i = 0; i < n_more; i++)
		nodes |= UINT64_C(1) << kt_search_random(search, search->room.n_nodes);
	return nodes;
}

static uint32_t
take_up(KtSearch *search, uint64_t nodes, Item *items, int32_t *before)
{
	uint32_t n = 0;

	for (uint32_t u = 0; u < search->n_units; u++) {
		const KtUnit *unit = &search->units[u];
		int32_t layout = search->layouts[u];
		if ((unit->menu->n == 0 && !unit->is_cut) ||
		    (search->instance->guests[u].is_fixed && search->instance->guests[u].n_current))
			continue;
		if (layout >= 0 && !(unit->menu->layouts[layout].mask & nodes))
			continue;
		before[n] = layout;
		items[n].unit = u;
		items[n].key = unit->size * (48 + kt_search_random(search, 48));
		n++;
		kt_search_take(search, u);
	}
	return n;
}

/* -log2 of a random fraction, in 256ths: the exponent, and its mantissa as a straight line. */
static uint64_t
random_log(KtSearch *search)
{
	uint32_t bits = kt_search_random(search, UINT32_MAX) | 1;
	unsigned zeros = (unsigned)__builtin_clz(bits);
	uint32_t mantissa = (bits << zeros) >> 23 & 0xff;

	return (uint64_t)zeros * 256 + (256 - mantissa);
}

static bool
accepts(KtSearch *search, int64_t delta, uint64_t step, uint64_t length)
{
	bool is_crowd = search->n_units > CROWD;
	uint64_t cooled = (is_crowd ? COOLING_CROWD : COOLING) * step / length;
	uint64_t heat = (is_crowd ? HOT_CROWD : HOT) >> (cooled / 256);

	if (delta <= 0)
		return true;
	heat = heat * (512 - cooled % 256) / 512;
	/* 177 / 256 is ln 2. */
	return (uint64_t)delta <= (heat * random_log(search) / 256) * 177 / 256;
}

typedef struct Cycle {
	Item *items;
	int32_t *before; /* layouts of what was taken up */
	uint32_t *taken; /* the units, in the same order */
	uint64_t step;
	uint64_t length;
} Cycle;

static void
make_round(KtSearch *search, Cycle *cycle)
{
	KtScore old = kt_search_score(search);
	uint32_t n = take_up(search, pick_nodes(search), cycle->items, cycle->before);
	const int32_t *before = cycle->before;
	uint32_t *taken = cycle->taken;

	for (uint32_t i = 0; i < n; i++)
		taken[i] = cycle->items[i].unit;
	qsort(cycle->items, n, sizeof(*cycle->items), compare_items);
	for (uint32_t i = 0; i < n; i++)
		kt_search_insert(search, cycle->items[i].unit, /* is_noisy= */ true);
	/* Every guest is taken up, sorted and put back besides: as much as some looks. */
	search->work += ROUND_WORK * (n + 4) + search->n_units / 16;

	KtScore new = kt_search_score(search);
	int64_t delta = (new.unplaced - old.unplaced) * PENALTY + new.cost - old.cost;
	if (!kt_search_is_over_budget(search) &&
	    accepts(search, delta, cycle->step, cycle->length)) {
		kt_search_keep(search);
		return;
	}
	for (uint32_t i = 0; i < n; i++)
		kt_search_take(search, taken[i]);
	for (uint32_t i = 0; i < n; i++) {
		if (before[i] >= 0)
			kt_search_put(search, taken[i], before[i]);
	}
}

static bool
is_over(KtSearch *search, uint64_t round, uint64_t end)
{
	if (search->work >= end || kt_search_is_done(search))
		return true;
	if (round % CLOCK_ROUNDS == 0 && search->limits->is_over &&
	    search->limits->is_over(search->limits->data))
		search->is_stopped = true;
	return search->is_stopped;
}

/* The next cycle is three times as long, or as short as it takes to cool down before the end: what
 * is still hot when the work is done has found nothing. */
static uint64_t
next_length(uint64_t length, uint64_t rounds_left)
{
	uint64_t next = length >= LAST_CYCLE ? FIRST_CYCLE : length * 3;

	return rounds_left < next * 4 / 3 ? MAX(rounds_left, LEAST_CYCLE) : next;
}

void
kt_search_improve(KtSearch *search, uint64_t work)
{
	g_autofree Item *items = g_new(Item, MAX(search->n_units, 1));
	g_autofree int32_t *before = g_new(int32_t, MAX(search->n_units, 1));
	g_autofree uint32_t *taken = g_new(uint32_t, MAX(search->n_units, 1));
	Cycle cycle = {.items = items, .before = before, .taken = taken, .length = FIRST_CYCLE};
	uint64_t begin = search->work;
	uint64_t end = begin + work;

	if (search->n_units == 0)
		return;
	for (uint64_t round = 0; !is_over(search, round, end); round++) {
		if (cycle.step == cycle.length) {
			uint64_t a_round = MAX((search->work - begin) / round, 1);
			cycle.step = 0;
			cycle.length = next_length(cycle.length, (end - search->work) / a_round);
			kt_search_restore(search);
		}
		make_round(search, &cycle);
		cycle.step++;
	}
	kt_search_restore(search);
}
