/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-config.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autoptr(KtPolicy) policy = kt_policy_new();
	g_autoptr(GError) error = NULL;

	if (!kt_config_parse((const char *)data, size, "fuzz", policy, &error))
		g_assert_nonnull(error);
	return 0;
}
