/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-cpu-map.h"

/* CPUs that share a core with an isolated one and are not isolated themselves. */
static KtCpuset
find_siblings(const KtHost *host, const KtCpuset *isolated)
{
	KtCpuset siblings = {0};

	for (uint32_t i = 0; i < host->cpu.list.n; i++) {
		const KtCpu *cpu = &host->cpu.list.v[i];
		if (!kt_known(cpu->id) || !kt_known(cpu->core) || cpu->id.v >= KT_CPUSET_BITS ||
		    kt_cpuset_has(isolated, (unsigned)cpu->id.v))
			continue;
		for (uint32_t j = 0; j < host->cpu.list.n; j++) {
			const KtCpu *other = &host->cpu.list.v[j];
			if (kt_known(other->core) && other->core.v == cpu->core.v &&
			    kt_known(other->id) && other->id.v < KT_CPUSET_BITS &&
			    kt_cpuset_has(isolated, (unsigned)other->id.v))
				kt_cpuset_add(&siblings, (unsigned)cpu->id.v);
		}
	}
	return siblings;
}

/* Do the slices of the host's own programs leave @cpus alone? Then a cpuset keeps them apart, which
 * the kernel recommends over isolcpus=. */
static bool
are_slices_away(const KtHost *host, const KtCpuset *cpus)
{
	const KtOptCpuset slices[] = {host->cgroup.system_cpus, host->cgroup.user_cpus};

	for (size_t i = 0; i < G_N_ELEMENTS(slices); i++) {
		if (!kt_known(slices[i]) || kt_cpuset_is_empty(slices[i].v) ||
		    kt_cpuset_intersects(slices[i].v, cpus))
			return false;
	}
	return true;
}

static void
propose_slices(const KtView *view, const KtCpuMap *map, KtSink *out)
{
	const struct {
		const char *name;
		KtOptCpuset cpus;
	} slices[] = {
		{.name = "system.slice", .cpus = view->host->cgroup.system_cpus},
		{.name = "user.slice", .cpus = view->host->cgroup.user_cpus},
	};
	g_autofree char *to = kt_cpuset_to_list(&map->housekeeping);

	if (!kt_known(slices[0].cpus) || !kt_known(slices[1].cpus) ||
	    !kt_cpu_map_keeps_cores(view->host, &map->reserved))
		return;
	for (size_t i = 0; i < G_N_ELEMENTS(slices); i++) {
		g_autofree char *from = kt_cpuset_to_list(slices[i].cpus.v);
		if (!kt_cpuset_is_empty(&map->housekeeping) && !g_str_equal(from, to))
			kt_sink_slice_cpus(out, slices[i].name, from, to);
	}
}

static void
check_pinned(const KtView *view, const KtCpuMap *map, const KtCpuset *isolated, KtSink *out)
{
	KtCpuset open = map->single;

	kt_cpuset_and_not(&open, isolated);
	if (kt_cpuset_is_empty(&open) || are_slices_away(view->host, &open))
		return;

	g_autofree char *list = kt_cpuset_to_list(&open);
	g_autofree char *all = kt_cpuset_to_list(&map->single);
	kt_sink_blame(out, KT_SEVERITY_HIGH, "other programs may run on CPUs of pinned vCPUs");
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "pinned to one vCPU each, and not isolated: %s",
			 list);
	kt_sink_advice(
		out,
		"Boot with isolcpus=managed_irq,domain,%s nohz_full=%s rcu_nocbs=%s, or keep "
		"the rest of the host away with AllowedCPUs= of system.slice and user.slice.",
		all,
		all,
		all);
	propose_slices(view, map, out);
}

