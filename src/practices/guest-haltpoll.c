/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	/* libvirt 6.10, QEMU 4.2: <poll-control>. */
	if (view->workload != KT_WORKLOAD_LATENCY || !kt_opt_is(config->type, "kvm") ||
	    !kt_guest_is_x86(config) || !kt_guest_is_linux(config) ||
	    !kt_guest_libvirt_from(view, 6010000) || !kt_guest_qemu_from(view, 4002000))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->poll_control, "<poll-control>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !kt_opt_is(config->poll_control, "on");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "the guest cannot tell the host to leave polling to it");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->poll_control),
			 "no <poll-control state='on'/> in <features><kvm>");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_guest_change(view,
			"/domain/features/kvm/poll-control/@state",
			view->config->poll_control,
			"on",
			out);
	kt_sink_advice(out,
		       "Inside, load cpuidle-haltpoll; its governor polls before it halts and asks "
		       "the host not to poll as well.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_haltpoll) = {
	.id = "guest.haltpoll",
	.title = "A guest that waits for events may poll for them itself",
	.why = "Before a vCPU halts, either the host polls a while or the guest does. The guest "
	       "knows better what it waits for, and an event that comes while it polls costs no "
	       "exit; with poll-control it tells the host to halt at once.",
	.cost = "A vCPU that polls looks busy and takes its CPU from others: only where each vCPU "
		"has one of its own.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/virt/guest-halt-polling.rst",
			"libvirt: formatdomain.html, Hypervisor features, poll-control (6.10.0)",
			"Linux: Documentation/virt/kvm/x86/msr.rst, MSR_KVM_POLL_CONTROL",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep poll-control; in the guest 'cat "
			 "/sys/devices/system/cpu/cpuidle/current_governor_ro'",
	.effect = "p99 latency of requests; steal time of neighbours",
	.evaluate = evaluate,
};
