/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_REPORT, /* a full pool becomes errors inside */
	FAULT_IGNORE, /* lost writes or made-up reads */
} Fault;

/* Storage that can run out of space although the guest's disk has some. */
static bool
is_thin(const KtDisk *disk)
{
	return kt_opt_is(disk->source_type, "file") || kt_opt_is(disk->format, "qcow2");
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	if (!kt_sink_needs_look(out, disk->device, "the kind of disk") ||
	    !kt_sink_needs_look(out, disk->error_policy, "the error policy") ||
	    !kt_sink_needs_look(out, disk->rerror_policy, "the error policy of reads"))
		return KT_VERDICT_UNKNOWN;
	if (kt_opt_is(disk->device, "cdrom") || kt_opt_is(disk->device, "floppy") ||
	    kt_opt_true(disk->readonly))
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_opt_is(disk->error_policy, "ignore") || kt_opt_is(disk->rerror_policy, "ignore"))
		*ret_fault = FAULT_IGNORE;
	else
		*ret_fault = kt_opt_is(disk->error_policy, "report") && is_thin(disk) ? FAULT_REPORT
										      : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			fault == FAULT_IGNORE
				? "errors of the disk are ignored: data is lost"
				: "a full file system of the host breaks the guest's");
	if (kt_known(disk->error_policy))
		kt_sink_evidence(out,
				 disk->error_policy.origin,
				 "error_policy='%s'%s",
				 disk->error_policy.v,
				 is_thin(disk) ? ", on an image that can run out of space" : "");
	if (kt_known(disk->rerror_policy))
		kt_sink_evidence(out,
				 disk->rerror_policy.origin,
				 "rerror_policy='%s'",
				 disk->rerror_policy.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtDisk *disk = view->disk;
	g_autofree char *write = kt_guest_disk_place(view, "driver/@error_policy", out);
	g_autofree char *read =
		write ? kt_guest_disk_place(view, "driver/@rerror_policy", out) : NULL;

	if (!read)
		return;
	if (kt_known(disk->error_policy))
		kt_guest_change(view, write, disk->error_policy, "stop", out);
	if (kt_opt_is(disk->rerror_policy, "ignore"))
		kt_guest_change(view, read, disk->rerror_policy, "report", out);
	kt_sink_advice(out,
		       "A guest that stopped goes on with 'virsh resume %s' once there is space; "
		       "'virsh domblkthreshold' warns before.",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_errpolicy) = {
	.id = "guest.disk.errpolicy",
	.title = "A full or failing disk stops the guest, not its data",
	.why = "QEMU pauses a guest whose image cannot grow (error_policy stop, and enospace by "
	       "default), and it goes on when there is space. With report the guest sees write "
	       "errors and its file systems go read-only; with ignore it never learns that data "
	       "was lost.",
	.cost = "A paused guest does not answer. Clusters that want to fail over rather than wait "
		"choose report.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: driver, error_policy",
			"QEMU: qemu-options, -drive werror (default enospc), rerror (default "
			"report)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep error_policy; virsh domblkerror DOMAIN",
	.effect = "what the guest does when its pool is full",
	.evaluate = evaluate,
};
