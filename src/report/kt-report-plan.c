/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-plan.h"

#include "kt-diff.h"
#include "kt-fold.h"
#include "kt-phrase.h"
#include "kt-place.h"

#include <string.h>

/* Behind the number of a group, and of what stands in it. */
#define GROUP_COLUMN 3
#define EDIT_COLUMN  5

/* Distinct things that steps touch. */
typedef struct Touched {
	GHashTable *values;
	GHashTable *files;
	GHashTable *boot_args;
	GHashTable *running;
	GHashTable *definitions;
} Touched;

static GHashTable *
new_set(void)
{
	return g_hash_table_new(g_str_hash, g_str_equal);
}

static GHashTable *
set_of(const Touched *touched, KtKnob knob)
{
	switch (knob) {
	case KT_KNOB_VALUE:
		return touched->values;
	case KT_KNOB_FILE:
		return touched->files;
	case KT_KNOB_BOOT_ARG:
		return touched->boot_args;
	case KT_KNOB_DOMAIN_LIVE:
		return touched->running;
	case KT_KNOB_DOMAIN_XML:
		return touched->definitions;
	case KT_KNOB_UNSET:
	case KT_KNOB_N:
	default:
		return NULL;
	}
}

static void
append_count(GString *text, GHashTable *set, const char *noun)
{
	guint n = g_hash_table_size(set);

	if (n) {
		g_autofree char *count = kt_phrase_count(n, noun);
		g_string_append_printf(text, "%s%s", text->len ? ", " : "", count);
	}
	g_hash_table_unref(set);
}

char *
kt_report_plan_touches(const KtPlan *plan)
{
	GString *text = g_string_new(NULL);
	Touched touched = {
		.values = new_set(),
		.files = new_set(),
		.boot_args = new_set(),
		.running = new_set(),
		.definitions = new_set(),
	};

	for (uint32_t i = 0; i < plan->n_steps; i++) {
		const KtStep *step = &plan->steps[i];
		GHashTable *set = set_of(&touched, step->knob);
		bool is_guest = set == touched.running || set == touched.definitions;
		for (uint32_t j = 0; set && j < step->n_edits; j++)
			g_hash_table_add(
				set, (void *)(is_guest ? step->target : step->edits[j].locator));
	}
	append_count(text, touched.values, "host value");
	append_count(text, touched.files, "file");
	append_count(text, touched.boot_args, "kernel argument");
	append_count(text, touched.running, "running guest");
	append_count(text, touched.definitions, "guest definition");
	return g_string_free(*text->str ? text : g_string_assign(text, "nothing"), FALSE);
}

static unsigned
count_effect(const KtPlan *plan, KtEffect effect)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < plan->n_steps; i++)
		n += plan->steps[i].effect == effect;
	return n;
}

static KtRisk
highest_risk(const KtPlan *plan)
{
	KtRisk risk = KT_RISK_LOW;

	for (uint32_t i = 0; i < plan->n_groups; i++)
		risk = MAX(risk, plan->groups[i].risk);
	return risk;
}

static void
put_moments(KtPaper *paper, const KtPlan *plan)
{
	bool is_first = true;

	for (KtEffect effect = KT_EFFECT_LIVE; effect < KT_EFFECT_N; effect++) {
		unsigned n = count_effect(plan, effect);
		if (!n)
			continue;
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      "%s%u %s",
			      is_first ? "Takes effect: " : ", ",
			      n,
			      kt_phrase_effect(effect));
		is_first = false;
	}
	kt_paper_flow(paper, KT_INK_UNSET, ". No guest is stopped or restarted.");
	kt_paper_end_line(paper);
}

