/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-unit.h"

#include <string.h>

/*
 * Every cell as if it had the empty host for itself: it is on the best node, and the other cells,
 * smallest first, fill that node and those nearest to it. No layout does better, since in any of
 * them the cells within some distance have to fit the nodes within it.
 */

typedef struct Least {
	const KtInstance *instance;
	const KtRoom *room;
	const KtInstGuest *guest;
	const KtShape *shape;
	uint32_t by_vcpus[KT_INSTANCE_MAX_CELLS]; /* cells, smallest first */
	uint32_t by_kib[KT_INSTANCE_MAX_CELLS];
} Least;

/* Nodes by their distance from @from, nearest first. */
static uint32_t
sort_nodes(const Least *least, uint32_t from, uint32_t *nodes)
{
	const uint16_t *far = least->instance->distance[from];
	uint32_t n = 0;

	for (uint32_t m = 0; m < least->room->n_nodes; m++) {
		if (!(least->guest->allowed >> m & 1))
			continue;
		uint32_t at = n++;
		for (; at > 0 && far[nodes[at - 1]] > far[m]; at--)
			nodes[at] = nodes[at - 1];
		nodes[at] = m;
	}
	return n;
}

static int64_t
kib_of(const KtRoomNode *node, uint8_t class)
{
	return MAX(node->kib[class], 0);
}

/* Cells besides @own that @vcpus and @kib hold at most. */
static uint32_t
count_fitting(const Least *least, uint32_t own, int64_t vcpus, int64_t kib)
{
	const KtShape *shape = least->shape;
	uint32_t by_vcpus = 0;
	uint32_t by_kib = 0;

	vcpus -= shape->needs[own].vcpus;
	kib -= shape->needs[own].kib;
	for (uint32_t i = 0; i < shape->n_cells; i++) {
		uint32_t cell = least->by_vcpus[i];
		if (cell == own || (vcpus -= shape->needs[cell].vcpus) >= 0)
			by_vcpus += cell != own;
	}
	for (uint32_t i = 0; i < shape->n_cells; i++) {
		uint32_t cell = least->by_kib[i];
		if (cell == own || (kib -= shape->needs[cell].kib) >= 0)
			by_kib += cell != own;
	}
	return MIN(by_vcpus, by_kib);
}

/* The least sum of distances from the cell to the others when it is on @from. */
static int64_t
least_far(const Least *least, uint32_t cell, uint32_t from)
{
	const KtNeed *need = &least->shape->needs[cell];
	uint32_t nodes[KT_INSTANCE_MAX_NODES];
	uint32_t n = sort_nodes(least, from, nodes);
	/* Pools take more vCPUs than they have CPUs. */
	int64_t scale = need->is_shared ? least->room->ratio_permille : 1000;
	int64_t vcpus = 0;
	int64_t kib = 0;
	int64_t far = 0;
	uint32_t n_near = 0;

	for (uint32_t i = 0; i < n; i++) {
		const KtRoomNode *node = &least->room->nodes[nodes[i]];
		vcpus += need->smt == KT_SMT_UNSET ? need->vcpus * KT_INSTANCE_MAX_CELLS
						   : node->all * scale / 1000;
		kib += kib_of(node, need->memory_class);
		uint32_t fit = count_fitting(least, cell, vcpus, kib);
		if (fit > n_near) {
			int64_t extra =
				least->instance->distance[from][nodes[i]] - KT_INSTANCE_LOCAL;
			far += (fit - n_near) * extra;
			n_near = fit;
		}
	}
	return far;
}

static void
sort_cells(Least *least)
{
	const KtNeed *needs = least->shape->needs;

	for (uint32_t i = 0; i < least->shape->n_cells; i++) {
		uint32_t at = i;
		for (; at > 0 && needs[least->by_vcpus[at - 1]].vcpus > needs[i].vcpus; at--)
			least->by_vcpus[at] = least->by_vcpus[at - 1];
		least->by_vcpus[at] = i;
		for (at = i; at > 0 && needs[least->by_kib[at - 1]].kib > needs[i].kib; at--)
			least->by_kib[at] = least->by_kib[at - 1];
		least->by_kib[at] = i;
	}
}

int64_t
kt_shape_least(const KtInstance *instance, const KtRoom *room, const KtInstGuest *guest,
	       const KtShape *shape)
{
	Least least = {.instance = instance, .room = room, .guest = guest, .shape = shape};
	int64_t spill = guest->has_vnuma ? KT_COST_SPILL_PERMILLE : 1000;
	int64_t k = shape->n_cells;
	int64_t sum = 0;

	sort_cells(&least);
	for (uint32_t g = 0; g < shape->n_cells; g++) {
		int64_t best = INT64_MAX;
		for (uint32_t n = 0; n < room->n_nodes; n++) {
			int64_t own = instance->distance[n][n] - KT_INSTANCE_LOCAL;
			if (!(guest->allowed >> n & 1))
				continue;
			int64_t far = own * ((1000 - spill) * k + spill) +
				      least_far(&least, g, n) * spill;
			best = MIN(best, far);
		}
		sum += best == INT64_MAX ? 0 : best * (int64_t)shape->cells[g].vcpus;
	}
	/* Rounded down where the cost itself is rounded half up. */
	return k == 0 ? 0
		      : sum * (int64_t)guest->priority * (int64_t)guest->memory_bound_permille /
				(INT64_C(1000) * KT_INSTANCE_LOCAL * k);
}
