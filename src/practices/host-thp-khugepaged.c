/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define KHUGEPAGED "/sys/kernel/mm/transparent_hugepage/khugepaged/"

static const KtParam params[] = {
	{
		.name = "sleep_min_ms",
		.value = 100,
		.max = 10000,
		.unit = "ms",
		.doc = "shortest pause between two passes that is no finding [eng]",
	},
	{
		.name = "sleep_ms",
		.value = 10000,
		.min = 100,
		.max = 600000,
		.unit = "ms",
		.doc = "pause that is set; the kernel's default (Linux: mm/khugepaged.c)",
	},
};

static void
report_forbidden(const KtThp *thp, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "guests that lost their huge pages never get them back");
	kt_sink_number(out, thp->khugepaged_defrag, "khugepaged/defrag", "");
	kt_sink_sysfs(out, KHUGEPAGED "defrag", KT_SYNTAX_NUMBER, "0", "1");
}

static void
report_restless(const KtView *view, bool is_first, KtSink *out)
{
	KtOptU64 now = view->host->thp.khugepaged_sleep_ms;
	g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, now.v);
	g_autofree char *to =
		g_strdup_printf("%" G_GUINT64_FORMAT, kt_view_param(view, "sleep_ms"));

	kt_sink_severity(out, KT_SEVERITY_LOW);
	if (is_first)
		kt_sink_summary(out, "khugepaged hardly sleeps and takes CPU time from guests");
	kt_sink_number(out, now, "the pause between two passes of khugepaged", " ms");
	if (kt_census_has_agent(view->host, "numad"))
		kt_sink_evidence(out,
				 view->host->agents.origin,
				 "numad runs: it sets this value and never restores it");
	kt_sink_sysfs(out, KHUGEPAGED "scan_sleep_millisecs", KT_SYNTAX_NUMBER, from, to);
}

static KtVerdict
judge(const KtView *view, const KtCensus *census, KtSink *out)
{
	const KtThp *thp = &view->host->thp;
	bool is_forbidden = kt_known(thp->khugepaged_defrag) && thp->khugepaged_defrag.v == 0;
	bool is_restless = kt_known(thp->khugepaged_sleep_ms) &&
			   thp->khugepaged_sleep_ms.v < kt_view_param(view, "sleep_min_ms");

	if (is_forbidden && census->n_anonymous == 0 && census->n_unknown > 0)
		return kt_census_unknown(view, out);
	is_forbidden &= census->n_anonymous > 0;
	if (is_forbidden)
		report_forbidden(thp, out);
	if (is_restless)
		report_restless(view, /* is_first= */ !is_forbidden, out);
	if (is_forbidden || is_restless)
		return KT_VERDICT_FINDING;
	return kt_sink_needs(out, thp->khugepaged_defrag, "khugepaged/defrag") &&
			       kt_sink_needs(
				       out, thp->khugepaged_sleep_ms, "the pause of khugepaged")
		       ? KT_VERDICT_OK
		       : KT_VERDICT_UNKNOWN;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtThp *thp = &view->host->thp;
	KtCensus census = {0};

	/* With 'never' khugepaged does not run at all. */
	if (thp->khugepaged_defrag.state == KT_STATE_ABSENT || kt_opt_is(thp->enabled, "never") ||
	    kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_census_needs(view, KT_CENSUS_DEFINED, &census, out))
		return KT_VERDICT_UNKNOWN;
	return census.n == 0 ? KT_VERDICT_NOT_APPLICABLE : judge(view, &census, out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/transhuge.rst, khugepaged",
	"numad 0.5: option -H, sets scan_sleep_millisecs to 1000 and leaves it so",
	NULL,
};

KT_PRACTICE(host_thp_khugepaged) = {
	.id = "host.thp-khugepaged",
	.title = "khugepaged repairs guests, and rests in between",
	.why = "khugepaged puts small pages of guests together again, the only way to huge pages "
	       "for memory that was touched while there were none. With defrag 0 it may not make "
	       "room for them. Old guides switch it off.",
	.cost = "CPU time of one kernel thread: 4096 pages per 10 s by default.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "grep . /sys/kernel/mm/transparent_hugepage/khugepaged/*",
	.effect = "pages_collapsed per hour, AnonHugePages of the QEMU processes, CPU time of "
		  "khugepaged",
	.evaluate = evaluate,
};
