/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-today.h"

#include "kt-pack.h"

#include <string.h>

#define PERMILLE INT64_C(1000)

typedef struct Survey {
	const KtInstance *instance;
	const KtSolution *solution;
	KtToday *today;
	int32_t *core_of;
	int32_t *owner; /* of each CPU: a dedicated guest, or -1 */
	KtCpuset node_cpus[KT_INSTANCE_MAX_NODES];
	int64_t shared[KT_INSTANCE_MAX_NODES]; /* thousandths of vCPUs of shared guests */
} Survey;

/* Where one guest is: thousandths of vCPUs of each cell on each node, and of its memory. */
typedef struct Spot {
	KtInstCell cells[KT_INSTANCE_MAX_CELLS];
	int64_t vcpus[KT_INSTANCE_MAX_CELLS][KT_INSTANCE_MAX_NODES];
	int64_t memory[KT_INSTANCE_MAX_CELLS][KT_INSTANCE_MAX_NODES];
	uint32_t n;
} Spot;

static int32_t
own_cpu(const KtInstGuest *guest, uint64_t vcpu)
{
	return guest->current_cpus ? guest->current_cpus[vcpu] : -1;
}

static void
find_vcpus(const Survey *survey, const KtInstGuest *guest, Spot *spot)
{
	const KtInstance *instance = survey->instance;
	const KtCpuset *set = guest->current_set ? guest->current_set : &instance->cpus;
	int64_t share[KT_INSTANCE_MAX_NODES] = {0};
	KtCpuset usable = *set;
	uint64_t vcpu = 0;

	kt_cpuset_and(&usable, &instance->cpus);
	int64_t n_cpus = MAX((int64_t)kt_cpuset_count(&usable), 1);
	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		KtCpuset here = usable;
		kt_cpuset_and(&here, &survey->node_cpus[n]);
		share[n] = kt_cpuset_count(&here) * PERMILLE / n_cpus;
	}
	for (uint32_t c = 0; c < spot->n; c++) {
		for (uint64_t i = 0; i < spot->cells[c].vcpus; i++, vcpu++) {
			int32_t cpu = own_cpu(guest, vcpu);
			if (cpu >= 0 && survey->core_of[cpu] >= 0) {
				const KtInstCore *core = &instance->cores[survey->core_of[cpu]];
				spot->vcpus[c][core->node] += PERMILLE;
				continue;
			}
			for (uint32_t n = 0; n < instance->n_nodes; n++)
				spot->vcpus[c][n] += share[n];
		}
	}
}

static void
find_memory(const KtInstance *instance, const KtInstGuest *guest, Spot *spot)
{
	uint64_t sum = 0;

	for (uint32_t n = 0; guest->current_kib && n < instance->n_nodes; n++)
		sum += guest->current_kib[n];
	for (uint32_t c = 0; c < spot->n; c++) {
		if (sum == 0)
			spot->memory[c][guest->current_nodes[c]] = PERMILLE;
		for (uint32_t n = 0; sum > 0 && n < instance->n_nodes; n++)
			spot->memory[c][n] =
				(int64_t)((guest->current_kib[n] * PERMILLE + sum / 2) / sum);
	}
}

static void
find_spot(const Survey *survey, const KtInstGuest *guest, Spot *spot)
{
	*spot = (Spot){.n = guest->n_current};
	for (uint32_t i = 0; guest->cells && i < spot->n; i++)
		spot->cells[i] = guest->cells[i];
	if (!guest->cells)
		kt_instance_split(guest, spot->n, spot->cells);
	find_vcpus(survey, guest, spot);
	find_memory(survey->instance, guest, spot);
}

/* Thousandths of local latency that a read of cell @h's memory costs more from node @n. */
static int64_t
farness(const KtInstance *instance, const Spot *spot, uint32_t n, uint32_t h)
{
	int64_t far = 0;

	for (uint32_t m = 0; m < instance->n_nodes; m++)
		far += spot->memory[h][m] * (instance->distance[n][m] - KT_INSTANCE_LOCAL);
	return far / KT_INSTANCE_LOCAL;
}

