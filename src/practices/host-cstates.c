/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const struct {
	const char *key;
	const char *value;
} awake[] = {
	{.key = "idle", .value = "poll"},
	{.key = "intel_idle.max_cstate", .value = "0"},
	{.key = "processor.max_cstate", .value = "0"},
	{.key = "processor.max_cstate", .value = "1"},
};

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	uint32_t n = 0;

	if (host->system.cmdline.state == KT_STATE_ABSENT || view->workload == KT_WORKLOAD_LATENCY)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->system.cmdline, "the kernel command line"))
		return KT_VERDICT_UNKNOWN;
	for (size_t i = 0; i < G_N_ELEMENTS(awake); i++) {
		g_autofree char *value = kt_census_boot_arg(host, awake[i].key);
		if (g_strcmp0(value, awake[i].value) != 0)
			continue;
		n++;
		kt_sink_evidence(out,
				 host->system.cmdline.origin,
				 "kernel command line: %s=%s",
				 awake[i].key,
				 value);
		kt_sink_boot_arg(out, awake[i].key, value, NULL);
	}
	if (n == 0)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "idle CPUs never sleep: power, turbo and sibling threads suffer");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/kernel-parameters.txt, idle= and "
	"intel_idle.max_cstate=",
	"Linux: Documentation/admin-guide/pm/cpuidle.rst",
	NULL,
};

KT_PRACTICE(host_cstates) = {
	.id = "host.cstates",
	.title = "Idle CPUs may sleep where nobody counts microseconds",
	.why = "idle=poll and max_cstate=0 come from guides for latency. Elsewhere they "
	       "cost: CPUs that never sleep draw full power, leave no room for turbo, and "
	       "slow the hardware thread beside them, which runs another guest.",
	.cost = "A guest on a sleeping CPU wakes some 10 to 100 us later. On latency hosts "
		"limit the sleep of the pinned CPUs only, with pm_qos_resume_latency_us.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "cat /proc/cmdline; grep . "
			 "/sys/devices/system/cpu/cpu0/cpuidle/state*/{name,latency,disable}",
	.effect = "PkgWatt and Bzy_MHz in turbostat, throughput of guests on sibling threads",
	.evaluate = evaluate,
};
