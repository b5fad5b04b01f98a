/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Linux 5.13 took them out of /proc/sys (commit 8a99b6833c88). */
#define REMOVED_MAJOR 5
#define REMOVED_MINOR 13

static const char *const keys[] = {
	"kernel.numa_balancing_scan_delay_ms",
	"kernel.numa_balancing_scan_period_max_ms",
	"kernel.numa_balancing_scan_period_min_ms",
	"kernel.numa_balancing_scan_size_mb",
};

static bool
is_removed_key(const KtSysctlLine *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
		if (kt_opt_is(line->key, keys[i]))
			return true;
	}
	return false;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	const KtSysctlLineList *lines = &host->sysctl_lines;
	uint32_t n = 0;

	if (lines->state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, *lines, "the list of sysctl files") ||
	    !kt_sink_needs(out, host->system.kernel, "the release of the kernel"))
		return KT_VERDICT_UNKNOWN;
	/* A distribution may have kept them. */
	if (!kt_census_kernel_from(host, REMOVED_MAJOR, REMOVED_MINOR) ||
	    host->sysctl.numa_balancing_scan_mib.state != KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	for (uint32_t i = 0; i < lines->n; i++) {
		const KtSysctlLine *line = &lines->v[i];
		if (!is_removed_key(line))
			continue;
		n++;
		kt_sink_evidence(out,
				 line->file.origin,
				 "%s line %" G_GUINT64_FORMAT " sets %s",
				 kt_known(line->file) ? line->file.v : "a sysctl file",
				 line->line.v,
				 line->key.v);
	}
	if (n == 0)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "sysctl files set NUMA balancing rates that kernels removed");
	kt_sink_advice(
		out,
		"Take these lines out of the files: the rates are in "
		"/sys/kernel/debug/sched/numa_balancing now, and their defaults suit guests.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux commit 8a99b6833c88: moved to debugfs in 5.13",
	NULL,
};

KT_PRACTICE(host_numa_balancing_scan) = {
	.id = "host.numa-balancing-scan",
	.title = "No sysctl file sets rates of NUMA balancing",
	.why = "Guides show four sysctls for the rates of NUMA balancing. Since Linux 5.13 they "
	       "are not sysctls any more, and the lines are a warning at boot and a setting that "
	       "somebody believes in.",
	.cost = "None.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"grep -r numa_balancing_scan /etc/sysctl.conf /etc/sysctl.d /usr/lib/sysctl.d",
	.effect = "no warning of systemd-sysctl at boot",
	.evaluate = evaluate,
};
