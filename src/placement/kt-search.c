/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-search-private.h"

#include <string.h>

/* Flavours that say how much room is of use: sizes that clouds sell most, 4 GiB a vCPU (the bulk
 * of the published Azure trace, docs/placement.md). */
static const KtInstCell references[] = {
	{.vcpus = 2, .memory_kib = UINT64_C(8) << 20},
	{.vcpus = 4, .memory_kib = UINT64_C(16) << 20},
	{.vcpus = 8, .memory_kib = UINT64_C(32) << 20},
	{.vcpus = 16, .memory_kib = UINT64_C(64) << 20},
};

void
kt_search_init(KtSearch *search, const KtInstance *instance, const KtRoom *room,
	       const KtUnit *units, const KtSearchLimits *limits)
{
	uint32_t n = instance->n_guests;

	*search = (KtSearch){
		.instance = instance,
		.units = units,
		.n_units = n,
		.limits = limits,
		.room = *room,
		.layouts = g_new(int32_t, MAX(n, 1)),
		.best = g_new(int32_t, MAX(n, 1)),
		.apart = g_new0(uint64_t, MAX(instance->n_apart, 1)),
		/* Any number but 0 will do; this one is the golden ratio. */
		.random = UINT64_C(0x9e3779b97f4a7c15),
	};
	for (uint32_t u = 0; u < n; u++) {
		search->layouts[u] = -1;
		search->unplaced += units[u].weight;
	}
}

void
kt_search_clear(KtSearch *search)
{
	g_clear_pointer(&search->layouts, g_free);
	g_clear_pointer(&search->best, g_free);
	g_clear_pointer(&search->apart, g_free);
}

static void
change(KtSearch *search, uint32_t u, const KtLayout *layout, int32_t sign)
{
	const KtUnit *unit = &search->units[u];
	const KtShape *shape = &unit->shapes[layout->shape];
	int32_t apart = search->instance->guests[u].apart;

	for (uint32_t i = 0; i < shape->n_cells; i++)
		kt_room_put(&search->room.nodes[layout->nodes[i]], &shape->needs[i], sign);
	search->cost += sign * layout->cost;
	search->unplaced -= sign * unit->weight;
	if (apart >= 0)
		search->apart[apart] ^= layout->mask;
	if (layout->moved_kib > 0) {
		search->n_moves += (uint64_t)(int64_t)sign;
		search->moved_kib += (uint64_t)(sign * (int64_t)layout->moved_kib);
	}
}

bool
kt_search_fits(const KtSearch *search, uint32_t u, const KtLayout *layout)
{
	int32_t apart = search->instance->guests[u].apart;

	if (apart >= 0 && search->apart[apart] & layout->mask)
		return false;
	return kt_layout_fits(&search->room, &search->units[u].shapes[layout->shape], layout);
}

bool
kt_search_put(KtSearch *search, uint32_t u, int32_t layout)
{
	const KtLayout *chosen = &search->units[u].menu->layouts[layout];

	if (!kt_search_fits(search, u, chosen))
		return false;
	change(search, u, chosen, 1);
	search->layouts[u] = layout;
	return true;
}

void
kt_search_take(KtSearch *search, uint32_t u)
{
	if (search->layouts[u] < 0)
		return;
	change(search, u, &search->units[u].menu->layouts[search->layouts[u]], -1);
	search->layouts[u] = -1;
}

/* What the nodes cost together: uneven pools, and cores that have to be shared by two guests. */
static int64_t
host_cost(const KtSearch *search)
{
	const KtRoom *room = &search->room;
	int32_t vcpus[KT_INSTANCE_MAX_NODES];
	int32_t cpus[KT_INSTANCE_MAX_NODES];
	int64_t cost = 0;
	bool has_shared = false;

	for (uint32_t n = 0; n < room->n_nodes; n++) {
		const KtRoomNode *node = &room->nodes[n];
		int32_t pool = kt_room_pool(room, node);
		int32_t short_by =
			kt_room_used(room, node) - node->loose + node->rounded - node->all;
		vcpus[n] = node->shared;
		cpus[n] = kt_room_left(room, node) + pool;
		has_shared = has_shared || node->shared > 0;
		/* Two odd guests on one core save a core and cost both a neighbour. */
		if (short_by > 0 && node->threads > 1)
			cost += (int64_t)short_by * KT_COST_SMT_PERMILLE;
	}
	if (has_shared)
		cost += kt_cost_overcommit(vcpus, cpus, room->n_nodes);
	return cost * 1000;
}

static int64_t
stranded(const KtRoom *room)
{
	int64_t fit = 0;

	for (uint32_t n = 0; n < room->n_nodes; n++) {
		const KtRoomNode *node = &room->nodes[n];
		int64_t cpus = kt_room_left(room, node);
		for (size_t i = 0; cpus > 1 && i < G_N_ELEMENTS(references); i++)
			fit += MIN(cpus / (int64_t)references[i].vcpus,
				   node->kib[0] / (int64_t)references[i].memory_kib);
	}
	return -fit;
}

KtScore
kt_search_score(const KtSearch *search)
{
	return (KtScore){
		.unplaced = search->unplaced,
		.cost = search->cost + host_cost(search),
	};
}

int
kt_score_compare(const KtScore *a, const KtScore *b)
{
	if (a->unplaced != b->unplaced)
		return a->unplaced < b->unplaced ? -1 : 1;
	if (a->cost != b->cost)
		return a->cost < b->cost ? -1 : 1;
	if (a->stranded != b->stranded)
		return a->stranded < b->stranded ? -1 : 1;
	return 0;
}

bool
kt_search_keep(KtSearch *search)
{
	KtScore score = kt_search_score(search);

	if (search->n_moves > search->limits->max_moves ||
	    search->moved_kib > search->limits->max_kib)
		return false;
	if (score.unplaced > search->best_score.unplaced ||
	    (score.unplaced == search->best_score.unplaced && score.cost > search->best_score.cost))
		return false;
	score.stranded = stranded(&search->room);
	if (kt_score_compare(&score, &search->best_score) >= 0)
		return false;
	search->best_score = score;
	memcpy(search->best, search->layouts, search->n_units * sizeof(*search->best));
	return true;
}

void
kt_search_restore(KtSearch *search)
{
	for (uint32_t u = 0; u < search->n_units; u++) {
		if (search->layouts[u] != search->best[u])
			kt_search_take(search, u);
	}
	for (uint32_t u = 0; u < search->n_units; u++) {
		int32_t wanted = search->best[u];
		if (wanted < 0 || search->layouts[u] == wanted)
			continue;
		change(search, u, &search->units[u].menu->layouts[wanted], 1);
		search->layouts[u] = wanted;
	}
}

bool
kt_search_is_done(const KtSearch *search)
{
	return search->best_score.unplaced <= search->bound.unplaced &&
	       search->best_score.cost <= search->bound.cost;
}

uint32_t
kt_search_random(KtSearch *search, uint32_t below)
{
	/* xorshift64*, Vigna 2016. */
	search->random ^= search->random >> 12;
	search->random ^= search->random << 25;
	search->random ^= search->random >> 27;
	uint64_t high = (search->random * UINT64_C(0x2545f4914f6cdd1d)) >> 32;
	return (uint32_t)((high * below) >> 32);
}
