/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"
#include "kt-pins.h"

static const KtParam params[] = {
	{
		.name = "housekeeping_cores",
		.value = 1,
		.min = 1,
		.max = 1024,
		.doc = "cores of each node that no vCPU is bound to, at least, when none are "
		       "isolated [eng]",
	},
	{
		.name = "housekeeping_percent",
		.value = 5,
		.max = 90,
		.unit = "%",
		.doc = "the same as a share of the node's cores; the larger of both counts [eng]",
	},
	{
		.name = "emulator_cpus",
		.value = 2,
		.min = 1,
		.max = 64,
		.doc = "CPUs that the emulator of a latency guest may use [eng]",
	},
};

static const char *
plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

static void
tell(const KtView *view, const KtPinFaults *faults, KtSink *out)
{
	unsigned n_offline = kt_cpuset_count(&faults->offline);
	unsigned n_contested = kt_cpuset_count(&faults->contested);

	kt_sink_severity(out, faults->severity);
	if (n_offline && (faults->is_fatal || faults->severity == KT_SEVERITY_LOW))
		kt_sink_summary(out,
				"%spins name %u CPU%s that %s not online",
				faults->is_fatal ? "will not start: " : "",
				n_offline,
				plural(n_offline),
				n_offline == 1 ? "is" : "are");
	else if (n_contested)
		kt_sink_summary(out,
				"shares %u pinned CPU%s with another latency guest",
				n_contested,
				plural(n_contested));
	else if (faults->n_nodes > 1)
		kt_sink_summary(out, "vCPUs may wander over %u NUMA nodes", faults->n_nodes);
	else if (view->workload == KT_WORKLOAD_LATENCY && faults->n_cores > 1)
		kt_sink_summary(out, "vCPUs may wander over %u cores", faults->n_cores);
	else
		kt_sink_summary(out,
				"%u pin%s for vCPUs that the guest does not have",
				faults->n_ignored,
				plural(faults->n_ignored));
}

static void
show_sets(const KtGuestConfig *config, KtSink *out)
{
	const KtVcpuPinList *pins = &config->vcpu_pins;
	uint16_t origin = pins->origin ? pins->origin : config->type.origin;

	if (kt_known(config->vcpu_cpuset)) {
		g_autofree char *list = kt_cpuset_to_list(config->vcpu_cpuset.v);
		kt_sink_evidence(out, config->vcpu_cpuset.origin, "<vcpu cpuset='%s'>", list);
	}
	for (uint32_t i = 0; i < pins->n; i++) {
		g_autofree char *list = kt_cpuset_to_list(pins->v[i].cpus.v);
		kt_sink_evidence(out,
				 origin,
				 "vCPU %" G_GUINT64_FORMAT " on CPUs %s",
				 pins->v[i].vcpu.v,
				 list);
	}
	if (pins->n == 0 && !kt_known(config->vcpu_cpuset))
		kt_sink_evidence(out,
				 origin,
				 "no <vcpupin> for %u vCPU%s",
				 kt_pins_n_vcpus(config),
				 plural(kt_pins_n_vcpus(config)));
}

static void
show(const KtView *view, const KtGuestConfig *config, const KtPinFaults *faults, KtSink *out)
{
	const KtOptCpuset online = view->host->cpu.online;
	g_autofree char *online_list = kt_cpuset_to_list(online.v);
	g_autofree char *contested = kt_cpuset_to_list(&faults->contested);

	show_sets(config, out);
	if (!kt_cpuset_is_empty(&faults->offline))
		kt_sink_evidence(out, online.origin, "online CPUs are %s", online_list);
	if (faults->rival)
		kt_sink_evidence(out,
				 kt_guest_config(faults->rival)->vcpu_pins.origin,
				 "guest %s is bound to CPUs %s too",
				 kt_guest_name(faults->rival),
				 contested);
}

static void
place(const KtView *view, const KtPlacement *placement, KtSink *out)
{
	const KtCpuset *emulator = kt_pins_emulator(view->host, view->config);
	const KtOptCpuset cpuset = view->config->vcpu_cpuset;
	bool is_in_the_way = placement->is_one_to_one
				     ? kt_cpuset_intersects(emulator, &placement->pool)
				     : !kt_cpuset_is_subset(emulator, &placement->pool);

	for (unsigned vcpu = 0; vcpu < kt_pins_n_vcpus(view->config); vcpu++) {
		KtCpuset set;
		kt_placement_vcpu(placement, vcpu, &set);
		kt_pins_change_vcpu(view, vcpu, &set, placement->is_live_too, out);
	}
	if (is_in_the_way || !kt_cpuset_is_subset(emulator, view->host->cpu.online.v))
		kt_pins_change_emulator(view, &placement->emulator, placement->is_live_too, out);
	/* Nothing is left to follow the default, and it may name CPUs that are gone. */
	if (kt_known(cpuset) && !kt_cpuset_is_subset(cpuset.v, view->host->cpu.online.v))
		kt_pins_change_default(view, NULL, out);
	kt_sink_advice(out,
		       "Pins keep a guest from CPUs, not others from its own: guests without pins "
		       "still use them unless the host isolates them.");
}

