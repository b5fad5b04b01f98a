/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "overhead_mib",
		.value = 256,
		.max = 65536,
		.unit = "MiB",
		.doc = "memory of QEMU itself, per guest [eng]",
	},
	{
		.name = "overhead_vcpu_mib",
		.value = 8,
		.max = 1024,
		.unit = "MiB",
		.doc = "memory of QEMU itself, per vCPU [eng]",
	},
	{
		.name = "reserve_min_mib",
		.value = 4096,
		.max = 1048576,
		.unit = "MiB",
		.doc = "least memory that stays with the host [eng]",
	},
	{
		.name = "reserve_max_mib",
		.value = 65536,
		.max = 1048576,
		.unit = "MiB",
		.doc = "most memory that stays with the host [eng]",
	},
	{
		.name = "reserve_percent",
		.value = 5,
		.max = 100,
		.unit = "%",
		.doc = "memory that stays with the host, within the two limits [eng]",
	},
	{
		.name = "dense_percent",
		.value = 150,
		.min = 100,
		.max = 1000,
		.unit = "%",
		.doc = "of memory that guests may be promised in class dense [eng]",
	},
};

typedef struct Budget {
	uint64_t guests_kib; /* outside static huge pages */
	uint64_t overhead_kib;
	uint64_t pools_kib;
	uint64_t reserve_kib;
	uint64_t sum_kib;
	bool is_known;
} Budget;

static void
add_guest(const KtView *view, const KtGuestConfig *config, Budget *budget)
{
	uint64_t vcpus = kt_known(config->vcpus_max) ? config->vcpus_max.v : 1;

	if (!kt_known(config->memory_kib) || !kt_known(config->hugepages)) {
		budget->is_known = false;
		return;
	}
	if (!config->hugepages.v)
		budget->guests_kib += config->memory_kib.v;
	budget->overhead_kib += config->memory_kib.v / 200 +
				kt_view_param(view, "overhead_mib") * 1024 +
				vcpus * kt_view_param(view, "overhead_vcpu_mib") * 1024;
}

static Budget
make_budget(const KtView *view)
{
	const KtMemory *memory = &view->host->memory;
	Budget budget = {.is_known = true};

	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		if (kt_census_counts(guest))
			add_guest(view, kt_census_config(guest), &budget);
	}
	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (kt_known(pool->size_kib) && kt_known(pool->total))
			budget.pools_kib += pool->size_kib.v * pool->total.v;
	}
	budget.reserve_kib = memory->total_kib.v / 100 * kt_view_param(view, "reserve_percent");
	budget.reserve_kib = MAX(budget.reserve_kib, kt_view_param(view, "reserve_min_mib") * 1024);
	budget.reserve_kib = MIN(budget.reserve_kib, kt_view_param(view, "reserve_max_mib") * 1024);
	budget.sum_kib =
		budget.guests_kib + budget.overhead_kib + budget.pools_kib + budget.reserve_kib;
	return budget;
}

static KtSeverity
judge(const KtView *view, const Budget *budget)
{
	uint64_t total_kib = view->host->memory.total_kib.v;

	if (budget->guests_kib == 0)
		return KT_SEVERITY_UNSET;
	if (view->workload == KT_WORKLOAD_DENSE)
		return budget->sum_kib > total_kib / 100 * kt_view_param(view, "dense_percent")
			       ? KT_SEVERITY_HIGH
			       : KT_SEVERITY_UNSET;
	if (budget->sum_kib <= total_kib)
		return KT_SEVERITY_UNSET;
	return kt_view_is_strict(view) ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM;
}

static KtVerdict
report(const KtView *view, const Budget *budget, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;

	kt_sink_summary(out, "guests were promised more memory than the host can give");
	kt_sink_evidence(out,
			 memory->total_kib.origin,
			 "the host has %" G_GUINT64_FORMAT " MiB, %" G_GUINT64_FORMAT
			 " MiB of them in static huge pages",
			 memory->total_kib.v / 1024,
			 budget->pools_kib / 1024);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "guests outside them may use %" G_GUINT64_FORMAT
			 " MiB, QEMU about %" G_GUINT64_FORMAT " MiB for itself",
			 budget->guests_kib / 1024,
			 budget->overhead_kib / 1024);
	kt_sink_evidence(out,
			 memory->total_kib.origin,
			 "%" G_GUINT64_FORMAT " MiB should stay with the host",
			 budget->reserve_kib / 1024);
	kt_sink_advice(
		out,
		"Give guests less memory, start fewer of them with the host, or move some to "
		"another host.");
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;
	KtSeverity severity = KT_SEVERITY_UNSET;
	KtCensus census = {0};
	Budget budget = {0};

	if (memory->total_kib.state == KT_STATE_ABSENT || kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, memory->total_kib, "the memory size") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (census.n == 0 && census.n_unknown == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	budget = make_budget(view);
	severity = judge(view, &budget);
	if (!severity)
		return budget.is_known && census.n_unknown == 0 ? KT_VERDICT_OK
								: kt_census_unknown(view, out);
	kt_sink_severity(out, severity);
	return report(view, &budget, out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/concepts.rst",
	"OpenStack Nova: reserved_host_memory_mb",
	NULL,
};

KT_PRACTICE(host_memory_reserve) = {
	.id = "host.memory-reserve",
	.title = "Guests and the host fit into memory",
	.why = "Guests are promised memory that they need not touch at once, so a host that "
	       "promised too much looks well until it swaps or kills a guest. Neither "
	       "libvirt nor QEMU counts.",
	.cost = "Fewer guests per host. Dense hosts count on merging, ballooning and swap, "
		"and measure it.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh list --all --autostart; grep -E 'MemTotal|MemAvailable|Hugetlb' "
			 "/proc/meminfo",
	.effect = "MemAvailable, allocstall_* in /proc/vmstat, /proc/pressure/memory",
	.evaluate = evaluate,
};
