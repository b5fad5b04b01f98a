/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pack-private.h"

static const KtInstCore *
core_at(const KtPacking *packing, uint32_t c)
{
	return &packing->instance->cores[packing->node->first_core + c];
}

static KtSmt
smt_of(const KtPacking *packing, const KtTenant *tenant)
{
	return packing->instance->guests[tenant->guest].smt;
}

static int32_t
count_free(const KtSeats *seats, const KtInstCore *core)
{
	int32_t n = 0;

	for (uint16_t i = 0; i < core->n_cpus; i++)
		n += seats->owner[core->cpus[i]] == KT_SEAT_FREE;
	return n;
}

static bool
is_whole(const KtSeats *seats, const KtInstCore *core)
{
	return count_free(seats, core) == core->n_cpus;
}

static void
take_cpu(KtPacking *packing, KtTenant *tenant, uint16_t cpu)
{
	packing->seats->owner[cpu] = (int32_t)tenant->guest;
	tenant->cpus[tenant->n_taken++] = cpu;
}

/* What the tenant takes of a core that is all free: as its policy says; the rest stays idle. */
static void
take_core(KtPacking *packing, KtTenant *tenant, const KtInstCore *core)
{
	KtSmt smt = smt_of(packing, tenant);
	int32_t limit = smt == KT_SMT_ISOLATE ? 1 : core->n_cpus;

	for (uint16_t i = 0; i < core->n_cpus; i++) {
		if (limit > 0 && tenant->n_taken < tenant->n) {
			take_cpu(packing, tenant, core->cpus[i]);
			limit--;
		} else if (smt != KT_SMT_PREFER) {
			packing->seats->owner[core->cpus[i]] = KT_SEAT_IDLE;
		}
	}
}

static bool
wants(const KtPacking *packing, const KtTenant *tenant, const KtInstCore *core)
{
	int32_t left = tenant->n - tenant->n_taken;

	if (left <= 0 || !is_whole(packing->seats, core))
		return false;
	return smt_of(packing, tenant) != KT_SMT_PREFER || left >= core->n_cpus;
}

static const KtInstCore *
core_of_cpu(const KtPacking *packing, int32_t cpu)
{
	int32_t core = packing->core_of[cpu];
	const KtInstCore *found = core < 0 ? NULL : &packing->instance->cores[core];

	return found && &packing->instance->nodes[found->node] == packing->node ? found : NULL;
}

/* The CPUs that it has now, while they are to be had and fit its policy. */
static void
take_old(KtPacking *packing, KtTenant *tenant)
{
	for (uint64_t i = 0; tenant->old_cpus && i < tenant->n_old; i++) {
		int32_t cpu = tenant->old_cpus[i];
		const KtInstCore *core = cpu < 0 ? NULL : core_of_cpu(packing, cpu);
		if (!core || packing->seats->owner[cpu] != KT_SEAT_FREE ||
		    tenant->n_taken == tenant->n)
			continue;
		if (smt_of(packing, tenant) == KT_SMT_PREFER) {
			take_cpu(packing, tenant, (uint16_t)cpu);
		} else if (is_whole(packing->seats, core)) {
			if (smt_of(packing, tenant) == KT_SMT_REQUIRE) {
				take_core(packing, tenant, core);
				continue;
			}
			for (uint16_t s = 0; s < core->n_cpus; s++)
				packing->seats->owner[core->cpus[s]] = KT_SEAT_IDLE;
			take_cpu(packing, tenant, (uint16_t)cpu);
		}
	}
}

/* Cores that the tenant still needs, a started one counted as a whole. */
static int32_t
cores_needed(const KtPacking *packing, const KtTenant *tenant)
{
	int32_t left = tenant->n - tenant->n_taken;

	if (smt_of(packing, tenant) == KT_SMT_ISOLATE)
		return left;
	return (left + packing->threads - 1) / packing->threads;
}

static int32_t
whole_cores(const KtPacking *packing, uint32_t group)
{
	const KtInstGroup *g = &packing->instance->groups[packing->node->first_group + group];
	int32_t n = 0;

	for (uint32_t c = 0; c < g->n_cores; c++)
		n += is_whole(packing->seats, &packing->instance->cores[g->first_core + c]);
	return n;
}

static uint64_t
noise(KtPacking *packing, uint64_t below)
{
	packing->random ^= packing->random >> 12;
	packing->random ^= packing->random << 25;
	packing->random ^= packing->random >> 27;
	return packing->random % below;
}

/* Has it a CPU of this group already? */
static bool
sits_in(const KtPacking *packing, const KtTenant *tenant, uint32_t group)
{
	for (int32_t i = 0; i < tenant->n_taken; i++) {
		const KtInstCore *core = core_of_cpu(packing, tenant->cpus[i]);
		if (core && core->group == packing->node->first_group + group)
			return true;
	}
	return false;
}

/* The group to go on in: one where it sits already, else the tightest that takes all, else the
 * roomiest. UINT32_MAX when no group has a whole core left. */
static uint32_t
choose_group(KtPacking *packing, const KtTenant *tenant)
{
	int32_t needed = cores_needed(packing, tenant);
	uint32_t chosen = UINT32_MAX;
	int64_t best = INT64_MIN;

	for (uint32_t g = 0; g < packing->node->n_groups; g++) {
		int64_t whole = whole_cores(packing, g);
		if (whole == 0)
			continue;
		int64_t value = whole >= needed ? 1000000 - whole * 4 : whole;
		if (sits_in(packing, tenant, g))
			value += 10000000;
		if (packing->random && whole >= needed)
			value += (int64_t)noise(packing, 24);
		if (value > best) {
			best = value;
			chosen = g;
		}
	}
	return chosen;
}