/* The CPUs of the pin that are left, else all. */
static void
repair(const KtView *view, KtSink *out)
{
	const KtGuestConfig *config = view->config;
	const KtCpuset *online = view->host->cpu.online.v;

	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		const KtVcpuPin *pin = &config->vcpu_pins.v[i];
		KtCpuset left = *pin->cpus.v;
		kt_cpuset_and(&left, online);
		if (pin->vcpu.v < kt_pins_n_vcpus(config) &&
		    !kt_cpuset_is_subset(pin->cpus.v, online))
			kt_pins_change_vcpu(view,
					    (unsigned)pin->vcpu.v,
					    kt_cpuset_is_empty(&left) ? online : &left,
					    /* is_live_too= */ true,
					    out);
	}
	if (kt_known(config->vcpu_cpuset) && !kt_cpuset_is_subset(config->vcpu_cpuset.v, online)) {
		KtCpuset left = *config->vcpu_cpuset.v;
		kt_cpuset_and(&left, online);
		kt_pins_change_default(view, kt_cpuset_is_empty(&left) ? NULL : &left, out);
	}
}

static void
propose(const KtView *view, const KtPinFaults *faults, KtSink *out)
{
	bool is_offline = !kt_cpuset_is_empty(&faults->offline);
	bool is_placed =
		view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
	KtPlacement placement;
	const char *reason = NULL;

	if (faults->n_ignored)
		kt_sink_advice(out,
			       "libvirt leaves pins of vCPUs above the maximum out without a word: "
			       "take them out with 'virsh edit %s', or raise <vcpu>.",
			       kt_guest_name(view->guest));
	if (faults->rival && !faults->is_rival_first)
		kt_sink_advice(out,
			       "Guest %s has to give way: see what is said about it.",
			       kt_guest_name(faults->rival));
	if (is_placed && kt_pins_wants_place(view, faults) &&
	    kt_pins_place(view, &placement, &reason))
		place(view, &placement, out);
	else if (is_offline)
		repair(view, out);
	if (reason)
		kt_sink_advice(out, "%s", reason);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_pins_gate(view, out);
	KtPinFaults faults;

	if (gate != KT_VERDICT_OK)
		return gate;
	kt_pins_judge(view, KT_PIN_CONFIG, &faults);
	if (faults.severity != KT_SEVERITY_UNSET) {
		tell(view, &faults, out);
		show(view, view->config, &faults, out);
		propose(view, &faults, out);
		return KT_VERDICT_FINDING;
	}

	kt_pins_judge(view, KT_PIN_LIVE, &faults);
	if (!view->live || faults.severity <= KT_SEVERITY_LOW)
		return KT_VERDICT_OK;
	tell(view, &faults, out);
	show(view, view->live, &faults, out);
	kt_sink_advice(out,
		       "'virsh vcpupin %s VCPU CPUS --live' makes it true before the next start.",
		       kt_guest_name(view->guest));
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_vcpu_pin) = {
	.id = "guest.vcpu.pin",
	.title = "vCPUs stay near their memory and out of each other's way",
	.why = "A vCPU that wanders to another NUMA node reads its memory from afar and finds cold "
	       "caches; two latency guests on the same CPU wait for each other. A pin that names a "
	       "CPU which is not online keeps the guest from starting; control groups v2 forgive "
	       "it while another CPU of the pin is left.",
	.cost = "The scheduler can no longer help: a bound vCPU waits although other CPUs are idle. "
		"Bound guests do not migrate to hosts without these CPUs. General and dense guests "
		"do better without.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU Tuning, vcpupin",
			"libvirt: formatdomain.html, CPU Allocation, cpuset",
			"Linux: Documentation/admin-guide/cgroup-v1/cpusets.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh vcpupin DOMAIN --config; virsh vcpuinfo DOMAIN; lscpu -e; "
			 "grep Cpus_allowed_list /proc/PID/task/*/status",
	.effect = "node-load-misses (perf stat) of the vCPU threads; latency percentiles in the "
		  "guest",
	.evaluate = evaluate,
};
