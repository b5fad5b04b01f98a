/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-private.h"

/* QEMU, block/qcow.c */
#define HEADER_BYTES     48
#define MIN_CLUSTER_BITS 9
#define MAX_CLUSTER_BITS 16
#define CRYPT_AES        1

bool
kt_image_read_qcow(KtImageSource *source, KtImageHeader *header, GError **error)
{
	uint8_t bytes[HEADER_BYTES];

	if (!kt_image_get(source, 0, bytes, sizeof(bytes), error))
		return false;

	uint64_t backing_offset = kt_image_be64(bytes + 8);
	uint32_t backing_bytes = kt_image_be32(bytes + 16);
	uint8_t cluster_bits = bytes[32];
	uint32_t crypt = kt_image_be32(bytes + 36);
	header->version = kt_image_be32(bytes + 4);
	header->virtual_bytes = kt_image_be64(bytes + 24);
	if (header->version != 1 || header->virtual_bytes <= 1 || header->virtual_bytes > INT64_MAX)
		return kt_image_throw(source, error, "no size that qcow can have");
	if (cluster_bits < MIN_CLUSTER_BITS || cluster_bits > MAX_CLUSTER_BITS)
		return kt_image_throw(source, error, "clusters of 2^%u bytes", cluster_bits);
	if (crypt > CRYPT_AES)
		return kt_image_throw(source, error, "unknown encryption method %u", crypt);

	header->cluster_bytes = UINT64_C(1) << cluster_bits;
	header->compression = "zlib";
	header->encryption = crypt == CRYPT_AES ? "aes" : NULL;
	if (backing_offset == 0)
		return true;
	return kt_image_get_name(
		source, backing_offset, backing_bytes, "the backing name", &header->backing, error);
}
