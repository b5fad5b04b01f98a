/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-private.h"

#include <string.h>

/* docs/interop/qcow2.txt; limits from block/qcow2.h and block/qcow2.c */
#define V2_BYTES           72
#define V3_BYTES           104
#define MIN_CLUSTER_BITS   9
#define MAX_CLUSTER_BITS   21
#define MAX_REFCOUNT_ORDER 6
#define MAX_L1_BYTES       ((uint64_t)32 * 1024 * 1024)
#define MAX_SNAPSHOTS      65536
#define MAX_BITMAPS        65535
#define MAX_FORMAT         15

/* Snapshots whose table entries are read, for the memory that they hold; more are only counted.
 * [eng] */
#define MAX_LISTED_SNAPSHOTS 1024
#define SNAPSHOT_BYTES       40

#define EXTENSION_END            0x00000000u
#define EXTENSION_BACKING_FORMAT 0xe2792acau
#define EXTENSION_DATA_FILE      0x44415441u
#define EXTENSION_BITMAPS        0x23852875u

#define INCOMPATIBLE_DIRTY       (UINT64_C(1) << 0)
#define INCOMPATIBLE_CORRUPT     (UINT64_C(1) << 1)
#define INCOMPATIBLE_DATA_FILE   (UINT64_C(1) << 2)
#define INCOMPATIBLE_COMPRESSION (UINT64_C(1) << 3)
#define INCOMPATIBLE_SUBCLUSTERS (UINT64_C(1) << 4)
#define INCOMPATIBLE_KNOWN       ((UINT64_C(1) << 5) - 1)
#define COMPATIBLE_LAZY          (UINT64_C(1) << 0)
#define AUTOCLEAR_RAW_DATA       (UINT64_C(1) << 1)

/* The places of the header that more than one function needs. */
typedef struct Layout {
	uint64_t header_bytes;
	uint64_t backing_offset;
	uint32_t backing_bytes;
	uint64_t snapshots_offset;
	bool is_v2;
} Layout;

static bool
read_geometry(KtImageSource *source, const uint8_t *bytes, KtImageHeader *header, GError **error)
{
	uint32_t cluster_bits = kt_image_be32(bytes + 20);
	uint64_t l1_bytes = (uint64_t)kt_image_be32(bytes + 36) * sizeof(uint64_t);

	if (cluster_bits < MIN_CLUSTER_BITS || cluster_bits > MAX_CLUSTER_BITS)
		return kt_image_throw(source,
				      error,
				      "clusters of 2^%u bytes, not of 2^%d to 2^%d",
				      cluster_bits,
				      MIN_CLUSTER_BITS,
				      MAX_CLUSTER_BITS);
	header->cluster_bytes = UINT64_C(1) << cluster_bits;
	header->virtual_bytes = kt_image_be64(bytes + 24);
	if (header->virtual_bytes > INT64_MAX)
		return kt_image_throw(source, error, "a size of more than 8 EiB");
	if (l1_bytes > MAX_L1_BYTES)
		return kt_image_throw(
			source, error, "an L1 table of %" G_GUINT64_FORMAT " bytes", l1_bytes);
	return true;
}

static bool
read_encryption(KtImageSource *source, const uint8_t *bytes, KtImageHeader *header, GError **error)
{
	static const char *const methods[] = {NULL, "aes", "luks"};
	uint32_t method = kt_image_be32(bytes + 32);

	if (method >= G_N_ELEMENTS(methods))
		return kt_image_throw(source, error, "unknown encryption method %u", method);
	header->encryption = methods[method];
	return true;
}

static bool
read_compression(KtImageSource *source, const uint8_t *bytes, uint64_t header_bytes,
		 KtImageHeader *header, GError **error)
{
	static const char *const types[] = {"zlib", "zstd"};
	uint8_t type = header_bytes > V3_BYTES ? bytes[V3_BYTES] : 0;

	if (type >= G_N_ELEMENTS(types))
		return kt_image_throw(source, error, "unknown compression type %u", type);
	header->compression = types[type];
	return true;
}

