/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static uint64_t
ordinary_kib(const KtMemory *memory)
{
	uint64_t pools_kib = 0;

	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (kt_known(pool->size_kib) && kt_known(pool->total))
			pools_kib += pool->size_kib.v * pool->total.v;
	}
	return memory->total_kib.v - MIN(pools_kib, memory->total_kib.v);
}

/* Memory that guests get back from merging only when there is room. */
static uint64_t
merged_kib(const KtHost *host)
{
	const KtKsm *ksm = &host->ksm;

	if (!kt_known(ksm->pages_sharing) || !kt_known(host->memory.page_kib))
		return 0;
	return ksm->pages_sharing.v * host->memory.page_kib.v;
}

static const char *
find_reason(const KtView *view, const KtCensus *census)
{
	const KtMemory *memory = &view->host->memory;
	uint64_t swap_kib = memory->swap_total_kib.v;
	uint64_t merged = merged_kib(view->host);

	if (swap_kib == 0 && census->normal_kib > ordinary_kib(memory))
		return "memory is overcommitted, and there is no swap";
	if (swap_kib == 0 && kt_known(memory->available_kib) && merged > memory->available_kib.v)
		return "merged pages have nowhere to go when guests change them";
	if (view->workload == KT_WORKLOAD_DENSE && swap_kib < merged)
		return "swap is smaller than what merging saved";
	return NULL;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;
	KtCensus census = {0};
	const char *reason = NULL;

	if (memory->swap_total_kib.state == KT_STATE_ABSENT || kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, memory->swap_total_kib, "the size of swap") ||
	    !kt_sink_needs(out, memory->total_kib, "the memory size") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	reason = find_reason(view, &census);
	if (!reason)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "%s", reason);
	kt_sink_evidence(out,
			 memory->swap_total_kib.origin,
			 "%" G_GUINT64_FORMAT " MiB of swap",
			 memory->swap_total_kib.v / 1024);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "guests outside static huge pages may use %" G_GUINT64_FORMAT
			 " MiB of %" G_GUINT64_FORMAT " MiB",
			 census.normal_kib / 1024,
			 ordinary_kib(memory) / 1024);
	kt_sink_evidence(out,
			 view->host->ksm.pages_sharing.origin,
			 "%" G_GUINT64_FORMAT " MiB saved by merging",
			 merged_kib(view->host) / 1024);
	kt_sink_advice(
		out,
		"Add a swap file or volume of 4 to 16 GiB, on dense hosts as much as merging "
		"saved and a tenth of guest memory, or zram; keep it off the disks of guests.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/ksm.rst",
	"SUSE SLES 15 SP6 Virtualization Best Practices: swap",
	NULL,
};

KT_PRACTICE(host_swap_present) = {
	.id = "host.swap-present",
	.title = "A host that promised much memory has some swap",
	.why = "Swap is where pages go that nobody touched for days, and what is left "
	       "between a host that promised too much and the out-of-memory killer, which "
	       "takes the largest process: a guest. Merged pages need memory when guests "
	       "change them.",
	.cost = "A guest page that was swapped out is slow to come back: keep vm.swappiness "
		"low. A few gigabytes are enough.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "swapon --show; cat /sys/kernel/mm/ksm/pages_sharing",
	.effect = "pswpin and pswpout in /proc/vmstat, oom_kill",
	.evaluate = evaluate,
};