static void
put_totals(KtPaper *paper, const KtPlan *plan)
{
	g_autofree char *groups = kt_phrase_count(plan->n_groups, "group");
	g_autofree char *steps = kt_phrase_count(plan->n_steps, "step");
	g_autofree char *touches = kt_report_plan_touches(plan);

	kt_paper_flow(paper, KT_INK_HEADING, "Plan");
	if (plan->hostname)
		kt_paper_flow(paper, KT_INK_HEADING, " for %s", plan->hostname);
	if (plan->n_steps == 0) {
		kt_paper_flow(paper, KT_INK_UNSET, ": nothing to change");
		kt_paper_end_line(paper);
		return;
	}
	kt_paper_flow(paper,
		      KT_INK_UNSET,
		      ": %s in %s; highest risk: %s",
		      steps,
		      groups,
		      kt_risk_name(highest_risk(plan)));
	kt_paper_end_line(paper);
	kt_paper_flow(paper, KT_INK_UNSET, "Touches %s.", touches);
	kt_paper_end_line(paper);
	put_moments(paper, plan);
}

static void
put_signed(KtPaper *paper, char sign, const char *text)
{
	KtInk ink = KT_INK_UNSET;

	if (sign == '+')
		ink = KT_INK_ADDED;
	else if (sign == '-')
		ink = KT_INK_REMOVED;
	kt_paper_end_line(paper);
	kt_paper_tab(paper, EDIT_COLUMN);
	kt_paper_verbatim(paper, ink, text);
	kt_paper_end_line(paper);
}

/* "- NAME VALUE" and "+ NAME VALUE"; what is absent has no line. */
static void
put_value_edit(KtPaper *paper, const KtFold *fold)
{
	g_autofree char *locator = kt_fold_locator(fold);
	g_autofree char *name = kt_place_name(fold->item.knob, locator);
	const char *values[] = {fold->item.from, fold->item.to};

	for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
		if (!values[i])
			continue;
		g_autofree char *line =
			g_strdup_printf("%c %s = %s", i == 0 ? '-' : '+', name, values[i]);
		put_signed(paper, *line, line);
	}
}

static void
put_file_edit(KtPaper *paper, const KtEdit *edit)
{
	g_autofree char *from =
		g_strdup_printf("--- %s%s", edit->locator, edit->from ? "" : " (absent)");
	g_autofree char *to =
		g_strdup_printf("+++ %s%s", edit->locator, edit->to ? "" : " (absent)");
	g_autoptr(GPtrArray) lines = kt_diff(edit->from, edit->to);

	put_signed(paper, ' ', from);
	put_signed(paper, ' ', to);
	for (guint i = 0; i < lines->len; i++) {
		const char *line = lines->pdata[i];
		put_signed(paper, *line, line);
	}
}

static bool
is_element(const char *value)
{
	return value && strchr(value, '<');
}

/* Whole elements line by line, all else in one: "LOCATOR: FROM -> TO". */
static void
put_xml_edit(KtPaper *paper, const KtFold *fold)
{
	g_autofree char *locator = kt_fold_locator(fold);

	kt_paper_end_line(paper);
	kt_paper_tab(paper, EDIT_COLUMN);
	paper->indent = EDIT_COLUMN + 2;
	if (!is_element(fold->item.from) && !is_element(fold->item.to)) {
		g_autofree char *from = kt_phrase_value(fold->item.from);
		g_autofree char *to = kt_phrase_value(fold->item.to);
		kt_paper_flow(paper, KT_INK_UNSET, "%s: ", locator);
		kt_paper_flow(paper, KT_INK_REMOVED, "%s", from);
		kt_paper_flow(paper, KT_INK_UNSET, " -> ");
		kt_paper_flow(paper, KT_INK_ADDED, "%s", to);
		kt_paper_end_line(paper);
		return;
	}

	g_autoptr(GPtrArray) lines = kt_diff(fold->item.from, fold->item.to);
	kt_paper_flow(paper, KT_INK_UNSET, "%s:", locator);
	for (guint i = 0; i < lines->len; i++) {
		const char *line = lines->pdata[i];
		if (!g_str_has_prefix(line, "@@") && *line != '\\')
			put_signed(paper, *line, line);
	}
}

