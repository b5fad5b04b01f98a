/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

static bool
is_realtime(const KtVcpuSched *sched)
{
	return kt_opt_is(sched->scheduler, "fifo") || kt_opt_is(sched->scheduler, "rr");
}

/* May a real-time vCPU run on a CPU that is not isolated? */
static bool
is_exposed(const KtView *view, const KtGuestConfig *config, const KtVcpuSched *sched)
{
	unsigned n_vcpus = kt_pins_n_vcpus(config);

	if (!is_realtime(sched) || !kt_known(sched->vcpus))
		return false;
	kt_cpuset_foreach (sched->vcpus.v, vcpu) {
		if (vcpu < n_vcpus && !kt_cpuset_is_subset(kt_pins_vcpu(view->host, config, vcpu),
							   view->host->cpu.isolated.v))
			return true;
	}
	return false;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	unsigned n_realtime = 0;

	if (!kt_sink_needs(out, config->vcpu_scheds, "<vcpusched>"))
		return KT_VERDICT_UNKNOWN;
	for (uint32_t i = 0; i < config->vcpu_scheds.n; i++)
		n_realtime += is_realtime(&config->vcpu_scheds.v[i]);
	if (n_realtime == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->cpu.online, "the CPUs of the host") ||
	    !kt_sink_needs(out, view->host->cpu.isolated, "the isolated CPUs") ||
	    !kt_sink_needs(out, config->vcpu_pins, "the pins of the vCPUs") ||
	    !kt_pins_are_known(config))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = 0;
	for (uint32_t i = 0; i < config->vcpu_scheds.n; i++)
		*ret_fault |= is_exposed(view, config, &config->vcpu_scheds.v[i]);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	g_autofree char *isolated = kt_cpuset_to_list(view->host->cpu.isolated.v);

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "real-time vCPUs can lock up CPUs that the host needs");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->vcpu_scheds),
			 "<vcpusched> fifo or rr, vCPUs not bound to isolated CPUs");
	kt_sink_evidence(out,
			 view->host->cpu.isolated.origin,
			 "isolated CPUs: %s",
			 *isolated ? isolated : "none");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Isolate CPUs (isolcpus=) and bind each of these vCPUs to one of them, or "
		       "take <vcpusched> out ('virsh edit %s').",
		       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_vcpusched) = {
	.id = "guest.vcpusched",
	.title = "Real-time vCPUs run on isolated CPUs only",
	.why = "A vCPU of class fifo or rr is never preempted by anything ordinary: a guest that "
	       "spins then starves kernel threads, libvirt and QEMU itself on that CPU, up to a "
	       "host that no longer answers.",
	.cost = "Isolated CPUs are lost to everything else.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU Tuning, vcpusched",
			"sched(7), SCHED_FIFO, real-time throttling",
			"Linux: Documentation/admin-guide/kernel-parameters.txt, isolcpus",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_HIGH,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep vcpusched; cat "
			 "/sys/devices/system/cpu/isolated",
	.effect = "latency percentiles in the guest (cyclictest)",
	.evaluate = evaluate,
};
