/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Assignments in files that a shell reads: what is told, what is left alone, what stays. */

#include "kt-shell-text.h"

static void
test_get(void)
{
	static const struct {
		const char *text;
		KtShellState state;
		const char *value;
	} rows[] = {
		{.text = "", .state = KT_SHELL_ABSENT},
		{.text = "#K=a\n", .state = KT_SHELL_ABSENT},
		{.text = "KK=a\nXK=b\n", .state = KT_SHELL_ABSENT},
		{.text = "K=a", .state = KT_SHELL_VALUE, .value = "a"},
		{.text = "K=\n", .state = KT_SHELL_VALUE, .value = ""},
		{.text = "K=\"a b\"\n", .state = KT_SHELL_VALUE, .value = "a b"},
		{.text = "K='a $b'  # why\n", .state = KT_SHELL_VALUE, .value = "a $b"},
		{.text = "  export K=a\r\n", .state = KT_SHELL_VALUE, .value = "a"},
		{.text = "  export\tK=a \n", .state = KT_SHELL_VALUE, .value = "a"},
		{.text = "K=a\nK=\"b\"\n", .state = KT_SHELL_VALUE, .value = "b"},
		{.text = "K=\"a $K\"\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=`a`\n", .state = KT_SHELL_COMPLEX},
		{.text = "K+=\" a\"\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=\"a \\\nb\"\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=\"a\nb\"\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=\"a\"\"b\"\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=\"a\"b\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=a; b\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=a program\n", .state = KT_SHELL_COMPLEX},
		{.text = "K=a#b\n", .state = KT_SHELL_VALUE, .value = "a#b"},
		{.text = "K=a'b c'\n", .state = KT_SHELL_COMPLEX},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value = NULL;
		KtShellState state = kt_shell_get(rows[i].text, "K", &value);
		if (state != rows[i].state || g_strcmp0(value, rows[i].value) != 0)
			g_error("%s: %d '%s'", rows[i].text, (int)state, value ? value : "-");
	}
}

static void
test_set(void)
{
	static const struct {
		const char *text;
		const char *value;
		const char *expected; /* NULL: refused */
	} rows[] = {
		{.text = "", .value = "a", .expected = "K=\"a\"\n"},
		{.text = "A=1", .value = "a", .expected = "A=1\nK=\"a\"\n"},
		{.text = "A=1\n", .value = "a b", .expected = "A=1\nK=\"a b\"\n"},
		{.text = "# K\n# K=old\nB=2\n",
		 .value = "a",
		 .expected = "# K\n# K=old\nK=\"a\"\nB=2\n"},
		{.text = "#K=", .value = "a", .expected = "#K=\nK=\"a\"\n"},
		{.text = "K=x # why\nB=2", .value = "a", .expected = "K=\"a\" # why\nB=2"},
		{.text = "K=x\nK='y'\n", .value = "a", .expected = "K=x\nK=\"a\"\n"},
		{.text = "K=\"x $Y\"\n", .value = "a"},
		{.text = "", .value = "a\"b"},
		{.text = "", .value = "$a"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = kt_shell_set(rows[i].text, "K", rows[i].value);
		g_autofree char *value = NULL;
		g_assert_cmpstr(text, ==, rows[i].expected);
		if (!text)
			continue;
		g_assert_cmpint(kt_shell_get(text, "K", &value), ==, KT_SHELL_VALUE);
		g_assert_cmpstr(value, ==, rows[i].value);
	}
}

static void
test_count(void)
{
	g_assert_cmpuint(kt_shell_count("#K=1\nK=2\nexport K=3\nKK=4\nK+=5", "K"), ==, 3);
	g_assert_cmpuint(kt_shell_count("", "K"), ==, 0);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/shell-text/get", test_get);
	g_test_add_func("/shell-text/set", test_set);
	g_test_add_func("/shell-text/count", test_count);
	return g_test_run();
}
