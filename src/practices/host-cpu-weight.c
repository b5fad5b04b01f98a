/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "value",
		.value = 200,
		.min = 1,
		.max = 10000,
		.doc = "weight of system.slice that is advised; 100 is the default of all [eng]",
	},
};

static bool
is_overcommitted(const KtView *view)
{
	uint64_t n_vcpus = 0;

	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		KtOptU64 vcpus = kt_census_config(guest)->vcpus;
		if (kt_census_counts(guest) && kt_known(vcpus))
			n_vcpus += vcpus.v;
	}
	return kt_known(view->host->cpu.cores) && n_vcpus > view->host->cpu.cores.v;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtCgroup *cgroup = &view->host->cgroup;
	KtCensus census = {0};

	/* Version 1 has no such file, and no machine.slice means no guest was ever started. */
	if (view->workload != KT_WORKLOAD_DENSE || cgroup->system_weight.state == KT_STATE_ABSENT ||
	    cgroup->machine_weight.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, cgroup->system_weight, "the weight of system.slice") ||
	    !kt_sink_needs(out, cgroup->machine_weight, "the weight of machine.slice") ||
	    !kt_sink_needs(out, view->host->cpu.cores, "the number of cores") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (cgroup->system_weight.v > cgroup->machine_weight.v || !is_overcommitted(view))
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "busy guests can hold up the programs that serve them");
	kt_sink_number(out, cgroup->system_weight, "cpu.weight of system.slice", "");
	kt_sink_number(out, cgroup->machine_weight, "cpu.weight of machine.slice", "");
	kt_sink_advice(out,
		       "'systemctl set-property system.slice CPUWeight=%" G_GUINT64_FORMAT "'.",
		       kt_view_param(view, "value"));
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/cgroup-v2.rst, cpu.weight",
	"systemd.resource-control(5), CPUWeight=",
	NULL,
};

KT_PRACTICE(host_cpu_weight) = {
	.id = "host.cpu-weight",
	.title = "Programs of the host get their turn between dense guests",
	.why = "With more vCPUs than cores, all guests together weigh as much as all "
	       "programs of the host together. When every guest is busy, libvirt, storage "
	       "and network daemons wait, and all guests wait for them.",
	.cost = "Guests get a little less when the host itself is busy.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /sys/fs/cgroup/{system,machine}.slice/cpu.weight",
	.effect = "time that virsh list takes while all guests are busy",
	.evaluate = evaluate,
};
