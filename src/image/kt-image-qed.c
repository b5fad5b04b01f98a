/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-private.h"

/* QEMU, docs/interop/qed_spec.txt and block/qed.h */
#define HEADER_BYTES       64
#define MIN_CLUSTER_BYTES  (4u * 1024)
#define MAX_CLUSTER_BYTES  (64u * 1024 * 1024)
#define MAX_TABLE_CLUSTERS 16
#define FEATURE_BACKING    (UINT64_C(1) << 0)
#define FEATURE_CHECK      (UINT64_C(1) << 1)
#define FEATURE_RAW        (UINT64_C(1) << 2)
#define FEATURES_KNOWN     ((UINT64_C(1) << 3) - 1)

static bool
is_power_of_two(uint64_t number)
{
	return number && !(number & (number - 1));
}

static bool
read_backing(KtImageSource *source, const uint8_t *bytes, uint64_t header_clusters,
	     KtImageHeader *header, GError **error)
{
	uint32_t offset = kt_image_le32(bytes + 56);
	uint32_t length = kt_image_le32(bytes + 60);

	if (offset < HEADER_BYTES ||
	    (uint64_t)offset + length > header_clusters * header->cluster_bytes)
		return kt_image_throw(source, error, "a backing name outside the header");
	return kt_image_get_name(
		source, offset, length, "the backing name", &header->backing, error);
}

bool
kt_image_read_qed(KtImageSource *source, KtImageHeader *header, GError **error)
{
	uint8_t bytes[HEADER_BYTES];

	if (!kt_image_get(source, 0, bytes, sizeof(bytes), error))
		return false;

	uint32_t cluster_bytes = kt_image_le32(bytes + 4);
	uint32_t table_clusters = kt_image_le32(bytes + 8);
	uint64_t features = kt_image_le64(bytes + 16);
	header->virtual_bytes = kt_image_le64(bytes + 48);
	header->cluster_bytes = cluster_bytes;
	if (!is_power_of_two(cluster_bytes) || cluster_bytes < MIN_CLUSTER_BYTES ||
	    cluster_bytes > MAX_CLUSTER_BYTES)
		return kt_image_throw(source, error, "clusters of %u bytes", cluster_bytes);
	if (!is_power_of_two(table_clusters) || table_clusters > MAX_TABLE_CLUSTERS)
		return kt_image_throw(source, error, "tables of %u clusters", table_clusters);
	if (header->virtual_bytes > INT64_MAX)
		return kt_image_throw(source, error, "a size of more than 8 EiB");

	header->is_dirty = features & FEATURE_CHECK;
	header->has_unknown_features = features & ~FEATURES_KNOWN;
	if (header->has_unknown_features || !(features & FEATURE_BACKING))
		return true;
	if (features & FEATURE_RAW)
		header->backing_format = g_strdup("raw");
	return read_backing(source, bytes, kt_image_le32(bytes + 12), header, error);
}
