/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-cpuset.h"

/* What is accepted must survive a round trip. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	KtCpuset set = {0};
	KtCpuset again = {0};

	if (kt_cpuset_parse_list(text, &set, NULL)) {
		g_autofree char *list = kt_cpuset_to_list(&set);
		g_assert_true(kt_cpuset_parse_list(list, &again, NULL));
		g_assert_true(kt_cpuset_equal(&set, &again));
	}
	if (kt_cpuset_parse_mask(text, &set, NULL)) {
		g_autofree char *mask = kt_cpuset_to_mask(&set);
		g_assert_true(kt_cpuset_parse_mask(mask, &again, NULL));
		g_assert_true(kt_cpuset_equal(&set, &again));
	}
	return 0;
}
