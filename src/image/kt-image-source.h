/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Where the bytes of an image come from: a file, a block device, or a buffer in a test.
 *
 * The readers of headers ask for pieces at offsets that the image itself names, and a guest may
 * have written that image: so every piece is bounded, and so is the sum of all pieces.
 */

#include "kt-error.h"

#include <stddef.h>
#include <stdint.h>

/* All that is read of one image: headers, descriptors and snapshot tables take less than a tenth.
 * [eng] */
#define KT_IMAGE_MAX_READ ((uint64_t)4 * 1024 * 1024)

/* Reads up to @length bytes at @offset as pread(2) does; *@ret_got is less at the end only. */
typedef bool KtImagePread(void *data, uint64_t offset, void *buffer, size_t length, size_t *ret_got,
			  GError **error);

typedef struct KtImageSource {
	KtImagePread *pread;
	void *data;
	const char *name; /* for messages; borrowed */
	uint64_t size;    /* bytes in all */
	uint64_t n_read;  /* so far; starts at 0 */
} KtImageSource;

/* A source over @size bytes at @bytes, which must outlive it. */
KtImageSource kt_image_source_of_bytes(const void *bytes, size_t size, const char *name);

/* Fills @buffer with @length bytes at @offset. Errors: PARSE when the image ends before, LIMIT
 * beyond KT_IMAGE_MAX_READ, and those of the callback. */
bool kt_image_get(KtImageSource *source, uint64_t offset, void *buffer, size_t length,
		  GError **error) KT_WARN_UNUSED;

/* Same for what may end before: what lies behind the end reads as zeros. */
bool kt_image_get_padded(KtImageSource *source, uint64_t offset, void *buffer, size_t length,
			 GError **error) KT_WARN_UNUSED;

/* Sets a PARSE error "'NAME': ..." with the hint what to do with a header that is no good; returns
 * false. */
bool kt_image_throw(const KtImageSource *source, GError **error, const char *format, ...)
	G_GNUC_PRINTF(3, 4);

/* Text at @bytes, at most @length bytes: NULL when it is no UTF-8 or has control characters, which
 * no file name of a healthy host has. Free with g_free. */
char *kt_image_text(const void *bytes, size_t length);

/* Numbers at unaligned places. */
uint16_t kt_image_be16(const uint8_t *at);
uint32_t kt_image_be32(const uint8_t *at);
uint64_t kt_image_be64(const uint8_t *at);
uint16_t kt_image_le16(const uint8_t *at);
uint32_t kt_image_le32(const uint8_t *at);
uint64_t kt_image_le64(const uint8_t *at);
