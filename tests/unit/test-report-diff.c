/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-diff.h"

#include <string.h>

static char *
diff_text(const char *from, const char *to)
{
	g_autoptr(GPtrArray) lines = kt_diff(from, to);

	g_ptr_array_add(lines, NULL);
	return g_strjoinv("\n", (char **)lines->pdata);
}

static void
assert_diff(const char *from, const char *to, const char *wanted)
{
	g_autofree char *text = diff_text(from, to);

	g_assert_cmpstr(text, ==, wanted);
}

static void
test_small(void)
{
	assert_diff("", "", "");
	assert_diff(NULL, NULL, "");
	assert_diff("a\n", "a\n", "");
	assert_diff(NULL, "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b");
	assert_diff("a\n", NULL, "@@ -1,1 +0,0 @@\n-a");
	assert_diff("a\n", "b\n", "@@ -1,1 +1,1 @@\n-a\n+b");
	assert_diff("a\nb\nc\n", "a\nc\n", "@@ -1,3 +1,2 @@\n a\n-b\n c");
}

static void
test_last_newline(void)
{
	assert_diff("a", "a", "");
	assert_diff("a\n", "a", "@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file");
	assert_diff(
		"a",
		"a\nb",
		"@@ -1,1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of "
		"file");
}

static void
test_context(void)
{
	assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n",
		    "1\n2\n3\n4\nX\n6\n7\n8\n9\n",
		    "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+X\n 6\n 7\n 8");
}

static void
test_two_hunks(void)
{
	assert_diff("a\n1\n2\n3\n4\n5\n6\n7\n8\nz\n",
		    "A\n1\n2\n3\n4\n5\n6\n7\n8\nZ\n",
		    "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -7,4 +7,4 @@\n 6\n 7\n 8\n-z\n+Z");
	/* Close together they are one. */
	assert_diff("a\n1\n2\n3\n4\n5\n6\nz\n",
		    "A\n1\n2\n3\n4\n5\n6\nZ\n",
		    "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-z\n+Z");
}

static void
test_large(void)
{
	g_autoptr(GString) from = g_string_new(NULL);
	g_autoptr(GString) to = g_string_new(NULL);

	for (int i = 0; i < KT_DIFF_MAX_LINES + 1; i++) {
		g_string_append_printf(from, "%d\n", i);
		g_string_append_printf(to, "%d\n", i + 1);
	}
	g_autoptr(GPtrArray) lines = kt_diff(from->str, to->str);
	g_assert_cmpuint(lines->len, ==, 2 * (KT_DIFF_MAX_LINES + 1) + 1);
}

/* Takes a diff and the old text and makes the new one, as patch does; also checks the headers. */
static char *
patched(const char *from, const GPtrArray *lines)
{
	g_auto(GStrv) old = g_strsplit(from, "\n", -1);
	GString *text = g_string_new(NULL);
	size_t at = 0;
	size_t n_old = *from ? g_strv_length(old) - 1 : 0;
	size_t n_new = 0;

	for (guint i = 0; i < lines->len; i++) {
		const char *line = lines->pdata[i];
		if (*line == '@') {
			guint64 first = g_ascii_strtoull(line + strlen("@@ -"), NULL, 10);
			guint64 new_first = g_ascii_strtoull(strchr(line, '+') + 1, NULL, 10);
			while (at + 1 < first) {
				g_string_append_printf(text, "%s\n", old[at++]);
				n_new++;
			}
			/* An empty range is named by the line before it. */
			g_assert_cmpuint(new_first, <=, n_new + 1);
			continue;
		}
		if (*line != '+') {
			g_assert_cmpstr(old[at], ==, line + 1);
			at++;
		}
		if (*line == '-')
			continue;
		g_string_append_printf(text, "%s\n", line + 1);
		n_new++;
	}
	while (at < n_old)
		g_string_append_printf(text, "%s\n", old[at++]);
	return g_string_free(text, FALSE);
}

static char *
random_lines(void)
{
	GString *text = g_string_new(NULL);
	int n = g_test_rand_int_range(0, 30);

	for (int i = 0; i < n; i++)
		g_string_append_printf(text, "%c\n", 'a' + g_test_rand_int_range(0, 4));
	return g_string_free(text, FALSE);
}

static void
test_patch(void)
{
	for (int i = 0; i < 2000; i++) {
		g_autofree char *from = random_lines();
		g_autofree char *to = random_lines();
		g_autoptr(GPtrArray) lines = kt_diff(from, to);
		g_autofree char *result = patched(from, lines);
		g_assert_cmpstr(result, ==, to);
		g_assert_true((lines->len == 0) == g_str_equal(from, to));
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/diff/small", test_small);
	g_test_add_func("/diff/last-newline", test_last_newline);
	g_test_add_func("/diff/context", test_context);
	g_test_add_func("/diff/two-hunks", test_two_hunks);
	g_test_add_func("/diff/large", test_large);
	g_test_add_func("/diff/patch", test_patch);
	return g_test_run();
}
