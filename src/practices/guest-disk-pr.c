/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	if (!kt_sink_needs_look(out, disk->device, "the kind of disk"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(disk->device, "lun") || !kt_opt_true(disk->shareable) ||
	    kt_opt_true(disk->readonly))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, disk->reservations, "<reservations>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !kt_known(disk->reservations);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "a shared SCSI disk whose reservations do not get through");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->disk->device),
			 "device='lun' with <shareable/>, and no <reservations>");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *locator = kt_guest_disk_place(view, "source/reservations/@managed", out);

	if (!locator)
		return;
	kt_guest_change(view, locator, view->disk->reservations, "yes", out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_pr) = {
	.id = "guest.disk.pr",
	.title = "Guests can reserve the SCSI disks that they share",
	.why = "A cluster fences its members by persistent reservations. QEMU has no right to "
	       "send them; with <reservations managed='yes'/> libvirt starts a helper that has, "
	       "for this guest and these disks.",
	.cost = "A helper process for each guest. Guests that share a disk in another way (a "
		"cluster file system with its own locks) need none.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: reservations",
			"QEMU: docs/interop/pr-helper.rst",
			"T10 SPC-4, 5.12 Reservations",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -B4 reservations; in the guest "
			 "'sg_persist --in -k DISK'",
	.effect = "sg_persist --out --register works in the guest",
	.evaluate = evaluate,
};
