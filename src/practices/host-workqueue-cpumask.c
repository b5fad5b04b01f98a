/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define CPUMASK   "/sys/devices/virtual/workqueue/cpumask"
#define WRITEBACK "/sys/devices/virtual/workqueue/writeback/cpumask"

static void
add_pins(const KtGuestConfig *config, KtCpuset *pinned)
{
	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		KtOptCpuset cpus = config->vcpu_pins.v[i].cpus;
		if (kt_known(cpus) && kt_cpuset_count(cpus.v) == 1)
			kt_cpuset_or(pinned, cpus.v);
	}
}

/* CPUs that belong to one vCPU: pins to several CPUs leave the scheduler a choice. */
static KtCpuset
find_pinned(const KtFacts *facts)
{
	KtCpuset pinned = {0};

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		if (kt_census_counts(guest))
			add_pins(kt_census_config(guest), &pinned);
	}
	return pinned;
}

static bool
are_pins_known(const KtFacts *facts)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		if (kt_census_counts(guest) &&
		    kt_census_config(guest)->vcpu_pins.state != KT_STATE_VALUE)
			return false;
	}
	return true;
}

/* CPUs that unbound workers have no business on: pinned, and those that the kernel itself took
 * away at boot. */
static KtCpuset
find_reserved(const KtHost *host, const KtCpuset *pinned)
{
	KtCpuset reserved = *pinned;

	if (kt_known(host->cpu.isolated))
		kt_cpuset_or(&reserved, host->cpu.isolated.v);
	if (kt_known(host->cpu.nohz_full))
		kt_cpuset_or(&reserved, host->cpu.nohz_full.v);
	return reserved;
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

static bool
every_node_keeps_core(const KtHost *host, const KtCpuset *taken)
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
propose(const KtView *view, const KtCpuset *reserved, KtSink *out)
{
	const KtWorkqueue *workqueue = &view->host->workqueue;
	KtCpuset wanted = *view->host->cpu.online.v;

	kt_cpuset_and_not(&wanted, reserved);
	if (kt_cpuset_is_empty(&wanted)) {
		kt_sink_advice(out, "Leave at least one core per node without pinned vCPUs.");
		return;
	}
	change_mask(out, CPUMASK, workqueue->cpumask, &wanted);
	if (kt_known(workqueue->writeback_cpumask) &&
	    kt_cpuset_intersects(workqueue->writeback_cpumask.v, reserved))
		change_mask(out, WRITEBACK, workqueue->writeback_cpumask, &wanted);
}

static KtVerdict
judge(const KtView *view, const KtCpuset *pinned, KtSink *out)
{
	const KtHost *host = view->host;
	KtCpuset reserved = find_reserved(host, pinned);
	const KtNode *left_out = find_left_out(host, &reserved);
	bool is_strict =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;

	add_evidence(view, pinned, out);
	if (is_strict && kt_cpuset_intersects(host->workqueue.cpumask.v, pinned) &&
	    every_node_keeps_core(host, pinned)) {
		kt_sink_severity(out,
				 view->workload == KT_WORKLOAD_LATENCY ? KT_SEVERITY_HIGH
								       : KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "kernel workers run on CPUs of pinned vCPUs");
		propose(view, &reserved, out);
		return KT_VERDICT_FINDING;
	}
	if (!left_out)
		return is_strict && !are_pins_known(view->facts) ? kt_census_unknown(view, out)
								 : KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out,
			"kernel workers may not run on any CPU of node %" G_GUINT64_FORMAT,
			left_out->id.v);
	if (is_strict)
		propose(view, &reserved, out);
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
	KtCpuset pinned = {0};

	if (host->workqueue.cpumask.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->workqueue.cpumask, "the mask") ||
	    !kt_sink_needs(out, host->cpu.online, "the list of online CPUs") ||
	    !kt_sink_needs(out, host->nodes, "the list of nodes") ||
	    !kt_sink_needs(out, host->cpu.list, "the list of CPUs") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;

	pinned = find_pinned(view->facts);
	/* A pin to a CPU that is offline says nothing about one that runs. */
	kt_cpuset_and(&pinned, host->cpu.online.v);
	return judge(view, &pinned, out);
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
