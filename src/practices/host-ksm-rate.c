/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define PAGES_TO_SCAN "/sys/kernel/mm/ksm/pages_to_scan"
#define ADVISOR       "/sys/kernel/mm/ksm/advisor_mode"

static const KtParam params[] = {
	{
		.name = "pass_min",
		.value = 60,
		.min = 1,
		.max = 10080,
		.unit = "min",
		.doc = "longest pass over all pages that is no finding; merging takes two [eng]",
	},
	{
		.name = "target_s",
		.value = 900,
		.min = 10,
		.max = 604800,
		.unit = "s",
		.doc = "length of a pass that is aimed at without an advisor [eng]",
	},
	{
		.name = "pages_per_s",
		.value = 100000,
		.min = 100,
		.max = 10000000,
		.doc = "pages per second that ksmd may look at, about a fifth of a core [eng]",
	},
};

/* Pages that ksmd goes over: all that programs offer, in any state. */
static uint64_t
count_pages(const KtKsm *ksm)
{
	const KtOptU64 parts[] = {
		ksm->pages_shared,
		ksm->pages_sharing,
		ksm->pages_unshared,
		ksm->pages_volatile,
	};
	uint64_t sum = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		sum += kt_known(parts[i]) ? parts[i].v : 0;
	return sum;
}

static uint64_t
pass_s(const KtKsm *ksm, uint64_t pages)
{
	uint64_t wakeups = pages / MAX(ksm->pages_to_scan.v, 1);

	return wakeups * ksm->sleep_ms.v / 1000;
}

static void
propose(const KtView *view, uint64_t pages, KtSink *out)
{
	const KtKsm *ksm = &view->host->ksm;
	uint64_t per_s =
		MIN(pages / kt_view_param(view, "target_s"), kt_view_param(view, "pages_per_s"));
	uint64_t wanted = per_s * MAX(ksm->sleep_ms.v, 1) / 1000;
	g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, ksm->pages_to_scan.v);
	g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, wanted);

	if (kt_census_has_agent(view->host, "ksmtuned"))
		kt_sink_advice(
			out, "ksmtuned sets the rate: raise KSM_NPAGES_MAX in /etc/ksmtuned.conf.");
	else if (kt_known(ksm->advisor_mode))
		kt_sink_sysfs(out, ADVISOR, KT_SYNTAX_CHOICE, ksm->advisor_mode.v, "scan-time");
	else if (wanted > ksm->pages_to_scan.v)
		kt_sink_sysfs(out, PAGES_TO_SCAN, KT_SYNTAX_NUMBER, from, to);
	else
		kt_sink_advice(out,
			       "There is more memory than ksmd can go over: take guests out of "
			       "merging with <nosharepages/>, or switch it off.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtKsm *ksm = &view->host->ksm;
	uint64_t pages = count_pages(ksm);

	if (ksm->run.state == KT_STATE_ABSENT || kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, ksm->run, "the state of KSM"))
		return KT_VERDICT_UNKNOWN;
	if (ksm->run.v != 1)
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_opt_is(ksm->advisor_mode, "scan-time"))
		return KT_VERDICT_OK;
	if (ksm->sleep_ms.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, ksm->sleep_ms, "the pause of ksmd") ||
	    !kt_sink_needs(out, ksm->pages_to_scan, "ksm/pages_to_scan") ||
	    !kt_sink_needs(out, ksm->pages_unshared, "ksm/pages_unshared"))
		return KT_VERDICT_UNKNOWN;
	if (pass_s(ksm, pages) <= kt_view_param(view, "pass_min") * 60)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			"one pass of same-page merging takes %" G_GUINT64_FORMAT " hours",
			MAX(pass_s(ksm, pages) / 3600, 1));
	kt_sink_number(out, ksm->pages_to_scan, "ksm/pages_to_scan", "");
	kt_sink_number(out, ksm->sleep_ms, "ksm/sleep_millisecs", " ms");
	kt_sink_evidence(
		out, ksm->pages_unshared.origin, "%" G_GUINT64_FORMAT " pages to go over", pages);
	propose(view, pages, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/ksm.rst, pages_to_scan, sleep_millisecs, advisor_mode",
	NULL,
};

KT_PRACTICE(host_ksm_rate) = {
	.id = "host.ksm-rate",
	.title = "Same-page merging (KSM) gets around in time",
	.why = "A page merges in the second pass at best. With the kernel's default of 100 pages "
	       "per 20 ms, and still more with the slower rates of old guides, a pass over a large "
	       "host takes hours, and most pages have changed until ksmd is back.",
	.cost = "CPU time of ksmd. The advisor of Linux 6.8 finds the rate by itself.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.after = (const char *const[]){"host.ksm-mode", NULL},
	.check_by_hand = "grep . /sys/kernel/mm/ksm/*",
	.effect = "full_scans per hour, growth of pages_sharing, CPU time of ksmd",
	.evaluate = evaluate,
};
