/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-paper.h"
#include "kt-table.h"

#include <locale.h>
#include <string.h>

static void
assert_flow(unsigned width, unsigned indent, const char *text, const char *wanted)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const KtStyle style = {.width = width};
	KtPaper paper = kt_paper_init(out, &style);

	paper.indent = indent;
	kt_paper_flow(&paper, KT_INK_UNSET, "%s", text);
	kt_paper_end_line(&paper);
	g_assert_cmpstr(out->str, ==, wanted);
}

static void
test_flow(void)
{
	assert_flow(40, 0, "", "");
	assert_flow(40, 0, "one", "one\n");
	assert_flow(40, 0, "one  two\nthree ", "one two three\n");
	assert_flow(40,
		    2,
		    "a line of exactly forty columns, 40 40 40 more",
		    "a line of exactly forty columns, 40 40\n  40 more\n");
	assert_flow(40,
		    0,
		    "x /a/path/that/is/wider/than/the/forty/columns/of/paper y",
		    "x\n/a/path/that/is/wider/than/the/forty/columns/of/paper\ny\n");
}

static void
test_flow_continues(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	KtPaper paper = kt_paper_init(out, NULL);

	kt_paper_tab(&paper, 2);
	paper.indent = 12;
	kt_paper_flow(&paper, KT_INK_UNSET, "id: ");
	kt_paper_flow(&paper, KT_INK_UNSET, "text");
	kt_paper_flow(&paper, KT_INK_UNSET, " more");
	kt_paper_flow(&paper, KT_INK_UNSET, ", %d", 7);
	kt_paper_end_line(&paper);
	g_assert_cmpstr(out->str, ==, "  id: text more, 7\n");
}

static void
test_gap(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	KtPaper paper = kt_paper_init(out, NULL);

	kt_paper_gap(&paper);
	kt_paper_flow(&paper, KT_INK_UNSET, "a");
	kt_paper_gap(&paper);
	kt_paper_gap(&paper);
	kt_paper_paragraph(&paper, 3, "b");
	g_assert_cmpstr(out->str, ==, "a\n\n   b\n");
}

static void
test_colour(void)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const KtStyle style = {.width = 40, .is_colour = true};
	KtPaper paper = kt_paper_init(out, &style);

	/* Every line switches its colour on and off: a pager may begin anywhere. */
	kt_paper_flow(&paper, KT_INK_HIGH, "words that do not fit on forty columns, no");
	kt_paper_end_line(&paper);
	g_assert_cmpstr(
		out->str,
		==,
		"\033[31mwords that do not fit on forty columns,\033[0m\n\033[31mno\033[0m\n");
}

static void
test_columns(void)
{
	g_assert_cmpuint(kt_text_columns(""), ==, 0);
	g_assert_cmpuint(kt_text_columns("abc"), ==, 3);
	g_assert_cmpuint(kt_text_columns("东京"), ==, 4);
	g_assert_cmpuint(kt_text_columns("e\u0301"), ==, 1);
	assert_flow(40,
		    0,
		    "东京 东京 东京 东京 东京 东京 东京 东京 x",
		    "东京 东京 东京 东京 东京 东京 东京 东京\nx\n");
}

static void
test_clean(void)
{
	static const struct {
		const char *text;
		const char *wanted;
	} rows[] = {
		{.text = "plain, \u00fc\u4eac", .wanted = "plain, \u00fc\u4eac"},
		{.text = "\033[2Jx", .wanted = "\ufffd[2Jx"},
		{.text = "a\u202eb\u2066c\u200bd", .wanted = "a\ufffdb\ufffdc\ufffdd"},
		{.text = "a\rb\bc\x7f", .wanted = "a\ufffdb\ufffdc\ufffd"},
		{.text = "a\tb", .wanted = "a b"},
		{.text = "a\xff\xc3", .wanted = "a\ufffd\ufffd"},
		{.text = "\xc2\x9b"
			 "31m",
		 .wanted = "\ufffd31m"},
		{.text = "\u2028", .wanted = "\ufffd"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *clean = kt_text_clean(rows[i].text);
		g_assert_cmpstr(clean, ==, rows[i].wanted);
	}
}

static char *
random_text(void)
{
	GString *text = g_string_new(NULL);
	int n = g_test_rand_int_range(0, 200);

	for (int i = 0; i < n; i++)
		g_string_append_c(text, (char)g_test_rand_int_range(1, 256));
	return g_string_free(text, FALSE);
}

/* Whatever comes in, what goes out is text that a terminal can be given. */
static void
test_any_text(void)
{
	for (int i = 0; i < 2000; i++) {
		g_autofree char *text = random_text();
		g_autoptr(GString) out = g_string_new(NULL);
		const KtStyle style = {.width = (unsigned)g_test_rand_int_range(0, 100)};
		KtPaper paper = kt_paper_init(out, &style);
		kt_paper_flow(&paper, KT_INK_UNSET, "%s", text);
		kt_paper_verbatim(&paper, KT_INK_UNSET, text);
		kt_paper_end_line(&paper);
		g_assert_true(g_utf8_validate(out->str, -1, NULL));
		for (const char *p = out->str; *p; p++)
			g_assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	}
}

static void
test_table(void)
{
	static const KtColumn columns[] = {
		{.title = "N", .is_right = true},
		{.title = "NAME"},
		{.title = "TEXT", .is_wrapped = true},
	};
	const KtStyle style = {.width = 40};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), &style);
	g_autoptr(GString) out = g_string_new(NULL);

	kt_table_print(table, out);
	g_assert_cmpstr(out->str, ==, "");

	kt_table_add(table, (const char *[]){"1", "京", "words that need more than one line here"});
	kt_table_add(table, (const char *[]){"10", "a\033", "short"});
	kt_table_add(table,
		     (const char *[]){"100", "", "/a/word/that/is/wider/than/the/column/is"});
	kt_table_print(table, out);
	g_assert_cmpstr(out->str,
			==,
			"  N  NAME  TEXT\n"
			"  1  京    words that need more than one\n"
			"           line here\n"
			" 10  a\ufffd    short\n"
			"100        /a/word/that/is/wider/than/the/column/is\n");
}

int
main(int argc, char **argv)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/paper/flow", test_flow);
	g_test_add_func("/paper/flow/continues", test_flow_continues);
	g_test_add_func("/paper/gap", test_gap);
	g_test_add_func("/paper/colour", test_colour);
	g_test_add_func("/paper/columns", test_columns);
	g_test_add_func("/paper/clean", test_clean);
	g_test_add_func("/paper/any-text", test_any_text);
	g_test_add_func("/table", test_table);
	return g_test_run();
}
