/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtOptU64 vcpus = subject->config->vcpus;
	const KtOptCpuset online = view->host->cpu.online;

	if (!kt_sink_needs(out, vcpus, "the number of vCPUs") || !kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, online, "the CPUs of the host"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = vcpus.v > kt_cpuset_count(online.v);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtOptU64 vcpus = subject->config->vcpus;
	const KtOptCpuset online = view->host->cpu.online;

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "more vCPUs than the host has CPUs");
	kt_sink_evidence(
		out, kt_subject_origin(subject, vcpus), "%" G_GUINT64_FORMAT " vCPUs", vcpus.v);
	kt_sink_evidence(out, online.origin, "%u CPUs are online", kt_cpuset_count(online.v));
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "'virsh setvcpus %s %u --config' for the next start; pins, NUMA cells and "
		       "<topology> have to go with it.",
		       kt_guest_name(view->guest),
		       kt_cpuset_count(view->host->cpu.online.v));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_vcpu_size) = {
	.id = "guest.vcpu.size",
	.title = "No guest has more vCPUs than the host has CPUs",
	.why = "Such vCPUs can never run all at once: one that waits for a lock spins while the "
	       "one that holds it is not running, and every interrupt to all of them waits for "
	       "the last.",
	.cost = "Build hosts and tests may want to see many CPUs and accept that they are slow.",
	.sources =
		(const char *const[]){
			"QEMU: accel/kvm/kvm-all.c, warning about the recommended number of vCPUs "
			"(KVM_CAP_NR_VCPUS)",
			"libvirt: formatdomain.html, CPU Allocation",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh vcpucount DOMAIN; nproc",
	.effect = "vcpu.N.delay (virsh domstats --vcpu); steal time in the guest",
	.evaluate = evaluate,
};
