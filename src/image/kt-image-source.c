/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image-source.h"

#include <string.h>

static bool
pread_bytes(void *data, uint64_t offset, void *buffer, size_t length, size_t *ret_got,
	    GError **error)
{
	memcpy(buffer, (const uint8_t *)data + offset, length);
	*ret_got = length;
	return true;
}

KtImageSource
kt_image_source_of_bytes(const void *bytes, size_t size, const char *name)
{
	return (KtImageSource){
		.pread = pread_bytes,
		.data = (void *)bytes,
		.name = name,
		.size = size,
	};
}

/* What there is of the piece; the callback is never asked beyond the end. */
static bool
get_some(KtImageSource *source, uint64_t offset, void *buffer, size_t length, size_t *ret_got,
	 GError **error)
{
	uint64_t left = offset < source->size ? source->size - offset : 0;
	size_t wanted = (size_t)MIN((uint64_t)length, left);

	if (wanted > KT_IMAGE_MAX_READ - source->n_read)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"'%s': more than %" G_GUINT64_FORMAT " MiB of headers",
				source->name,
				KT_IMAGE_MAX_READ / 1024 / 1024);
	source->n_read += wanted;
	if (wanted > 0)
		return source->pread(source->data, offset, buffer, wanted, ret_got, error);
	*ret_got = 0;
	return true;
}

bool
kt_image_get(KtImageSource *source, uint64_t offset, void *buffer, size_t length, GError **error)
{
	size_t got = 0;

	if (!get_some(source, offset, buffer, length, &got, error))
		return false;
	if (got < length)
		return kt_image_throw(source,
				      error,
				      "it ends before the %zu bytes at offset %" G_GUINT64_FORMAT,
				      length,
				      offset);
	return true;
}

bool
kt_image_get_padded(KtImageSource *source, uint64_t offset, void *buffer, size_t length,
		    GError **error)
{
	size_t got = 0;

	memset(buffer, 0, length);
	return get_some(source, offset, buffer, length, &got, error);
}

bool
kt_image_throw(const KtImageSource *source, GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *what = g_strdup_vprintf(format, args);
	va_end(args);
	return kt_throw_hint(error,
			     KT_ERROR_PARSE,
			     "do not open it with a program that believes it: compare with the "
			     "format that the guest's XML names, then look at 'qemu-img check -f "
			     "FORMAT' or the backup",
			     "'%s': %s",
			     source->name,
			     what);
}

char *
kt_image_text(const void *bytes, size_t length)
{
	g_autofree char *text = g_strndup(bytes, length);

	if (!*text || !g_utf8_validate(text, -1, NULL))
		return NULL;
	for (const char *at = text; *at; at++) {
		if (g_ascii_iscntrl(*at))
			return NULL;
	}
	return g_steal_pointer(&text);
}

#define NUMBER(name, type, convert)                                                                \
	type name(const uint8_t *at)                                                               \
	{                                                                                          \
		type number;                                                                       \
                                                                                                   \
		memcpy(&number, at, sizeof(number));                                               \
		return convert(number);                                                            \
	}

NUMBER(kt_image_be16, uint16_t, GUINT16_FROM_BE)
NUMBER(kt_image_be32, uint32_t, GUINT32_FROM_BE)
NUMBER(kt_image_be64, uint64_t, GUINT64_FROM_BE)
NUMBER(kt_image_le16, uint16_t, GUINT16_FROM_LE)
NUMBER(kt_image_le32, uint32_t, GUINT32_FROM_LE)
NUMBER(kt_image_le64, uint64_t, GUINT64_FROM_LE)
