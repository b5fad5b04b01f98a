/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Tables for people, made by libsmartcols: columns as wide as they need, one may wrap at blanks. */

#include "kt-paper.h"

typedef struct KtTable KtTable;

typedef struct KtColumn {
	const char *title;
	bool is_right;   /* aligned to the right: numbers */
	bool is_wrapped; /* may take several lines; at most one column of a table */
} KtColumn;

/* A table with @n_columns columns. Free with kt_table_free. */
KtTable *kt_table_new(const KtColumn *columns, size_t n_columns, const KtStyle *style);

/* Adds a row of as many texts as there are columns; they are cleaned and copied. */
void kt_table_add(KtTable *table, const char *const *cells);

/* Colours the cell of @column in the row that was added last. */
void kt_table_ink(KtTable *table, size_t column, KtInk ink);

/* Appends the table with its line of titles; nothing when it has no row. */
void kt_table_print(KtTable *table, GString *out);

void kt_table_free(KtTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtTable, kt_table_free)