static bool
read_v3(KtImageSource *source, const uint8_t *bytes, KtImageHeader *header, Layout *layout,
	GError **error)
{
	uint64_t incompatible = kt_image_be64(bytes + 72);
	uint32_t refcount_order = kt_image_be32(bytes + 96);

	layout->header_bytes = kt_image_be32(bytes + 100);
	if (layout->header_bytes < V3_BYTES || layout->header_bytes > header->cluster_bytes ||
	    layout->header_bytes % 8 != 0)
		return kt_image_throw(source,
				      error,
				      "a header of %" G_GUINT64_FORMAT " bytes",
				      layout->header_bytes);
	if (refcount_order > MAX_REFCOUNT_ORDER)
		return kt_image_throw(source, error, "refcounts of 2^%u bits", refcount_order);

	header->refcount_bits = 1u << refcount_order;
	header->is_dirty = incompatible & INCOMPATIBLE_DIRTY;
	header->is_corrupt = incompatible & INCOMPATIBLE_CORRUPT;
	header->has_data_file = incompatible & INCOMPATIBLE_DATA_FILE;
	header->has_subclusters = incompatible & INCOMPATIBLE_SUBCLUSTERS;
	header->has_unknown_features = incompatible & ~INCOMPATIBLE_KNOWN;
	header->has_lazy_refcounts = kt_image_be64(bytes + 80) & COMPATIBLE_LAZY;
	header->has_raw_data_file = kt_image_be64(bytes + 88) & AUTOCLEAR_RAW_DATA;
	return read_compression(source, bytes, layout->header_bytes, header, error);
}

static bool
read_fixed(KtImageSource *source, KtImageHeader *header, Layout *layout, GError **error)
{
	/* Zeros stand for a v2 header's missing half, and for the byte behind a short v3 one. */
	uint8_t bytes[V3_BYTES + 8] = {0};

	if (!kt_image_get(source, 0, bytes, V2_BYTES, error) ||
	    !kt_image_get_padded(source, 0, bytes, sizeof(bytes), error))
		return false;
	header->version = kt_image_be32(bytes + 4);
	if (header->version != 2 && header->version != 3)
		return kt_image_throw(source, error, "qcow2 of version %u", header->version);
	if (!read_geometry(source, bytes, header, error) ||
	    !read_encryption(source, bytes, header, error))
		return false;

	layout->backing_offset = kt_image_be64(bytes + 8);
	layout->backing_bytes = kt_image_be32(bytes + 16);
	layout->snapshots_offset = kt_image_be64(bytes + 64);
	header->n_snapshots = kt_image_be32(bytes + 60);
	if (header->n_snapshots > MAX_SNAPSHOTS)
		return kt_image_throw(source, error, "%u snapshots", header->n_snapshots);

	layout->is_v2 = header->version == 2;
	layout->header_bytes = V2_BYTES;
	header->refcount_bits = 16;
	header->compression = "zlib";
	return layout->is_v2 || read_v3(source, bytes, header, layout, error);
}

static bool
read_backing(KtImageSource *source, KtImageHeader *header, const Layout *layout, GError **error)
{
	if (layout->backing_offset == 0)
		return true;
	if (layout->backing_offset > header->cluster_bytes ||
	    layout->backing_bytes > header->cluster_bytes - layout->backing_offset)
		return kt_image_throw(source, error, "a backing name outside the first cluster");
	/* QEMU takes the empty name for none. */
	if (layout->backing_bytes == 0)
		return true;
	return kt_image_get_name(source,
				 layout->backing_offset,
				 layout->backing_bytes,
				 "the backing name",
				 &header->backing,
				 error);
}

