/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz-image.h"
#include "kt-fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	kt_fuzz_image(KT_IMAGE_FORMAT_QCOW2, data, size);
	return 0;
}
