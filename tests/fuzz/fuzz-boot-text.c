/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-boot-line.h"
#include "kt-boot-text.h"
#include "kt-shell-text.h"

static char *
set_key(const char *text, const char *key, const char *value)
{
	return kt_shell_set(text, key, value);
}

/* What was set is what is told, and setting it again changes nothing. */
static void
check_shell(const char *text)
{
	g_autofree char *once = set_key(text, "K", "a b");
	g_autofree char *value = NULL;

	if (!once)
		return;
	g_assert_cmpint(kt_shell_get(once, "K", &value), ==, KT_SHELL_VALUE);
	g_assert_cmpstr(value, ==, "a b");
	g_autofree char *twice = set_key(once, "K", "a b");
	g_assert_cmpstr(twice, ==, once);
}

/* An argument that is set and taken away is gone; setting it twice is setting it once. */
static void
check_edit(KtBootEdit edit, const char *text)
{
	g_autofree char *once = edit(text, "k", "1");
	g_autofree char *twice = once ? edit(once, "k", "1") : NULL;
	g_autofree char *gone = once ? edit(once, "k", NULL) : NULL;
	g_autofree char *again = gone ? edit(gone, "k", NULL) : NULL;

	g_assert_cmpstr(twice, ==, once);
	g_assert_cmpstr(again, ==, gone);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GPtrArray) lines = kt_boot_zipl_lines(text);
	g_autofree char *line = kt_boot_grub_line(text);

	check_shell(text);
	check_edit(kt_boot_entry_with, text);
	check_edit(kt_boot_cmdline_with, text);
	check_edit(kt_boot_zipl_with, text);
	check_edit(kt_boot_grub_with, text);
	return 0;
}
