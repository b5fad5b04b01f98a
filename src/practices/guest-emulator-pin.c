/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"
#include "kt-pins.h"

typedef struct Faults {
	KtCpuset offline; /* named, but not online */
	bool is_fatal;    /* and so the guest does not start */
	KtCpuset shared;  /* with the guest's own bound vCPUs; class latency */
	KtCpuset far;     /* on other nodes than the vCPUs; class throughput */
	KtSeverity severity;
} Faults;

static void
judge(const KtView *view, const KtGuestConfig *config, Faults *ret_faults)
{
	const KtHost *host = view->host;
	const KtCpuset *online = host->cpu.online.v;
	KtCpuset emulator = *kt_pins_emulator(host, config);
	KtCpuset claim = {0};
	KtCpuset near = {0};
	bool has_own = false;

	*ret_faults = (Faults){.severity = KT_SEVERITY_UNSET};
	/* What runs did start: the kernel leaves CPUs that went away out of account. */
	if (config != &view->guest->live) {
		ret_faults->offline = emulator;
		kt_cpuset_and_not(&ret_faults->offline, online);
		ret_faults->is_fatal = !kt_cpuset_is_empty(&ret_faults->offline) &&
				       kt_pins_is_fatal(host, &emulator);
	}
	kt_cpuset_and(&emulator, online);
	kt_pins_claim(host, config, &claim, &has_own);
	if (view->workload == KT_WORKLOAD_LATENCY) {
		ret_faults->shared = emulator;
		kt_cpuset_and(&ret_faults->shared, &claim);
	}
	if (view->workload == KT_WORKLOAD_THROUGHPUT && !kt_cpuset_is_empty(&claim)) {
		kt_pins_nodes_of(host, &claim, &near);
		ret_faults->far = emulator;
		kt_cpuset_and_not(&ret_faults->far, &near);
	}

	if (ret_faults->is_fatal)
		ret_faults->severity = KT_SEVERITY_CRITICAL;
	else if (!kt_cpuset_is_empty(&ret_faults->shared))
		ret_faults->severity = has_own ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM;
	else if (!kt_cpuset_is_empty(&ret_faults->far) || !kt_cpuset_is_empty(&ret_faults->offline))
		ret_faults->severity = KT_SEVERITY_LOW;
}

static void
tell(const KtView *view, const KtGuestConfig *config, const Faults *faults, KtSink *out)
{
	const KtOptCpuset pin = config->emulator_pin;
	unsigned n_offline = kt_cpuset_count(&faults->offline);
	KtCpuset claim = {0};
	bool has_own = false;

	kt_sink_severity(out, faults->severity);
	if (n_offline)
		kt_sink_summary(out,
				"%semulator pin names CPUs that are not online",
				faults->is_fatal ? "will not start: " : "");
	else if (!kt_cpuset_is_empty(&faults->shared))
		kt_sink_summary(out, "QEMU's own work may interrupt the bound vCPUs");
	else
		kt_sink_summary(out, "QEMU's own work may run on another NUMA node");

	kt_pins_claim(view->host, config, &claim, &has_own);
	g_autofree char *emulator = kt_cpuset_to_list(kt_pins_emulator(view->host, config));
	g_autofree char *vcpus = kt_cpuset_to_list(&claim);
	g_autofree char *online = kt_cpuset_to_list(view->host->cpu.online.v);
	kt_sink_evidence(out,
			 pin.origin ? pin.origin : config->type.origin,
			 kt_known(pin) ? "emulator on CPUs %s" : "no <emulatorpin>: CPUs %s",
			 emulator);
	if (n_offline)
		kt_sink_evidence(out, view->host->cpu.online.origin, "online CPUs are %s", online);
	else
		kt_sink_evidence(out, config->vcpu_pins.origin, "vCPUs on CPUs %s", vcpus);
}

