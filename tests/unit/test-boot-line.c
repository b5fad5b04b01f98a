/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-line.h"

/* Kernel command lines as text. */

static void
test_get(void)
{
	static const struct {
		const char *line;
		const char *key;
		const char *value;
		unsigned count;
	} rows[] = {
		{.line = "", .key = "a", .value = NULL, .count = 0},
		{.line = "a", .key = "a", .value = "", .count = 1},
		{.line = "quiet a=1 b", .key = "a", .value = "1", .count = 1},
		{.line = "a=1 a=2", .key = "a", .value = "2", .count = 2},
		{.line = "aa=1 ba=2", .key = "a", .value = NULL, .count = 0},
		{.line = "a=b=c", .key = "a", .value = "b=c", .count = 1},
		{.line = "kvm.a=1", .key = "a", .value = NULL, .count = 0},
		{.line = "kvm.a=1", .key = "kvm.a", .value = "1", .count = 1},
		{.line = "\ta=1\n", .key = "a", .value = "1", .count = 1},
		{.line = "a=", .key = "a", .value = "", .count = 1},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value = kt_boot_line_get(rows[i].line, rows[i].key);
		g_assert_cmpstr(value, ==, rows[i].value);
		g_assert_cmpuint(kt_boot_line_count(rows[i].line, rows[i].key), ==, rows[i].count);
	}
}

static void
test_without(void)
{
	static const struct {
		const char *line;
		const char *rest;
	} rows[] = {
		{.line = "", .rest = ""},
		{.line = "a=1", .rest = ""},
		{.line = "x a=1 y", .rest = "x y"},
		{.line = "x a y a=2", .rest = "x y"},
		{.line = "x  aa=1", .rest = "x  aa=1"},
		{.line = "a=1 x", .rest = " x"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *rest = kt_boot_line_without(rows[i].line, "a");
		g_assert_cmpstr(rest, ==, rows[i].rest);
	}
}

static void
test_clean(void)
{
	g_assert_true(kt_boot_line_is_clean("isolcpus", "managed_irq,domain,2-7"));
	g_assert_true(kt_boot_line_is_clean("quiet", NULL));
	g_assert_true(kt_boot_line_is_clean("kvm.halt_poll_ns", "0"));
	g_assert_false(kt_boot_line_is_clean("", "x"));
	g_assert_false(kt_boot_line_is_clean("a b", "x"));
	g_assert_false(kt_boot_line_is_clean("a", "1 init=/bin/sh"));
	g_assert_false(kt_boot_line_is_clean("a", "$(reboot)"));
	g_assert_false(kt_boot_line_is_clean("a", "\""));
	g_assert_false(kt_boot_line_is_clean("a", "x'y"));
	g_assert_false(kt_boot_line_is_clean("a", "x\ny"));
	g_assert_false(kt_boot_line_is_clean("a/b", "x"));
}

static void
test_grub_lines(void)
{
	static const char text[] = "menuentry 'Debian' {\n"
				   "\tlinux   /vmlinuz-1 root=x ro quiet\n"
				   "\tinitrd /initrd\n}\n"
				   "menuentry 'Debian (recovery mode)' {\n"
				   "\tlinux /vmlinuz-1 root=x ro single\n}\n"
				   "menuentry 'Ubuntu (recovery mode)' {\n"
				   "\tlinux /vmlinuz-1 root=x ro recovery nomodeset\n}\n"
				   "\tlinux16 /memtest\n"
				   "linuxes are many\n";
	g_autoptr(GPtrArray) lines = kt_boot_grub_lines(text);

	g_assert_cmpuint(lines->len, ==, 2);
	g_assert_cmpstr(lines->pdata[0], ==, "linux   /vmlinuz-1 root=x ro quiet");
	g_assert_cmpstr(lines->pdata[1], ==, "linux16 /memtest");
}

static void
test_bls_options(void)
{
	g_autofree char *one = kt_boot_bls_options("title x\noptions root=x ro\nversion 1\n");
	g_autofree char *two = kt_boot_bls_options("options a\noptions\tb c\n");
	g_autofree char *none = kt_boot_bls_options("title options\noptionsx y\n");

	g_assert_cmpstr(one, ==, "root=x ro");
	g_assert_cmpstr(two, ==, "a b c");
	g_assert_cmpstr(none, ==, "");
}

static void
test_differs_only_in(void)
{
	static const struct {
		const char *a;
		const char *b;
		bool only;
	} rows[] = {
		{.a = "linux /k ro\n", .b = "linux /k ro a=1\n", .only = true},
		{.a = "linux /k a=2 ro\n", .b = "linux /k ro a=1\n", .only = true},
		{.a = "linux /k ro\n", .b = "linux /k ro b a=1\n", .only = false},
		{.a = "linux /k  ro  x\n", .b = "linux /k ro x a=1\n", .only = true},
		{.a = "X=\"ro \"\n", .b = "X=\"ro a=1\"\n", .only = true},
		{.a = "X=\"ro\"\n", .b = "X=\"ro a=1\"\n", .only = true},
		{.a = "X=\"ro\"\n", .b = "X=\"ro a=1\"\nY=1\n", .only = false},
		{.a = "X=\"\"\n", .b = "X=\"a=1\"\n", .only = true},
		{.a = "X=\"ro\"\n", .b = "X=\"a=1 ro\"\n", .only = true},
		{.a = "X=\"ro\"\n", .b = "X=\"ro a=1\n", .only = false},
		{.a = "kernelopts=ro\n######", .b = "kernelopts=ro a=1\n##", .only = true},
		{.a = "linux /k a=\"3\" ro\n", .b = "linux /k ro a=1\n", .only = true},
		{.a = "linux /k a='3'\n", .b = "linux /k\n", .only = true},
		{.a = "linux /k a=\"3\" ro\n", .b = "linux /k a=1\n", .only = false},
		{.a = "", .b = "linux /k\n", .only = false},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		bool only = kt_boot_text_differs_only_in(rows[i].a, rows[i].b, "a");
		if (only != rows[i].only)
			g_error("row %zu: '%s' and '%s'", i, rows[i].a, rows[i].b);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/boot-line/get", test_get);
	g_test_add_func("/boot-line/without", test_without);
	g_test_add_func("/boot-line/clean", test_clean);
	g_test_add_func("/boot-line/grub-lines", test_grub_lines);
	g_test_add_func("/boot-line/bls-options", test_bls_options);
	g_test_add_func("/boot-line/differs-only-in", test_differs_only_in);
	return g_test_run();
}
