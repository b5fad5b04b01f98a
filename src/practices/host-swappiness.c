/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-practice.h"

static const KtParam params[] = {
	{
		.name = "limit",
		.value = 60,
		.max = 200,
		.doc = "highest value that is no finding with disk swap; 60 is the kernel's default "
		       "(Documentation/admin-guide/sysctl/vm.rst)",
	},
	{
		.name = "latency",
		.value = 1,
		.max = 200,
		.doc = "value for class latency [eng]",
	},
	{
		.name = "value",
		.value = 10,
		.max = 200,
		.doc = "value for the other classes; tuned's profile virtual-host uses 10",
	},
	{
		.name = "low_memory_percent",
		.value = 10,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "available memory below which swappiness 0 is a finding [eng]",
	},
};

static uint32_t
count_swaps(const KtHost *host, bool is_zram)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < host->swaps.n; i++)
		n += kt_opt_is(host->swaps.v[i].kind, "zram") == is_zram;
	return n;
}

static bool
is_short_of_memory(const KtView *view)
{
	const KtMemory *memory = &view->host->memory;

	return kt_known(memory->available_kib) && kt_known(memory->total_kib) &&
	       memory->available_kib.v <
		       memory->total_kib.v / 100 * kt_view_param(view, "low_memory_percent");
}

/* UNSET: nothing is wrong. */
static KtSeverity
judge(const KtView *view)
{
	uint64_t now = view->host->sysctl.swappiness.v;
	uint64_t limit = kt_view_param(view, "limit");
	bool is_sensitive =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;

	/* Swapping to compressed memory is cheap: 100..180 is meant for that. */
	if (now > limit)
		return count_swaps(view->host, /* is_zram= */ true) ? KT_SEVERITY_UNSET
								    : KT_SEVERITY_MEDIUM;
	if (now == 0 && is_short_of_memory(view))
		return KT_SEVERITY_MEDIUM;
	return now == limit && is_sensitive ? KT_SEVERITY_LOW : KT_SEVERITY_UNSET;
}

static void
report(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptU64 now = host->sysctl.swappiness;
	bool is_latency = view->workload == KT_WORKLOAD_LATENCY;
	uint64_t wanted = kt_view_param(view, is_latency ? "latency" : "value");
	uint32_t n_disk = count_swaps(host, /* is_zram= */ false);

	kt_sink_summary(out,
			"vm.swappiness is %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT
			" suits this host",
			now.v,
			wanted);
	kt_sink_evidence(out, now.origin, "vm.swappiness is %" G_GUINT64_FORMAT, now.v);
	kt_sink_evidence(
		out, host->swaps.origin, "%u swap area%s on disk", n_disk, n_disk == 1 ? "" : "s");
	if (now.v == 0)
		kt_sink_evidence(out,
				 host->memory.available_kib.origin,
				 "%" G_GUINT64_FORMAT
				 " MiB of memory available of %" G_GUINT64_FORMAT " MiB",
				 host->memory.available_kib.v / 1024,
				 host->memory.total_kib.v / 1024);
	kt_sink_sysctl_u64(out, "vm.swappiness", now, wanted);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptU64 now = host->sysctl.swappiness;
	KtSeverity severity = KT_SEVERITY_UNSET;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "vm.swappiness") ||
	    !kt_sink_needs(out, host->swaps, "the list of swap areas"))
		return KT_VERDICT_UNKNOWN;
	if (count_swaps(host, /* is_zram= */ false) == 0)
		return KT_VERDICT_NOT_APPLICABLE;

	severity = judge(view);
	if (!severity)
		return KT_VERDICT_OK;
	kt_sink_severity(out, severity);
	report(view, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_swappiness) = {
	.id = "host.swappiness",
	.title = "Guest memory is not swapped without need",
	.why = "A guest page that was swapped out costs its vCPU a disk read at the next touch; the "
	       "value is the relative cost of swapping against dropping file cache.",
	.cost = "With a low value the host drops file cache first, which slows hosts that serve "
		"images through the page cache. 0 does not disable swapping.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/sysctl/vm.rst, swappiness",
			"Linux commit c843966c556d: range 0..200 since 5.8",
			"Linux commit fe35004fbf9e: meaning of 0 since 3.5",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /proc/sys/vm/swappiness; cat /proc/swaps",
	.effect = "pswpin and pswpout in /proc/vmstat while guests are under memory pressure",
	.evaluate = evaluate,
};
