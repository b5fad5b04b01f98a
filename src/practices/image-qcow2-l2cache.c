/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-disk-image.h"

/* Bytes of an L2 entry, and of one with subclusters (QEMU, docs/interop/qcow2.txt). */
#define ENTRY_BYTES          8
#define EXTENDED_ENTRY_BYTES 16
/* QEMU gives reference counts this many clusters of a cache-size, the rest to L2 tables
 * (block/qcow2.c, read_cache_sizes(); block/qcow2.h, MIN_REFCOUNT_CACHE_SIZE). */
#define REFCOUNT_CLUSTERS 4
/* <metadata_cache> came with libvirt 7.0.0 (formatdomain.html). */
#define LIBVIRT_FIRST 7000000

static const KtParam params[] = {
	{
		.name = "default_mib",
		.value = 32,
		.min = 1,
		.max = 1024,
		.unit = "MiB",
		.doc = "L2 cache that QEMU takes when nothing is said (3.1 and newer: block/qcow2.h, "
		       "DEFAULT_L2_CACHE_MAX_SIZE)",
	},
	{
		.name = "largest_mib",
		.value = 1024,
		.min = 1,
		.max = 65536,
		.unit = "MiB",
		.doc = "largest cache that is proposed; beyond it, larger clusters are the better "
		       "answer [eng]",
	},
};

typedef struct Need {
	uint64_t l2_bytes; /* all L2 tables of the image */
	uint64_t cluster_bytes;
} Need;

static Need
need_of(const KtImage *image)
{
	uint64_t cluster = MAX(image->cluster_bytes.v, 1);
	uint64_t n = image->virtual_bytes.v / cluster + (image->virtual_bytes.v % cluster != 0);

	return (Need){
		.l2_bytes = n * (image->has_subclusters.v ? EXTENDED_ENTRY_BYTES : ENTRY_BYTES),
		.cluster_bytes = cluster,
	};
}

static uint64_t
default_bytes(const KtView *view)
{
	return kt_view_param(view, "default_mib") << 20;
}

/* HIGH: less than QEMU would take by itself; MEDIUM: less than the image needs, on a guest that
 * waits for its disks; UNSET: enough. */
static KtSeverity
judge(const KtView *view, const KtDisk *disk, Need need)
{
	uint64_t usual = MIN(need.l2_bytes, default_bytes(view));

	if (kt_known(disk->metadata_cache_bytes)) {
		uint64_t given = disk->metadata_cache_bytes.v;
		if (given < usual)
			return KT_SEVERITY_HIGH;
		if (given >= need.l2_bytes || !kt_disk_is_fast(view))
			return KT_SEVERITY_UNSET;
		return KT_SEVERITY_MEDIUM;
	}
	return need.l2_bytes > usual && kt_disk_is_fast(view) ? KT_SEVERITY_MEDIUM
							      : KT_SEVERITY_UNSET;
}

static void
tell(const KtView *view, const KtDisk *disk, const KtImage *image, Need need, KtSeverity severity,
     KtSink *out)
{
	kt_sink_severity(out, severity);
	kt_sink_summary(out,
			severity == KT_SEVERITY_HIGH
				? "the cache for the tables of a qcow2 was set too small"
				: "the tables of a large qcow2 do not fit into the default cache");
	kt_sink_evidence(out,
			 image->cluster_bytes.origin,
			 "%" G_GUINT64_FORMAT " KiB of L2 tables for %" G_GUINT64_FORMAT
			 " GiB in clusters of %" G_GUINT64_FORMAT " KiB",
			 need.l2_bytes >> 10,
			 image->virtual_bytes.v >> 30,
			 need.cluster_bytes >> 10);
	if (kt_known(disk->metadata_cache_bytes))
		kt_sink_evidence(out,
				 disk->metadata_cache_bytes.origin,
				 "metadata_cache of %" G_GUINT64_FORMAT " KiB",
				 disk->metadata_cache_bytes.v >> 10);
	else
		kt_sink_evidence(out,
				 disk->metadata_cache_bytes.origin,
				 "no metadata_cache: %" G_GUINT64_FORMAT " MiB",
				 kt_view_param(view, "default_mib"));
}

