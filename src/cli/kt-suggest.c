/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-suggest.h"

#include <stdbool.h>
#include <string.h>

/* Longer words are no typing mistakes. */
#define MAX_LENGTH 64

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	return MIN(MIN(a, b), c);
}

static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[MAX_LENGTH + 1][MAX_LENGTH + 1];
	size_t n = strlen(a);
	size_t m = strlen(b);

	if (n > MAX_LENGTH || m > MAX_LENGTH)
		return G_MAXUINT;
	for (size_t i = 0; i <= n; i++)
		rows[i][0] = (unsigned)i;
	for (size_t j = 0; j <= m; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			unsigned cost = a[i - 1] != b[j - 1];
			rows[i][j] = min3(
				rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + cost);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				rows[i][j] = MIN(rows[i][j], rows[i - 2][j - 2] + 1);
		}
	}
	return rows[n][m];
}

const char *
kt_suggest(const char *word, const GPtrArray *words)
{
	const char *best = NULL;
	unsigned best_distance = MAX(1, (unsigned)strlen(word) / 3) + 1;

	for (guint i = 0; i < words->len; i++) {
		const char *candidate = words->pdata[i];
		bool is_beginning = strlen(word) >= 3 && g_str_has_prefix(candidate, word);
		unsigned d = is_beginning ? 0 : distance(word, candidate);
		if (d >= best_distance)
			continue;
		best = candidate;
		best_distance = d;
	}
	return best;
}