/* Does guest.vcpu.pin propose another place for the whole guest, its emulator included? */
static bool
is_moved(const KtView *view)
{
	KtPinFaults faults;
	KtPlacement placement;
	const char *reason = NULL;

	if (view->workload != KT_WORKLOAD_LATENCY && view->workload != KT_WORKLOAD_THROUGHPUT)
		return false;
	kt_pins_judge(view, KT_PIN_CONFIG, &faults);
	return kt_pins_wants_place(view, &faults) && kt_pins_place(view, &placement, &reason);
}

static bool
choose(const KtView *view, const Faults *faults, KtCpuset *ret_cpus)
{
	const KtHost *host = view->host;
	const KtCpuset *online = host->cpu.online.v;
	KtCpuset claim = {0};
	bool has_own = false;

	kt_pins_claim(host, view->config, &claim, &has_own);
	if (view->workload == KT_WORKLOAD_LATENCY && !kt_cpuset_is_empty(&claim))
		return kt_pins_housekeeping(view, &claim, ret_cpus);
	if (view->workload == KT_WORKLOAD_THROUGHPUT && !kt_cpuset_is_empty(&claim)) {
		kt_pins_nodes_of(host, &claim, ret_cpus);
		if (kt_known(host->cpu.isolated))
			kt_cpuset_and_not(ret_cpus, host->cpu.isolated.v);
		return !kt_cpuset_is_empty(ret_cpus);
	}
	*ret_cpus = *kt_pins_emulator(host, view->config);
	kt_cpuset_and(ret_cpus, online);
	if (kt_cpuset_is_empty(ret_cpus))
		*ret_cpus = *online;
	return !kt_cpuset_is_empty(&faults->offline);
}

static void
propose(const KtView *view, const Faults *faults, KtSink *out)
{
	KtCpuset cpus = {0};

	if (is_moved(view))
		kt_sink_advice(out,
			       "This comes with the new place for the guest that guest.vcpu.pin "
			       "proposes.");
	else if (choose(view, faults, &cpus))
		kt_pins_change_emulator(view, &cpus, /* is_live_too= */ true, out);
	else
		kt_sink_advice(out,
			       "No CPU of the node is free for it: take one CPU from the guest's "
			       "vCPUs, or from the isolated ones.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_pins_gate(view, out);
	Faults faults;

	if (gate != KT_VERDICT_OK)
		return gate;
	judge(view, view->config, &faults);
	if (faults.severity != KT_SEVERITY_UNSET) {
		tell(view, view->config, &faults, out);
		propose(view, &faults, out);
		return KT_VERDICT_FINDING;
	}
	if (!view->live || !kt_pins_are_known(view->live))
		return KT_VERDICT_OK;

	judge(view, view->live, &faults);
	if (faults.severity == KT_SEVERITY_UNSET)
		return KT_VERDICT_OK;
	tell(view, view->live, &faults, out);
	kt_sink_advice(out,
		       "'virsh emulatorpin %s CPUS --live' makes it true before the next start.",
		       kt_guest_name(view->guest));
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(guest_emulator_pin) = {
	.id = "guest.emulator.pin",
	.title = "QEMU's own threads keep off the vCPUs",
	.why = "The main loop, the worker pool and the monitor do the guest's housekeeping: on a "
	       "bound vCPU's CPU they stop it for as long as they run.",
	.cost = "One or two CPUs of the node that no latency guest uses. With static huge pages that "
		"are taken at the start, the emulator's CPUs do that work.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU Tuning, emulatorpin",
			"libvirt: formatdomain.html, CPU Allocation, cpuset",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.after = (const char *const[]){"guest.vcpu.pin", NULL},
	.check_by_hand = "virsh emulatorpin DOMAIN --config; virsh emulatorpin DOMAIN --live; "
			 "grep Cpus_allowed_list /proc/PID/status",
	.effect = "nonvoluntary_ctxt_switches of the vCPU threads in /proc/PID/task/*/status",
	.evaluate = evaluate,
};