/* Whole cores, group after group, while it wants them. */
static void
take_cores(KtPacking *packing, KtTenant *tenant)
{
	while (tenant->n_taken < tenant->n) {
		uint32_t chosen = choose_group(packing, tenant);
		int32_t before = tenant->n_taken;
		if (chosen == UINT32_MAX)
			return;
		const KtInstGroup *group =
			&packing->instance->groups[packing->node->first_group + chosen];
		for (uint32_t c = 0; c < group->n_cores; c++) {
			const KtInstCore *core = &packing->instance->cores[group->first_core + c];
			if (wants(packing, tenant, core))
				take_core(packing, tenant, core);
		}
		if (tenant->n_taken == before)
			return;
	}
}

/* How well the core suits the last CPUs of a tenant that needs no whole core; less is better. */
static int
rate_rest(const KtPacking *packing, const KtTenant *tenant, const KtInstCore *core)
{
	bool is_near = sits_in(packing, tenant, core->group - packing->node->first_group);
	bool is_mine = false;
	bool is_foreign = false;

	for (uint16_t i = 0; i < core->n_cpus; i++) {
		int32_t owner = packing->seats->owner[core->cpus[i]];
		is_mine = is_mine || owner == (int32_t)tenant->guest;
		is_foreign = is_foreign || (owner >= 0 && owner != (int32_t)tenant->guest);
	}
	return (is_foreign ? 4 : 0) + (is_mine ? 0 : 1) + (is_near || tenant->n_taken == 0 ? 0 : 2);
}

/* A core for the last CPUs: an empty one while there are some, nearest first. */
static void
take_rest(KtPacking *packing, KtTenant *tenant)
{
	while (tenant->n_taken < tenant->n) {
		const KtInstCore *chosen = NULL;
		int best = INT_MAX;
		for (uint32_t c = 0; c < packing->node->n_cores; c++) {
			const KtInstCore *core = core_at(packing, c);
			if (count_free(packing->seats, core) == 0)
				continue;
			int rate = rate_rest(packing, tenant, core);
			if (rate < best) {
				best = rate;
				chosen = core;
			}
		}
		if (!chosen)
			return;
		for (uint16_t i = 0; i < chosen->n_cpus && tenant->n_taken < tenant->n; i++) {
			if (packing->seats->owner[chosen->cpus[i]] == KT_SEAT_FREE)
				take_cpu(packing, tenant, chosen->cpus[i]);
		}
	}
}

/* Whole cores without any loss: with a single CPU for a tenant that leaves siblings idle, with all
 * siblings for the others. */
static void
take_thrifty(KtPacking *packing, KtTenant *tenant)
{
	uint16_t wanted =
		smt_of(packing, tenant) == KT_SMT_ISOLATE ? 1 : (uint16_t)packing->threads;

	for (uint32_t c = 0; c < packing->node->n_cores; c++) {
		const KtInstCore *core = core_at(packing, c);
		if (core->n_cpus == wanted && wants(packing, tenant, core))
			take_core(packing, tenant, core);
	}
}

void
kt_packing_seat(KtPacking *packing, KtSeating seating)
{
	static const KtSmt passes[] = {KT_SMT_ISOLATE, KT_SMT_REQUIRE, KT_SMT_PREFER};

	for (uint32_t i = 0; seating == KT_SEATING_KEEP && i < packing->n_tenants; i++)
		take_old(packing, &packing->tenants[i]);
	/* Who needs whole cores comes first: the others can live with what is left. */
	for (size_t pass = 0; pass < G_N_ELEMENTS(passes); pass++) {
		for (uint32_t i = 0; i < packing->n_tenants; i++) {
			KtTenant *tenant = &packing->tenants[i];
			if (smt_of(packing, tenant) != passes[pass])
				continue;
			if (seating == KT_SEATING_THRIFT && passes[pass] != KT_SMT_PREFER)
				take_thrifty(packing, tenant);
			take_cores(packing, tenant);
		}
	}
	for (uint32_t i = 0; i < packing->n_tenants; i++) {
		if (smt_of(packing, &packing->tenants[i]) == KT_SMT_PREFER)
			take_rest(packing, &packing->tenants[i]);
	}
}

int32_t
kt_packing_count_free(const KtPacking *packing)
{
	int32_t n = 0;

	for (uint32_t c = 0; c < packing->node->n_cores; c++)
		n += count_free(packing->seats, core_at(packing, c));
	return n;
}

void
kt_packing_clear(KtPacking *packing)
{
	for (uint32_t i = 0; i < packing->n_tenants; i++) {
		KtTenant *tenant = &packing->tenants[i];
		for (int32_t t = 0; t < tenant->n_taken; t++) {
			const KtInstCore *core = core_of_cpu(packing, tenant->cpus[t]);
			packing->seats->owner[tenant->cpus[t]] = KT_SEAT_FREE;
			if (smt_of(packing, tenant) == KT_SMT_PREFER)
				continue;
			for (uint16_t s = 0; core && s < core->n_cpus; s++) {
				if (packing->seats->owner[core->cpus[s]] == KT_SEAT_IDLE)
					packing->seats->owner[core->cpus[s]] = KT_SEAT_FREE;
			}
		}
		tenant->n_taken = 0;
	}
}
