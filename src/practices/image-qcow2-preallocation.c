/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static void
tell_metadata(const KtImage *image, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "the image has its tables, but not its space");
	kt_sink_evidence(out,
			 image->allocated_bytes.origin,
			 "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " MiB allocated",
			 image->allocated_bytes.v >> 20,
			 image->virtual_bytes.v >> 20);
	kt_sink_advice(out,
		       "Without a copy: with the guest off, 'fallocate -l %" G_GUINT64_FORMAT
		       " FILE' takes the space where the file is still empty.",
		       image->size_bytes.v);
}

static void
tell_full(const KtImage *image, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "one of many guests, and its image takes all its space");
	kt_sink_evidence(out,
			 image->allocated_bytes.origin,
			 "%" G_GUINT64_FORMAT " MiB allocated",
			 image->allocated_bytes.v >> 20);
	kt_sink_advice(out,
		       "Where space is short: 'qemu-img convert' to a new image leaves out what is "
		       "zero, and overlays on one base share the rest.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image_qcow2(view, out, &image);
	bool is_dense = view->workload == KT_WORKLOAD_DENSE;

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_disk_is_written(view->disk) || image->preallocation.state == KT_STATE_ABSENT ||
	    (!is_dense && !kt_disk_is_fast(view)))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, image->preallocation, "what is allocated") ||
	    !kt_sink_needs(out, image->allocated_bytes, "how much is allocated") ||
	    !kt_sink_needs(out, image->virtual_bytes, "the size of the disk") ||
	    !kt_sink_needs(out, image->size_bytes, "the length of the file"))
		return KT_VERDICT_UNKNOWN;

	if (kt_disk_is_fast(view) && kt_opt_is(image->preallocation, "metadata")) {
		tell_metadata(image, out);
		return KT_VERDICT_FINDING;
	}
	if (is_dense && kt_opt_is(image->preallocation, "full")) {
		tell_full(image, out);
		return KT_VERDICT_FINDING;
	}
	return KT_VERDICT_OK;
}

KT_PRACTICE(image_qcow2_preallocation) = {
	.id = "image.qcow2.preallocation",
	.title = "Preallocation fits what the guest is for",
	.why = "preallocation=metadata spares qcow2 its tables, but the file system still finds room "
	       "for every first write; 'falloc' has that done beforehand in a moment. Where many "
	       "guests share a disk, space that none of them uses is what one runs short of.",
	.cost = "'falloc' and 'full' take the whole size at once, and 'full' writes it: on thin "
		"storage it takes the space of all others too.",
	.sources =
		(const char *const[]){
			"QEMU: docs/system/qemu-block-drivers.rst.inc, qcow2, preallocation",
			"fallocate(1), fallocate(2)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "stat -c '%s %b*512' IMAGE; qemu-img info -U IMAGE",
	.effect = "Latency of first writes in the guest; free space of the host",
	.evaluate = evaluate,
};
