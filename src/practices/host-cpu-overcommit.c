/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "general",
		.value = 4,
		.min = 1,
		.max = 100,
		.doc = "vCPUs per core for class general [eng]",
	},
	{
		.name = "most",
		.value = 8,
		.min = 1,
		.max = 100,
		.doc = "vCPUs per core for all classes; SUSE names 8 as the most",
	},
};

static bool
count_vcpus(const KtFacts *facts, uint64_t *ret_n)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		if (!kt_census_counts(guest))
			continue;
		if (!kt_known(config->vcpus))
			return false;
		n += config->vcpus.v;
	}
	*ret_n = n;
	return true;
}

/* Latency and throughput are held against hardware threads, the others against cores. */
static KtSeverity
judge(const KtView *view, uint64_t n_vcpus, uint64_t n_cores, uint64_t n_cpus)
{
	if (view->workload == KT_WORKLOAD_LATENCY && n_vcpus > n_cpus)
		return KT_SEVERITY_HIGH;
	if (n_vcpus > n_cores * kt_view_param(view, "most"))
		return KT_SEVERITY_MEDIUM;
	if (view->workload == KT_WORKLOAD_THROUGHPUT)
		return n_vcpus > n_cpus ? KT_SEVERITY_LOW : KT_SEVERITY_UNSET;
	return view->workload == KT_WORKLOAD_GENERAL &&
			       n_vcpus > n_cores * kt_view_param(view, "general")
		       ? KT_SEVERITY_LOW
		       : KT_SEVERITY_UNSET;
}

static KtVerdict
report(const KtView *view, uint64_t n_vcpus, uint64_t n_cpus, KtSink *out)
{
	const KtCpuTopology *cpu = &view->host->cpu;

	kt_sink_summary(out,
			"%" G_GUINT64_FORMAT " vCPUs share %" G_GUINT64_FORMAT " cores",
			n_vcpus,
			cpu->cores.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "guests that run or start with the host have %" G_GUINT64_FORMAT " vCPUs",
			 n_vcpus);
	kt_sink_evidence(out,
			 cpu->cores.origin,
			 "%" G_GUINT64_FORMAT " cores, %" G_GUINT64_FORMAT " CPUs online",
			 cpu->cores.v,
			 n_cpus);
	kt_sink_advice(
		out,
		"Look at vcpu.N.delay in 'virsh domstats --vcpu' under load; where it grows, "
		"take vCPUs from idle guests or move guests to another host.");
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtCpuTopology *cpu = &view->host->cpu;
	KtSeverity severity = KT_SEVERITY_UNSET;
	KtCensus census = {0};
	uint64_t n_vcpus = 0;
	uint64_t n_cpus = 0;

	if (cpu->cores.state == KT_STATE_ABSENT || kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, cpu->cores, "the number of cores") ||
	    !kt_sink_needs(out, cpu->online, "the list of running CPUs") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (census.n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!count_vcpus(view->facts, &n_vcpus))
		return kt_census_unknown(view, out);
	n_cpus = kt_cpuset_count(cpu->online.v);
	severity = judge(view, n_vcpus, cpu->cores.v, n_cpus);
	if (!severity)
		return KT_VERDICT_OK;
	kt_sink_severity(out, severity);
	return report(view, n_vcpus, n_cpus, out);
}

static const char *const sources[] = {
	"SUSE SLES 15 SP6 Virtualization Best Practices: overcommitting",
	"Red Hat Enterprise Linux 10: Configuring and managing virtualization, CPU "
	"overcommitment",
	NULL,
};

KT_PRACTICE(host_cpu_overcommit) = {
	.id = "host.cpu-overcommit",
	.title = "There are not too many vCPUs for the cores",
	.why = "Guests share the cores: with too many vCPUs each waits for its turn, and one"
	       " that holds a lock waits longest. Measured waiting counts more than the "
	       "ratio: the delay of vCPUs in virsh domstats.",
	.cost = "Fewer guests per host. Idle guests may share more.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh domstats --vcpu | grep delay; cat /proc/pressure/cpu",
	.effect = "vcpu.N.delay in virsh domstats, steal time in guests",
	.evaluate = evaluate,
};
