/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Bits of kernel.numa_balancing (Documentation/admin-guide/sysctl/kernel.rst, since 5.18). */
#define BALANCING UINT64_C(1)
#define TIERING   UINT64_C(2)

typedef struct Nodes {
	uint32_t n_with_cpus;
	uint32_t n_memory_only;
	uint32_t n_unknown;
} Nodes;

static Nodes
count_nodes(const KtHost *host)
{
	Nodes nodes = {0};

	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (!kt_known(node->cpus))
			nodes.n_unknown++;
		else if (!kt_cpuset_is_empty(node->cpus.v))
			nodes.n_with_cpus++;
		else if (kt_known(node->memory_kib) && node->memory_kib.v > 0)
			nodes.n_memory_only++;
	}
	return nodes;
}

static bool
are_all_bound(const KtCensus *census)
{
	return census->n > 0 && census->n_unknown == 0 && census->n_bound == census->n;
}

static void
add_evidence(const KtView *view, const Nodes *nodes, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.numa_balancing;

	kt_sink_evidence(out, now.origin, "kernel.numa_balancing is %" G_GUINT64_FORMAT, now.v);
	kt_sink_evidence(out,
			 view->host->nodes.origin,
			 "%u node%s with CPUs",
			 nodes->n_with_cpus,
			 nodes->n_with_cpus == 1 ? "" : "s");
}

static KtVerdict
propose(const KtView *view, KtSeverity severity, bool is_on, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.numa_balancing;
	uint64_t wanted = is_on ? now.v | BALANCING : now.v & ~BALANCING;

	kt_sink_severity(out, severity);
	kt_sink_sysctl_u64(out, "kernel.numa_balancing", now, wanted);
	return KT_VERDICT_FINDING;
}

static KtVerdict
judge_one_node(const KtView *view, KtSink *out)
{
	if (!(view->host->sysctl.numa_balancing.v & BALANCING))
		return KT_VERDICT_OK;
	kt_sink_summary(out, "NUMA balancing is on although only one node has CPUs");
	return propose(view, KT_SEVERITY_LOW, /* is_on= */ false, out);
}

/* Linux 5.18 brought the tiering bit (commit c574bbe91703). */
static KtVerdict
judge_tiering(const KtView *view, const Nodes *nodes, KtSink *out)
{
	bool is_on = view->host->sysctl.numa_balancing.v & TIERING;

	if (nodes->n_memory_only == 0 || is_on || !kt_census_kernel_from(view->host, 5, 18))
		return KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "memory without CPUs: hot pages are not moved to faster memory");
	kt_sink_evidence(out,
			 view->host->nodes.origin,
			 "%u node%s with memory only",
			 nodes->n_memory_only,
			 nodes->n_memory_only == 1 ? "" : "s");
	kt_sink_advice(
		out,
		"If that memory is slower (CXL, persistent memory), consider the tiering bit "
		"of kernel.numa_balancing (2).");
	return KT_VERDICT_FINDING;
}

/* Without an unbound guest every guest counts; with balancing off, so does whether numad runs. */
static bool
cannot_tell(const KtView *view, const KtCensus *census, bool is_on)
{
	if (!is_on && view->workload == KT_WORKLOAD_LATENCY)
		return false;
	if (census->n_unbound == 0)
		return census->n_unknown > 0;
	return !is_on && view->host->agents.state != KT_STATE_VALUE &&
	       view->host->agents.state != KT_STATE_ABSENT;
}

static KtVerdict
unknown_agents(const KtView *view, KtSink *out)
{
	return kt_sink_needs(out, view->host->agents, "the list of programs") ? KT_VERDICT_OK
									      : KT_VERDICT_UNKNOWN;
}

static KtVerdict
judge_nodes(const KtView *view, const Nodes *nodes, const KtCensus *census, KtSink *out)
{
	bool is_on = view->host->sysctl.numa_balancing.v & BALANCING;
	bool is_latency = view->workload == KT_WORKLOAD_LATENCY;

	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u of %u guests are bound to nodes or on static huge pages",
			 census->n_bound,
			 census->n);
	if (is_on && are_all_bound(census)) {
		kt_sink_summary(out, "NUMA balancing scans although every guest is bound");
		return propose(view,
			       is_latency ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW,
			       /* is_on= */ false,
			       out);
	}
	if (cannot_tell(view, census, is_on))
		return census->n_unbound ? unknown_agents(view, out) : kt_census_unknown(view, out);
	if (!is_on && !is_latency && census->n_unbound > 0 &&
	    !kt_census_has_agent(view->host, "numad")) {
		kt_sink_summary(out, "nothing keeps memory near the CPUs of unbound guests");
		return propose(view, KT_SEVERITY_MEDIUM, /* is_on= */ true, out);
	}
	return judge_tiering(view, nodes, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	Nodes nodes = count_nodes(host);
	KtCensus census = {0};

	if (host->sysctl.numa_balancing.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->sysctl.numa_balancing, "kernel.numa_balancing") ||
	    !kt_sink_needs(out, host->nodes, "the list of nodes"))
		return KT_VERDICT_UNKNOWN;
	if (nodes.n_unknown > 0) {
		kt_sink_evidence(out, host->nodes.origin, "the CPUs of a node are not known");
		return KT_VERDICT_UNKNOWN;
	}

	add_evidence(view, &nodes, out);
	if (nodes.n_with_cpus > 1)
		return kt_census_needs(view, KT_CENSUS_COUNTING, &census, out)
			       ? judge_nodes(view, &nodes, &census, out)
			       : KT_VERDICT_UNKNOWN;
	return nodes.n_memory_only ? judge_tiering(view, &nodes, out) : judge_one_node(view, out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/kernel.rst, numa_balancing",
	"Linux: kernel/sched/fair.c, task_numa_work(): skips hugetlb and bound memory",
	NULL,
};

KT_PRACTICE(host_numa_balancing) = {
	.id = "host.numa-balancing",
	.title = "Automatic NUMA balancing serves guests that are not bound",
	.why = "The kernel unmaps pages now and then to learn which node touches them, and moves "
	       "them there. Guests that are free to roam gain from it; bound guests and static "
	       "huge pages are skipped, so there it only costs.",
	.cost = "Page faults for the sampling, and the moving itself. Latency hosts keep it off.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /proc/sys/kernel/numa_balancing; numastat -p qemu",
	.effect = "numa_hint_faults, numa_hint_faults_local and numa_pages_migrated in "
		  "/proc/vmstat, share of remote memory in numastat",
	.evaluate = evaluate,
};
