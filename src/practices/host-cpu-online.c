/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Somebody decided at boot, or for hardware threads as a whole. */
static bool
is_meant(const KtHost *host)
{
	g_autofree char *nosmt = kt_census_boot_arg(host, "nosmt");
	g_autofree char *maxcpus = kt_census_boot_arg(host, "maxcpus");

	return nosmt || maxcpus || kt_opt_is(host->cpu.smt_control, "off") ||
	       kt_opt_is(host->cpu.smt_control, "forceoff");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	const KtCpuTopology *cpu = &host->cpu;
	KtCpuset off = {0};

	/* POWER needs the secondary threads offline: KVM runs the whole core in the guest. */
	if (cpu->present.state == KT_STATE_ABSENT ||
	    (kt_known(host->system.architecture) &&
	     g_str_has_prefix(host->system.architecture.v, "ppc64")))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, cpu->present, "the list of CPUs") ||
	    !kt_sink_needs(out, cpu->online, "the list of running CPUs"))
		return KT_VERDICT_UNKNOWN;
	off = *cpu->present.v;
	kt_cpuset_and_not(&off, cpu->online.v);
	if (kt_cpuset_is_empty(&off) || is_meant(host))
		return KT_VERDICT_OK;
	if (!kt_sink_needs(out, host->system.cmdline, "the kernel command line") ||
	    !kt_sink_needs_look(out, cpu->smt_control, "the state of hardware threads"))
		return KT_VERDICT_UNKNOWN;

	g_autofree char *list = kt_cpuset_to_list(&off);
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "CPUs of the host are switched off");
	kt_sink_evidence(out, cpu->online.origin, "offline: %s", list);
	kt_sink_advice(out,
		       "Write 1 to /sys/devices/system/cpu/cpuN/online for each of them, unless "
		       "somebody took them off because they are broken.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/core-api/cpu_hotplug.rst",
	"Linux: Documentation/ABI/testing/sysfs-devices-system-cpu, smt/control",
	NULL,
};

KT_PRACTICE(host_cpu_online) = {
	.id = "host.cpu-online",
	.title = "All CPUs of the host run",
	.why = "A CPU that was taken offline and forgotten is paid for and missing; a pin "
	       "that names it fails, or silently means fewer CPUs.",
	.cost = "None. Where hardware threads are to be off, switch them off as a whole: "
		"smt/control or nosmt.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /sys/devices/system/cpu/{present,online,smt/control}",
	.effect = "lscpu shows every CPU online",
	.evaluate = evaluate,
};
