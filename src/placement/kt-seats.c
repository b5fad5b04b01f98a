/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-seats.h"

#include <string.h>

bool
kt_seats_is_seated(const KtInstGuest *guest)
{
	return guest->is_fixed && !guest->is_shared && guest->n_current > 0 &&
	       guest->current_cpus && guest->current_cpus[0] >= 0;
}

static bool
has_cpu(const KtInstCore *core, int32_t cpu)
{
	for (uint16_t i = 0; i < core->n_cpus; i++) {
		if (core->cpus[i] == cpu)
			return true;
	}
	return false;
}

/* Nobody else gets the rest of this CPU's core. */
static void
leave_idle(const KtInstance *instance, KtSeats *seats, int32_t cpu)
{
	for (uint32_t c = 0; c < instance->n_cores; c++) {
		const KtInstCore *core = &instance->cores[c];
		for (uint16_t i = 0; has_cpu(core, cpu) && i < core->n_cpus; i++) {
			if (seats->owner[core->cpus[i]] == KT_SEAT_FREE)
				seats->owner[core->cpus[i]] = KT_SEAT_IDLE;
		}
	}
}

/* The first CPU of the guest that is not to be had, or -1. */
static int32_t
find_clash(const KtSeats *seats, const KtInstGuest *guest)
{
	for (uint64_t i = 0; i < guest->vcpus; i++) {
		int32_t cpu = guest->current_cpus[i];
		if (cpu < 0 || seats->owner[cpu] != KT_SEAT_FREE)
			return MAX(cpu, 0);
		for (uint64_t j = 0; j < i; j++) {
			if (guest->current_cpus[j] == cpu)
				return cpu;
		}
	}
	return -1;
}

static void
seat(const KtInstance *instance, KtSeats *seats, uint32_t v)
{
	const KtInstGuest *guest = &instance->guests[v];

	for (uint64_t i = 0; i < guest->vcpus; i++)
		seats->owner[guest->current_cpus[i]] = (int32_t)v;
	if (guest->smt == KT_SMT_PREFER)
		return;
	for (uint64_t i = 0; i < guest->vcpus; i++)
		leave_idle(instance, seats, guest->current_cpus[i]);
}

/* Nodes with CPUs count as their interrupts do; alike when nobody knows of any. */
static void
weigh_nodes(const KtInstance *instance, uint64_t *weights, uint64_t *ret_sum)
{
	uint64_t sum = 0;

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		weights[n] = instance->nodes[n].n_cores > 0 ? instance->nodes[n].irqs : 0;
		sum += weights[n];
	}
	for (uint32_t n = 0; sum == 0 && n < instance->n_nodes; n++)
		weights[n] = instance->nodes[n].n_cores > 0;
	for (uint32_t n = 0; sum == 0 && n < instance->n_nodes; n++)
		*ret_sum += weights[n];
	*ret_sum += sum;
}

/* Cores for housekeeping on each node: the same on all, and more where interrupts arrive. What
 * does not divide goes to the largest remainders (Hamilton's method), the first among equals. */
static void
share_house(const KtInstance *instance, uint64_t *cores)
{
	uint64_t weights[KT_INSTANCE_MAX_NODES] = {0};
	uint64_t left = instance->housekeeping_more;
	uint64_t more = left;
	uint64_t sum = 0;

	weigh_nodes(instance, weights, &sum);
	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		uint64_t share = sum > 0 ? more * weights[n] / sum : 0;
		cores[n] = instance->housekeeping_per_node + share;
		weights[n] = sum > 0 ? more * weights[n] % sum : 0;
		left -= share;
	}
	for (; left > 0 && sum > 0; left--) {
		uint32_t chosen = 0;
		for (uint32_t n = 1; n < instance->n_nodes; n++)
			chosen = weights[n] > weights[chosen] ? n : chosen;
		cores[chosen]++;
		weights[chosen] = 0;
	}
}

/* The first cores of the node that belong to nobody: the kernel's own threads and most interrupts
 * start on the lowest CPUs. */
static void
keep_house(const KtInstance *instance, KtSeats *seats, const KtInstNode *node, uint64_t wanted)
{
	for (uint32_t c = 0; c < node->n_cores && wanted > 0; c++) {
		const KtInstCore *core = &instance->cores[node->first_core + c];
		bool is_free = true;
		for (uint16_t i = 0; i < core->n_cpus; i++)
			is_free = is_free && seats->owner[core->cpus[i]] == KT_SEAT_FREE;
		for (uint16_t i = 0; is_free && i < core->n_cpus; i++)
			seats->owner[core->cpus[i]] = KT_SEAT_HOUSE;
		wanted -= is_free;
	}
}

void
kt_seats_init(const KtInstance *instance, KtSeats *seats, int32_t *clash)
{
	for (unsigned i = 0; i < KT_CPUSET_BITS; i++)
		seats->owner[i] = kt_cpuset_has(&instance->cpus, i) ? KT_SEAT_FREE : KT_SEAT_NONE;
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		clash[v] = -1;
		if (!kt_seats_is_seated(&instance->guests[v]))
			continue;
		clash[v] = find_clash(seats, &instance->guests[v]);
		if (clash[v] < 0)
			seat(instance, seats, v);
	}
	uint64_t cores[KT_INSTANCE_MAX_NODES] = {0};
	share_house(instance, cores);
	for (uint32_t n = 0; n < instance->n_nodes; n++)
		keep_house(instance, seats, &instance->nodes[n], cores[n]);
}

void
kt_seats_house(const KtInstance *instance, const KtSeats *seats, uint64_t nodes, KtCpuset *ret_cpus)
{
	KtCpuset all = {0};

	*ret_cpus = (KtCpuset){0};
	for (uint32_t c = 0; c < instance->n_cores; c++) {
		const KtInstCore *core = &instance->cores[c];
		for (uint16_t i = 0; i < core->n_cpus; i++) {
			if (seats->owner[core->cpus[i]] != KT_SEAT_HOUSE)
				continue;
			kt_cpuset_add(&all, core->cpus[i]);
			if (nodes >> core->node & 1)
				kt_cpuset_add(ret_cpus, core->cpus[i]);
		}
	}
	if (kt_cpuset_is_empty(ret_cpus))
		*ret_cpus = all;
}
