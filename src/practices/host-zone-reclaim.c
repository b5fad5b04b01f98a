/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Nodes that have memory: with one of them there is nobody else to ask. */
static uint32_t
count_memory_nodes(const KtHost *host)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < host->nodes.n; i++)
		n += kt_known(host->nodes.v[i].memory_kib) && host->nodes.v[i].memory_kib.v > 0;
	return n;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.zone_reclaim;
	KtCensus census = {0};
	uint32_t n_nodes = count_memory_nodes(view->host);

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "vm.zone_reclaim_mode"))
		return KT_VERDICT_UNKNOWN;
	if (now.v == 0)
		return KT_VERDICT_OK;
	if (!kt_sink_needs(out, view->host->nodes, "the list of nodes") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (n_nodes < 2)
		return KT_VERDICT_OK;
	if (census.n_unbound == 0)
		return census.n_unknown ? kt_census_unknown(view, out) : KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "a full node reclaims although others have free memory");
	kt_sink_number(out, now, "vm.zone_reclaim_mode", "");
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u of %u guests are not bound to nodes",
			 census.n_unbound,
			 census.n);
	kt_sink_evidence(out, view->host->nodes.origin, "%u nodes have memory", n_nodes);
	kt_sink_sysctl_u64(out, "vm.zone_reclaim_mode", now, 0);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/vm.rst, zone_reclaim_mode",
	"Linux commit 4f9b16a64753: off by default since 3.16",
	NULL,
};

KT_PRACTICE(host_zone_reclaim) = {
	.id = "host.zone-reclaim",
	.title = "A full node takes memory of another before it reclaims",
	.why = "With zone reclaim a node that is full drops its file cache and swaps guest memory "
	       "while other nodes have gigabytes to spare. That pays only where every guest is "
	       "bound and fits its node.",
	.cost = "Memory that did not fit the own node is farther away.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /proc/sys/vm/zone_reclaim_mode; numactl --hardware",
	.effect = "zone_reclaim_failed and pgscan_direct in /proc/vmstat, numastat -m",
	.evaluate = evaluate,
};
