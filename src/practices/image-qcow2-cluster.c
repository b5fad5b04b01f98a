/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static const KtParam params[] = {
	{
		.name = "smallest_kib",
		.value = 64,
		.min = 1,
		.max = 2048,
		.unit = "KiB",
		.doc = "clusters that are large enough: QEMU's default (docs/qcow2-cache.txt)",
	},
	{
		.name = "small_image_mib",
		.value = 1024,
		.min = 1,
		.max = 1048576,
		.unit = "MiB",
		.doc = "up to this size the tables are small whatever the clusters are [eng]",
	},
};

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image_qcow2(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs(out, image->cluster_bytes, "the size of its clusters") ||
	    !kt_sink_needs(out, image->virtual_bytes, "the size of the disk"))
		return KT_VERDICT_UNKNOWN;
	if (image->virtual_bytes.v <= kt_view_param(view, "small_image_mib") << 20)
		return KT_VERDICT_NOT_APPLICABLE;
	if (image->cluster_bytes.v >= kt_view_param(view, "smallest_kib") << 10)
		return KT_VERDICT_OK;

	g_autofree char *path = kt_disk_quoted(image->path.v);
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "small clusters make the tables of this qcow2 large");
	kt_sink_evidence(out,
			 image->cluster_bytes.origin,
			 "clusters of %" G_GUINT64_FORMAT " bytes on a disk of %" G_GUINT64_FORMAT
			 " MiB",
			 image->cluster_bytes.v,
			 image->virtual_bytes.v >> 20);
	kt_sink_advice(out,
		       "Clusters are chosen when an image is made: with the guest off 'qemu-img "
		       "convert -p -f qcow2 -O qcow2 %s NEW', for many small writes to an overlay "
		       "with '-o cluster_size=128k,extended_l2=on'.",
		       path);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(image_qcow2_cluster) = {
	.id = "image.qcow2.cluster",
	.title = "Clusters of a qcow2 are 64 KiB or larger",
	.why = "Each cluster takes an entry in a table and a reference count: with clusters of 4 KiB "
	       "there are 16 times as many as with 64 KiB, the cache covers a sixteenth, and the "
	       "file falls into more pieces.",
	.cost = "A copy of the image. Larger clusters copy more on the first write to an overlay.",
	.sources =
		(const char *const[]){
			"QEMU: docs/qcow2-cache.txt",
			"QEMU: docs/interop/qcow2.txt, cluster_bits, extended L2 entries",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "qemu-img info -U IMAGE | grep cluster_size",
	.effect = "Random reads and first writes in the guest (fio)",
	.evaluate = evaluate,
};
