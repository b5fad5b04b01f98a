/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

/* Modes in which every write is synced, so that a spared one counts. */
static bool
is_synced(const KtDisk *disk)
{
	return kt_opt_is(disk->cache, "writethrough") || kt_opt_is(disk->cache, "directsync");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image_qcow2(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_disk_is_written(view->disk))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, image->has_lazy_refcounts, "the features of the image") ||
	    !kt_sink_needs_look(out, view->disk->cache, "the cache mode"))
		return KT_VERDICT_UNKNOWN;
	if (!image->has_lazy_refcounts.v || is_synced(view->disk))
		return KT_VERDICT_OK;

	g_autofree char *path = kt_disk_quoted(image->path.v);
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "lazy refcounts gain nothing with this cache mode");
	kt_sink_evidence(out, image->has_lazy_refcounts.origin, "lazy_refcounts is on");
	kt_sink_evidence(out,
			 view->disk->cache.origin,
			 "cache mode %s",
			 kt_known(view->disk->cache) ? view->disk->cache.v : "writeback (default)");
	kt_sink_advice(out,
		       "With the guest off: 'qemu-img amend -f qcow2 -o lazy_refcounts=off %s'.",
		       path);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(image_qcow2_lazy_refcounts) = {
	.id = "image.qcow2.lazy-refcounts",
	.title = "Reference counts of a qcow2 are written in time",
	.why = "Lazy refcounts spare a sync where every write is one (writethrough). With 'none' and "
	       "'writeback' they spare nothing, and after a crash of the host the next open reads "
	       "all tables and repairs, during which the guest does not start.",
	.cost = "None with cache modes 'none' and 'writeback'.",
	.sources =
		(const char *const[]){
			"QEMU: docs/interop/qcow2.txt, compatible_features bit 0",
			"QEMU: docs/system/qemu-block-drivers.rst.inc, qcow2, lazy_refcounts",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "qemu-img info -U IMAGE | grep lazy",
	.effect = "Time until a guest starts after the host crashed",
	.evaluate = evaluate,
};
