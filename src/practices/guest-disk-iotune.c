/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	if (!kt_sink_needs(out, subject->disk->is_throttled, "<iotune>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = kt_guest_wants_speed(view) && subject->disk->is_throttled.v;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "a disk of a guest that wants speed is throttled");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->disk->is_throttled),
			 "<iotune> in class %s",
			 kt_workload_name(view->workload));
}

/* Whether somebody sold these limits no fact tells: kvmtune does not lift them by itself. */
static void
advise(const KtView *view, bool is_live_only, KtSink *out)
{
	const char *target = kt_known(view->disk->target) ? view->disk->target.v : "DISK";

	kt_sink_advice(out,
		       "If nobody sold these limits: 'kvmtune get %s disk.%s.*' shows them, and "
		       "'kvmtune set %s disk.%s.KEY=default%s' lifts each%s. Limits with _max go "
		       "with 'virsh blkdeviotune', all of them set to 0 in one call.",
		       kt_guest_name(view->guest),
		       target,
		       kt_guest_name(view->guest),
		       target,
		       is_live_only ? " --live" : "",
		       view->live ? ", of what runs at once" : "");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	advise(view, /* is_live_only= */ false, out);
}

static void
hasten(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	advise(view, /* is_live_only= */ true, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {
		.judge = judge, .tell = tell, .propose = propose, .hasten = hasten};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_iotune) = {
	.id = "guest.disk.iotune",
	.title = "Disks are throttled only where it is wanted",
	.why = "Limits of <iotune> hold even when the storage is idle; a request over the limit "
	       "waits in QEMU, and the guest sees slow storage.",
	.cost = "Without limits a guest can take the storage from its neighbours: hosts with many "
		"tenants keep them.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: iotune",
			"QEMU: docs/throttle.txt",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh blkdeviotune DOMAIN DISK",
	.effect = "latency percentiles in the guest under load",
	.evaluate = evaluate,
};
