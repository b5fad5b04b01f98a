/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define DEFRAG "/sys/kernel/mm/transparent_hugepage/defrag"

/* What a page fault of a guest may do for a huge page: 'defer' leaves it to the background, which a
 * latency guest prefers to a stall; 'defer+madvise' spares other programs only. */
static const char *
wanted(KtWorkload workload)
{
	if (workload == KT_WORKLOAD_LATENCY)
		return "defer";
	return workload == KT_WORKLOAD_DENSE ? "defer+madvise" : "madvise";
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptStr now = host->thp.defrag;
	KtCensus census = {0};

	if (now.state == KT_STATE_ABSENT || kt_census_is_dom0(host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "the effort at a page fault") ||
	    !kt_census_needs(view, KT_CENSUS_DEFINED, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (census.n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_opt_is(now, "never"))
		return KT_VERDICT_OK;
	if (census.n_anonymous == 0)
		return census.n_unknown ? kt_census_unknown(view, out) : KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "guests get small pages wherever memory is fragmented");
	kt_sink_evidence(out, now.origin, "effort at a page fault: '%s'", now.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u of %u guests have private memory outside static huge pages",
			 census.n_anonymous,
			 census.n);
	kt_sink_sysfs(out, DEFRAG, KT_SYNTAX_CHOICE, now.v, wanted(view->workload));
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/transhuge.rst, defrag",
	"QEMU 7.2: softmmu/physmem.c, qemu_madvise(QEMU_MADV_HUGEPAGE) on all guest memory",
	NULL,
};

KT_PRACTICE(host_thp_defrag) = {
	.id = "host.thp-defrag",
	.title = "A guest's page fault may make room for a huge page",
	.why = "With 'never' a guest gets a huge page only where a free one happens to lie; on a "
	       "host that has run for a while there are none, and the guest stays on small pages. "
	       "QEMU asks for huge pages with madvise, so 'madvise' costs nobody else anything.",
	.cost = "Guest memory is touched more slowly while room is made, mostly at its start. "
		"'always' makes every program of the host wait.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /sys/kernel/mm/transparent_hugepage/defrag; "
			 "grep -E 'thp_fault|compact_stall' /proc/vmstat",
	.effect = "thp_fault_fallback against thp_fault_alloc in /proc/vmstat, compact_stall, time "
		  "of a guest start",
	.evaluate = evaluate,
};
