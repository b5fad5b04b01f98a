/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* "Did you mean": the known word that is nearest to a mistyped one. */

#include <glib.h>

/* The item of @words (const char *) with the smallest edit distance (Damerau-Levenshtein, adjacent
 * letters swapped count as one), or with @word in front; NULL when all are far: more than a third
 * of the letters of the word, at least one. Borrowed from @words. */
const char *kt_suggest(const char *word, const GPtrArray *words);
