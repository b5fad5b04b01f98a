/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define KEY "vm.min_free_kbytes"

/* Limits of the kernel's own value (Linux 6.1: mm/page_alloc.c, calculate_min_free_kbytes). */
#define OWN_MIN_KIB UINT64_C(128)
#define OWN_MAX_KIB UINT64_C(262144)

static const KtParam params[] = {
	{
		.name = "percent",
		.value = 5,
		.min = 1,
		.max = 50,
		.unit = "%",
		.doc = "memory outside static huge pages that may be held back [eng]",
	},
	{
		.name = "factor",
		.value = 2,
		.min = 1,
		.max = 100,
		.doc = "times the kernel's own value that is no finding [eng]",
	},
};

static uint64_t
pools_kib(const KtMemory *memory)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (kt_known(pool->size_kib) && kt_known(pool->total))
			sum += pool->size_kib.v * pool->total.v;
	}
	return MIN(sum, memory->total_kib.v);
}

static uint64_t
square_root(uint64_t number)
{
	uint64_t root = 0;

	for (uint64_t bit = UINT64_C(1) << 31; bit; bit >>= 1) {
		if ((root | bit) * (root | bit) <= number)
			root |= bit;
	}
	return root;
}

/* sqrt(16 x memory), and what khugepaged raises it to: 11 huge pages for each zone, at most 5 % of
 * memory (Linux 6.1: mm/khugepaged.c, set_recommended_min_free_kbytes). A host has two zones
 * besides one per node. */
static uint64_t
own_value_kib(const KtHost *host)
{
	const KtMemory *memory = &host->memory;
	uint64_t huge_kib = kt_known(memory->hugepage_default_kib)
				    ? MIN(memory->hugepage_default_kib.v, UINT64_C(524288))
				    : 2048;
	uint64_t base = CLAMP(square_root(memory->total_kib.v * 16), OWN_MIN_KIB, OWN_MAX_KIB);
	uint64_t raised = MIN(11 * huge_kib * (host->nodes.n + 2), memory->total_kib.v / 20);

	return MAX(base, raised);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptU64 now = host->sysctl.min_free_kib;
	uint64_t ordinary_kib = 0;
	uint64_t own_kib = 0;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, KEY) ||
	    !kt_sink_needs(out, host->memory.total_kib, "the memory size") ||
	    !kt_sink_needs(out, host->memory.huge_pools, "the pools of huge pages"))
		return KT_VERDICT_UNKNOWN;

	ordinary_kib = host->memory.total_kib.v - pools_kib(&host->memory);
	own_kib = own_value_kib(host);
	if (now.v <= ordinary_kib / 100 * kt_view_param(view, "percent") ||
	    now.v / kt_view_param(view, "factor") <= own_kib)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out,
			"the kernel holds back %" G_GUINT64_FORMAT " MiB that guests could use",
			now.v / 1024);
	kt_sink_number(out, now, KEY, " KiB");
	kt_sink_evidence(out,
			 host->memory.total_kib.origin,
			 "%" G_GUINT64_FORMAT " MiB of memory are outside static huge pages",
			 ordinary_kib / 1024);
	kt_sink_evidence(out,
			 host->memory.total_kib.origin,
			 "about %" G_GUINT64_FORMAT " KiB is the kernel's own choice here",
			 own_kib);
	kt_sink_sysctl_u64(out, KEY, now, own_kib);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/sysctl/vm.rst, min_free_kbytes and watermark_scale_factor",
	"Linux 6.1: mm/page_alloc.c, calculate_min_free_kbytes(); mm/khugepaged.c",
	NULL,
};

KT_PRACTICE(host_min_free) = {
	.id = "host.min-free",
	.title = "The kernel holds back no more memory than it needs",
	.why = "Below the watermarks that vm.min_free_kbytes sets, programs wait for reclaim, and "
	       "guests are swapped or killed although memory is free. The kernel says of a value "
	       "that is too high: it will OOM your machine instantly.",
	.cost = "None. Where allocations stall, raise vm.watermark_scale_factor instead: it wakes "
		"the reclaimer earlier and holds nothing back.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /proc/sys/vm/min_free_kbytes; grep -E 'min|low|high' /proc/zoneinfo",
	.effect = "MemAvailable, allocstall_* and kswapd against direct reclaim in /proc/vmstat",
	.evaluate = evaluate,
};
