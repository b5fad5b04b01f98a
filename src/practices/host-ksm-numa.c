/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static uint32_t
count_cpu_nodes(const KtHost *host)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < host->nodes.n; i++)
		n += kt_known(host->nodes.v[i].cpus) &&
		     !kt_cpuset_is_empty(host->nodes.v[i].cpus.v);
	return n;
}

/* Bound guests whose pages merge: those on static huge pages are bound too, but keep out. */
static uint32_t
count_bound(const KtFacts *facts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		bool is_bound = kt_opt_is(config->numa_mode, "strict") ||
				kt_opt_is(config->numa_mode, "restrictive");
		n += kt_census_counts(guest) && is_bound &&
		     kt_census_memory_kind(config) == KT_MEMORY_ANONYMOUS &&
		     !kt_opt_true(config->nosharepages);
	}
	return n;
}

static void
report(const KtView *view, uint32_t n_bound, KtSink *out)
{
	const KtHost *host = view->host;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "merged pages of bound guests may lie on any node");
	kt_sink_number(out, host->ksm.merge_across_nodes, "ksm/merge_across_nodes", "");
	kt_sink_evidence(out, host->nodes.origin, "%u nodes with CPUs", count_cpu_nodes(host));
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u guest%s bound to nodes and merged",
			 n_bound,
			 n_bound == 1 ? " is" : "s are");
	kt_sink_advice(out,
		       "The file refuses a change while pages are merged: write 2 to "
		       "/sys/kernel/mm/ksm/run, wait until pages_shared is 0, write 0 to "
		       "merge_across_nodes, then 1 to run.");
	kt_sink_advice(out, "While that lasts, all memory that merging saved is needed.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	const KtKsm *ksm = &host->ksm;
	KtCensus census = {0};
	uint32_t n_bound = 0;

	/* The file is there on kernels with NUMA only. */
	if (ksm->merge_across_nodes.state == KT_STATE_ABSENT || kt_census_is_dom0(host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, ksm->run, "the state of KSM") ||
	    !kt_sink_needs(out, host->nodes, "the list of nodes"))
		return KT_VERDICT_UNKNOWN;
	if (ksm->run.v != 1 || count_cpu_nodes(host) < 2)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, ksm->merge_across_nodes, "ksm/merge_across_nodes") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (ksm->merge_across_nodes.v == 0)
		return KT_VERDICT_OK;
	n_bound = count_bound(view->facts);
	if (n_bound == 0)
		return census.n_unknown ? kt_census_unknown(view, out) : KT_VERDICT_OK;

	report(view, n_bound, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/ksm.rst, merge_across_nodes",
	"Linux 6.1: mm/ksm.c, merge_across_nodes_store(): EBUSY while pages are merged",
	NULL,
};

KT_PRACTICE(host_ksm_numa) = {
	.id = "host.ksm-numa",
	.title = "Same-page merging (KSM) stays within a node",
	.why = "Guests are bound to nodes so that their memory is near. Merging across nodes keeps "
	       "one copy on one of them, and the guests of all others read it from far away.",
	.cost = "A copy per node: less memory is saved. Dense hosts that are short of memory may "
		"rather keep one copy for all.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.after = (const char *const[]){"host.ksm-mode", NULL},
	.check_by_hand = "cat /sys/kernel/mm/ksm/merge_across_nodes; numastat -p qemu",
	.effect = "share of memory on other nodes in numastat -p, latency in the guests",
	.evaluate = evaluate,
};
