/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-finding.h"

#include "kt-fold.h"
#include "kt-phrase.h"
#include "kt-place.h"
#include "kt-practice.h"

/* The first ones tell what it is about; verbose mode and the plan show all. */
#define MAX_CHANGES   4
#define MAX_EVIDENCE  3
#define MAX_NAMES     8
#define LABEL_COLUMNS (KT_FINDING_DETAIL_COLUMN - KT_FINDING_TEXT_COLUMN)

static void
begin(KtPaper *paper, unsigned column, const char *label)
{
	kt_paper_end_line(paper);
	kt_paper_tab(paper, column);
	kt_paper_verbatim(paper, KT_INK_FAINT, label);
	kt_paper_tab(paper, column + LABEL_COLUMNS);
	paper->indent = column + LABEL_COLUMNS;
}

static void
put_more(KtPaper *paper, unsigned column, guint n, const char *where)
{
	begin(paper, column, "");
	kt_paper_flow(paper, KT_INK_FAINT, "and %u more%s", n, where);
}

/* How many of @all items are shown. "and 1 more" takes as much space as the one. */
static guint
shown(const KtPaper *paper, guint all, guint limit)
{
	return paper->style.is_verbose || all <= limit + 1 ? all : limit;
}

static void
put_evidence(KtPaper *paper, const KtResult *result, unsigned column)
{
	guint n = shown(paper, result->evidence->len, MAX_EVIDENCE);

	for (guint i = 0; i < n; i++) {
		const KtEvidence *evidence = result->evidence->pdata[i];
		begin(paper, column, i == 0 ? "seen" : "");
		kt_paper_flow(paper, KT_INK_UNSET, "%s", evidence->text);
		if (*evidence->origin)
			kt_paper_flow(paper, KT_INK_FAINT, " (%s)", evidence->origin);
	}
	if (n < result->evidence->len)
		put_more(paper, column, result->evidence->len - n, "");
}

static void
put_file_change(KtPaper *paper, const KtFold *fold, const char *locator)
{
	const char *verb = "edit";

	if (!fold->item.from)
		verb = "write";
	else if (!fold->item.to)
		verb = "remove";
	kt_paper_flow(paper, KT_INK_UNSET, "%s %s", verb, locator);
}

static void
put_change(KtPaper *paper, const KtFold *fold)
{
	g_autofree char *locator = kt_fold_locator(fold);

	if (fold->item.knob == KT_KNOB_FILE) {
		put_file_change(paper, fold, locator);
		return;
	}
	g_autofree char *place = kt_place_name(fold->item.knob, locator);
	g_autofree char *from = kt_phrase_value(fold->item.from);
	g_autofree char *to = kt_phrase_value(fold->item.to);
	kt_paper_flow(paper, KT_INK_UNSET, "%s: %s -> %s", place, from, to);
}

/* The kind of a fold is its moment: what happens at different moments is told apart. */
static GPtrArray *
fold_changes(const GPtrArray *changes, GPtrArray *moments)
{
	GPtrArray *folds = kt_fold_new();

	for (guint i = 0; i < changes->len; i++) {
		const KtChange *change = changes->pdata[i];
		const char *moment = kt_phrase_change_effect(change);
		guint kind = 0;
		while (kind < moments->len && moments->pdata[kind] != moment)
			kind++;
		if (kind == moments->len)
			g_ptr_array_add(moments, (void *)moment);
		kt_fold_add(folds,
			    &(KtFoldItem){
				    .knob = change->knob,
				    .kind = (int)kind,
				    .locator = change->locator,
				    .from = change->from,
				    .to = change->to,
			    });
	}
	return folds;
}

static unsigned
count_kind(const GPtrArray *folds, guint kind)
{
	unsigned n = 0;

	for (guint i = 0; i < folds->len; i++) {
		const KtFold *fold = folds->pdata[i];
		n += fold->item.kind == (int)kind;
	}
	return n;
}

