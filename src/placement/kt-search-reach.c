/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-search-private.h"

#include <string.h>

/*
 * Guests with so many cells that their layouts are too many to list: the largest cells first, each
 * on the nearest node that has room, from every node as the first one; when that fails, any way to
 * put them down at all.
 */

/* Steps from one node on while nearness is asked for, and for the last try: some 10 us, and ms. */
#define NEAR_STEPS 64
#define LAST_STEPS 20000
/* A step looks at all nodes: so much more than a look at a layout. */
#define STEP_WORK 8

typedef struct Reach {
	const KtSearch *search;
	const KtUnit *unit;
	const KtInstGuest *guest;
	const KtShape *shape;
	uint8_t order[KT_INSTANCE_MAX_CELLS]; /* cells, largest first */
	KtRoomNode nodes[KT_INSTANCE_MAX_NODES];
	unsigned n_on[KT_INSTANCE_MAX_NODES]; /* cells put down there */
	uint64_t forbidden;
	KtLayout layout;
	unsigned steps;
	uint64_t work;
	bool is_near;
} Reach;

static int64_t
weight(const Reach *reach, uint32_t cell)
{
	const KtNeed *need = &reach->shape->needs[cell];

	/* As much of a node of a usual server: 4 GiB go with a CPU. */
	return need->vcpus + (need->kib >> 22);
}

static void
sort_cells(Reach *reach)
{
	for (uint32_t i = 0; i < reach->shape->n_cells; i++) {
		uint32_t at = i;
		for (; at > 0 && weight(reach, reach->order[at - 1]) < weight(reach, i); at--)
			reach->order[at] = reach->order[at - 1];
		reach->order[at] = (uint8_t)i;
	}
}

/* Distance of the node from those used so far; little room breaks ties. */
static int64_t
farness(const Reach *reach, uint32_t n)
{
	const KtInstance *instance = reach->search->instance;
	int64_t far = 0;

	if (!reach->is_near)
		return kt_room_left(&reach->search->room, &reach->nodes[n]);
	for (uint32_t m = 0; m < instance->n_nodes; m++)
		far += (int64_t)reach->n_on[m] *
		       (instance->distance[n][m] + instance->distance[m][n]);
	return far * 100000 + kt_room_left(&reach->search->room, &reach->nodes[n]);
}

/* A node before this one that looks the same: what fails there fails here. */
static bool
is_repeated(const Reach *reach, uint64_t tried, uint32_t n)
{
	if (reach->is_near)
		return false;
	for (uint32_t m = 0; m < reach->search->room.n_nodes; m++) {
		if (tried >> m & 1 &&
		    memcmp(&reach->nodes[m], &reach->nodes[n], sizeof(KtRoomNode)) == 0)
			return true;
	}
	return false;
}

static bool
is_done(Reach *reach)
{
	kt_layout_price(reach->search->instance, reach->guest, reach->shape, &reach->layout);
	return kt_layout_has_devices(reach->guest, &reach->layout);
}

static uint32_t
next_node(const Reach *reach, uint64_t tried)
{
	uint32_t chosen = UINT32_MAX;
	int64_t least = INT64_MAX;

	for (uint32_t n = 0; n < reach->search->room.n_nodes; n++) {
		if ((tried | reach->forbidden) >> n & 1)
			continue;
		int64_t far = farness(reach, n);
		if (far < least) {
			least = far;
			chosen = n;
		}
	}
	return chosen;
}

static bool put_cell(Reach *reach, uint32_t at, uint32_t n);

static bool
descend(Reach *reach, uint32_t at)
{
	uint64_t tried = 0;

	if (at == reach->shape->n_cells)
		return is_done(reach);
	for (uint32_t n = next_node(reach, tried); n != UINT32_MAX; n = next_node(reach, tried)) {
		bool is_new = !is_repeated(reach, tried, n);
		tried |= UINT64_C(1) << n;
		if (is_new && put_cell(reach, at, n))
			return true;
		if (reach->steps == 0)
			return false;
	}
	return false;
}

static bool
put_cell(Reach *reach, uint32_t at, uint32_t n)
{
	uint8_t cell = reach->order[at];
	const KtNeed *need = &reach->shape->needs[cell];

	if (reach->steps == 0)
		return false;
	reach->steps--;
	reach->work++;
	kt_room_put(&reach->nodes[n], need, 1);
	reach->n_on[n]++;
	reach->layout.nodes[cell] = (uint8_t)n;
	bool fits = kt_room_holds(&reach->search->room, &reach->nodes[n]) && descend(reach, at + 1);
	reach->n_on[n]--;
	kt_room_put(&reach->nodes[n], need, -1);
	return fits;
}

static int32_t
add_layout(Reach *reach, const KtLayout *layout)
{
	KtMenu *menu = reach->unit->menu;

	for (uint32_t i = 0; i < menu->n; i++) {
		if (menu->layouts[i].shape == layout->shape &&
		    memcmp(menu->layouts[i].nodes, layout->nodes, sizeof(layout->nodes)) == 0)
			return (int32_t)i;
	}
	if (menu->n == menu->size)
		return -1;
	menu->layouts[menu->n] = *layout;
	return (int32_t)menu->n++;
}

static bool
find_near(Reach *reach, KtLayout *best)
{
	bool is_found = false;

	reach->is_near = true;
	for (uint32_t n = 0; n < reach->search->room.n_nodes; n++) {
		if (reach->forbidden >> n & 1)
			continue;
		reach->steps = NEAR_STEPS;
		if (put_cell(reach, 0, n) && (!is_found || reach->layout.cost < best->cost)) {
			*best = reach->layout;
			is_found = true;
		}
	}
	return is_found;
}

int32_t
kt_search_reach(KtSearch *search, uint32_t u)
{
	const KtUnit *unit = &search->units[u];
	const KtInstGuest *guest = &search->instance->guests[u];
	uint64_t apart = guest->apart >= 0 ? search->apart[guest->apart] : 0;

	for (uint32_t s = 0; s < MAX(unit->n_shapes, 1); s++) {
		KtLayout best = {0};
		Reach reach = {
			.search = search,
			.unit = unit,
			.guest = guest,
			.shape = &unit->shapes[s],
			.forbidden = ~guest->allowed | apart,
			.layout = {.shape = (uint8_t)s},
		};
		if (reach.shape->n_cells == 0)
			continue;
		memcpy(reach.nodes, search->room.nodes, sizeof(reach.nodes));
		sort_cells(&reach);
		bool is_found = find_near(&reach, &best);
		if (!is_found) {
			reach.is_near = false;
			reach.steps = LAST_STEPS;
			is_found = descend(&reach, 0);
			best = reach.layout;
		}
		search->work += reach.work * STEP_WORK;
		if (is_found)
			return add_layout(&reach, &best);
	}
	return -1;
}
