/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Files with kernel command lines, changed as text. */

#include "kt-boot-text.h"

typedef struct Row {
	const char *text;
	const char *key;
	const char *value;
	const char *expected; /* NULL: refused */
} Row;

static void
check(KtBootEdit edit, const Row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *text = edit(rows[i].text, rows[i].key, rows[i].value);
		g_assert_cmpstr(text, ==, rows[i].expected);
	}
}

static void
test_line(void)
{
	static const Row rows[] = {
		{.text = "", .key = "a", .value = "1", .expected = "a=1"},
		{.text = "ro quiet", .key = "a", .value = "1", .expected = "ro quiet a=1"},
		{.text = "ro a=2 quiet", .key = "a", .value = "1", .expected = "ro quiet a=1"},
		{.text = "ro a=2 quiet", .key = "a", .value = "", .expected = "ro quiet a"},
		{.text = "a=2 a=3", .key = "a", .value = NULL, .expected = ""},
		{.text = "ro  aa=2", .key = "a", .value = NULL, .expected = "ro  aa=2"},
	};

	check(kt_boot_line_with, rows, G_N_ELEMENTS(rows));
}

static void
test_entry(void)
{
	static const Row rows[] = {
		{.text = "# made by x\ntitle    A a=1\noptions    ro quiet\nlinux /k\n",
		 .key = "a",
		 .value = "1",
		 .expected = "# made by x\ntitle    A a=1\noptions    ro quiet a=1\nlinux /k\n"},
		{.text = "options ro a=1\noptions quiet",
		 .key = "a",
		 .value = "2",
		 .expected = "options ro\noptions quiet a=2"},
		{.text = "options\tro a=1\n",
		 .key = "a",
		 .value = NULL,
		 .expected = "options\tro\n"},
		{.text = "efi /memtest.efi\n",
		 .key = "a",
		 .value = "1",
		 .expected = "efi /memtest.efi\n"},
	};

	check(kt_boot_entry_with, rows, G_N_ELEMENTS(rows));
}

static void
test_cmdline(void)
{
	static const Row rows[] = {
		{.text = "root=x ro\n", .key = "a", .value = "1", .expected = "root=x ro a=1\n"},
		{.text = "root=x\nro\n\n",
		 .key = "a",
		 .value = "1",
		 .expected = "root=x\nro a=1\n\n"},
		{.text = "root=x a=1 ro", .key = "a", .value = NULL, .expected = "root=x ro"},
		{.text = "", .key = "a", .value = "1", .expected = "a=1"},
	};

	check(kt_boot_cmdline_with, rows, G_N_ELEMENTS(rows));
}

static void
test_zipl(void)
{
	static const Row rows[] = {
		{.text = "[linux]\n\timage=/boot/vmlinuz\n\tparameters=\"root=/dev/dasda1 ro\"\n# a=1\n",
		 .key = "a",
		 .value = "1",
		 .expected = "[linux]\n\timage=/boot/vmlinuz\n\tparameters=\"root=/dev/dasda1 ro "
			     "a=1\"\n# a=1\n"},
		{.text = "parameters = root=x a=2  \nparameters='b'\n",
		 .key = "a",
		 .value = "1",
		 .expected = "parameters = root=x a=1  \nparameters='b a=1'\n"},
		{.text = "parameters=\"a\"\n",
		 .key = "a",
		 .value = NULL,
		 .expected = "parameters=\"\"\n"},
		{.text = "#parameters=x\n",
		 .key = "a",
		 .value = "1",
		 .expected = "#parameters=x\n"},
	};

	check(kt_boot_zipl_with, rows, G_N_ELEMENTS(rows));
}

static void
test_grub(void)
{
	static const Row rows[] = {
		{.text = "# c\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\" # d\nGRUB_CMDLINE_LINUX=\"\"\n",
		 .key = "a",
		 .value = "1",
		 .expected = "# c\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet a=1\" # d\n"
			     "GRUB_CMDLINE_LINUX=\"\"\n"},
		/* Where it stands already it is changed. */
		{.text = "GRUB_CMDLINE_LINUX=\"a=2 ro\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n",
		 .key = "a",
		 .value = "1",
		 .expected =
			 "GRUB_CMDLINE_LINUX=\"ro a=1\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"},
		{.text = "GRUB_CMDLINE_LINUX=\"a=2 ro\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"a=3\"\n",
		 .key = "a",
		 .value = NULL,
		 .expected = "GRUB_CMDLINE_LINUX=\"ro\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"\"\n"},
		{.text = "GRUB_CMDLINE_LINUX=\"ro\"\n",
		 .key = "a",
		 .value = "1",
		 .expected = "GRUB_CMDLINE_LINUX=\"ro\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"a=1\"\n"},
		{.text = "GRUB_CMDLINE_LINUX=\"ro\"\n",
		 .key = "a",
		 .value = NULL,
		 .expected = "GRUB_CMDLINE_LINUX=\"ro\"\n"},
		{.text = "GRUB_CMDLINE_LINUX=\"$X\"\n", .key = "a", .value = "1"},
		{.text = "GRUB_CMDLINE_LINUX_DEFAULT=\"$X\"\n", .key = "a", .value = "1"},
	};
	g_autofree char *line =
		kt_boot_grub_line("GRUB_CMDLINE_LINUX=ro\nGRUB_CMDLINE_LINUX_DEFAULT='a b'\n");

	check(kt_boot_grub_with, rows, G_N_ELEMENTS(rows));
	g_assert_cmpstr(line, ==, "ro a b");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/boot-text/line", test_line);
	g_test_add_func("/boot-text/entry", test_entry);
	g_test_add_func("/boot-text/cmdline", test_cmdline);
	g_test_add_func("/boot-text/zipl", test_zipl);
	g_test_add_func("/boot-text/grub", test_grub);
	return g_test_run();
}
