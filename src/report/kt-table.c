/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-table.h"

#include <libsmartcols/libsmartcols.h>
#include <string.h>

#define SEPARATOR "  "

struct KtTable {
	struct libscols_table *table;
	struct libscols_line *last;
	size_t n_columns;
	size_t wrapped;   /* index of the column that wraps, or n_columns */
	unsigned *widths; /* widest cell of each column */
	KtStyle style;
};

/* libsmartcols fails only without memory, or when it is called wrongly. */
#define MUST(call) g_assert((call) == 0)

static void
add_column(KtTable *table, size_t i, const KtColumn *column)
{
	int flags = column->is_right ? SCOLS_FL_RIGHT : 0;
	struct libscols_column *added = NULL;

	if (column->is_wrapped) {
		flags |= SCOLS_FL_WRAP;
		table->wrapped = i;
	}
	/* A width hint of 1 is as wide as the widest cell. */
	added = scols_table_new_column(table->table, column->title, 1, flags);
	g_assert(added);
	table->widths[i] = kt_text_columns(column->title);
	if (!column->is_wrapped)
		return;
	/* Its own wrapping cuts words: it gets lines that are cut already. */
	MUST(scols_column_set_wrapfunc(
		added, scols_wrapnl_chunksize, scols_wrapnl_nextchunk, /* userdata= */ NULL));
	MUST(scols_column_set_safechars(added, "\n"));
}

KtTable *
kt_table_new(const KtColumn *columns, size_t n_columns, const KtStyle *style)
{
	KtTable *table = g_new0(KtTable, 1);
	KtPaper paper = kt_paper_init(NULL, style);

	table->style = paper.style;
	table->n_columns = n_columns;
	table->wrapped = n_columns;
	table->widths = g_new0(unsigned, n_columns);
	table->table = scols_new_table();
	g_assert(table->table);
	/* Else it asks the terminal, and a report would not depend on its arguments alone. */
	MUST(scols_table_set_termforce(table->table, SCOLS_TERMFORCE_ALWAYS));
	MUST(scols_table_set_termwidth(table->table, table->style.width));
	MUST(scols_table_enable_colors(table->table, table->style.is_colour));
	MUST(scols_table_set_column_separator(table->table, SEPARATOR));
	for (size_t i = 0; i < n_columns; i++)
		add_column(table, i, &columns[i]);
	return table;
}

void
kt_table_free(KtTable *table)
{
	if (!table)
		return;

	scols_unref_table(table->table);
	g_free(table->widths);
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
		table->widths[i] = MAX(table->widths[i], kt_text_columns(clean));
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

/* Lines of at most @width columns, cut at blanks. */
static char *
cut(const char *text, unsigned width)
{
	GString *lines = g_string_new(NULL);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	unsigned column = 0;

	for (size_t i = 0; words[i]; i++) {
		unsigned columns = kt_text_columns(words[i]);
		if (column > 0 && column + 1 + columns > width) {
			g_string_append_c(lines, '\n');
			column = 0;
		} else if (column > 0) {
			g_string_append_c(lines, ' ');
			column++;
		}
		g_string_append(lines, words[i]);
		column += columns;
	}
	return g_string_free(lines, FALSE);
}

static void
wrap(KtTable *table)
{
	/* Cells narrower than a word or two are no help: then the table runs over. */
	const unsigned least = 20;
	unsigned others = 0;

	for (size_t i = 0; i < table->n_columns; i++) {
		if (i != table->wrapped)
			others += table->widths[i] + (unsigned)strlen(SEPARATOR);
	}

	unsigned width = others + least < table->style.width ? table->style.width - others : least;
	for (size_t i = 0; i < scols_table_get_nlines(table->table); i++) {
		struct libscols_line *line = scols_table_get_line(table->table, i);
		struct libscols_cell *cell = scols_line_get_cell(line, table->wrapped);
		g_autofree char *text = cut(scols_cell_get_data(cell), width);
		MUST(scols_cell_set_data(cell, text));
	}
}

void
kt_table_print(KtTable *table, GString *out)
{
	char *text = NULL;

	if (scols_table_get_nlines(table->table) == 0)
		return;
	if (table->wrapped < table->n_columns)
		wrap(table);

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
