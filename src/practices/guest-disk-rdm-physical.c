/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#include <string.h>

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_RAWIO,
	FAULT_NO_SCSI,
} Fault;

/* Names of devices that certainly do not answer SG_IO. */
static bool
is_no_scsi(const char *path)
{
	static const char *const prefixes[] = {
		"/dev/nvme",
		"/dev/loop",
		"/dev/md",
		"/dev/vd",
		"/dev/nbd",
		"/dev/rbd",
		"/dev/zd",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
		if (g_str_has_prefix(path, prefixes[i]))
			return true;
	}
	/* A partition: sda1, but not sda. */
	return g_str_has_prefix(path, "/dev/sd") && g_ascii_isdigit(path[strlen(path) - 1]);
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	if (!kt_sink_needs_look(out, disk->device, "the kind of disk"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(disk->device, "lun"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, disk->source, "the source of the disk") ||
	    !kt_sink_needs_look(out, disk->rawio, "rawio"))
		return KT_VERDICT_UNKNOWN;
	if (kt_opt_is(disk->source_type, "block") && kt_known(disk->source) &&
	    is_no_scsi(disk->source.v))
		*ret_fault = FAULT_NO_SCSI;
	else
		*ret_fault = kt_opt_is(disk->rawio, "yes") ? FAULT_RAWIO : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtDisk *disk = subject->disk;

	if (fault == FAULT_NO_SCSI) {
		kt_sink_severity(out, KT_SEVERITY_CRITICAL);
		kt_sink_summary(out, "will not start: no whole SCSI disk behind device='lun'");
		kt_sink_evidence(out,
				 kt_subject_origin(subject, disk->source),
				 "device='lun' on %s, which does not answer SG_IO",
				 disk->source.v);
		return;
	}
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "rawio='yes' gives all of QEMU CAP_SYS_RAWIO");
	kt_sink_evidence(out, kt_subject_origin(subject, disk->rawio), "rawio='yes'");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_NO_SCSI)
		kt_sink_advice(out,
			       "Use device='disk' with bus='virtio' ('virsh edit %s'), or give the "
			       "guest the whole SCSI disk or a multipath device of SCSI disks.",
			       kt_guest_name(view->guest));
	else
		kt_sink_advice(out,
			       "Only commands of a vendor need it, persistent reservations do not: "
			       "take rawio out with 'virsh edit %s', or waive this practice with "
			       "the reason.",
			       kt_guest_name(view->guest));
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_disk_rdm_physical) = {
	.id = "guest.disk.rdm-physical",
	.title = "Passed-through SCSI disks are whole, and without rawio",
	.why = "device='lun' hands SCSI commands of the guest to the disk; partitions, logical "
	       "volumes, loop and NVMe devices do not understand them, and the guest does not "
	       "start. rawio='yes' gives the whole QEMU process, not this disk alone, a "
	       "capability that reaches all of the host's hardware.",
	.cost = "Guests that run the tools of a disk vendor need rawio.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: device, rawio",
			"capabilities(7), CAP_SYS_RAWIO",
			"Linux: block/scsi_ioctl.c, drivers/scsi/scsi_ioctl.c",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A3 \"lun\"; sg_inq DEVICE",
	.effect = "the guest starts; CapEff in /proc/PID/status",
	.evaluate = evaluate,
};
