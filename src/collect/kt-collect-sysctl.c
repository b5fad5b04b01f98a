/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

#define STAT "/proc/net/stat/nf_conntrack"

/* The position of @name among the words of @line. */
static bool
find_column(char *line, const char *name, size_t *ret_column)
{
	size_t column = 0;

	for (char *word = strsep(&line, " "); word; word = strsep(&line, " ")) {
		if (!*word)
			continue;
		if (g_str_equal(word, name)) {
			*ret_column = column;
			return true;
		}
		column++;
	}
	return false;
}

/* The number in a column, hexadecimal as all of them. */
static bool
read_column(char *line, size_t column, uint64_t *ret_number)
{
	for (char *word = strsep(&line, " "); word; word = strsep(&line, " ")) {
		if (*word && column-- == 0)
			return g_ascii_string_to_unsigned(
				word, 16, 0, UINT32_MAX, ret_number, NULL);
	}
	return false;
}

/* A line of names, then one per possible CPU (net/netfilter/nf_conntrack_standalone.c). */
static KtState
sum_column(char *text, const char *name, uint64_t *ret_sum)
{
	char *cursor = text;
	size_t column = 0;
	uint64_t sum = 0;

	if (!find_column(strsep(&cursor, "\n"), name, &column))
		return KT_STATE_BROKEN;
	for (char *line = strsep(&cursor, "\n"); line; line = strsep(&cursor, "\n")) {
		uint64_t number = 0;
		if (!*line)
			continue;
		if (!read_column(line, column, &number))
			return KT_STATE_BROKEN;
		sum += number;
	}
	*ret_sum = sum;
	return KT_STATE_VALUE;
}

void
kt_host_collect_sysctl(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtOptU64 *drop = &job->host->sysctl.conntrack_drop;

	drop->origin = kt_facts_origin(job->facts, STAT);
	drop->state = kt_host_text(job, STAT, &text);
	if (drop->state == KT_STATE_VALUE)
		drop->state = sum_column(text, "drop", &drop->v);
}
