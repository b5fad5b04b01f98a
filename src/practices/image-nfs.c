/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

#include <string.h>

static bool
has_option(const KtImage *image, const char *option)
{
	g_auto(GStrv) options = g_strsplit(image->mount_options.v, ",", -1);

	return g_strv_contains((const char *const *)options, option);
}

/* Locks of QEMU go to the server with version 4 always, with 3 unless 'nolock' says otherwise
 * (nfs(5)). */
static bool
is_unlocked(const KtImage *image)
{
	return has_option(image, "vers=3") &&
	       (has_option(image, "nolock") || has_option(image, "local_lock=all") ||
		has_option(image, "local_lock=posix"));
}

static const char *
find_fault(const KtImage *image)
{
	if (has_option(image, "soft"))
		return "soft";
	if (has_option(image, "softerr"))
		return "softerr";
	return is_unlocked(image) ? "vers=3 and no locks at the server" : NULL;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (image->filesystem.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, image->filesystem, "the file system") ||
	    !kt_sink_needs(out, image->mount_options, "the mount options"))
		return KT_VERDICT_UNKNOWN;
	if (!g_str_has_prefix(image->filesystem.v, "nfs"))
		return KT_VERDICT_NOT_APPLICABLE;

	const char *fault = find_fault(image);
	bool is_soft = fault && g_str_has_prefix(fault, "soft");
	if (!kt_disk_is_written(view->disk) || !fault)
		return KT_VERDICT_OK;

	kt_sink_severity(out, is_soft ? KT_SEVERITY_CRITICAL : KT_SEVERITY_HIGH);
	kt_sink_summary(out,
			is_soft ? "a slow NFS server becomes write errors in the guest"
				: "the image's locks do not reach the NFS server");
	kt_sink_evidence(out,
			 image->mount_options.origin,
			 "'%s' is mounted with %s",
			 kt_known(image->mount_point) ? image->mount_point.v : "?",
			 fault);
	kt_sink_advice(
		out,
		is_soft ? "Mount it with 'hard', the default: requests then wait for the "
			  "server, and no write is lost."
			: "Mount it with vers=4.2, or without 'nolock': nothing else keeps two "
			  "hosts from starting the same guest.");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(image_nfs) = {
	.id = "image.nfs",
	.title = "Images on NFS neither lose writes nor locks",
	.why = "On a soft mount a request that the server does not answer in time fails: the guest "
	       "sees write errors, remounts read-only or loses data. Without locks at the server "
	       "QEMU cannot notice that another host has the image open.",
	.cost = "On a hard mount guests stand still for as long as the server does.",
	.sources =
		(const char *const[]){
			"nfs(5), soft / hard, lock / nolock, local_lock",
			"QEMU: docs/system/qemu-block-drivers.rst.inc, Disk image file locking",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "findmnt -T IMAGE -o FSTYPE,OPTIONS",
	.effect =
		"Guests survive a restart of the server; a second start says 'Failed to get \"write\" "
		"lock'",
	.evaluate = evaluate,
};
