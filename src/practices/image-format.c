/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image_qcow2(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_disk_is_fast(view) || !kt_disk_is_written(view->disk) ||
	    image->preallocation.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, image->preallocation, "what is allocated"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(image->preallocation, "off"))
		return KT_VERDICT_OK;

	g_autofree char *path = kt_disk_quoted(image->path.v);
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out,
			"a %s guest's qcow2 image grows while it runs",
			kt_workload_name(view->workload));
	if (kt_known(image->allocated_bytes) && kt_known(image->virtual_bytes))
		kt_sink_evidence(out,
				 image->allocated_bytes.origin,
				 "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " MiB allocated",
				 image->allocated_bytes.v >> 20,
				 image->virtual_bytes.v >> 20);
	else
		kt_sink_evidence(out, image->preallocation.origin, "not preallocated");
	kt_sink_advice(out,
		       "A block device, a raw file, or a qcow2 with all space allocated needs no "
		       "new metadata on its first writes: 'virsh blockcopy' moves a running guest, "
		       "'qemu-img convert -f qcow2 -O qcow2 -o preallocation=falloc %s NEW' one "
		       "that is off.",
		       path);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(image_format) = {
	.id = "image.format",
	.title = "Busy disks do not allocate while they are used",
	.why = "The first write to each cluster of a growing qcow2 takes a cluster, an entry of a "
	       "table and a reference count before the data are safe; a raw or preallocated image "
	       "has that behind it. qcow2 is not safer: it adds snapshots, bitmaps and checks.",
	.cost = "The whole size of the disk is taken from storage at once. raw has no internal "
		"snapshots and no bitmaps, which incremental backup needs.",
	.sources =
		(const char *const[]){
			"QEMU: docs/interop/qcow2.txt; docs/system/qemu-block-drivers.rst.inc, qcow2",
			"libvirt: kbase/incrementalbackupinternals.html",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "qemu-img info -U IMAGE",
	.effect = "Latency of first writes in the guest (fio, fresh file)",
	.evaluate = evaluate,
};
