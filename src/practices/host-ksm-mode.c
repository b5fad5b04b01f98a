/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define RUN "/sys/kernel/mm/ksm/run"

static const KtParam params[] = {
	{
		.name = "saved_percent",
		.value = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of memory that merging must save to be worth it [eng]",
	},
	{
		.name = "passes",
		.value = 2,
		.min = 1,
		.max = 1000,
		.doc = "whole passes before the gain is judged: pages merge in the second "
		       "(Documentation/admin-guide/mm/ksm.rst)",
	},
	{
		.name = "unshared_factor",
		.value = 10,
		.min = 1,
		.max = 1000000,
		.doc = "unique pages per page saved above which scanning is in vain [eng]",
	},
	{
		.name = "reserve_min_mib",
		.value = 4096,
		.max = 1048576,
		.unit = "MiB",
		.doc = "least memory that unmerging must leave available [eng]",
	},
	{
		.name = "reserve_max_mib",
		.value = 65536,
		.max = 1048576,
		.unit = "MiB",
		.doc = "most memory that unmerging must leave available [eng]",
	},
	{
		.name = "reserve_percent",
		.value = 5,
		.max = 100,
		.unit = "%",
		.doc = "memory that unmerging must leave available, within the two limits [eng]",
	},
};

typedef struct Ksm {
	const KtView *view;
	const KtKsm *facts;
	KtCensus census;
	uint64_t sharing_kib; /* saved */
	bool is_sized;        /* sharing_kib is known */
	bool is_overcommitted;
	const char *reason; /* what is wrong, for the summary */
	bool wants_on;      /* else off */
} Ksm;

/* Guests on ordinary pages were promised more memory than there is outside the static pools. */
static bool
is_overcommitted(const KtView *view, const KtCensus *census)
{
	const KtMemory *memory = &view->host->memory;
	uint64_t pools_kib = 0;

	if (!kt_known(memory->total_kib))
		return false;
	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (kt_known(pool->size_kib) && kt_known(pool->total))
			pools_kib += pool->size_kib.v * pool->total.v;
	}
	return census->normal_kib > memory->total_kib.v - MIN(pools_kib, memory->total_kib.v);
}

/* Running guests whose class cannot bear merging and that do not keep out of it. */
static bool
has_sensitive_guest(const KtView *view)
{
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		KtWorkload workload = kt_policy_guest_workload(view->policy, guest);
		if (!kt_census_counts(guest) || kt_opt_true(config->nosharepages))
			continue;
		if (kt_census_memory_kind(config) == KT_MEMORY_ANONYMOUS &&
		    (workload == KT_WORKLOAD_LATENCY || workload == KT_WORKLOAD_THROUGHPUT))
			return true;
	}
	return false;
}

static bool
is_without_gain(const Ksm *ksm)
{
	const KtKsm *facts = ksm->facts;
	const KtMemory *memory = &ksm->view->host->memory;
	uint64_t percent = kt_view_param(ksm->view, "saved_percent");

	if (!kt_known(facts->full_scans) ||
	    facts->full_scans.v < kt_view_param(ksm->view, "passes"))
		return false;
	if (kt_known(facts->general_profit) && facts->general_profit.v <= 0)
		return true;
	if (facts->general_profit.state == KT_STATE_ABSENT && kt_known(facts->pages_unshared) &&
	    kt_known(facts->pages_sharing) &&
	    facts->pages_unshared.v / kt_view_param(ksm->view, "unshared_factor") >
		    facts->pages_sharing.v)
		return true;
	return ksm->is_sized && kt_known(memory->total_kib) &&
	       ksm->sharing_kib < memory->total_kib.v / 100 * percent;
}

static bool
is_mostly_volatile(const KtKsm *facts)
{
	return kt_known(facts->pages_volatile) && kt_known(facts->pages_unshared) &&
	       kt_known(facts->pages_shared) && kt_known(facts->pages_sharing) &&
	       facts->pages_volatile.v >
		       facts->pages_unshared.v + facts->pages_shared.v + facts->pages_sharing.v;
}

static KtSeverity
blame(Ksm *ksm, const char *reason, KtSeverity severity)
{
	ksm->reason = reason;
	return severity;
}

