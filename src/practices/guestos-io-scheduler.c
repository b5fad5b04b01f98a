/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cmdline.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	KtVerdict verdict = kt_guest_cmdline_gate(subject->config, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	g_autofree char *elevator = kt_guest_cmdline_arg(subject->config, "elevator");
	*ret_fault = elevator != NULL;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	g_autofree char *elevator = kt_guest_cmdline_arg(subject->config, "elevator");

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "its kernel is told a scheduler that it does not take");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->os_cmdline),
			 "elevator=%s on the command line",
			 elevator ? elevator : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *to = kt_guest_cmdline_edit(view->config, "elevator", NULL);

	kt_guest_cmdline_advise(view, to, out);
	kt_sink_advice(
		out,
		"Disks with several queues have 'none' by themselves; where not, a udev rule "
		"in the guest: ACTION==\"add|change\", KERNEL==\"vd[a-z]|sd[a-z]\", "
		"ATTR{queue/scheduler}=\"none\".");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guestos_io_scheduler) = {
	.id = "guestos.io-scheduler",
	.title = "The guest leaves the order of requests to the host",
	.why = "The host orders the requests of all guests again, so a scheduler in the guest only "
	       "costs time; 'none' is right and the default of virtio disks with several queues. "
	       "elevator= was removed in Linux 5.0 and does nothing since.",
	.cost = "None. A guest that shares out its I/O among its own programs by weights needs bfq.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/kernel-parameters.txt, elevator=",
			"Linux commit f382fb0bcef4: the legacy I/O schedulers are removed (5.0)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "in the guest 'cat /sys/block/vda/queue/scheduler /proc/cmdline'",
	.effect = "p99 latency of fio in the guest",
	.evaluate = evaluate,
};
