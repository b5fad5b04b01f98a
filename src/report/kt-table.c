/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-table.h"

#include <libsmartcols/libsmartcols.h>

struct KtTable {
	struct libscols_table *table;
	struct libscols_line *last;
	size_t n_columns;
	KtStyle style;
};

/* libsmartcols fails only without memory, or when it is called wrongly. */
#define MUST(call) g_assert((call) == 0)

KtTable *
kt_table_new(const KtColumn *columns, size_t n_columns, const KtStyle *style)
{
	KtTable *table = g_new0(KtTable, 1);
	KtPaper paper = kt_paper_init(NULL, style);

	table->style = paper.style;
	table->n_columns = n_columns;
	table->table = scols_new_table();
	g_assert(table->table);
	/* Else it asks the terminal, and a report would not depend on its arguments alone. */
	MUST(scols_table_set_termforce(table->table, SCOLS_TERMFORCE_ALWAYS));
	MUST(scols_table_set_termwidth(table->table, table->style.width));
	MUST(scols_table_enable_colors(table->table, table->style.is_colour));
	MUST(scols_table_set_column_separator(table->table, "  "));
	MUST(scols_table_enable_nolinesep(table->table, /* enable= */ 0));
	for (size_t i = 0; i < n_columns; i++) {
		int flags = (columns[i].is_right ? SCOLS_FL_RIGHT : 0) |
			    (columns[i].is_wrapped ? SCOLS_FL_WRAP : 0);
		/* A width hint of 1 is as wide as the widest cell. */
		g_assert(scols_table_new_column(table->table, columns[i].title, 1, flags));
	}
	return table;
}

void
kt_table_free(KtTable *table)
{
	if (!table)
		return;

	scols_unref_table(table->table);
	g_free(table);
}

void
kt_table_add(KtTable *table, const char *const *cells)
{
	table->last = scols_table_new_line(table->table, /* parent= */ NULL);
	g_assert(table->last);
	for (size_t i = 0; i < table->n_columns; i++) {
		g_autofree char *clean = kt_text_clean(cells[i]);
		MUST(scols_line_set_data(table->last, i, clean));
	}
}

void
kt_table_ink(KtTable *table, size_t column, KtInk ink)
{
	const char *sequence = kt_ink_sequence(ink);

	g_return_if_fail(table->last);
	if (sequence)
		MUST(scols_cell_set_color(scols_line_get_cell(table->last, column), sequence));
}

void
kt_table_print(KtTable *table, GString *out)
{
	char *text = NULL;

	if (scols_table_get_nlines(table->table) == 0)
		return;

	MUST(scols_print_table_to_string(table->table, &text));
	/* The last column is padded to the width. */
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	free(text); /* allocated by libsmartcols with malloc */
	for (size_t i = 0; lines[i]; i++) {
		if (!*lines[i] && !lines[i + 1])
			break;
		g_string_append(out, g_strchomp(lines[i]));
		g_string_append_c(out, '\n');
	}
}
