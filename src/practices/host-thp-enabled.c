/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#include <string.h>

#define ENABLED "/sys/kernel/mm/transparent_hugepage/enabled"

/* Writes after the command line has been read: a file of ours, or tuned. */
static bool
is_set_after_boot(const KtHost *host)
{
	for (uint32_t i = 0; i < host->config_files.n; i++) {
		const KtConfigFile *file = &host->config_files.v[i];
		if (kt_known(file->path) && kt_known(file->text) &&
		    g_str_has_prefix(file->path.v, "/etc/tmpfiles.d/") &&
		    strstr(file->text.v, ENABLED))
			return true;
	}
	return kt_census_has_agent(host, "tuned");
}

/* On now, but the command line of this boot said never, and so will the next. */
static bool
is_lost_at_boot(const KtHost *host)
{
	g_autofree char *argument = kt_census_boot_arg(host, "transparent_hugepage");

	return g_strcmp0(argument, "never") == 0 && host->config_files.state == KT_STATE_VALUE &&
	       host->agents.state == KT_STATE_VALUE && !is_set_after_boot(host);
}

static void
report(const KtView *view, const KtCensus *census, KtSink *out)
{
	KtOptStr now = view->host->thp.enabled;
	bool is_strict =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;

	kt_sink_severity(out, is_strict ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_evidence(out, now.origin, "transparent huge pages: '%s'", now.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u guest%s with private memory outside static huge pages",
			 census->n_anonymous,
			 census->n_anonymous == 1 ? "" : "s");
	if (kt_opt_is(now, "never")) {
		kt_sink_summary(out, "transparent huge pages are off, guests run on small pages");
		kt_sink_sysfs(out, ENABLED, KT_SYNTAX_CHOICE, now.v, "madvise");
		return;
	}
	kt_sink_summary(out, "transparent huge pages will be off after the next boot");
	kt_sink_evidence(out,
			 view->host->system.cmdline.origin,
			 "kernel command line: transparent_hugepage=never");
	kt_sink_persist(out, ENABLED, KT_PERSIST_TMPFILES, NULL, now.v, "madvise");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptStr now = host->thp.enabled;
	KtCensus census = {0};

	if (now.state == KT_STATE_ABSENT || kt_census_is_dom0(host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "the mode") ||
	    !kt_census_needs(view, KT_CENSUS_DEFINED, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (census.n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_opt_is(now, "never") && !is_lost_at_boot(host))
		return KT_VERDICT_OK;
	if (census.n_anonymous == 0)
		return census.n_unknown ? kt_census_unknown(view, out) : KT_VERDICT_OK;

	report(view, &census, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/transhuge.rst",
	"QEMU 7.2: softmmu/physmem.c, qemu_madvise(QEMU_MADV_HUGEPAGE) on all guest memory",
	NULL,
};

KT_PRACTICE(host_thp_enabled) = {
	.id = "host.thp-enabled",
	.title = "Guest memory can be backed by transparent huge pages",
	.why = "Address translation of a guest walks two page tables; huge pages make both walks "
	       "shorter. QEMU asks for them with madvise, so 'madvise' is enough and leaves the "
	       "other programs of the host alone.",
	.cost = "Memory is given out in larger pieces. 'never' is right only where every guest "
		"uses static huge pages; advice to switch it off for databases is meant for the "
		"system that runs the database.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /sys/kernel/mm/transparent_hugepage/enabled; "
			 "grep AnonHugePages /proc/$(pidof -s qemu-system-x86_64)/smaps_rollup",
	.effect = "AnonHugePages of the QEMU processes, thp_fault_fallback in /proc/vmstat, "
		  "dTLB misses in guests",
	.evaluate = evaluate,
};
