/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static bool
has_controller(KtOptStr controllers, const char *name)
{
	g_auto(GStrv) words = g_strsplit(controllers.v, " ", /* max_tokens= */ -1);

	return g_strv_contains((const char *const *)words, name);
}

typedef struct Wish {
	uint32_t n_cpu;    /* guests with shares */
	uint32_t n_cpuset; /* with pins or NUMA nodes */
} Wish;

static Wish
collect_wishes(const KtFacts *facts)
{
	Wish wish = {0};

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		if (!kt_census_counts(guest))
			continue;
		wish.n_cpu += kt_known(config->cpu_shares);
		wish.n_cpuset += config->vcpu_pins.n > 0 || kt_known(config->emulator_pin) ||
				 kt_known(config->numa_nodeset);
	}
	return wish;
}

static bool
check_controller(const KtView *view, const char *name, uint32_t n_guests, KtSink *out)
{
	KtOptStr controllers = view->host->cgroup.controllers;

	if (n_guests == 0 || has_controller(controllers, name))
		return false;
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_evidence(out, controllers.origin, "controllers: %s", controllers.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u guest%s for controller '%s', which is not there",
			 n_guests,
			 n_guests == 1 ? " asks" : "s ask",
			 name);
	kt_sink_advice(out, "Boot with the controller '%s', and look what switched it off.", name);
	return true;
}

/* Takes an argument away that does harm, or nothing. */
static bool
check_argument(const KtHost *host, const char *key, KtSeverity severity, KtSink *out)
{
	g_autofree char *value = kt_census_boot_arg(host, key);

	if (!value)
		return false;
	kt_sink_severity(out, severity);
	kt_sink_evidence(
		out, host->system.cmdline.origin, "kernel command line: %s=%s", key, value);
	kt_sink_boot_arg(out, key, value, NULL);
	return true;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtCensus census = {0};
	Wish wish = {0};
	bool is_missing = false;
	bool is_disabled = false;
	bool is_useless = false;

	if (host->cgroup.controllers.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->cgroup.controllers, "the list of controllers") ||
	    !kt_sink_needs(out, host->system.cmdline, "the kernel command line") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	wish = collect_wishes(view->facts);
	is_missing |= check_controller(view, "cpu", wish.n_cpu, out);
	is_missing |= check_controller(view, "cpuset", wish.n_cpuset, out);
	is_disabled = check_argument(host, "cgroup_disable", KT_SEVERITY_HIGH, out);
	if (kt_census_kernel_from(host, 6, 1))
		is_useless = check_argument(host, "swapaccount", KT_SEVERITY_INFO, out);
	if (!is_missing && !is_disabled && !is_useless)
		return KT_VERDICT_OK;
	kt_sink_summary(out,
			"%s",
			is_disabled  ? "the kernel command line switches control groups off"
			: is_missing ? "control groups lack what settings of guests stand on"
				     : "swapaccount= on the kernel command line does nothing");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/cgroup-v2.rst, Controllers",
	"Linux: Documentation/admin-guide/kernel-parameters.txt, cgroup_disable=",
	"Linux commit b25806dcd3d5: swapaccount= is without use since 6.1",
	NULL,
};

KT_PRACTICE(host_cgroup_controllers) = {
	.id = "host.cgroup-controllers",
	.title = "Control groups have what guests ask for",
	.why = "Shares, pins, limits and NUMA policies of a guest act through controllers of"
	       " control groups. Where one is switched off, libvirt refuses the setting or "
	       "ignores it, and the guest does not start or is not limited.",
	.cost = "None. The memory controller costs a little on every allocation.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "cat /sys/fs/cgroup/cgroup.controllers /proc/cgroups; cat /proc/cmdline",
	.effect = "the files of a running guest's control group: cpu.weight, cpuset.cpus, "
		  "memory.max",
	.evaluate = evaluate,
};
