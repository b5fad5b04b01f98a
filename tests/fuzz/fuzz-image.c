/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz-image.h"
#include "kt-fuzz.h"

/* Whatever the bytes look like, and read as if they were of any other format. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KtImageSource source = kt_image_source_of_bytes(data, size, "fuzz");
	KtImageFormat format = KT_IMAGE_FORMAT_UNSET;

	g_assert_true(kt_image_probe(&source, &format, NULL));
	g_assert_true(format > KT_IMAGE_FORMAT_UNSET && format < KT_IMAGE_FORMAT_N);
	for (KtImageFormat i = KT_IMAGE_FORMAT_RAW; i < KT_IMAGE_FORMAT_N; i++)
		kt_fuzz_image(i, data, size);
	return 0;
}
