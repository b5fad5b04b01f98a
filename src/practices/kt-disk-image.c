/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

#include <string.h>

static bool
is_disk(const KtDisk *disk)
{
	return disk->device.state == KT_STATE_ABSENT || kt_opt_is(disk->device, "disk") ||
	       kt_opt_is(disk->device, "lun");
}

static bool
is_local(const KtDisk *disk)
{
	return kt_opt_is(disk->source_type, "file") || kt_opt_is(disk->source_type, "block");
}

/* The image with this path, when it could be looked at; NULL, and the reason, when not. */
static const KtImage *
find_image(const KtView *view, KtSink *out)
{
	const KtImageList *images = &view->facts->images;
	KtOptStr path = view->disk->source;
	const KtImage *image = kt_facts_find_image(view->facts, path.v);
	KtState state = images->state == KT_STATE_VALUE ? KT_STATE_UNSET : images->state;

	if (!image) {
		(void)!kt_sink_needs_state(out, state, path.origin, "the image file");
		return NULL;
	}
	if (kt_sink_needs(out, image->kind, "the image file") &&
	    kt_sink_needs(out, image->format, "the header of the image"))
		return image;
	if (kt_known(image->problem))
		kt_sink_evidence(out, image->problem.origin, "%s", image->problem.v);
	return NULL;
}

KtVerdict
kt_disk_image(const KtView *view, KtSink *out, const KtImage **ret_image)
{
	const KtDisk *disk = view->disk;
	KtVerdict gate = kt_guest_gate(view, out);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs_look(out, disk->device, "the kind of disk") ||
	    !kt_sink_needs(out, disk->source_type, "the kind of source"))
		return KT_VERDICT_UNKNOWN;
	if (!is_disk(disk) || disk->source.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_opt_is(disk->source_type, "volume")) {
		kt_sink_evidence(out,
				 disk->source_type.origin,
				 "where a volume lies is known to its pool only");
		return KT_VERDICT_UNKNOWN;
	}
	if (!is_local(disk))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, disk->source, "the path of the image") ||
	    !kt_sink_needs_look(out, disk->format, "the format of the disk"))
		return KT_VERDICT_UNKNOWN;
	*ret_image = find_image(view, out);
	return *ret_image ? KT_VERDICT_OK : KT_VERDICT_UNKNOWN;
}

KtVerdict
kt_disk_image_qcow2(const KtView *view, KtSink *out, const KtImage **ret_image)
{
	KtVerdict gate = kt_disk_image(view, out, ret_image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!g_str_equal(kt_disk_format(view->disk), "qcow2") ||
	    !kt_opt_is((*ret_image)->format, "qcow2"))
		return KT_VERDICT_NOT_APPLICABLE;
	return KT_VERDICT_OK;
}

const char *
kt_disk_format(const KtDisk *disk)
{
	return kt_known(disk->format) ? disk->format.v : "raw";
}

bool
kt_disk_is_written(const KtDisk *disk)
{
	return !kt_opt_true(disk->readonly);
}

const KtDisk *
kt_disk_live(const KtView *view)
{
	for (uint32_t i = 0; view->live && i < view->live->disks.n; i++) {
		const KtDisk *disk = &view->live->disks.v[i];
		if (kt_known(disk->target) && kt_opt_is(view->disk->target, disk->target.v))
			return disk;
	}
	return NULL;
}

bool
kt_disk_is_fast(const KtView *view)
{
	return view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
}

static bool
is_same_file(const KtImage *a, const KtImage *b)
{
	if (a == b || (kt_known(a->path) && kt_opt_is(b->path, a->path.v)))
		return true;
	return kt_known(a->file_id) && kt_opt_is(b->file_id, a->file_id.v);
}

/* A header is believed when the overlay says what it is, and it looks like that. */
static bool
is_followed(const KtImage *overlay, const KtImage *base)
{
	return kt_known(overlay->backing_format) && !kt_opt_is(overlay->backing_format, "raw") &&
	       kt_opt_is(base->format, overlay->backing_format.v);
}

static bool
contains(const KtChain *chain, const KtImage *image)
{
	for (size_t i = 0; i < chain->n; i++) {
		if (is_same_file(chain->images[i], image))
			return true;
	}
	return false;
}

void
kt_disk_chain(const KtFacts *facts, const KtImage *image, KtChain *ret_chain)
{
	KtChain chain = {.images = {[0] = image}, .n = 1};
	bool goes_on = true;

	while (goes_on && chain.n < KT_CHAIN_MAX && kt_known(image->backing)) {
		const KtImage *base = kt_facts_find_image(facts, image->backing.v);
		if (!base)
			break;
		if (base->kind.state == KT_STATE_ABSENT)
			chain.missing = image->backing.v;
		chain.is_loop = contains(&chain, base);
		if (chain.missing || chain.is_loop)
			break;
		chain.images[chain.n++] = base;
		goes_on = is_followed(image, base);
		image = base;
	}
	*ret_chain = chain;
}

static bool
writes_to(const KtView *view, const KtGuestConfig *config, const KtImage *image)
{
	for (uint32_t i = 0; i < config->disks.n; i++) {
		const KtDisk *disk = &config->disks.v[i];
		if (disk == view->disk || !is_local(disk) || !is_disk(disk) ||
		    !kt_known(disk->source) || !kt_known(disk->readonly) || disk->readonly.v)
			continue;
		const KtImage *other = kt_facts_find_image(view->facts, disk->source.v);
		if (other && is_same_file(other, image))
			return true;
	}
	return false;
}

const KtGuest *
kt_disk_other_writer(const KtView *view, const KtImage *image, bool *ret_is_active)
{
	const KtGuest *found = NULL;

	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		bool is_active = kt_opt_true(guest->is_active);
		/* Of this one, what it runs with now is not what is judged. */
		if (guest == view->guest) {
			if (!found && writes_to(view, view->config, image))
				found = guest;
			continue;
		}
		if (is_active && writes_to(view, &guest->live, image)) {
			*ret_is_active = true;
			return guest;
		}
		if (!found && writes_to(view, &guest->inactive, image))
			found = guest;
	}
	*ret_is_active = false;
	return found;
}

/* What no shell reads as anything else. */
static bool
is_plain(const char *path)
{
	for (const char *at = path; *at; at++) {
		if (!g_ascii_isalnum(*at) && !strchr("/._-+,:@%=", *at))
			return false;
	}
	return true;
}

char *
kt_disk_quoted(const char *path)
{
	return is_plain(path) ? g_strdup(path) : g_shell_quote(path);
}
