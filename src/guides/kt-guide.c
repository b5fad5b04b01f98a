/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide.h"

static const char *const truth_names[KT_TRUTH_N] = {
	[KT_TRUTH_UNSET] = "unset",
	[KT_TRUTH_WRONG] = "wrong",
	[KT_TRUTH_OUTDATED] = "outdated",
	[KT_TRUTH_DEPENDS] = "depends",
	[KT_TRUTH_RIGHT] = "right",
};

static const char *const area_names[KT_GUIDE_AREA_N] = {
	[KT_GUIDE_AREA_HOST] = "host",
	[KT_GUIDE_AREA_GUEST] = "guest",
};

const char *
kt_truth_name(KtTruth truth)
{
	g_return_val_if_fail(truth < KT_TRUTH_N, "unset");
	return truth_names[truth];
}

KtTruth
kt_truth_from_name(const char *name)
{
	for (int i = KT_TRUTH_UNSET + 1; i < KT_TRUTH_N; i++) {
		if (g_strcmp0(truth_names[i], name) == 0)
			return (KtTruth)i;
	}
	return KT_TRUTH_N;
}

const char *
kt_guide_area_name(KtGuideArea area)
{
	g_return_val_if_fail(area < KT_GUIDE_AREA_N, "unset");
	return area_names[area];
}

static bool
fits(const char *pattern, const KtSaying *saying)
{
	const char *practice = saying->claim->practice;

	return g_pattern_match_simple(pattern, saying->guide->name) ||
	       g_pattern_match_simple(pattern, area_names[saying->area]) ||
	       (practice && g_pattern_match_simple(pattern, practice));
}

static bool
is_wanted(const char *const *patterns, unsigned truths, const KtSaying *saying)
{
	if (truths && !(truths & (1U << saying->claim->truth)))
		return false;
	for (size_t i = 0; patterns && patterns[i]; i++) {
		if (fits(patterns[i], saying))
			return true;
	}
	return !patterns || !patterns[0];
}

static void
add_table(GPtrArray *sayings, const KtSaying *place, KtTruth truth, const char *const *patterns,
	  unsigned truths)
{
	const KtClaims *claims = place->guide->claims[place->area];

	for (size_t i = 0; claims && i < claims->n; i++) {
		KtSaying saying = *place;
		saying.claim = &claims->rows[i];
		if (saying.claim->truth == truth && is_wanted(patterns, truths, &saying))
			g_ptr_array_add(sayings, g_memdup2(&saying, sizeof(saying)));
	}
}

GPtrArray *
kt_sayings(const char *const *patterns, unsigned truths)
{
	GPtrArray *sayings = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < kt_n_guides; i++) {
		for (int truth = KT_TRUTH_UNSET + 1; truth < KT_TRUTH_N; truth++) {
			for (int area = 0; area < KT_GUIDE_AREA_N; area++) {
				KtSaying place = {
					.guide = &kt_guides[i],
					.area = (KtGuideArea)area,
				};
				add_table(sayings, &place, (KtTruth)truth, patterns, truths);
			}
		}
	}
	return sayings;
}