static void
check_rest(const KtView *view, const KtCpuMap *map, const KtCpuset *isolated, KtSink *out)
{
	KtOptCpuset fact = view->host->cpu.isolated;
	KtCpuset siblings = find_siblings(view->host, isolated);
	KtCpuset idle = *isolated;

	if (map->n_wide > 0) {
		kt_sink_blame(out, KT_SEVERITY_HIGH, "vCPUs sit together on one isolated CPU");
		kt_sink_evidence(out,
				 fact.origin,
				 "%u pins name several isolated CPUs, where nothing balances",
				 map->n_wide);
		kt_sink_advice(out, "Pin each of these vCPUs to one CPU.");
	}
	if (!kt_cpuset_is_empty(&siblings)) {
		g_autofree char *list = kt_cpuset_to_list(&siblings);
		kt_sink_blame(
			out, KT_SEVERITY_HIGH, "hardware threads beside isolated CPUs are not");
		kt_sink_evidence(out, fact.origin, "on the core of an isolated CPU: %s", list);
		kt_sink_advice(out, "Isolate both threads of a core, or neither.");
	}
	kt_cpuset_and_not(&idle, &map->bound);
	kt_cpuset_and_not(&idle, &map->helpers);
	if (map->are_pins_known && !kt_cpuset_is_empty(&idle)) {
		g_autofree char *list = kt_cpuset_to_list(&idle);
		kt_sink_blame(out, KT_SEVERITY_MEDIUM, "isolated CPUs serve no guest");
		kt_sink_evidence(out, fact.origin, "isolated, and in no pin of a guest: %s", list);
		kt_sink_advice(out,
			       "Take them out of isolcpus= unless another program (DPDK, a guest "
			       "that is off) runs there.");
	}
}

/* A CPU without a tick where others may run has the costs of both and the use of neither. */
static void
check_tick(const KtView *view, const KtCpuMap *map, KtSink *out)
{
	KtCpuset only = map->nohz_full;

	kt_cpuset_and_not(&only, &map->isolated);
	if (kt_cpuset_is_empty(&only) || are_slices_away(view->host, &only))
		return;

	g_autofree char *list = kt_cpuset_to_list(&only);
	kt_sink_blame(out, KT_SEVERITY_LOW, "CPUs without a tick are not isolated");
	kt_sink_evidence(
		out, view->host->cpu.nohz_full.origin, "in nohz_full, and not isolated: %s", list);
	kt_sink_advice(out, "Give nohz_full= and isolcpus= the same CPUs.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptCpuset isolated = view->host->cpu.isolated;
	KtCensus census = {0};
	KtCpuMap map = {0};

	if (view->workload != KT_WORKLOAD_LATENCY || isolated.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, isolated, "the list of isolated CPUs") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	kt_cpu_map_draw(view->facts, &map);
	check_pinned(view, &map, isolated.v, out);
	check_rest(view, &map, isolated.v, out);
	check_tick(view, &map, out);
	if (kt_sink_has_blame(out))
		return KT_VERDICT_FINDING;
	return map.are_pins_known ? KT_VERDICT_OK : kt_census_unknown(view, out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/kernel-parameters.txt, isolcpus= and "
	"nohz_full=",
	"Linux: Documentation/admin-guide/cgroup-v2.rst, cpuset.cpus.partition",
	"libvirt: src/qemu/qemu_process.c, qemuProcessGetAllCpuAffinity(): leaves "
	"isolated CPUs out",
	NULL,
};

KT_PRACTICE(host_cpu_isolation) = {
	.id = "host.cpu-isolation",
	.title = "Isolated CPUs are those that guests are pinned to",
	.why = "On a host for latency nothing but the vCPU may run on its CPU. A pin alone "
	       "does not keep others away; an isolated CPU that nobody is pinned to is lost;"
	       " and a vCPU that may use several isolated CPUs sits on one of them, because "
	       "nothing balances there.",
	.cost = "A boot. Isolated CPUs are lost for everything else. Where CPUs change often,"
		" cpuset partitions do it without a boot.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /sys/devices/system/cpu/{isolated,nohz_full}; virsh vcpupin GUEST",
	.effect = "largest latency of cyclictest in the guest, involuntary switches of vCPU "
		  "threads",
	.evaluate = evaluate,
};