static void
fold_step(GPtrArray *folds, const KtStep *step)
{
	for (uint32_t i = 0; i < step->n_edits; i++) {
		const KtEdit *edit = &step->edits[i];
		kt_fold_add(folds,
			    &(KtFoldItem){
				    .knob = step->knob,
				    .locator = edit->locator,
				    .from = edit->from,
				    .to = edit->to,
			    });
	}
}

static void
put_steps(KtPaper *paper, const KtPlan *plan, uint32_t begin, uint32_t end)
{
	g_autoptr(GPtrArray) folds = kt_fold_new();

	for (uint32_t i = begin; i < end; i++) {
		if (plan->steps[i].knob == KT_KNOB_FILE)
			put_file_edit(paper, &plan->steps[i].edits[0]);
		else
			fold_step(folds, &plan->steps[i]);
	}
	for (guint i = 0; i < folds->len; i++) {
		const KtFold *fold = folds->pdata[i];
		if (fold->item.knob == KT_KNOB_DOMAIN_XML)
			put_xml_edit(paper, fold);
		else
			put_value_edit(paper, fold);
	}
}

/* Neighbours of one target, kind and moment stand together below one line. */
static uint32_t
run_end(const KtPlan *plan, uint32_t begin)
{
	const KtStep *first = &plan->steps[begin];
	uint32_t end = begin + 1;

	for (; end < plan->n_steps; end++) {
		const KtStep *step = &plan->steps[end];
		if (step->group != first->group || step->effect != first->effect ||
		    step->knob != first->knob || strcmp(step->target, first->target) != 0)
			break;
	}
	return end;
}

static void
put_label(KtPaper *paper, const KtStep *step)
{
	kt_paper_end_line(paper);
	kt_paper_tab(paper, GROUP_COLUMN);
	paper->indent = EDIT_COLUMN;
	kt_paper_flow(paper,
		      KT_INK_FAINT,
		      "%s, %s:",
		      step->title,
		      step->effect == KT_EFFECT_GUEST_START ? "at its next start"
							    : kt_phrase_effect(step->effect));
	kt_paper_end_line(paper);
}

static void
put_group(KtPaper *paper, const KtGroup *group)
{
	kt_paper_gap(paper);
	kt_paper_flow(paper, KT_INK_HEADING, "%u. ", group->id);
	paper->indent = paper->column;
	kt_paper_flow(paper, KT_INK_HEADING, "%s", group->title);
	kt_paper_end_line(paper);
	kt_paper_tab(paper, GROUP_COLUMN);
	kt_paper_flow(paper, KT_INK_FAINT, "%s; ", group->practices);
	if (!g_str_equal(group->practices, KT_PLAN_ASKED_FOR))
		kt_paper_flow(paper,
			      kt_phrase_ink(group->severity),
			      "%s finding",
			      kt_severity_name(group->severity));
	else
		kt_paper_flow(paper, KT_INK_FAINT, "asked for by name");
	kt_paper_flow(paper, KT_INK_FAINT, ", risk %s", kt_risk_name(group->risk));
	kt_paper_end_line(paper);
}

static void
put_notes(KtPaper *paper, const KtPlan *plan)
{
	if (plan->n_notes == 0)
		return;

	kt_paper_gap(paper);
	kt_paper_flow(paper, KT_INK_HEADING, "Notes");
	kt_paper_end_line(paper);
	for (uint32_t i = 0; i < plan->n_notes; i++) {
		kt_paper_tab(paper, 2);
		paper->indent = 4;
		kt_paper_flow(paper, KT_INK_UNSET, "* %s", plan->notes[i]);
		kt_paper_end_line(paper);
	}
}

void
kt_report_plan(const KtPlan *plan, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);
	uint32_t group = 0;

	put_totals(&paper, plan);
	for (uint32_t i = 0; i < plan->n_steps;) {
		const KtStep *step = &plan->steps[i];
		uint32_t end = run_end(plan, i);
		if (step->group != group)
			put_group(&paper, kt_plan_group(plan, step->group));
		group = step->group;
		put_label(&paper, step);
		put_steps(&paper, plan, i, end);
		i = end;
	}
	put_notes(&paper, plan);
}