static void
propose(const KtView *view, Need need, KtSink *out)
{
	const KtDisk *disk = view->disk;
	uint64_t bytes = need.l2_bytes + REFCOUNT_CLUSTERS * need.cluster_bytes;
	bool is_set = kt_known(disk->metadata_cache_bytes);

	if (bytes > kt_view_param(view, "largest_mib") << 20) {
		kt_sink_advice(out,
			       "All tables would take %" G_GUINT64_FORMAT
			       " MiB of host memory: copy the image into one with larger clusters "
			       "('-o cluster_size=2M') or onto a block device.",
			       bytes >> 20);
		return;
	}
	if (!kt_guest_has_one_disk(view->config, disk->target)) {
		kt_sink_advice(out,
			       "The disk has no name of its own to find it by: set its "
			       "metadata_cache with 'virsh edit'.");
		return;
	}

	g_autofree char *from =
		is_set ? g_strdup_printf("%" G_GUINT64_FORMAT, disk->metadata_cache_bytes.v) : NULL;
	g_autofree char *to =
		g_strdup_printf(is_set ? "%" G_GUINT64_FORMAT
				       : "<metadata_cache><max_size unit='bytes'>%" G_GUINT64_FORMAT
					 "</max_size></metadata_cache>",
				bytes);
	g_autofree char *locator =
		g_strdup_printf("/domain/devices/disk[target/@dev='%s']/driver/metadata_cache%s",
				disk->target.v,
				is_set ? "/max_size/text()" : "");
	kt_sink_domain_xml(out, view->guest, locator, from, to);
	kt_guest_remark(view, out);
}

static bool
is_supported(const KtView *view)
{
	KtOptU64 libvirt = view->facts->meta.libvirt_version;

	return !kt_known(libvirt) || libvirt.v >= LIBVIRT_FIRST;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtImage *image = NULL;
	const KtDisk *live = kt_disk_live(view);
	KtVerdict gate = kt_disk_image_qcow2(view, out, &image);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs(out, image->virtual_bytes, "the size of the disk") ||
	    !kt_sink_needs(out, image->cluster_bytes, "the size of its clusters") ||
	    !kt_sink_needs(out, image->has_subclusters, "the form of its tables") ||
	    !kt_sink_needs_look(out, view->disk->metadata_cache_bytes, "its metadata cache"))
		return KT_VERDICT_UNKNOWN;
	if (!is_supported(view))
		return KT_VERDICT_NOT_APPLICABLE;

	Need need = need_of(image);
	KtSeverity severity = judge(view, view->disk, need);
	if (severity != KT_SEVERITY_UNSET) {
		tell(view, view->disk, image, need, severity, out);
		propose(view, need, out);
		return KT_VERDICT_FINDING;
	}
	if (!live || !kt_looked(live->metadata_cache_bytes))
		return KT_VERDICT_OK;
	severity = judge(view, live, need);
	if (severity == KT_SEVERITY_UNSET)
		return KT_VERDICT_OK;
	tell(view, live, image, need, severity, out);
	return KT_VERDICT_PENDING;
}

KT_PRACTICE(image_qcow2_l2cache) = {
	.id = "image.qcow2.l2cache",
	.title = "The tables of a qcow2 fit into its cache",
	.why = "QEMU finds every cluster through an L2 table. A random read whose table is not in "
	       "the cache costs a second read; 32 MiB, what QEMU takes by itself, cover 256 GiB in "
	       "clusters of 64 KiB.",
	.cost = "Host memory for each such disk, outside of the guest's own. Larger clusters need "
		"less, and block devices none.",
	.sources =
		(const char *const[]){
			"QEMU: docs/qcow2-cache.txt",
			"libvirt: formatdomain.html, driver, metadata_cache",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_DISK,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "qemu-img info -U IMAGE; virsh dumpxml DOMAIN | grep -A2 metadata_cache",
	.effect = "Random reads over the whole disk (fio --rw=randread); reads of the image file. "
		  "Measured, all of the tables cached against half: 1.57 times the reads "
		  "[1.25, 2.42], 0.67 times the bytes of the disk (docs/effects.md)",
	.evaluate = evaluate,
};