static int64_t
remote(const KtInstance *instance, const KtInstGuest *guest, const Spot *spot)
{
	int64_t spill = guest->has_vnuma ? KT_COST_SPILL_PERMILLE : PERMILLE;
	int64_t sum = 0;

	for (uint32_t g = 0; g < spot->n; g++) {
		for (uint32_t n = 0; n < instance->n_nodes; n++) {
			int64_t far = 0;
			for (uint32_t h = 0; spot->vcpus[g][n] > 0 && h < spot->n; h++) {
				int64_t own = g == h ? (PERMILLE - spill) * spot->n : 0;
				far += farness(instance, spot, n, h) * (own + spill);
			}
			/* From thousandths of vCPUs and of shares. */
			sum += far / PERMILLE * spot->vcpus[g][n] / spot->n;
		}
	}
	return sum / PERMILLE * (int64_t)(guest->priority * guest->memory_bound_permille) /
	       PERMILLE;
}

static int64_t
device(const KtInstance *instance, const KtInstGuest *guest, const Spot *spot)
{
	int64_t sum = 0;

	for (uint32_t i = 0; i < guest->n_devices; i++) {
		const KtInstDevice *device = &guest->devices[i];
		for (uint32_t g = 0; g < spot->n; g++) {
			for (uint32_t n = 0; n < instance->n_nodes; n++)
				sum += spot->vcpus[g][n] * (int64_t)device->share_permille *
				       (instance->distance[n][device->node] - KT_INSTANCE_LOCAL);
		}
	}
	return sum / (PERMILLE * KT_INSTANCE_LOCAL) * (int64_t)guest->priority;
}

/* L3 groups that a cell's own CPUs lie in, beyond the least possible. */
static uint32_t
extra_groups(const Survey *survey, const KtInstGuest *guest, const Spot *spot)
{
	const KtInstance *instance = survey->instance;
	g_autofree bool *is_used = g_new(bool, instance->n_groups + 1);
	uint64_t vcpu = 0;
	uint32_t extra = 0;

	for (uint32_t c = 0; c < spot->n; c++) {
		uint32_t used = 0;
		memset(is_used, 0, instance->n_groups * sizeof(*is_used));
		for (uint64_t i = 0; i < spot->cells[c].vcpus; i++, vcpu++) {
			int32_t cpu = own_cpu(guest, vcpu);
			if (cpu < 0 || survey->core_of[cpu] < 0)
				continue;
			uint16_t group = instance->cores[survey->core_of[cpu]].group;
			used += !is_used[group];
			is_used[group] = true;
		}
		uint32_t least = kt_pack_least_groups(instance,
						      &survey->solution->seats,
						      guest->current_nodes[c],
						      guest,
						      spot->cells[c].vcpus);
		extra += used > least ? used - least : 0;
	}
	return extra;
}

/* vCPUs on whose core another dedicated guest has a CPU. */
static uint32_t
count_beside(const Survey *survey, uint32_t v)
{
	const KtInstance *instance = survey->instance;
	const KtInstGuest *guest = &instance->guests[v];
	uint32_t n = 0;

	for (uint64_t i = 0; i < guest->vcpus; i++) {
		int32_t cpu = own_cpu(guest, i);
		bool is_beside = false;
		if (cpu < 0 || survey->core_of[cpu] < 0)
			continue;
		const KtInstCore *core = &instance->cores[survey->core_of[cpu]];
		for (uint16_t t = 0; t < core->n_cpus; t++) {
			int32_t owner = survey->owner[core->cpus[t]];
			is_beside |= core->cpus[t] != cpu && owner >= 0 && owner != (int32_t)v;
		}
		n += is_beside;
	}
	return n;
}

