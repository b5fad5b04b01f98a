/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-reading.h"

#include <string.h>

/* Longer texts are marked by their digest, so a journal line stays readable. */
#define MARK_MAX 200

void
kt_blob_free(KtBlob *blob)
{
	if (!blob)
		return;

	g_free(blob->path);
	g_free(blob->file);
	g_clear_pointer(&blob->bytes, g_bytes_unref);
	g_clear_pointer(&blob->xattrs, g_hash_table_unref);
	g_free(blob);
}

static void
neighbour_free(void *data)
{
	KtNeighbour *neighbour = data;

	g_free(neighbour->path);
	g_free(neighbour->value);
	g_free(neighbour);
}

KtReading *
kt_reading_new(void)
{
	KtReading *reading = g_new0(KtReading, 1);

	reading->values = g_ptr_array_new_with_free_func(g_free);
	reading->blobs = g_ptr_array_new_with_free_func((GDestroyNotify)kt_blob_free);
	reading->neighbours = g_ptr_array_new_with_free_func(neighbour_free);
	return reading;
}

void
kt_reading_free(KtReading *reading)
{
	if (!reading)
		return;

	g_ptr_array_unref(reading->values);
	g_ptr_array_unref(reading->blobs);
	g_ptr_array_unref(reading->neighbours);
	g_free(reading->mark);
	g_free(reading->context);
	g_free(reading);
}

void
kt_reading_add_value(KtReading *reading, const char *value)
{
	g_ptr_array_add(reading->values, g_strdup(value));
}

char *
kt_mark_bytes(GBytes *bytes)
{
	g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

	return g_strconcat("#", digest, NULL);
}

char *
kt_mark_text(const char *text)
{
	if (!text)
		return g_strdup("-");
	if (strlen(text) <= MARK_MAX)
		return g_strconcat("=", text, NULL);

	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	return kt_mark_bytes(bytes);
}

char *
kt_mark_describe(const char *mark)
{
	if (g_str_equal(mark, "-"))
		return g_strdup("(absent)");
	return g_strdup(*mark == '=' ? mark + 1 : "(long text)");
}

void
kt_reading_mark_values(KtReading *reading)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_free(reading->mark);
	if (reading->values->len == 1) {
		reading->mark = kt_mark_text(reading->values->pdata[0]);
		return;
	}
	for (guint i = 0; i < reading->values->len; i++) {
		g_autofree char *mark = kt_mark_text(reading->values->pdata[i]);
		g_string_append_printf(text, "%s\n", mark);
	}
	reading->mark = kt_mark_text(text->str);
}

bool
kt_reading_matches_from(const KtReading *reading, const KtStep *step)
{
	for (uint32_t i = 0; i < step->n_edits; i++) {
		const KtEdit *edit = &step->edits[i];
		/* A rounded-up value is as good as the one wanted, never as the one found. */
		KtSyntax syntax =
			edit->syntax == KT_SYNTAX_AT_LEAST ? KT_SYNTAX_NUMBER : edit->syntax;
		if (!kt_syntax_equal(syntax, edit->from, reading->values->pdata[i]))
			return false;
	}
	return true;
}

bool
kt_reading_matches_to(const KtReading *reading, const KtStep *step)
{
	for (uint32_t i = 0; i < step->n_edits; i++) {
		const KtEdit *edit = &step->edits[i];
		if (!kt_syntax_equal(edit->syntax, edit->to, reading->values->pdata[i]))
			return false;
	}
	return true;
}
