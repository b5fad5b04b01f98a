/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-private.h"

#include <string.h>

/* VMware, Virtual Disk Format 5.0; QEMU, block/vmdk.c (all little endian, sizes in sectors) */
#define SPARSE_BYTES      79
#define COW_BYTES         32
#define MAX_VERSION       3
#define MAX_GRAIN_SECTORS 0x200000u
#define MAX_TABLE_ENTRIES 512
#define FLAG_COMPRESSED   (1u << 16)
#define COMPRESS_DEFLATE  1

/* QEMU writes 10 KiB (DESC_SIZE), VMware less than 4 KiB. A disk in pieces of 2 GiB with 62 TiB,
 * VMware's maximum, has 31744 lines; 64 KiB hold the about 1000 of 2 TiB. [eng] */
#define MAX_DESCRIPTOR (64 * 1024)

/* The value of "key=value" or "key = \"value\"" in a line; NULL when it is of another key. Free
 * with g_free. */
static char *
value_of(const char *line, const char *key)
{
	const char *equals = strchr(line, '=');
	size_t length = strlen(key);

	if (!equals || g_ascii_strncasecmp(line, key, length) != 0 ||
	    strspn(line + length, " \t") != (size_t)(equals - line) - length)
		return NULL;

	char *value = g_strstrip(g_strdup(equals + 1));
	size_t end = strlen(value);
	if (end >= 2 && value[0] == '"' && value[end - 1] == '"') {
		memmove(value, value + 1, end - 2);
		value[end - 2] = '\0';
	}
	return value;
}

/* "RW 4192256 SPARSE "disk-s001.vmdk"": false when it is no extent. */
static bool
sectors_of_extent(const char *line, uint64_t *ret_sectors)
{
	g_auto(GStrv) words = g_strsplit(line, " ", 4);

	if (g_strv_length(words) < 3 ||
	    (!g_str_equal(words[0], "RW") && !g_str_equal(words[0], "RDONLY") &&
	     !g_str_equal(words[0], "NOACCESS")))
		return false;
	return g_ascii_string_to_unsigned(
		words[1], 10, 0, INT64_MAX / KT_IMAGE_SECTOR, ret_sectors, NULL);
}

static void
read_line(const char *line, KtImageHeader *header, uint64_t *sectors)
{
	g_autofree char *type = value_of(line, "createType");
	g_autofree char *parent = value_of(line, "parentFileNameHint");
	uint64_t more = 0;

	if (type && *type && !header->variant)
		header->variant = g_steal_pointer(&type);
	if (parent && *parent && !header->backing && strlen(parent) <= KT_IMAGE_MAX_NAME) {
		header->backing = g_steal_pointer(&parent);
		header->backing_format = g_strdup("vmdk");
	}
	if (sectors_of_extent(line, &more) && more <= INT64_MAX / KT_IMAGE_SECTOR - *sectors) {
		*sectors += more;
		header->n_extents++;
	}
}

/* A descriptor of at most @length bytes; it ends at the first NUL. */
static bool
read_descriptor(KtImageSource *source, uint64_t offset, uint64_t length, KtImageHeader *header,
		GError **error)
{
	size_t size = (size_t)MIN(length, (uint64_t)MAX_DESCRIPTOR);
	g_autofree char *text = g_malloc0(size + 1);
	uint64_t sectors = 0;

	if (!kt_image_get_padded(source, offset, text, size, error))
		return false;
	if (!g_utf8_validate(text, -1, NULL))
		return kt_image_throw(source, error, "the descriptor is no text");

	g_auto(GStrv) lines = g_strsplit_set(text, "\r\n", -1);
	for (char **line = lines; *line; line++)
		read_line(*line, header, &sectors);
	if (!header->variant)
		return kt_image_throw(source, error, "the descriptor has no createType");
	if (header->virtual_bytes == 0)
		header->virtual_bytes = sectors * KT_IMAGE_SECTOR;
	return true;
}

/* "COWD": vmdk 3, of ESX. */
static bool
read_cow(KtImageSource *source, KtImageHeader *header, GError **error)
{
	uint8_t bytes[COW_BYTES];

	if (!kt_image_get(source, 0, bytes, sizeof(bytes), error))
		return false;
	header->version = kt_image_le32(bytes + 4);
	header->virtual_bytes = (uint64_t)kt_image_le32(bytes + 12) * KT_IMAGE_SECTOR;
	header->cluster_bytes = (uint64_t)kt_image_le32(bytes + 16) * KT_IMAGE_SECTOR;
	header->n_extents = 1;
	return true;
}

static bool
read_sparse(KtImageSource *source, KtImageHeader *header, GError **error)
{
	uint8_t bytes[SPARSE_BYTES];

	if (!kt_image_get(source, 0, bytes, sizeof(bytes), error))
		return false;

	uint32_t flags = kt_image_le32(bytes + 8);
	uint64_t sectors = kt_image_le64(bytes + 12);
	uint64_t grain = kt_image_le64(bytes + 20);
	uint64_t descriptor = kt_image_le64(bytes + 28);
	uint32_t n_entries = kt_image_le32(bytes + 44);
	header->version = kt_image_le32(bytes + 4);
	if (header->version == 0 || header->version > MAX_VERSION)
		return kt_image_throw(source, error, "vmdk of version %u", header->version);
	if (sectors > INT64_MAX / KT_IMAGE_SECTOR)
		return kt_image_throw(source, error, "a size of more than 8 EiB");
	if (grain == 0 || grain > MAX_GRAIN_SECTORS)
		return kt_image_throw(
			source, error, "grains of %" G_GUINT64_FORMAT " sectors", grain);
	if (n_entries > MAX_TABLE_ENTRIES)
		return kt_image_throw(source, error, "grain tables of %u entries", n_entries);

	header->virtual_bytes = sectors * KT_IMAGE_SECTOR;
	header->cluster_bytes = grain * KT_IMAGE_SECTOR;
	if (flags & FLAG_COMPRESSED && kt_image_le16(bytes + 77) == COMPRESS_DEFLATE)
		header->compression = "zlib";
	if (descriptor == 0)
		return true;
	if (descriptor > source->size / KT_IMAGE_SECTOR)
		return kt_image_throw(source, error, "a descriptor behind the end");
	return read_descriptor(source,
			       descriptor * KT_IMAGE_SECTOR,
			       MIN(kt_image_le64(bytes + 36), (uint64_t)MAX_DESCRIPTOR) *
				       KT_IMAGE_SECTOR,
			       header,
			       error);
}

bool
kt_image_read_vmdk(KtImageSource *source, KtImageHeader *header, GError **error)
{
	char mark[4];

	if (!kt_image_get(source, 0, mark, sizeof(mark), error))
		return false;
	if (memcmp(mark, "COWD", sizeof(mark)) == 0)
		return read_cow(source, header, error);
	if (memcmp(mark, "KDMV", sizeof(mark)) == 0)
		return read_sparse(source, header, error);
	return read_descriptor(source, 0, source->size, header, error);
}
