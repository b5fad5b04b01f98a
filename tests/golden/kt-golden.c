/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-golden.h"

void
kt_golden_compare(const char *name, const char *text)
{
	const char *folder = g_getenv("KVMTUNE_TEST_DATA");
	g_autofree char *path = g_build_filename(folder ? folder : ".", name, NULL);
	g_autofree char *wanted = NULL;
	g_autoptr(GError) error = NULL;

	if (g_strcmp0(g_getenv("KVMTUNE_TEST_REGENERATE"), "1") == 0) {
		g_file_set_contents(path, text, -1, &error);
		g_assert_no_error(error);
		return;
	}
	g_file_get_contents(path, &wanted, NULL, &error);
	g_assert_no_error(error);
	if (g_strcmp0(wanted, text) != 0) {
		g_test_message("%s is not what it was; it is now:\n%s", name, text);
		g_test_fail();
	}
}
