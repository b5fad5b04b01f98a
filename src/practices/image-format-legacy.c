/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

static const char *const legacy[] = {
	"bochs",
	"cloop",
	"parallels",
	"qcow",
	"qed",
	"vdi",
	"vhdx",
	"vmdk",
	"vpc",
	NULL,
};

static void
advise(const KtImage *image, KtSink *out)
{
	g_autofree char *path = kt_disk_quoted(image->path.v);

	kt_sink_advice(out,
		       "With the guest off: 'qemu-img convert -p -f %s -O qcow2 %s NEW', then name "
		       "the new file and its format with 'virsh edit'.",
		       image->format.v,
		       path);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	KtVerdict gate = kt_disk_image(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_opt_is(image->format, kt_disk_format(view->disk)))
		return KT_VERDICT_NOT_APPLICABLE;
	if (kt_opt_is(image->format, "qcow2") &&
	    !kt_sink_needs_look(out, image->encryption, "the encryption"))
		return KT_VERDICT_UNKNOWN;

	if (kt_opt_is(image->format, "qcow2") && kt_opt_is(image->encryption, "aes")) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out, "the old AES encryption of qcow2 cannot be used by guests");
		kt_sink_evidence(out, image->encryption.origin, "encryption method 1 (AES)");
		kt_sink_advice(
			out,
			"'qemu-img convert' with the secret still reads it: write a new image "
			"with encrypt.format=luks.");
		return KT_VERDICT_FINDING;
	}
	if (!g_strv_contains(legacy, image->format.v))
		return KT_VERDICT_OK;
	/* Made elsewhere, only read here. */
	if (!kt_disk_is_written(view->disk))
		return KT_VERDICT_NOT_APPLICABLE;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(
		out, "%s is a format for exchange, not for a running guest", image->format.v);
	kt_sink_evidence(out, image->format.origin, "the image is %s", image->format.v);
	advise(image, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(image_format_legacy) = {
	.id = "image.format-legacy",
	.title = "Guests run on raw or qcow2",
	.why = "QEMU keeps qed, vmdk, vdi and their like for exchange: they have no snapshots, "
	       "bitmaps or repair to rely on, get few tests, and distributions leave them out.",
	.cost = "One conversion with the guest off, and the space for the copy.",
	.sources =
		(const char *const[]){
			"QEMU: docs/system/images.rst; docs/interop/qed_spec.txt",
			"QEMU: docs/interop/qcow2.txt, crypt_method",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "qemu-img info -U IMAGE",
	.effect = "Snapshots and backups of the guest work",
	.evaluate = evaluate,
};
