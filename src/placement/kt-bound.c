/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-bound.h"

/* Products of a value and a size: weights are below 2^40, sizes in MiB 2^34. */
__extension__ typedef __int128 Wide;

/* A million vCPUs lost. */
#define MAX_COST (INT64_C(1) << 40)

/* A guest as a thing of some value and size: what is gained per size decides who goes first. */
typedef struct Thing {
	int64_t value;
	int64_t size;
} Thing;

static int
compare_things(const void *a, const void *b)
{
	const Thing *x = a;
	const Thing *y = b;
	/* value / size, without division. */
	Wide left = (Wide)x->value * y->size;
	Wide right = (Wide)y->value * x->size;

	return left < right ? -1 : left > right;
}

/* The least value that has to go so that at least @excess of size goes: the cheapest per size, the
 * last one in part, rounded up. */
static int64_t
least_value(Thing *things, uint32_t n, int64_t excess)
{
	int64_t value = 0;

	if (n > 0)
		qsort(things, n, sizeof(*things), compare_things);
	for (uint32_t i = 0; i < n && excess > 0; i++) {
		if (things[i].size <= 0)
			continue;
		if (things[i].size <= excess) {
			value += things[i].value;
			excess -= things[i].size;
			continue;
		}
		/* Part of a weight is rounded up, as weights are whole; part of what is saved too.
		 */
		int64_t part =
			(int64_t)(((Wide)ABS(things[i].value) * excess + things[i].size - 1) /
				  things[i].size);
		value += things[i].value < 0 ? -part : part;
		excess = 0;
	}
	return value;
}

/* CPUs that the unit takes at least, in thousandths. */
static int64_t
least_cpus(const KtInstance *instance, const KtUnit *unit)
{
	const KtInstGuest *guest = &instance->guests[unit->guest];
	int64_t vcpus = (int64_t)guest->vcpus * 1000;

	if (kt_seats_is_seated(guest))
		return 0;
	if (guest->is_shared)
		return vcpus * 1000 / (int64_t)instance->ratio_permille;
	return vcpus + (int64_t)guest->emulator_cpus * 1000;
}

int64_t
kt_bound_unplaced(const KtInstance *instance, const KtRoom *room, const KtUnit *units)
{
	g_autofree Thing *cpus = g_new(Thing, instance->n_guests + 1);
	g_autofree Thing *memory = g_new(Thing, instance->n_guests + 1);
	int64_t over_cpus = 0;
	int64_t over_kib = 0;
	int64_t hopeless = 0;
	uint32_t n = 0;

	for (uint32_t u = 0; u < instance->n_guests; u++) {
		const KtUnit *unit = &units[u];
		if (unit->menu->n == 0 && !unit->is_cut) {
			hopeless += unit->weight;
			continue;
		}
		cpus[n] = (Thing){.value = unit->weight, .size = least_cpus(instance, unit)};
		memory[n] = (Thing){
			.value = unit->weight,
			.size = (int64_t)((instance->guests[u].memory_kib + 1023) / 1024),
		};
		over_cpus += cpus[n].size;
		over_kib += (int64_t)instance->guests[u].memory_kib;
		n++;
	}
	for (uint32_t i = 0; i < room->n_nodes; i++) {
		over_cpus -= (int64_t)room->nodes[i].all * 1000;
		over_kib -= room->nodes[i].capacity_kib;
	}
	/* Half a CPU over is a whole vCPU too many: rounding of pools is per node. */
	int64_t by_cpus = least_value(cpus, n, over_cpus);
	int64_t by_memory = least_value(memory, n, over_kib / 1024);
	return hopeless + MAX(by_cpus, by_memory);
}

/* The least of the unit's costs, or of its losses. */
static int64_t
least_of(const KtUnit *unit, bool is_loss)
{
	if (is_loss)
		return unit->least;
	return unit->is_cut ? unit->least * 1000 : unit->menu->layouts[0].cost;
}

int64_t
kt_bound_cost(const KtInstance *instance, const KtUnit *units, int64_t unplaced, bool is_loss)
{
	g_autofree Thing *things = g_new(Thing, instance->n_guests + 1);
	int64_t left = unplaced;
	int64_t sum = 0;
	uint32_t n = 0;

	for (uint32_t u = 0; u < instance->n_guests; u++) {
		const KtUnit *unit = &units[u];
		if (unit->menu->n == 0)
			left -= unit->is_cut ? 0 : unit->weight;
		if (unit->menu->n == 0 || unit->weight == 0)
			continue;
		int64_t least = MIN(least_of(unit, is_loss), MAX_COST);
		sum += least;
		things[n++] = (Thing){.value = -least, .size = unit->weight};
	}
	/* The dearest per weight may be among those that are left out. */
	return MAX(sum + least_value(things, n, MAX(left, 0)), 0);
}
