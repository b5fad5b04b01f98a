/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-cpu-map.h"

#define CPUMASK   "/sys/devices/virtual/workqueue/cpumask"
#define WRITEBACK "/sys/devices/virtual/workqueue/writeback/cpumask"

/* A node with CPUs that run and that nobody reserved, none of which may serve unbound work. */
static const KtNode *
find_left_out(const KtHost *host, const KtCpuset *reserved)
{
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		KtCpuset free = {0};
		if (!kt_known(node->cpus))
			continue;
		free = *node->cpus.v;
		kt_cpuset_and(&free, host->cpu.online.v);
		kt_cpuset_and_not(&free, reserved);
		if (!kt_cpuset_is_empty(&free) &&
		    !kt_cpuset_intersects(node->cpus.v, host->workqueue.cpumask.v))
			return node;
	}
	return NULL;
}

static void
add_evidence(const KtView *view, const KtCpuset *pinned, KtSink *out)
{
	g_autofree char *mask = kt_cpuset_to_list(view->host->workqueue.cpumask.v);
	g_autofree char *pins = kt_cpuset_to_list(pinned);

	kt_sink_evidence(out,
			 view->host->workqueue.cpumask.origin,
			 "unbound kernel workers may run on CPUs %s",
			 mask);
	if (*pins)
		kt_sink_evidence(
			out, view->facts->guests.origin, "CPUs %s carry a pinned vCPU each", pins);
}

static void
change_mask(KtSink *out, const char *path, KtOptCpuset now, const KtCpuset *wanted)
{
	g_autofree char *from = kt_cpuset_to_mask(now.v);
	g_autofree char *to = kt_cpuset_to_mask(wanted);

	kt_sink_sysfs(out, path, KT_SYNTAX_MASK, from, to);
}

static void
propose(const KtView *view, const KtCpuMap *map, KtSink *out)
{
	const KtWorkqueue *workqueue = &view->host->workqueue;
	const KtCpuset *wanted = &map->housekeeping;

	if (kt_cpuset_is_empty(wanted)) {
		kt_sink_advice(out, "Leave at least one core per node without pinned vCPUs.");
		return;
	}
	change_mask(out, CPUMASK, workqueue->cpumask, wanted);
	if (kt_known(workqueue->writeback_cpumask) &&
	    kt_cpuset_intersects(workqueue->writeback_cpumask.v, &map->reserved))
		change_mask(out, WRITEBACK, workqueue->writeback_cpumask, wanted);
}

static KtVerdict
judge(const KtView *view, const KtCpuMap *map, KtSink *out)
{
	const KtHost *host = view->host;
	const KtNode *left_out = find_left_out(host, &map->reserved);
	bool is_strict =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;

	add_evidence(view, &map->single, out);
	if (is_strict && kt_cpuset_intersects(host->workqueue.cpumask.v, &map->single) &&
	    kt_cpu_map_keeps_cores(host, &map->single)) {
		kt_sink_severity(out,
				 view->workload == KT_WORKLOAD_LATENCY ? KT_SEVERITY_HIGH
								       : KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "kernel workers run on CPUs of pinned vCPUs");
		propose(view, map, out);
		return KT_VERDICT_FINDING;
	}
	if (!left_out)
		return is_strict && !map->are_pins_known ? kt_census_unknown(view, out)
							 : KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out,
			"kernel workers may not run on any CPU of node %" G_GUINT64_FORMAT,
			left_out->id.v);
	if (is_strict)
		propose(view, map, out);
	else
		kt_sink_advice(out,
			       "Let them run there again: write a mask with its CPUs to " CPUMASK
			       ".");
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtCensus census = {0};
	KtCpuMap map = {0};

	if (host->workqueue.cpumask.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->workqueue.cpumask, "the mask") ||
	    !kt_sink_needs(out, host->cpu.online, "the list of online CPUs") ||
	    !kt_sink_needs(out, host->nodes, "the list of nodes") ||
	    !kt_sink_needs(out, host->cpu.list, "the list of CPUs") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;

	kt_cpu_map_draw(view->facts, &map);
	return judge(view, &map, out);
}

static const char *const sources[] = {
	"Linux: Documentation/core-api/workqueue.rst, \"Affinity Scopes\" and cpumask",
	"Linux: kernel/workqueue.c, workqueue_set_unbound_cpumask()",
	NULL,
};

KT_PRACTICE(host_workqueue_cpumask) = {
	.id = "host.workqueue-cpumask",
	.title = "Unbound kernel workers stay off the CPUs of pinned vCPUs",
	.why = "Kernel workers that are bound to no CPU (kworker/u*) may run anywhere, also on a "
	       "CPU that carries one vCPU and nothing else: the vCPU waits for them.",
	.cost = "Writeback and encryption of disks have fewer CPUs. Workers that belong to one CPU "
		"(kworker/3:1) do not move; only isolation at boot helps against them.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /sys/devices/virtual/workqueue/cpumask; virsh vcpupin GUEST",
	.effect = "trace-cmd record -e workqueue:workqueue_execute_start: none on those CPUs; "
		  "vcpu.N.delay of virsh domstats",
	.evaluate = evaluate,
};
