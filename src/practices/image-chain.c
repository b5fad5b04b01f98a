/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static const KtParam params[] = {
	{
		.name = "deepest",
		.value = 10,
		.min = 1,
		.max = 200,
		.doc = "backing files below a disk that are no finding yet [eng]",
	},
	{
		.name = "deepest_busy",
		.value = 3,
		.min = 1,
		.max = 200,
		.doc = "the same for classes latency and throughput: each layer is one more table to "
		       "look into [eng]",
	},
	{
		.name = "deepest_start",
		.value = 25,
		.min = 1,
		.max = 200,
		.doc = "beyond which libvirt 10.8 to 11.10 do not start a guest (libvirt NEWS, 12.0.0)",
	},
};

/* The worst of what can be wrong with a chain. */
static void
tell_missing(const KtChain *chain, KtSink *out)
{
	const KtImage *overlay = chain->images[chain->n - 1];

	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	kt_sink_summary(out, "a backing file is not there: its data are missing");
	kt_sink_evidence(out, overlay->backing.origin, "its backing file is '%s'", chain->missing);
	kt_sink_advice(out,
		       "Bring the file back to that place; 'qemu-img rebase -u -f qcow2 -b NEW -F "
		       "FORMAT OVERLAY' is right only when NEW is the same file elsewhere.");
}

static void
tell_loop(const KtChain *chain, KtSink *out)
{
	const KtImage *last = chain->images[chain->n - 1];

	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	kt_sink_summary(out, "the chain of backing files comes back to itself");
	kt_sink_evidence(out, last->backing.origin, "its backing file is '%s'", last->backing.v);
	kt_sink_advice(out, "No such guest starts: take the overlay from the backup.");
}

static bool
tell_writer(const KtView *view, const KtChain *chain, KtSink *out)
{
	for (size_t i = 1; i < chain->n; i++) {
		const KtImage *base = chain->images[i];
		bool is_active = false;
		const KtGuest *writer = kt_disk_other_writer(view, base, &is_active);
		if (!writer)
			continue;
		kt_sink_severity(out,
				 is_active || kt_opt_true(writer->autostart) ? KT_SEVERITY_CRITICAL
									     : KT_SEVERITY_HIGH);
		kt_sink_summary(out, "a backing file is the disk that another guest writes to");
		kt_sink_evidence(out,
				 base->path.origin,
				 "guest '%s' %s",
				 kt_guest_name(writer),
				 is_active ? "writes to it now"
					   : "will write to it when it starts");
		kt_sink_advice(out,
			       "What is written below an overlay destroys it: make that disk "
			       "<readonly/>, or give that guest an overlay of its own.");
		return true;
	}
	return false;
}

static bool
tell_no_format(const KtChain *chain, KtSink *out)
{
	for (size_t i = 0; i < chain->n; i++) {
		const KtImage *image = chain->images[i];
		if (!kt_known(image->backing) || image->backing_format.state != KT_STATE_ABSENT)
			continue;
		g_autofree char *path = kt_disk_quoted(image->path.v);
		g_autofree char *base = kt_disk_quoted(image->backing.v);
		kt_sink_severity(out, KT_SEVERITY_MEDIUM);
		kt_sink_summary(out, "an overlay does not say which format its backing file has");
		kt_sink_evidence(out,
				 image->backing.origin,
				 "backing file '%s' without a format",
				 image->backing.v);
		kt_sink_advice(
			out,
			"With the guest off, and FORMAT known for sure: 'qemu-img rebase -u -f "
			"%s -b %s -F FORMAT %s'.",
			kt_known(image->format) ? image->format.v : "qcow2",
			base,
			path);
		return true;
	}
	return false;
}

static bool
tell_depth(const KtView *view, const KtChain *chain, KtSink *out)
{
	uint64_t depth = chain->n - 1;
	uint64_t limit = kt_view_param(view, kt_disk_is_fast(view) ? "deepest_busy" : "deepest");
	bool may_not_start = depth > kt_view_param(view, "deepest_start");

	if (depth <= limit && !may_not_start)
		return false;
	kt_sink_severity(out, may_not_start ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out, "%" G_GUINT64_FORMAT " backing files below one disk", depth);
	kt_sink_evidence(out,
			 chain->images[0]->backing.origin,
			 "%" G_GUINT64_FORMAT " files below this one, %" G_GUINT64_FORMAT
			 " are usual",
			 depth,
			 limit);
	kt_sink_advice(out,
		       "'virsh blockpull %s %s --wait' takes them into the top of a running guest, "
		       "'virsh blockcommit' into the base. Back up first: neither can be undone.",
		       kt_guest_name(view->guest),
		       kt_known(view->disk->target) ? view->disk->target.v : "DISK");
	return true;
}

/* Nothing can be said of a base that nobody could look at. */
static bool
is_known(const KtChain *chain, KtSink *out)
{
	for (size_t i = 0; i < chain->n; i++) {
		const KtImage *image = chain->images[i];
		if (kt_sink_needs(out, image->kind, "a file of the chain") &&
		    kt_sink_needs(out, image->format, "a header of the chain") &&
		    kt_sink_needs_look(out, image->backing, "a backing name of the chain"))
			continue;
		if (kt_known(image->problem))
			kt_sink_evidence(out, image->problem.origin, "%s", image->problem.v);
		return false;
	}
	return true;
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
	if (chain.missing) {
		tell_missing(&chain, out);
		return KT_VERDICT_FINDING;
	}
	if (chain.is_loop) {
		tell_loop(&chain, out);
		return KT_VERDICT_FINDING;
	}
	if (tell_writer(view, &chain, out) || tell_no_format(&chain, out) ||
	    tell_depth(view, &chain, out))
		return KT_VERDICT_FINDING;
	if (!is_known(&chain, out))
		return KT_VERDICT_UNKNOWN;
	return chain.n == 1 && image->backing.state == KT_STATE_ABSENT ? KT_VERDICT_NOT_APPLICABLE
								       : KT_VERDICT_OK;
}

KT_PRACTICE(image_chain) = {
	.id = "image.chain",
	.title = "Backing files are there, named with format, and left alone",
	.why = "An overlay holds only what differs from its backing file. Whoever writes to the base "
	       "destroys all overlays on it without a word; whoever moves it takes their data away; "
	       "a missing format makes QEMU guess, and libvirt refuse; each layer costs a look-up.",
	.cost = "Flattening a chain copies its data and takes the space that the layers shared.",
	.sources =
		(const char *const[]){
			"QEMU: docs/interop/qcow2.txt, backing file, 0xe2792aca",
			"libvirt: kbase/backing_chains.html",
			"libvirt: NEWS, 12.0.0, nesting depth of JSON",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "qemu-img info -U --backing-chain IMAGE",
	.effect = "The guest starts; reads per request (virsh domstats --backing)",
	.evaluate = evaluate,
};