static void
take_cpus(Survey *survey)
{
	const KtInstance *instance = survey->instance;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		bool is_running = guest->n_current > 0 || guest->is_adrift;
		for (uint64_t i = 0; is_running && !guest->is_shared && i < guest->vcpus; i++) {
			int32_t cpu = own_cpu(guest, i);
			if (cpu < 0) {
				survey->today->n_floating++;
				continue;
			}
			survey->today->n_contested += survey->owner[cpu] >= 0;
			survey->owner[cpu] = (int32_t)v;
		}
	}
}

static void
price(Survey *survey, uint32_t v)
{
	const KtInstance *instance = survey->instance;
	const KtInstGuest *guest = &instance->guests[v];
	KtTerms *terms = &survey->today->guests[v];
	g_autofree Spot *spot = g_new(Spot, 1);

	find_spot(survey, guest, spot);
	terms->remote = remote(instance, guest, spot);
	terms->device = device(instance, guest, spot);
	if (!guest->is_shared) {
		terms->l3 = kt_cost_l3(guest, extra_groups(survey, guest, spot));
		terms->smt = kt_cost_smt(guest, count_beside(survey, v));
	}
	for (uint32_t c = 0; guest->is_shared && c < spot->n; c++) {
		for (uint32_t n = 0; n < instance->n_nodes; n++)
			survey->shared[n] += spot->vcpus[c][n];
	}
	kt_terms_add(&survey->today->terms, terms);
	survey->today->is_known[v] = true;
	survey->today->n_known++;
}

/* As of a placement: shared vCPUs against the CPUs that no dedicated guest has. */
static int64_t
overcommit(const Survey *survey)
{
	const KtInstance *instance = survey->instance;
	int32_t vcpus[KT_INSTANCE_MAX_NODES] = {0};
	int32_t cpus[KT_INSTANCE_MAX_NODES] = {0};

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		vcpus[n] = (int32_t)((survey->shared[n] + PERMILLE / 2) / PERMILLE);
		kt_cpuset_foreach (&survey->node_cpus[n], cpu)
			cpus[n] += survey->owner[cpu] < 0;
	}
	return kt_cost_overcommit(vcpus, cpus, instance->n_nodes);
}

static void
map_cpus(Survey *survey)
{
	const KtInstance *instance = survey->instance;

	for (unsigned i = 0; i < KT_CPUSET_BITS; i++)
		survey->core_of[i] = survey->owner[i] = -1;
	for (uint32_t c = 0; c < instance->n_cores; c++) {
		const KtInstCore *core = &instance->cores[c];
		for (uint16_t i = 0; i < core->n_cpus; i++) {
			survey->core_of[core->cpus[i]] = (int32_t)c;
			kt_cpuset_add(&survey->node_cpus[core->node], core->cpus[i]);
		}
	}
}

void
kt_today(const KtInstance *instance, KtSolution *solution)
{
	g_autofree int32_t *core_of = g_new(int32_t, KT_CPUSET_BITS);
	g_autofree int32_t *owner = g_new(int32_t, KT_CPUSET_BITS);
	g_autofree Survey *survey = g_new0(Survey, 1);
	KtToday *today = kt_arena_new0(solution->arena, KtToday, 1);

	today->guests = kt_arena_new0(solution->arena, KtTerms, instance->n_guests);
	today->is_known = kt_arena_new0(solution->arena, bool, instance->n_guests);
	for (uint32_t v = 0; v < instance->n_guests; v++)
		today->n_running +=
			instance->guests[v].n_current > 0 || instance->guests[v].is_adrift;
	if (today->n_running == 0 || instance->is_changed)
		return;
	survey->instance = instance;
	survey->solution = solution;
	survey->today = today;
	survey->core_of = core_of;
	survey->owner = owner;
	map_cpus(survey);
	take_cpus(survey);
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (instance->guests[v].n_current > 0)
			price(survey, v);
	}
	today->terms.overcommit = overcommit(survey);
	solution->today = today;
}