static KtSeverity
judge_running(Ksm *ksm)
{
	KtWorkload workload = ksm->view->workload;
	bool is_strict = workload == KT_WORKLOAD_LATENCY || workload == KT_WORKLOAD_THROUGHPUT;

	if (is_strict && has_sensitive_guest(ksm->view))
		return blame(ksm,
			     "same-page merging (KSM) runs and slows guests of this class",
			     workload == KT_WORKLOAD_LATENCY ? KT_SEVERITY_HIGH
							     : KT_SEVERITY_MEDIUM);
	if (workload == KT_WORKLOAD_GENERAL && ksm->census.n_mergeable > 1 &&
	    kt_known(ksm->view->host->memory.total_kib) && !ksm->is_overcommitted)
		return blame(ksm,
			     "KSM lets guests see each other's pages, and memory is not short",
			     KT_SEVERITY_MEDIUM);
	if (ksm->census.n_anonymous > 0 && is_without_gain(ksm))
		return blame(ksm,
			     "same-page merging (KSM) costs more than it saves",
			     KT_SEVERITY_MEDIUM);
	if (ksm->census.n_anonymous == 0 && ksm->census.n_unknown == 0)
		return blame(ksm,
			     "same-page merging (KSM) runs, but no guest has memory to merge",
			     KT_SEVERITY_LOW);
	return KT_SEVERITY_UNSET;
}

static KtSeverity
judge(Ksm *ksm)
{
	uint64_t run = ksm->facts->run.v;
	bool is_dense_short = ksm->view->workload == KT_WORKLOAD_DENSE && ksm->is_overcommitted &&
			      ksm->census.n_mergeable > 0;

	if (run == 1)
		return judge_running(ksm);
	if (is_dense_short && !kt_census_has_agent(ksm->view->host, "ksmtuned")) {
		ksm->wants_on = true;
		return blame(ksm,
			     "memory is overcommitted and same-page merging (KSM) is off",
			     KT_SEVERITY_MEDIUM);
	}
	if (run == 0 && kt_known(ksm->facts->pages_sharing) && ksm->facts->pages_sharing.v > 0)
		return blame(ksm,
			     "same-page merging (KSM) was stopped and left its merges behind",
			     KT_SEVERITY_MEDIUM);
	return KT_SEVERITY_UNSET;
}

static void
add_evidence(const Ksm *ksm, KtSink *out)
{
	const KtKsm *facts = ksm->facts;

	kt_sink_evidence(out, facts->run.origin, "ksm/run is %" G_GUINT64_FORMAT, facts->run.v);
	if (ksm->is_sized)
		kt_sink_evidence(out,
				 facts->pages_sharing.origin,
				 "%" G_GUINT64_FORMAT " MiB saved by merging",
				 ksm->sharing_kib / 1024);
	if (facts->run.v == 1 && kt_known(facts->pages_unshared) && kt_known(facts->full_scans))
		kt_sink_evidence(out,
				 facts->pages_unshared.origin,
				 "%" G_GUINT64_FORMAT " pages are unique, %" G_GUINT64_FORMAT
				 " whole passes",
				 facts->pages_unshared.v,
				 facts->full_scans.v);
	kt_sink_evidence(out,
			 ksm->view->facts->guests.origin,
			 "%u of %u guests have memory that can be merged",
			 ksm->census.n_mergeable,
			 ksm->census.n);
	if (ksm->is_overcommitted)
		kt_sink_evidence(out,
				 ksm->view->host->memory.total_kib.origin,
				 "guests outside static huge pages may use %" G_GUINT64_FORMAT
				 " MiB, the host has %" G_GUINT64_FORMAT " MiB",
				 ksm->census.normal_kib / 1024,
				 ksm->view->host->memory.total_kib.v / 1024);
}

/* Unmerging gives every guest its own copy again: that memory must be there. */
static bool
can_unmerge(const Ksm *ksm)
{
	const KtMemory *memory = &ksm->view->host->memory;

	if (!ksm->is_sized || !kt_known(memory->available_kib) || !kt_known(memory->total_kib))
		return false;

	uint64_t reserve_kib =
		CLAMP(memory->total_kib.v / 100 * kt_view_param(ksm->view, "reserve_percent"),
		      kt_view_param(ksm->view, "reserve_min_mib") * 1024,
		      kt_view_param(ksm->view, "reserve_max_mib") * 1024);
	return ksm->sharing_kib == 0 ||
	       memory->available_kib.v > ksm->sharing_kib + ksm->sharing_kib / 10 + reserve_kib;
}

