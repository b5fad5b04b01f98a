/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define NO_TURBO "/sys/devices/system/cpu/intel_pstate/no_turbo"

/* Drivers whose firmware chooses the clock by the energy preference. */
static bool
is_active_driver(KtOptStr driver)
{
	return kt_opt_is(driver, "intel_pstate") || kt_opt_is(driver, "amd-pstate-epp");
}

static KtSeverity
judge_preference(const KtView *view)
{
	KtOptStr epp = view->host->cpu.epp;

	if (kt_view_is_strict(view))
		return kt_opt_is(epp, "performance") ? KT_SEVERITY_UNSET : KT_SEVERITY_MEDIUM;
	if (view->workload == KT_WORKLOAD_DENSE)
		return KT_SEVERITY_UNSET;
	return kt_opt_is(epp, "power") || kt_opt_is(epp, "balance_power") ? KT_SEVERITY_LOW
									  : KT_SEVERITY_UNSET;
}

static KtSeverity
judge_governor(const KtView *view)
{
	KtOptStr governor = view->host->cpu.governor;

	if (kt_view_is_strict(view))
		return kt_opt_is(governor, "performance") ? KT_SEVERITY_UNSET : KT_SEVERITY_MEDIUM;
	if (view->workload == KT_WORKLOAD_DENSE)
		return KT_SEVERITY_UNSET;
	return kt_opt_is(governor, "powersave") || kt_opt_is(governor, "userspace")
		       ? KT_SEVERITY_LOW
		       : KT_SEVERITY_UNSET;
}

/* A latency host may prefer a clock that never changes. */
static bool
lacks_turbo(const KtView *view)
{
	const KtCpuTopology *cpu = &view->host->cpu;
	bool is_off = kt_opt_true(cpu->no_turbo) || (kt_known(cpu->boost) && !cpu->boost.v);

	return is_off &&
	       (view->workload == KT_WORKLOAD_GENERAL || view->workload == KT_WORKLOAD_THROUGHPUT);
}

static void
report_clock(const KtView *view, KtSeverity severity, KtSink *out)
{
	const KtCpuTopology *cpu = &view->host->cpu;
	bool is_active = is_active_driver(cpu->freq_driver);

	kt_sink_severity(out, severity);
	kt_sink_evidence(out, cpu->freq_driver.origin, "frequency driver %s", cpu->freq_driver.v);
	if (is_active)
		kt_sink_evidence(out, cpu->epp.origin, "energy preference '%s'", cpu->epp.v);
	else
		kt_sink_evidence(out, cpu->governor.origin, "governor '%s'", cpu->governor.v);
	kt_sink_advice(
		out,
		kt_census_has_agent(view->host, "tuned")
			? "'tuned-adm profile virtual-host'."
			: "Write 'performance' to scaling_governor%s of every policy, or let "
			  "tuned do it: profile virtual-host.",
		is_active ? " and energy_performance_preference" : "");
}

static void
report_turbo(const KtView *view, KtSink *out)
{
	const KtCpuTopology *cpu = &view->host->cpu;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	if (kt_opt_true(cpu->no_turbo)) {
		kt_sink_evidence(out, cpu->no_turbo.origin, "intel_pstate/no_turbo is 1");
		kt_sink_sysfs(out, NO_TURBO, KT_SYNTAX_NUMBER, "1", "0");
	}
	if (!kt_known(cpu->boost) || cpu->boost.v)
		return;
	kt_sink_evidence(out, cpu->boost.origin, "cpufreq/boost is 0");
	kt_sink_advice(out,
		       "Write 1 to /sys/devices/system/cpu/cpufreq/boost, and find out what writes "
		       "0 at boot.");
}

static KtVerdict
judge(const KtView *view, KtSink *out)
{
	bool is_active = is_active_driver(view->host->cpu.freq_driver);
	KtSeverity severity = is_active ? judge_preference(view) : judge_governor(view);
	bool is_slow = lacks_turbo(view);

	if (!severity && !is_slow)
		return KT_VERDICT_OK;
	if (is_slow && kt_opt_true(view->host->cpu.no_turbo))
		kt_sink_summary(out, "turbo is off: one busy guest gets less than it could");
	else if (severity)
		kt_sink_summary(out, "the clock of the host follows its guests slowly");
	else
		kt_sink_summary(out, "boost is off: one busy guest gets less than it could");
	if (severity)
		report_clock(view, severity, out);
	if (is_slow)
		report_turbo(view, out);
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtCpuTopology *cpu = &view->host->cpu;

	/* In a guest, and where the firmware keeps the clock to itself, there is nothing to set. */
	if (cpu->freq_driver.state == KT_STATE_ABSENT || kt_known(view->host->system.hypervisor))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, cpu->freq_driver, "the frequency driver"))
		return KT_VERDICT_UNKNOWN;
	if (is_active_driver(cpu->freq_driver)
		    ? !kt_sink_needs(out, cpu->epp, "the energy preference")
		    : !kt_sink_needs(out, cpu->governor, "the governor"))
		return KT_VERDICT_UNKNOWN;
	return judge(view, out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/pm/intel_pstate.rst and amd-pstate.rst",
	"tuned 2.28: profiles/throughput-performance/tuned.conf",
	NULL,
};

KT_PRACTICE(host_cpu_governor) = {
	.id = "host.cpu-governor",
	.title = "The clock of the host follows its guests",
	.why = "Guests cannot ask for a higher clock. A governor or preference that saves "
	       "power leaves a vCPU on a slow core until the load has lasted, and a host "
	       "without turbo gives away a fifth of what one busy guest could have.",
	.cost = "Power and heat. In active mode of intel_pstate and amd-pstate the governor "
		"'powersave' is not the lowest clock: the energy preference decides.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"grep . "
		"/sys/devices/system/cpu/cpufreq/policy*/{scaling_driver,scaling_governor,energy_performance_preference}",
	.effect = "Bzy_MHz in turbostat, latency of short requests in guests",
	.evaluate = evaluate,
};
