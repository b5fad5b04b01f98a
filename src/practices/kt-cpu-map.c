/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-cpu-map.h"

#include "kt-census.h"

static void
add_vcpu(KtCpuMap *map, KtOptCpuset cpus)
{
	KtCpuset both = {0};

	if (!kt_known(cpus))
		return;
	kt_cpuset_or(&map->bound, cpus.v);
	if (kt_cpuset_count(cpus.v) == 1)
		kt_cpuset_or(&map->single, cpus.v);
	both = *cpus.v;
	kt_cpuset_and(&both, &map->isolated);
	map->n_wide += kt_cpuset_count(&both) > 1;
}

static void
add_helper(KtCpuMap *map, KtOptCpuset cpus)
{
	if (kt_known(cpus))
		kt_cpuset_or(&map->helpers, cpus.v);
}

static void
add_guest(KtCpuMap *map, const KtGuestConfig *config)
{
	map->are_pins_known &= config->vcpu_pins.state == KT_STATE_VALUE;
	for (uint32_t i = 0; i < config->vcpu_pins.n; i++)
		add_vcpu(map, config->vcpu_pins.v[i].cpus);
	/* The default of vCPUs without a pin of their own. */
	if (config->vcpu_pins.n == 0)
		add_vcpu(map, config->vcpu_cpuset);
	add_helper(map, config->emulator_pin);
	for (uint32_t i = 0; i < config->iothread_pins.n; i++)
		add_helper(map, config->iothread_pins.v[i].cpus);
}

static void
take(KtCpuset *set, KtOptCpuset fact)
{
	if (kt_known(fact))
		*set = *fact.v;
}

void
kt_cpu_map_draw(const KtFacts *facts, KtCpuMap *ret_map)
{
	const KtCpuTopology *cpu = &facts->host.cpu;

	*ret_map = (KtCpuMap){.are_pins_known = true};
	take(&ret_map->online, cpu->online);
	take(&ret_map->isolated, cpu->isolated);
	take(&ret_map->nohz_full, cpu->nohz_full);
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		if (kt_census_counts(guest))
			add_guest(ret_map, kt_census_config(guest));
	}
	/* A pin to a CPU that is offline says nothing about one that runs. */
	kt_cpuset_and(&ret_map->single, &ret_map->online);
	ret_map->reserved = ret_map->single;
	kt_cpuset_or(&ret_map->reserved, &ret_map->isolated);
	kt_cpuset_or(&ret_map->reserved, &ret_map->nohz_full);
	ret_map->housekeeping = ret_map->online;
	kt_cpuset_and_not(&ret_map->housekeeping, &ret_map->reserved);
}

/* Does @node keep a core of which no CPU is in @taken? */
static bool
keeps_core(const KtHost *host, const KtNode *node, const KtCpuset *taken)
{
	for (uint32_t i = 0; i < host->cpu.list.n; i++) {
		const KtCpu *cpu = &host->cpu.list.v[i];
		bool is_free = kt_known(cpu->id) && cpu->id.v < KT_CPUSET_BITS &&
			       kt_cpuset_has(node->cpus.v, (unsigned)cpu->id.v);
		for (uint32_t j = 0; is_free && j < host->cpu.list.n; j++) {
			const KtCpu *sibling = &host->cpu.list.v[j];
			is_free = !(kt_known(sibling->core) && kt_known(cpu->core) &&
				    sibling->core.v == cpu->core.v && kt_known(sibling->id) &&
				    sibling->id.v < KT_CPUSET_BITS &&
				    kt_cpuset_has(taken, (unsigned)sibling->id.v));
		}
		if (is_free)
			return true;
	}
	return false;
}

bool
kt_cpu_map_keeps_cores(const KtHost *host, const KtCpuset *taken)
{
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (!kt_known(node->cpus) || kt_cpuset_is_empty(node->cpus.v))
			continue;
		if (!keeps_core(host, node, taken))
			return false;
	}
	return true;
}