static void
propose_off(const Ksm *ksm, const char *from, KtSink *out)
{
	KtWorkload workload = ksm->view->workload;
	bool is_strict = workload == KT_WORKLOAD_LATENCY || workload == KT_WORKLOAD_THROUGHPUT;
	bool is_unmerge = is_strict || ksm->sharing_kib > 0;

	if (ksm->is_overcommitted) {
		kt_sink_advice(out,
			       "Memory is overcommitted: give guests less of it or the host more "
			       "before merging is switched off.");
		return;
	}
	if (!can_unmerge(ksm)) {
		kt_sink_advice(out,
			       "Unmerging needs as much free memory as merging saved: stop a guest "
			       "first, then write 2 to " RUN ".");
		return;
	}
	/* 0 only stops the scan, 2 also takes the merges apart; at the next boot there are none. */
	kt_sink_value(
		out, RUN, KT_SYNTAX_NUMBER, KT_PERSIST_NONE, NULL, from, is_unmerge ? "2" : "0");
	if (ksm->facts->run.v == 1)
		kt_sink_persist(out, RUN, KT_PERSIST_TMPFILES, NULL, from, "0");
}

static void
propose(const Ksm *ksm, KtSink *out)
{
	g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, ksm->facts->run.v);

	if (kt_census_has_agent(ksm->view->host, "ksmtuned")) {
		kt_sink_advice(out,
			       "ksmtuned writes ksm/run every minute: 'systemctl disable --now "
			       "ksmtuned ksm', then audit again.");
		return;
	}
	if (ksm->wants_on)
		kt_sink_sysfs(out, RUN, KT_SYNTAX_NUMBER, from, "1");
	else
		propose_off(ksm, from, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	Ksm ksm = {.view = view, .facts = &host->ksm};
	KtSeverity severity = KT_SEVERITY_UNSET;

	if (host->ksm.run.state == KT_STATE_ABSENT || kt_census_is_dom0(host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->ksm.run, "the state of KSM") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &ksm.census, out))
		return KT_VERDICT_UNKNOWN;
	if (ksm.census.n == 0)
		return ksm.census.n_unknown ? kt_census_unknown(view, out)
					    : KT_VERDICT_NOT_APPLICABLE;

	ksm.is_sized = kt_known(host->ksm.pages_sharing) && kt_known(host->memory.page_kib);
	if (ksm.is_sized)
		ksm.sharing_kib = host->ksm.pages_sharing.v * host->memory.page_kib.v;
	ksm.is_overcommitted = is_overcommitted(view, &ksm.census);
	severity = judge(&ksm);
	if (severity) {
		kt_sink_severity(out, severity);
		kt_sink_summary(out, "%s", ksm.reason);
		add_evidence(&ksm, out);
		propose(&ksm, out);
		return KT_VERDICT_FINDING;
	}
	if (host->ksm.run.v != 1 || !is_mostly_volatile(&host->ksm))
		return kt_sink_needs(out, host->memory.total_kib, "the memory size")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "most pages change before same-page merging (KSM) can use them");
	add_evidence(&ksm, out);
	kt_sink_advice(out,
		       "Scan more slowly: raise /sys/kernel/mm/ksm/sleep_millisecs and look at "
		       "pages_volatile again after two passes.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/ksm.rst",
	"Linux: mm/ksm.c, run_store(): 0 stops, 2 stops and unmerges",
	"CVE-2015-2877: memory deduplication shows one guest what another has in memory",
	NULL,
};

KT_PRACTICE(host_ksm_mode) = {
	.id = "host.ksm-mode",
	.title = "Same-page merging (KSM) runs only where it pays",
	.why = "KSM saves memory on hosts with many alike guests and too little of it. Everywhere "
	       "else it costs CPU time, splits huge pages, delays writes to merged pages and lets "
	       "guests learn what others hold in memory.",
	.cost = "Unmerging needs as much free memory as merging saved. Dense hosts that are "
		"overcommitted want KSM on; guests that must keep out of it get <nosharepages/>.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "grep . /sys/kernel/mm/ksm/*; systemctl status ksm ksmtuned",
	.effect = "MemAvailable, CPU time of ksmd, cow_ksm in /proc/vmstat",
	.evaluate = evaluate,
};
