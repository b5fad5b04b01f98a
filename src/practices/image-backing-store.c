/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static bool
is_copied_on_write(const KtImage *image)
{
	return kt_opt_is(image->filesystem, "btrfs") && kt_known(image->is_nocow) &&
	       !image->is_nocow.v;
}

static void
tell_copied(const KtView *view, const KtImage *image, KtSink *out)
{
	kt_sink_severity(out, kt_disk_is_fast(view) ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out, "every write to this image is copied to a new place");
	kt_sink_evidence(out,
			 image->filesystem.origin,
			 "on %s, without the attribute C (no copy on write)",
			 image->filesystem.v);
	kt_sink_advice(
		out,
		"The attribute works on empty files only: 'chattr +C' on an empty folder, and "
		"'cp --reflink=never' of the image into it with the guest off.");
}

static void
tell_sparse(const KtView *view, const KtImage *image, KtSink *out)
{
	g_autofree char *path = kt_disk_quoted(image->path.v);

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out,
			"a %s guest's raw file is allocated while it runs",
			kt_workload_name(view->workload));
	kt_sink_evidence(out,
			 image->allocated_bytes.origin,
			 "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " MiB allocated",
			 image->allocated_bytes.v >> 20,
			 image->size_bytes.v >> 20);
	kt_sink_advice(out,
		       "'fallocate -l %" G_GUINT64_FORMAT
		       " %s' takes the space and leaves the data as they are; a logical volume has "
		       "it from the start.",
		       image->size_bytes.v,
		       path);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_disk_is_written(view->disk))
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_opt_is(image->kind, "block"))
		return KT_VERDICT_OK;
	if (!kt_sink_needs(out, image->filesystem, "the file system") ||
	    (kt_opt_is(image->filesystem, "btrfs") &&
	     !kt_sink_needs_look(out, image->is_nocow, "the attribute C")))
		return KT_VERDICT_UNKNOWN;
	if (is_copied_on_write(image)) {
		tell_copied(view, image, out);
		return KT_VERDICT_FINDING;
	}

	bool is_raw = g_str_equal(kt_disk_format(view->disk), "raw");
	if (!is_raw || !kt_disk_is_fast(view) || image->preallocation.state == KT_STATE_ABSENT)
		return KT_VERDICT_OK;
	if (!kt_sink_needs(out, image->preallocation, "what is allocated") ||
	    !kt_sink_needs(out, image->allocated_bytes, "how much is allocated") ||
	    !kt_sink_needs(out, image->size_bytes, "the length of the file"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(image->preallocation, "off"))
		return KT_VERDICT_OK;
	tell_sparse(view, image, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(image_backing_store) = {
	.id = "image.backing-store",
	.title = "Images lie where writes stay in place",
	.why = "A file system that copies on write puts each block that a guest overwrites somewhere "
	       "else: the image falls into ever more pieces. A sparse raw file has the file system "
	       "look for room at every first write, and with io='native' the guest waits for it.",
	.cost = "Without copy on write btrfs keeps no checksums of that file, and its snapshots copy "
		"once. Allocated space cannot be promised to others.",
	.sources =
		(const char *const[]){
			"btrfs(5), MOUNT OPTIONS, nodatacow; chattr(1), attribute C",
			"fallocate(1)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"findmnt -T IMAGE; lsattr IMAGE; stat -c '%s %b*512' IMAGE; filefrag IMAGE",
	.effect = "Extents of the file (filefrag); latency of writes in the guest",
	.evaluate = evaluate,
};
