/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-private.h"

#include <string.h>

/* The descriptor of a vmdk may begin with comments; 2048 is what QEMU probes with
 * (BLOCK_PROBE_BUF_SIZE is 512, find_image_format() reads that much; VMware puts its mark first).
 */
#define PROBE_BYTES KT_IMAGE_SECTOR

static const char *const format_names[] = {
	[KT_IMAGE_FORMAT_UNSET] = "unset",
	[KT_IMAGE_FORMAT_RAW] = "raw",
	[KT_IMAGE_FORMAT_BOCHS] = "bochs",
	[KT_IMAGE_FORMAT_CLOOP] = "cloop",
	[KT_IMAGE_FORMAT_LUKS] = "luks",
	[KT_IMAGE_FORMAT_PARALLELS] = "parallels",
	[KT_IMAGE_FORMAT_QCOW] = "qcow",
	[KT_IMAGE_FORMAT_QCOW2] = "qcow2",
	[KT_IMAGE_FORMAT_QED] = "qed",
	[KT_IMAGE_FORMAT_VDI] = "vdi",
	[KT_IMAGE_FORMAT_VHDX] = "vhdx",
	[KT_IMAGE_FORMAT_VMDK] = "vmdk",
	[KT_IMAGE_FORMAT_VPC] = "vpc",
};
G_STATIC_ASSERT(G_N_ELEMENTS(format_names) == KT_IMAGE_FORMAT_N);

typedef struct Mark {
	KtImageFormat format;
	size_t offset;
	const char *bytes;
	size_t length;
} Mark;

#define MARK(fmt, at, text)                                                                        \
	{                                                                                          \
		.format = (fmt), .offset = (at), .bytes = (text), .length = sizeof(text) - 1       \
	}

/* The *_probe() functions of QEMU's block drivers. */
static const Mark marks[] = {
	MARK(KT_IMAGE_FORMAT_BOCHS, 0, "Bochs Virtual HD Image"),
	MARK(KT_IMAGE_FORMAT_CLOOP, 0, "#!/bin/sh\n#V2.0 Format\nmodprobe cloop file=$0 && mount"),
	MARK(KT_IMAGE_FORMAT_LUKS, 0, "LUKS\xba\xbe"),
	MARK(KT_IMAGE_FORMAT_PARALLELS, 0, "WithoutFreeSpace"),
	MARK(KT_IMAGE_FORMAT_PARALLELS, 0, "WithouFreSpacExt"),
	MARK(KT_IMAGE_FORMAT_QCOW, 0, "QFI\xfb\0\0\0\1"),
	MARK(KT_IMAGE_FORMAT_QCOW2, 0, "QFI\xfb"),
	MARK(KT_IMAGE_FORMAT_QED, 0, "QED\0"),
	MARK(KT_IMAGE_FORMAT_VDI, 64, "\x7f\x10\xda\xbe"),
	MARK(KT_IMAGE_FORMAT_VHDX, 0, "vhdxfile"),
	MARK(KT_IMAGE_FORMAT_VMDK, 0, "KDMV"),
	MARK(KT_IMAGE_FORMAT_VMDK, 0, "COWD"),
	MARK(KT_IMAGE_FORMAT_VMDK, 0, "# Disk DescriptorFile"),
	MARK(KT_IMAGE_FORMAT_VPC, 0,
	     "conec"
	     "tix"),
};

typedef bool ReadHeader(KtImageSource *source, KtImageHeader *header, GError **error);

static ReadHeader *const readers[KT_IMAGE_FORMAT_N] = {
	[KT_IMAGE_FORMAT_QCOW] = kt_image_read_qcow,
	[KT_IMAGE_FORMAT_QCOW2] = kt_image_read_qcow2,
	[KT_IMAGE_FORMAT_QED] = kt_image_read_qed,
	[KT_IMAGE_FORMAT_VMDK] = kt_image_read_vmdk,
};

const char *
kt_image_format_name(KtImageFormat format)
{
	return format < KT_IMAGE_FORMAT_N ? format_names[format] : "unset";
}

KtImageFormat
kt_image_format_from_name(const char *name)
{
	for (KtImageFormat i = KT_IMAGE_FORMAT_RAW; i < KT_IMAGE_FORMAT_N; i++) {
		if (g_strcmp0(name, format_names[i]) == 0)
			return i;
	}
	return KT_IMAGE_FORMAT_N;
}

void
kt_image_header_clear(KtImageHeader *header)
{
	g_clear_pointer(&header->variant, g_free);
	g_clear_pointer(&header->backing, g_free);
	g_clear_pointer(&header->backing_format, g_free);
	g_clear_pointer(&header->data_file, g_free);
}

bool
kt_image_probe(KtImageSource *source, KtImageFormat *ret_format, GError **error)
{
	uint8_t begin[PROBE_BYTES];

	if (!kt_image_get_padded(source, 0, begin, sizeof(begin), error))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++) {
		const Mark *mark = &marks[i];
		if (memcmp(begin + mark->offset, mark->bytes, mark->length) == 0) {
			*ret_format = mark->format;
			return true;
		}
	}
	*ret_format = KT_IMAGE_FORMAT_RAW;
	return true;
}

bool
kt_image_get_name(KtImageSource *source, uint64_t offset, uint64_t length, const char *what,
		  char **ret_name, GError **error)
{
	uint8_t bytes[KT_IMAGE_MAX_NAME];

	if (length == 0 || length > sizeof(bytes))
		return kt_image_throw(source,
				      error,
				      "%s has %" G_GUINT64_FORMAT " bytes, not 1 to %d",
				      what,
				      length,
				      KT_IMAGE_MAX_NAME);
	if (!kt_image_get(source, offset, bytes, (size_t)length, error))
		return false;

	char *name = kt_image_text(bytes, (size_t)length);
	if (!name)
		return kt_image_throw(source, error, "%s is no text", what);
	*ret_name = name;
	return true;
}

bool
kt_image_header_read(KtImageSource *source, KtImageFormat format, KtImageHeader *ret_header,
		     GError **error)
{
	g_auto(KtImageHeader) header = {.format = format};

	g_return_val_if_fail(format > KT_IMAGE_FORMAT_UNSET && format < KT_IMAGE_FORMAT_N, false);
	if (format == KT_IMAGE_FORMAT_RAW)
		header.virtual_bytes = source->size;
	if (format == KT_IMAGE_FORMAT_LUKS)
		header.encryption = "luks";
	if (readers[format] && !readers[format](source, &header, error))
		return false;
	*ret_header = header;
	header = (KtImageHeader){.format = format};
	return true;
}
