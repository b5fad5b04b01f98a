/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What every fuzzer of an image format asserts: little is read, and what is accepted is sane. */

#include "kt-image-header.h"

#include <string.h>

static inline void
kt_fuzz_image(KtImageFormat format, const uint8_t *data, size_t size)
{
	/* A copy of that very size, so that a sanitizer sees the first byte behind the end. */
	g_autofree uint8_t *copy = g_malloc(MAX(size, 1));
	KtImageSource source = kt_image_source_of_bytes(copy, size, "fuzz");
	g_auto(KtImageHeader) header = {0};
	g_autoptr(GError) error = NULL;

	if (size > 0)
		memcpy(copy, data, size);
	bool is_read = kt_image_header_read(&source, format, &header, &error);
	g_assert_true(source.n_read <= KT_IMAGE_MAX_READ);
	g_assert_true(is_read == !error);
	g_assert_true(header.virtual_bytes <= INT64_MAX && header.vm_state_bytes <= INT64_MAX);
	g_assert_true(!header.backing || g_utf8_validate(header.backing, -1, NULL));
	g_assert_true(!header.data_file || g_utf8_validate(header.data_file, -1, NULL));
	g_assert_true(is_read || kt_error_hint(error) || error->code == KT_ERROR_LIMIT);
}