/* One change stands on a line with its moment; several stand below it. */
static void
put_moment(KtPaper *paper, const GPtrArray *folds, guint kind, const char *moment, unsigned column)
{
	unsigned all = count_kind(folds, kind);
	unsigned limit = shown(paper, all, MAX_CHANGES);
	unsigned n = 0;

	begin(paper, column, kind == 0 ? "do" : "");
	if (all > 1)
		kt_paper_flow(paper, KT_INK_FAINT, "%s:", moment);
	for (guint i = 0; i < folds->len && n < limit; i++) {
		const KtFold *fold = folds->pdata[i];
		if (fold->item.kind != (int)kind)
			continue;
		n++;
		if (all > 1)
			begin(paper, column, "");
		put_change(paper, fold);
	}
	if (all == 1)
		kt_paper_flow(paper, KT_INK_FAINT, "; %s", moment);
	if (n < all)
		put_more(paper, column, all - n, ": 'kvmtune plan' shows all");
}

static void
put_changes(KtPaper *paper, const KtResult *result, unsigned column)
{
	g_autoptr(GPtrArray) moments = g_ptr_array_new();
	g_autoptr(GPtrArray) folds = fold_changes(result->changes, moments);

	for (guint i = 0; i < moments->len; i++)
		put_moment(paper, folds, i, moments->pdata[i], column);
	for (guint i = 0; i < result->advice->len; i++) {
		begin(paper, column, i == 0 ? "note" : "");
		kt_paper_flow(paper, KT_INK_UNSET, "%s", (const char *)result->advice->pdata[i]);
	}
}

void
kt_report_details(KtPaper *paper, const KtResult *result, unsigned column)
{
	put_evidence(paper, result, column);
	put_changes(paper, result, column);
	kt_paper_end_line(paper);
}

void
kt_report_names(KtPaper *paper, const GPtrArray *names)
{
	guint n = shown(paper, names->len, MAX_NAMES);

	for (guint i = 0; i < n; i++)
		kt_paper_flow(
			paper, KT_INK_UNSET, "%s%s", i ? ", " : "", (const char *)names->pdata[i]);
	if (n < names->len)
		kt_paper_flow(paper, KT_INK_UNSET, " and %u more", names->len - n);
}

static void
put_severity(KtPaper *paper, KtSeverity severity)
{
	g_autofree char *word = g_ascii_strup(kt_severity_name(severity), -1);

	kt_paper_tab(paper, KT_FINDING_COLUMN);
	kt_paper_verbatim(paper, kt_phrase_ink(severity), word);
	kt_paper_tab(paper, KT_FINDING_TEXT_COLUMN);
	paper->indent = KT_FINDING_TEXT_COLUMN;
}

static bool
is_part(const KtResult *result)
{
	return result->target.scope != KT_SCOPE_HOST && result->target.scope != KT_SCOPE_GUEST;
}

static void
put_alike(KtPaper *paper, const KtEntry *entry)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	if (entry->alike->len == 0)
		return;

	for (guint i = 0; i < entry->alike->len; i++)
		g_ptr_array_add(names, (void *)kt_result_short_target(entry->alike->pdata[i]));
	begin(paper, KT_FINDING_TEXT_COLUMN, "same");
	kt_report_names(paper, names);
	kt_paper_end_line(paper);
}

void
kt_report_entry(KtPaper *paper, const KtEntry *entry)
{
	const KtResult *result = entry->result;
	const KtPractice *practice = result->practice;

	put_severity(paper, result->severity);
	kt_paper_flow(paper, KT_INK_HEADING, "%s", practice->id);
	kt_paper_flow(paper, KT_INK_UNSET, ": ");
	if (is_part(result))
		kt_paper_flow(paper, KT_INK_UNSET, "%s: ", kt_result_short_target(result));
	if (result->summary)
		kt_paper_flow(paper, KT_INK_UNSET, "%s", result->summary);
	else
		kt_paper_flow(paper, KT_INK_UNSET, "not met: %s", practice->title);
	kt_report_details(paper, result, KT_FINDING_TEXT_COLUMN);
	put_alike(paper, entry);
	if (paper->style.is_verbose) {
		begin(paper, KT_FINDING_TEXT_COLUMN, "why");
		kt_paper_flow(paper, KT_INK_UNSET, "%s", practice->why);
		kt_paper_end_line(paper);
	}
}
