/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "percent",
		.value = 95,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of memory that surplus pages may take, besides what pools hold [eng]",
	},
};

typedef struct Surplus {
	uint64_t limit_kib; /* that surplus pages may take */
	uint64_t pools_kib;
	const KtHugePool *first; /* a pool with a limit above 0 */
} Surplus;

static Surplus
survey(const KtMemory *memory)
{
	Surplus surplus = {0};

	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (!kt_known(pool->size_kib))
			continue;
		if (kt_known(pool->total))
			surplus.pools_kib += pool->size_kib.v * pool->total.v;
		if (!kt_known(pool->overcommit) || pool->overcommit.v == 0)
			continue;
		surplus.limit_kib += pool->size_kib.v * pool->overcommit.v;
		if (!surplus.first)
			surplus.first = pool;
	}
	return surplus;
}

static void
propose(const KtView *view, const KtHugePool *pool, KtSink *out)
{
	KtOptU64 size = view->host->memory.hugepage_default_kib;
	g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, pool->overcommit.v);
	g_autofree char *path =
		g_strdup_printf("/sys/kernel/mm/hugepages/hugepages-%" G_GUINT64_FORMAT
				"kB/nr_overcommit_hugepages",
				pool->size_kib.v);

	kt_sink_evidence(out,
			 pool->overcommit.origin,
			 "up to %" G_GUINT64_FORMAT " surplus pages of %" G_GUINT64_FORMAT " KiB",
			 pool->overcommit.v,
			 pool->size_kib.v);
	if (kt_known(size) && size.v == pool->size_kib.v)
		kt_sink_advice(
			out,
			"Look for vm.nr_overcommit_hugepages in sysctl files: it is the same "
			"value.");
	kt_sink_sysfs(out, path, KT_SYNTAX_NUMBER, from, "0");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;
	Surplus surplus = {0};
	bool is_too_much = false;

	if (memory->huge_pools.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, memory->huge_pools, "the pools of huge pages") ||
	    !kt_sink_needs(out, memory->total_kib, "the memory size"))
		return KT_VERDICT_UNKNOWN;
	surplus = survey(memory);
	if (!surplus.first)
		return KT_VERDICT_OK;
	is_too_much = surplus.limit_kib + surplus.pools_kib >
		      memory->total_kib.v / 100 * kt_view_param(view, "percent");
	if (!is_too_much && view->workload != KT_WORKLOAD_LATENCY)
		return KT_VERDICT_OK;

	kt_sink_severity(out, is_too_much ? KT_SEVERITY_HIGH : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			is_too_much ? "surplus huge pages may take the memory of the host"
				    : "guests may start on huge pages that luck must find");
	kt_sink_evidence(out,
			 memory->total_kib.origin,
			 "pools hold %" G_GUINT64_FORMAT " MiB of %" G_GUINT64_FORMAT
			 " MiB, surplus pages may take %" G_GUINT64_FORMAT " MiB more",
			 surplus.pools_kib / 1024,
			 memory->total_kib.v / 1024,
			 surplus.limit_kib / 1024);
	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (kt_known(pool->size_kib) && kt_known(pool->overcommit) &&
		    pool->overcommit.v > 0)
			propose(view, pool, out);
	}
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/hugetlbpage.rst, nr_overcommit_hugepages",
	NULL,
};

KT_PRACTICE(host_hugepages_overcommit) = {
	.id = "host.hugepages-overcommit",
	.title = "Huge pages beyond the pool are bounded",
	.why = "With nr_overcommit_hugepages the kernel makes huge pages beyond the pool when a "
	       "guest asks: only if memory is not fragmented at that moment, and as many as the "
	       "limit allows, whatever the host needs for itself.",
	.cost = "A guest that relied on surplus pages does not start: reserve them in the pool. A "
		"small limit is right for guests on huge pages that grow by memory hotplug.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "grep . /sys/kernel/mm/hugepages/*/nr_overcommit_hugepages; "
			 "grep Huge /proc/meminfo",
	.effect = "HugePages_Surp in /proc/meminfo before and after guest starts",
	.evaluate = evaluate,
};
