/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static const KtImage *
find_corrupt(const KtChain *chain)
{
	for (size_t i = 0; i < chain->n; i++) {
		if (kt_opt_true(chain->images[i]->is_corrupt))
			return chain->images[i];
	}
	return NULL;
}

static bool
is_known(const KtChain *chain, KtSink *out)
{
	for (size_t i = 0; i < chain->n; i++) {
		const KtImage *image = chain->images[i];
		if (kt_sink_needs_look(out, image->is_corrupt, "the marks in the header"))
			continue;
		if (kt_known(image->problem))
			kt_sink_evidence(out, image->problem.origin, "%s", image->problem.v);
		return false;
	}
	return kt_sink_needs_look(out, chain->images[0]->is_dirty, "the marks in the header");
}

/* While a guest runs on it, the mark only says that it is open. */
static bool
is_left_dirty(const KtView *view, const KtImage *image)
{
	bool is_active = false;

	if (!kt_opt_true(image->is_dirty) || !kt_known(view->guest->is_active) ||
	    view->guest->is_active.v)
		return false;
	return !kt_disk_other_writer(view, image, &is_active) || !is_active;
}

static void
tell_corrupt(const KtImage *image, KtSink *out)
{
	g_autofree char *path = kt_disk_quoted(image->path.v);

	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	kt_sink_summary(out, "QEMU has marked this image as corrupt");
	kt_sink_evidence(out, image->is_corrupt.origin, "incompatible_features has bit 1");
	kt_sink_advice(out,
		       "Shut the guest down and copy the file before anything else; then 'qemu-img "
		       "check -f %s %s', and '-r all' on the copy, or the backup.",
		       kt_known(image->format) ? image->format.v : "qcow2",
		       path);
}

static void
tell_dirty(const KtImage *image, KtSink *out)
{
	g_autofree char *path = kt_disk_quoted(image->path.v);

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "the image was not closed: its next open repairs it");
	kt_sink_evidence(out, image->is_dirty.origin, "marked dirty, and no guest here runs on it");
	kt_sink_advice(out,
		       "See that no other host runs it, back it up, and let 'qemu-img check -f %s "
		       "-r leaks %s' look at it before the guest starts.",
		       kt_known(image->format) ? image->format.v : "qcow2",
		       path);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image(view, out, &image);
	KtChain chain;

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_opt_is(image->format, kt_disk_format(view->disk)) ||
	    kt_opt_is(image->format, "raw"))
		return KT_VERDICT_NOT_APPLICABLE;

	kt_disk_chain(view->facts, image, &chain);
	const KtImage *corrupt = find_corrupt(&chain);
	if (corrupt) {
		tell_corrupt(corrupt, out);
		return KT_VERDICT_FINDING;
	}
	if (is_left_dirty(view, image)) {
		tell_dirty(image, out);
		return KT_VERDICT_FINDING;
	}
	return is_known(&chain, out) ? KT_VERDICT_OK : KT_VERDICT_UNKNOWN;
}

KT_PRACTICE(image_check) = {
	.id = "image.check",
	.title = "Images are whole",
	.why = "QEMU marks a qcow2 corrupt when it finds tables that point into each other, and from "
	       "then on opens it for reading only. The mark 'dirty' on an image that nobody uses "
	       "says that its last user was killed: reference counts are repaired at the next open.",
	.cost = "A check reads all tables, with the guest off; leaks are safe to repair, the rest "
		"only on a copy.",
	.sources =
		(const char *const[]){
			"QEMU: docs/interop/qcow2.txt, incompatible_features bits 0 and 1",
			"QEMU: docs/tools/qemu-img.rst, check",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "qemu-img check -f qcow2 IMAGE (only when no guest runs on it)",
	.effect = "The guest starts and writes",
	.evaluate = evaluate,
};
