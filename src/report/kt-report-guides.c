/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-guides.h"

#include "kt-practice.h"
#include "kt-report-audit.h"
#include "kt-table.h"

#define VERDICT_COLUMN 2
#define CLAIM_COLUMN   12
#define TEXT_COLUMN    14

static KtInk
truth_ink(KtTruth truth)
{
	static const KtInk inks[KT_TRUTH_N] = {
		[KT_TRUTH_WRONG] = KT_INK_HIGH,
		[KT_TRUTH_OUTDATED] = KT_INK_MEDIUM,
		[KT_TRUTH_DEPENDS] = KT_INK_LOW,
		[KT_TRUTH_RIGHT] = KT_INK_GOOD,
	};

	return inks[truth];
}

static void
put_guide(KtPaper *paper, const KtGuide *guide)
{
	kt_paper_gap(paper);
	paper->indent = VERDICT_COLUMN;
	kt_paper_flow(paper, KT_INK_HEADING, "%s", guide->title);
	kt_paper_end_line(paper);
	kt_paper_flow(paper, KT_INK_FAINT, "%s: %s", guide->name, guide->edition);
	kt_paper_gap(paper);
}

static void
put_practice(KtPaper *paper, const char *practice)
{
	if (!practice)
		return;

	kt_paper_tab(paper, TEXT_COLUMN);
	kt_paper_flow(paper,
		      KT_INK_FAINT,
		      "-> %s%s",
		      practice,
		      kt_practice_find(practice) ? "" : " (not judged by this version)");
	kt_paper_end_line(paper);
}

static void
put_claim(KtPaper *paper, const KtClaim *claim)
{
	bool is_told = claim->truth != KT_TRUTH_RIGHT || paper->style.is_verbose;

	kt_paper_tab(paper, VERDICT_COLUMN);
	paper->indent = CLAIM_COLUMN;
	kt_paper_flow(paper, truth_ink(claim->truth), "%s", kt_truth_name(claim->truth));
	kt_paper_tab(paper, CLAIM_COLUMN);
	kt_paper_flow(paper, KT_INK_HEADING, "%s", claim->claim);
	kt_paper_end_line(paper);
	paper->indent = TEXT_COLUMN;
	if (is_told) {
		kt_paper_tab(paper, TEXT_COLUMN);
		if (claim->since)
			kt_paper_flow(paper, KT_INK_UNSET, "Since %s: ", claim->since);
		kt_paper_flow(paper, KT_INK_UNSET, "%s", claim->reason);
		kt_paper_end_line(paper);
		put_practice(paper, claim->practice);
	}
	if (paper->style.is_verbose) {
		kt_paper_tab(paper, TEXT_COLUMN);
		kt_paper_flow(paper, KT_INK_FAINT, "Source: %s", claim->source);
		kt_paper_end_line(paper);
	}
}

static void
add_counts(KtTable *table, const GPtrArray *sayings, const KtGuide *guide)
{
	unsigned n[KT_TRUTH_N] = {0};
	g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
	unsigned sum = 0;

	for (guint i = 0; i < sayings->len; i++) {
		const KtSaying *saying = sayings->pdata[i];
		n[saying->claim->truth] += saying->guide == guide;
		sum += saying->guide == guide;
	}
	if (sum == 0)
		return;
	g_ptr_array_add(cells, g_strdup(guide->name));
	for (int truth = KT_TRUTH_UNSET + 1; truth < KT_TRUTH_N; truth++)
		g_ptr_array_add(cells, g_strdup_printf("%u", n[truth]));
	g_ptr_array_add(cells, g_strdup_printf("%u", sum));
	kt_table_add(table, (const char *const *)cells->pdata);
}

static void
put_counts(const GPtrArray *sayings, const KtStyle *style, GString *out)
{
	static const KtColumn columns[] = {
		{.title = "GUIDE"},
		{.title = "WRONG", .is_right = true},
		{.title = "OUTDATED", .is_right = true},
		{.title = "DEPENDS", .is_right = true},
		{.title = "RIGHT", .is_right = true},
		{.title = "CLAIMS", .is_right = true},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);

	for (size_t i = 0; i < kt_n_guides; i++)
		add_counts(table, sayings, &kt_guides[i]);
	kt_table_print(table, out);
}

void
kt_report_guides(const GPtrArray *sayings, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);
	const KtGuide *guide = NULL;

	for (guint i = 0; i < sayings->len; i++) {
		const KtSaying *saying = sayings->pdata[i];
		if (saying->guide != guide)
			put_guide(&paper, saying->guide);
		guide = saying->guide;
		put_claim(&paper, saying->claim);
	}
	kt_paper_gap(&paper);
	put_counts(sayings, style, out);
	if (style->is_verbose)
		return;
	paper.indent = 0;
	kt_paper_flow(
		&paper, KT_INK_FAINT, "--verbose adds sources, and why right claims are right");
	kt_paper_end_line(&paper);
}

static KtJson *
claim_to_json(const KtSaying *saying)
{
	const KtClaim *claim = saying->claim;
	KtJson *json = json_object();

	kt_json_set_str(json, "area", kt_guide_area_name(saying->area));
	kt_json_set_str(json, "claim", claim->claim);
	kt_json_set_str(json, "verdict", kt_truth_name(claim->truth));
	kt_json_set_str(json, "since", claim->since);
	kt_json_set_str(json, "reason", claim->reason);
	kt_json_set_str(json, "source", claim->source);
	kt_json_set_str(json, "practice", claim->practice);
	return json;
}

static KtJson *
guide_to_json(const KtGuide *guide, const GPtrArray *sayings)
{
	KtJson *json = json_object();
	KtJson *claims = json_array();

	kt_json_set_str(json, "name", guide->name);
	kt_json_set_str(json, "title", guide->title);
	kt_json_set_str(json, "edition", guide->edition);
	for (guint i = 0; i < sayings->len; i++) {
		const KtSaying *saying = sayings->pdata[i];
		if (saying->guide == guide)
			json_array_append_new(claims, claim_to_json(saying));
	}
	kt_json_set(json, "claims", claims);
	return json;
}

KtJson *
kt_report_guides_json(const GPtrArray *sayings)
{
	KtJson *json = json_object();
	KtJson *guides = json_array();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-guides");
	for (size_t i = 0; i < kt_n_guides; i++)
		json_array_append_new(guides, guide_to_json(&kt_guides[i], sayings));
	kt_json_set(json, "guides", guides);
	return json;
}

void
kt_report_saying(KtPaper *paper, const KtSaying *saying, unsigned column)
{
	const KtTruth truth = saying->claim->truth;

	kt_paper_tab(paper, column);
	paper->indent = column + 2;
	kt_paper_flow(paper, truth_ink(truth), "%s", kt_truth_name(truth));
	kt_paper_flow(paper, KT_INK_FAINT, " (%s): ", saying->guide->name);
	kt_paper_flow(paper, KT_INK_UNSET, "%s", saying->claim->claim);
	kt_paper_end_line(paper);
}
