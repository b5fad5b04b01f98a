/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

/* Formats that kvmtune recognises by their first bytes, and so by their lack. The fixed form of vpc
 * has its mark at the end only. */
static const char *const recognised[] = {
	"bochs",
	"cloop",
	"luks",
	"parallels",
	"qcow",
	"qcow2",
	"qed",
	"vdi",
	"vhdx",
	"vmdk",
	NULL,
};

/* An encrypted disk is "raw" with <encryption format='luks'/> in domain XML. */
static bool
is_raw(const KtImage *image)
{
	return kt_opt_is(image->format, "raw") || kt_opt_is(image->format, "luks");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;

	const char *format = kt_disk_format(view->disk);
	bool opens_raw = g_str_equal(format, "raw");
	if (opens_raw ? is_raw(image) : kt_opt_is(image->format, format))
		return KT_VERDICT_OK;
	if (!opens_raw && !g_strv_contains(recognised, format))
		return KT_VERDICT_NOT_APPLICABLE;

	kt_sink_severity(out, opens_raw ? KT_SEVERITY_HIGH : KT_SEVERITY_CRITICAL);
	if (opens_raw)
		kt_sink_summary(
			out, "a disk that is opened as raw begins like %s", image->format.v);
	else
		kt_sink_summary(out, "the image is no %s: the guest will not start", format);
	kt_sink_evidence(out, view->disk->format.origin, "the disk is opened as %s", format);
	kt_sink_evidence(
		out, image->format.origin, "the first bytes are those of %s", image->format.v);
	if (opens_raw)
		kt_sink_advice(out,
			       "Find out which it is before any copy or conversion: either the "
			       "definition is wrong (type='%s' is meant), or the guest wrote that "
			       "header, and a tool that guesses the format would open files of the "
			       "host for it. Always give '-f raw' meanwhile.",
			       image->format.v);
	else
		kt_sink_advice(
			out,
			"Compare with the backup; when the file is right, set type='%s' with "
			"'virsh edit'.",
			image->format.v);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_disk_format_explicit) = {
	.id = "guest.disk.format-explicit",
	.title = "Disks are opened as what they are",
	.why = "A qcow2 file that is opened as raw shows the guest the container instead of its "
	       "disk. And a guest can write a qcow2 header to its raw disk that names a file of the "
	       "host as its backing file: whoever then guesses the format reads that file for it.",
	.cost = "None. Nested use, a disk whose contents are an image on purpose, is to be waived.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives, floppy disks, CDROMs: driver, type",
			"QEMU: docs/system/security.rst; block.c, bdrv_probe_all()",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"head -c 8 IMAGE | xxd; virsh dumpxml --inactive DOMAIN | grep -A3 '<disk'",
	.effect = "The guest starts, and sees its file systems",
	.evaluate = evaluate,
};
