/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fuzz.h"

#include "kt-journal.h"

#include <string.h>

/* What is read of a journal is the intact part of it, and formatting it gives lines that are read
 * as the same entries. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t length = 0;
	g_autoptr(GPtrArray) entries = kt_journal_parse((const char *)data, size, &length, NULL);

	if (!entries)
		return 0;
	g_assert_cmpuint(length, <=, size);
	for (guint i = 0; i < entries->len; i++) {
		g_autofree char *line = kt_entry_format(entries->pdata[i]);
		size_t line_length = 0;
		g_autoptr(GPtrArray) again =
			kt_journal_parse(line, strlen(line), &line_length, NULL);
		g_assert_nonnull(again);
		g_assert_cmpuint(again->len, ==, 1);
	}
	return 0;
}