static bool
read_extension(KtImageSource *source, uint32_t type, uint64_t offset, uint32_t length,
	       KtImageHeader *header, GError **error)
{
	uint8_t number[4];

	if (type == EXTENSION_BACKING_FORMAT && length > MAX_FORMAT)
		return kt_image_throw(
			source, error, "a backing format with a name of %u bytes", length);
	if (type == EXTENSION_BACKING_FORMAT && length > 0) {
		g_clear_pointer(&header->backing_format, g_free);
		return kt_image_get_name(source,
					 offset,
					 length,
					 "the backing format",
					 &header->backing_format,
					 error);
	}
	if (type == EXTENSION_DATA_FILE) {
		g_clear_pointer(&header->data_file, g_free);
		return kt_image_get_name(source,
					 offset,
					 length,
					 "the name of the data file",
					 &header->data_file,
					 error);
	}
	if (type != EXTENSION_BITMAPS || length < sizeof(number))
		return true;
	if (!kt_image_get(source, offset, number, sizeof(number), error))
		return false;
	header->n_bitmaps = kt_image_be32(number);
	if (header->n_bitmaps > MAX_BITMAPS)
		return kt_image_throw(source, error, "%u bitmaps", header->n_bitmaps);
	return true;
}

/* They end at a mark, at the backing name, or with the first cluster. */
static bool
read_extensions(KtImageSource *source, KtImageHeader *header, const Layout *layout, GError **error)
{
	uint64_t end = layout->backing_offset ? layout->backing_offset : header->cluster_bytes;
	uint64_t at = layout->header_bytes;

	while (at + 8 <= end) {
		uint8_t bytes[8];
		if (!kt_image_get_padded(source, at, bytes, sizeof(bytes), error))
			return false;
		uint32_t type = kt_image_be32(bytes);
		uint32_t length = kt_image_be32(bytes + 4);
		at += sizeof(bytes);
		if (type == EXTENSION_END)
			return true;
		if (length > end - at)
			return kt_image_throw(
				source,
				error,
				"a header extension of %u bytes, with %" G_GUINT64_FORMAT " left",
				length,
				end - at);
		if (!read_extension(source, type, at, length, header, error))
			return false;
		at += ((uint64_t)length + 7) / 8 * 8;
	}
	return true;
}

/* The size of the guest's memory has 32 bits in the entry, and 64 in what follows it. */
static bool
read_snapshot(KtImageSource *source, uint64_t *at, KtImageHeader *header, GError **error)
{
	uint8_t bytes[SNAPSHOT_BYTES + 8];

	if (!kt_image_get(source, *at, bytes, SNAPSHOT_BYTES, error) ||
	    !kt_image_get_padded(source, *at, bytes, sizeof(bytes), error))
		return false;
	uint32_t extra = kt_image_be32(bytes + 36);
	uint64_t state = kt_image_be32(bytes + 32);
	if (extra >= 8)
		state = kt_image_be64(bytes + SNAPSHOT_BYTES);
	uint64_t length = SNAPSHOT_BYTES + (uint64_t)extra + kt_image_be16(bytes + 12) +
			  kt_image_be16(bytes + 14);
	*at += (length + 7) / 8 * 8;
	if (state > INT64_MAX - header->vm_state_bytes)
		return kt_image_throw(source, error, "a snapshot with more than 8 EiB of memory");
	header->vm_state_bytes += state;
	return true;
}

static bool
read_snapshots(KtImageSource *source, KtImageHeader *header, const Layout *layout, GError **error)
{
	uint64_t at = layout->snapshots_offset;

	if (header->n_snapshots > 0 && at % header->cluster_bytes != 0)
		return kt_image_throw(source, error, "a snapshot table that is not aligned");
	for (uint32_t i = 0; i < MIN(header->n_snapshots, MAX_LISTED_SNAPSHOTS); i++) {
		if (!read_snapshot(source, &at, header, error))
			return kt_prefix(error, "snapshot %u of %u", i + 1, header->n_snapshots);
	}
	return true;
}

bool
kt_image_read_qcow2(KtImageSource *source, KtImageHeader *header, GError **error)
{
	Layout layout = {0};

	if (!read_fixed(source, header, &layout, error))
		return false;
	/* QEMU believes nothing more of an image with features that it does not know. */
	if (header->has_unknown_features)
		return true;
	return read_backing(source, header, &layout, error) &&
	       read_extensions(source, header, &layout, error) &&
	       read_snapshots(source, header, &layout, error);
}
