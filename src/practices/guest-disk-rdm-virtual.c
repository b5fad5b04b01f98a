/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"
#include "kt-guest-check.h"

/* For a device of the host, whatever bus it hangs on: virtio, an emulated SCSI disk ("virtual"
 * mapping) or SCSI itself ("physical"). */
static KtVerdict
judge(const KtView *view, KtSink *out, const KtImage **ret_image)
{
	KtVerdict verdict = kt_guest_gate(view, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (view->disk->source_type.state != KT_STATE_VALUE &&
	    !kt_sink_needs_look(out, view->disk->source_type, "the kind of source"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(view->disk->source_type, "block"))
		return KT_VERDICT_NOT_APPLICABLE;
	verdict = kt_disk_image(view, out, ret_image);
	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_opt_is((*ret_image)->kind, "block"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, (*ret_image)->host_use, "what the host does with the device"))
		return KT_VERDICT_UNKNOWN;
	return kt_known((*ret_image)->host_use) ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict verdict = judge(view, out, &image);

	if (verdict != KT_VERDICT_FINDING)
		return verdict;
	bool is_written = kt_disk_is_written(view->disk);
	kt_sink_severity(out, is_written ? KT_SEVERITY_CRITICAL : KT_SEVERITY_HIGH);
	kt_sink_summary(out,
			is_written ? "the host and the guest write to the same device"
				   : "the host changes the device under the guest");
	kt_sink_evidence(out, image->host_use.origin, "on the host, %s", image->host_use.v);
	kt_sink_evidence(
		out, view->disk->source.origin, "%s is a disk of the guest", view->disk->source.v);
	kt_sink_advice(out,
		       "Take it away from the host (umount, swapoff, vgchange -an) before the "
		       "guest starts, or give the guest another device; then check the file system "
		       "in the guest.");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_disk_rdm_virtual) = {
	.id = "guest.disk.rdm-virtual",
	.title = "A device that a guest has is not used by the host",
	.why = "Two systems that mount one file system destroy it: each believes what it has in "
	       "memory. libvirt does not look whether the host has mounted a device or uses it as "
	       "swap or for LVM.",
	.cost = "None.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: type block",
			"Linux: Documentation/admin-guide/blockdev, holders in sysfs",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_HIGH,
	.check_by_hand = "lsblk DEVICE; findmnt DEVICE",
	.effect = "fsck in the guest finds nothing",
	.evaluate = evaluate,
};
