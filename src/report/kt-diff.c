/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct Line {
	char sign; /* ' ', '-', '+' */
	const char *text;
	bool is_cut; /* the last line of a text without a newline at its end */
} Line;

typedef struct Text {
	char **lines;
	size_t n;
	bool is_cut;
} Text;

static Text
split(const char *text)
{
	Text result = {.lines = g_strsplit(text ? text : "", "\n", -1)};

	result.n = g_strv_length(result.lines);
	/* What follows the last newline is no line, unless there is something. */
	if (result.n && !*result.lines[result.n - 1])
		result.n--;
	else
		result.is_cut = result.n > 0;
	return result;
}

static bool
is_cut_at(const Text *text, size_t i)
{
	return text->is_cut && i + 1 == text->n;
}

static bool
is_equal(const Text *from, size_t i, const Text *to, size_t j)
{
	return is_cut_at(from, i) == is_cut_at(to, j) && strcmp(from->lines[i], to->lines[j]) == 0;
}

static void
emit(GArray *script, char sign, const Text *text, size_t i)
{
	Line line = {.sign = sign, .text = text->lines[i], .is_cut = is_cut_at(text, i)};

	g_array_append_val(script, line);
}

/* table[i][j]: length of the longest common subsequence of the lines from i and from j on. */
static uint16_t *
common_lengths(const Text *from, const Text *to)
{
	size_t width = to->n + 1;
	uint16_t *table = g_new0(uint16_t, (from->n + 1) * width);

	for (size_t i = from->n; i-- > 0;) {
		for (size_t j = to->n; j-- > 0;) {
			uint16_t down = table[(i + 1) * width + j];
			uint16_t right = table[i * width + j + 1];
			table[i * width + j] =
				is_equal(from, i, to, j)
					? (uint16_t)(table[(i + 1) * width + j + 1] + 1)
					: MAX(down, right);
		}
	}
	return table;
}

static void
compare(const Text *from, const Text *to, GArray *script)
{
	bool is_small = from->n <= KT_DIFF_MAX_LINES && to->n <= KT_DIFF_MAX_LINES;
	g_autofree uint16_t *table = is_small ? common_lengths(from, to) : NULL;
	size_t width = to->n + 1;
	size_t i = 0;
	size_t j = 0;

	while (table && i < from->n && j < to->n) {
		if (is_equal(from, i, to, j)) {
			emit(script, ' ', from, i++);
			j++;
		} else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) {
			emit(script, '-', from, i++);
		} else {
			emit(script, '+', to, j++);
		}
	}
	while (i < from->n)
		emit(script, '-', from, i++);
	while (j < to->n)
		emit(script, '+', to, j++);
}

static bool
is_change(const GArray *script, guint i)
{
	return g_array_index(script, Line, i).sign != ' ';
}

/* End of the hunk that begins with the change at @first: twice the context without a change, or
 * the end of the script, closes it. */
static guint
hunk_end(const GArray *script, guint first)
{
	guint last_change = first;

	for (guint i = first; i < script->len; i++) {
		if (is_change(script, i))
			last_change = i;
		else if (i - last_change > 2 * KT_DIFF_CONTEXT)
			break;
	}
	return MIN(last_change + KT_DIFF_CONTEXT + 1, script->len);
}

static void
put_hunk(GPtrArray *out, const GArray *script, guint begin, guint end, const size_t before[2])
{
	size_t n[2] = {0};

	for (guint i = begin; i < end; i++) {
		char sign = g_array_index(script, Line, i).sign;
		n[0] += sign != '+';
		n[1] += sign != '-';
	}
	/* An empty range is named by the line before it. */
	g_ptr_array_add(out,
			g_strdup_printf("@@ -%zu,%zu +%zu,%zu @@",
					before[0] + (n[0] > 0),
					n[0],
					before[1] + (n[1] > 0),
					n[1]));
	for (guint i = begin; i < end; i++) {
		const Line *line = &g_array_index(script, Line, i);
		g_ptr_array_add(out, g_strdup_printf("%c%s", line->sign, line->text));
		if (line->is_cut)
			g_ptr_array_add(out, g_strdup("\\ No newline at end of file"));
	}
}

GPtrArray *
kt_diff(const char *from, const char *to)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GArray) script =
		g_array_new(/* zero_terminated= */ FALSE, /* clear= */ FALSE, sizeof(Line));
	Text old = split(from);
	Text new = split(to);
	size_t before[2] = {0};
	guint done = 0;

	compare(&old, &new, script);
	for (guint i = 0; i < script->len; i++) {
		if (!is_change(script, i))
			continue;
		guint begin = i >= done + KT_DIFF_CONTEXT ? i - KT_DIFF_CONTEXT : done;
		guint end = hunk_end(script, i);
		for (; done < begin; done++) {
			before[0]++;
			before[1]++;
		}
		put_hunk(out, script, begin, end, before);
		for (; done < end; done++) {
			char sign = g_array_index(script, Line, done).sign;
			before[0] += sign != '+';
			before[1] += sign != '-';
		}
		i = end - 1;
	}
	g_strfreev(old.lines);
	g_strfreev(new.lines);
	return out;
}
