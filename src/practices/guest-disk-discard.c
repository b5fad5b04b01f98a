/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"
#include "kt-guest-check.h"

/* An image that holds this share of its disk has no room left to be thin in. */
#define FULL_PERCENT 90

static bool
can_discard(const KtDisk *disk)
{
	return kt_opt_is(disk->bus, "virtio") || kt_opt_is(disk->bus, "scsi") ||
	       kt_opt_is(disk->bus, "sata") || kt_opt_is(disk->bus, "ide");
}

/* Bytes on the disk and bytes that the guest sees; false when the image is not thin. */
static bool
is_thin(const KtImage *image, uint64_t *ret_allocated, uint64_t *ret_virtual)
{
	if (!kt_opt_is(image->kind, "file") || !kt_known(image->allocated_bytes) ||
	    !kt_known(image->virtual_bytes) || image->virtual_bytes.v == 0 ||
	    kt_opt_is(image->preallocation, "full"))
		return false;
	*ret_allocated = image->allocated_bytes.v;
	*ret_virtual = image->virtual_bytes.v;
	return true;
}

static bool
is_full(const KtView *view, uint64_t allocated, uint64_t size)
{
	return allocated / 100 >= size / 10000 * kt_view_param(view, "full_percent");
}

/* How much of an image the guest uses is known inside only. One that is full has surely been filled
 * with what was deleted again; where many share a disk, it should not come to that. */
static KtVerdict
judge(const KtView *view, KtSink *out, const KtImage **ret_image)
{
	KtVerdict verdict = kt_guest_gate(view, out);
	uint64_t allocated = 0;
	uint64_t size = 0;

	if (verdict != KT_VERDICT_OK)
		return verdict;
	/* Space that comes and goes makes writes slower: there it is better kept. */
	if (kt_guest_wants_speed(view) || kt_opt_true(view->disk->readonly))
		return KT_VERDICT_NOT_APPLICABLE;
	verdict = kt_disk_image(view, out, ret_image);
	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!can_discard(view->disk) || !is_thin(*ret_image, &allocated, &size))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, view->disk->discard, "the discard mode"))
		return KT_VERDICT_UNKNOWN;
	if (kt_opt_is(view->disk->discard, "unmap"))
		return KT_VERDICT_OK;
	return is_full(view, allocated, size) || view->workload == KT_WORKLOAD_DENSE
		       ? KT_VERDICT_FINDING
		       : KT_VERDICT_OK;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	uint64_t allocated = 0;
	uint64_t size = 0;
	KtVerdict verdict = judge(view, out, &image);

	if (verdict != KT_VERDICT_FINDING)
		return verdict;
	(void)is_thin(image, &allocated, &size);
	bool is_late = is_full(view, allocated, size);
	kt_sink_severity(out, is_late ? KT_SEVERITY_MEDIUM : KT_SEVERITY_INFO);
	kt_sink_summary(out,
			is_late ? "a thin image that is full, and never gives space back"
				: "what the guest deletes stays in the image");
	kt_sink_evidence(out,
			 image->allocated_bytes.origin,
			 "the image has %" G_GUINT64_FORMAT " MiB for a disk of %" G_GUINT64_FORMAT
			 " MiB",
			 allocated >> 20,
			 size >> 20);
	kt_sink_evidence(out,
			 view->disk->discard.origin,
			 kt_known(view->disk->discard) ? "discard='%s'" : "no discard='unmap'%s",
			 kt_known(view->disk->discard) ? view->disk->discard.v : "");

	g_autofree char *locator = kt_guest_disk_place(view, "driver/@discard", out);
	if (locator)
		kt_guest_change(view, locator, view->disk->discard, "unmap", out);
	kt_sink_advice(
		out,
		"Inside the guest, 'systemctl enable --now fstrim.timer' (Windows does it by "
		"itself), or nothing is ever handed back.");
	kt_guest_remark(view, out);
	return KT_VERDICT_FINDING;
}

static const KtParam params[] = {
	{
		.name = "full_percent",
		.value = FULL_PERCENT,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "allocated share of the disk from which on the image counts as full [eng]",
	},
};

KT_PRACTICE(guest_disk_discard) = {
	.id = "guest.disk.discard",
	.title = "Thin images get back what the guest deletes",
	.why = "libvirt passes the discards of a guest on only when it is told to. Without, a "
	       "sparse image grows to the size of its disk, whatever the guest deletes, and its "
	       "file system fills up with what nobody needs.",
	.cost = "Files that shrink and grow again become fragmented; databases on preallocated "
		"images are better without.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hard drives: driver, discard",
			"QEMU: docs/interop/qcow2.rst, clusters that read as zero",
			"fstrim(8)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"qemu-img info -U IMAGE | grep size; virsh dumpxml --inactive DOMAIN | grep "
		"discard",
	.effect = "allocated size of the image after fstrim in the guest",
	.evaluate = evaluate,
};
