/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-practices.h"

#include "kt-phrase.h"
#include "kt-practice.h"
#include "kt-report-finding.h"
#include "kt-report-guides.h"
#include "kt-table.h"

#include <string.h>

#define INDENT 2

void
kt_report_practices(const GPtrArray *practices, const KtStyle *style, GString *out)
{
	static const KtColumn columns[] = {
		{.title = "ID"},
		{.title = "SEVERITY"},
		{.title = "RISK"},
		{.title = "WHAT IS GOOD", .is_wrapped = true},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);

	for (guint i = 0; i < practices->len; i++) {
		const KtPractice *practice = practices->pdata[i];
		const char *cells[] = {
			practice->id,
			kt_severity_name(practice->severity),
			kt_risk_name(practice->risk),
			practice->title,
		};
		kt_table_add(table, cells);
		kt_table_ink(table, 1, kt_phrase_ink(practice->severity));
	}
	kt_table_print(table, out);
}

static void
put_heading(KtPaper *paper, const char *title)
{
	kt_paper_gap(paper);
	paper->indent = 0;
	kt_paper_flow(paper, KT_INK_HEADING, "%s", title);
	kt_paper_end_line(paper);
}

static void
put_chapter(KtPaper *paper, const char *title, const char *text)
{
	if (!text)
		return;
	put_heading(paper, title);
	kt_paper_paragraph(paper, INDENT, text);
}

static void
put_params(KtPaper *paper, const KtPractice *practice)
{
	if (practice->n_params == 0)
		return;

	put_heading(paper, "Numbers ([params] in kvmtune.conf)");
	for (size_t i = 0; i < practice->n_params; i++) {
		const KtParam *param = &practice->params[i];
		const char *unit = param->unit ? param->unit : "";
		kt_paper_tab(paper, INDENT);
		paper->indent = INDENT + 4;
		kt_paper_flow(paper, KT_INK_HEADING, "%s/%s", practice->id, param->name);
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      " = %" G_GUINT64_FORMAT "%s%s",
			      param->value,
			      *unit ? " " : "",
			      unit);
		kt_paper_flow(paper,
			      KT_INK_FAINT,
			      " (%" G_GUINT64_FORMAT "..%" G_GUINT64_FORMAT ")",
			      param->min,
			      param->max);
		kt_paper_flow(paper, KT_INK_UNSET, ": %s", param->doc);
		kt_paper_end_line(paper);
	}
}

static void
put_sources(KtPaper *paper, const KtPractice *practice)
{
	put_heading(paper, "Sources");
	for (size_t i = 0; practice->sources[i]; i++) {
		kt_paper_tab(paper, INDENT);
		paper->indent = INDENT + 2;
		kt_paper_flow(paper, KT_INK_UNSET, "- %s", practice->sources[i]);
		kt_paper_end_line(paper);
	}
}

static void
put_guides(KtPaper *paper, const KtPractice *practice)
{
	g_autoptr(GPtrArray) sayings = kt_sayings((const char *const[]){practice->id, NULL}, 0);

	if (sayings->len == 0)
		return;
	put_heading(paper, "What guides say (kvmtune guides)");
	for (guint i = 0; i < sayings->len; i++)
		kt_report_saying(paper, sayings->pdata[i], INDENT);
}

/* Commands are to be copied: one a line, not wrapped. */
static void
put_check(KtPaper *paper, const KtPractice *practice)
{
	if (!practice->check_by_hand)
		return;

	g_auto(GStrv) commands = g_strsplit(practice->check_by_hand, "; ", -1);
	put_heading(paper, "Check by hand");
	for (size_t i = 0; commands[i]; i++) {
		kt_paper_tab(paper, INDENT);
		kt_paper_verbatim(paper, KT_INK_UNSET, g_strstrip(commands[i]));
		kt_paper_end_line(paper);
	}
}

static KtInk
verdict_ink(const KtResult *result)
{
	if (result->verdict == KT_VERDICT_FINDING)
		return kt_phrase_ink(result->severity);
	return result->verdict == KT_VERDICT_OK ? KT_INK_GOOD : KT_INK_UNSET;
}

static void
put_result(KtPaper *paper, const KtResult *result)
{
	kt_paper_tab(paper, INDENT);
	paper->indent = INDENT + 4;
	kt_paper_flow(paper, KT_INK_UNSET, "%s: ", result->target_title);
	kt_paper_flow(paper, verdict_ink(result), "%s", kt_verdict_name(result->verdict));
	if (result->severity)
		kt_paper_flow(paper, KT_INK_UNSET, " (%s)", kt_severity_name(result->severity));
	if (result->summary)
		kt_paper_flow(paper, KT_INK_UNSET, ": %s", result->summary);
	if (result->waiver)
		kt_paper_flow(paper, KT_INK_UNSET, "; waived: %s", result->waiver);
	kt_report_details(paper, result, INDENT + 4);
}

static void
put_here(KtPaper *paper, const KtPractice *practice, const KtAudit *audit)
{
	bool is_first = true;

	if (!audit)
		return;

	put_heading(paper, "On this host");
	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->practice != practice)
			continue;
		put_result(paper, result);
		is_first = false;
	}
	if (is_first)
		kt_paper_paragraph(paper, INDENT, "there is nothing here that it judges");
}

void
kt_report_explain(const KtPractice *practice, const KtAudit *audit, const KtStyle *style,
		  GString *out)
{
	KtPaper paper = kt_paper_init(out, style);

	kt_paper_flow(&paper, KT_INK_HEADING, "%s: %s", practice->id, practice->title);
	kt_paper_end_line(&paper);
	kt_paper_flow(&paper,
		      KT_INK_FAINT,
		      "judged per %s; severity up to ",
		      kt_scope_name(practice->scope));
	kt_paper_flow(&paper,
		      kt_phrase_ink(practice->severity),
		      "%s",
		      kt_severity_name(practice->severity));
	kt_paper_flow(&paper,
		      KT_INK_FAINT,
		      "; risk of its changes: %s; since %s",
		      kt_risk_name(practice->risk),
		      practice->since);
	kt_paper_end_line(&paper);
	put_here(&paper, practice, audit);
	put_chapter(&paper, "Why", practice->why);
	put_chapter(&paper, "What it costs, and when not to", practice->cost);
	put_chapter(&paper, "What to measure before and after", practice->effect);
	put_check(&paper, practice);
	put_params(&paper, practice);
	put_guides(&paper, practice);
	put_sources(&paper, practice);
}

void
kt_report_elsewhere(const KtElsewhere *row, const KtStyle *style, GString *out)
{
	static const char *const leads[KT_ELSEWHERE_N] = {
		[KT_ELSEWHERE_RULE] = "a rule of kvmtune itself; see",
		[KT_ELSEWHERE_PRACTICE] = "no practice of its own; judged by",
		[KT_ELSEWHERE_COMMAND] = "nothing to judge, done when asked for:",
	};
	KtPaper paper = kt_paper_init(out, style);

	kt_paper_flow(&paper, KT_INK_HEADING, "%s: ", row->id);
	kt_paper_flow(&paper, KT_INK_UNSET, "%s %s", leads[row->kind], row->home);
	if (kt_elsewhere_is_awaited(row))
		kt_paper_flow(&paper, KT_INK_FAINT, " (not in this version)");
	kt_paper_end_line(&paper);
	put_chapter(&paper, "Why", row->why);
	put_chapter(&paper, "Source", row->source);
}
