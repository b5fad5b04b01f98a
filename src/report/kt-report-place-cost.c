/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-place-cost.h"

#include "kt-phrase.h"
#include "kt-rival.h"
#include "kt-today.h"

/* Guests whose loss is told term by term before the rest is counted only. */
#define MAX_GUESTS 12

void
kt_report_place_line(KtPaper *paper, KtInk ink, const char *text)
{
	kt_paper_end_line(paper);
	paper->indent = 2;
	kt_paper_flow(paper, ink, "%s", text);
	kt_paper_end_line(paper);
	paper->indent = 0;
}

/* "1.100" */
static void
append_vcpus(GString *text, int64_t permille)
{
	g_string_append_printf(
		text, "%" G_GINT64_FORMAT ".%03d", permille / 1000, (int)(permille % 1000));
}

/* "remote memory 1.100, caches 0.050" */
static void
append_terms(GString *text, const KtTerms *terms)
{
	const struct {
		const char *name;
		int64_t loss;
	} rows[] = {
		{.name = "remote memory", .loss = terms->remote},
		{.name = "caches", .loss = terms->l3},
		{.name = "siblings", .loss = terms->smt},
		{.name = "devices", .loss = terms->device},
		{.name = "full pools", .loss = terms->overcommit},
	};
	bool is_first = true;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (rows[i].loss == 0)
			continue;
		g_string_append_printf(text, "%s%s ", is_first ? "" : ", ", rows[i].name);
		append_vcpus(text, rows[i].loss);
		is_first = false;
	}
}

static void
append_loss(GString *text, const char *what, const KtTerms *terms)
{
	g_string_append_printf(text, "%s ", what);
	append_vcpus(text, kt_terms_sum(terms));
	g_string_append(text, " vCPUs");
	if (kt_terms_sum(terms) > 0) {
		g_string_append(text, ": ");
		append_terms(text, terms);
	}
	g_string_append_c(text, '.');
}

static void
put_today(const KtToday *today, KtPaper *paper)
{
	g_autoptr(GString) text = g_string_new(NULL);
	uint32_t n_unknown = today->n_running - today->n_known;

	if (today->n_known > 0)
		append_loss(text, "Loss today", &today->terms);
	if (n_unknown > 0)
		g_string_append_printf(text,
				       "%sNot counted: %u running of which nobody knows.",
				       text->len ? " " : "",
				       n_unknown);
	if (today->n_contested > 0)
		g_string_append_printf(
			text, " CPUs with more than one dedicated vCPU: %u.", today->n_contested);
	if (today->n_floating > 0)
		g_string_append_printf(text,
				       " Dedicated vCPUs without a CPU of their own: %u.",
				       today->n_floating);
	kt_report_place_line(paper,
			     kt_terms_sum(&today->terms) || today->n_contested ? KT_INK_MEDIUM
									       : KT_INK_UNSET,
			     text->str);
}

static void
put_rival(const KtInstance *instance, const KtRival *rival, KtPaper *paper)
{
	g_autoptr(GString) text = g_string_new("Runner-up: ");

	for (uint32_t i = 0; i < rival->n_guests; i++) {
		g_autofree char *nodes =
			kt_report_place_nodes(instance, rival->nodes[i], rival->n_cells[i]);
		g_string_append_printf(text,
				       "%s%s on node %s",
				       i > 0 ? " and " : "",
				       instance->guests[rival->guests[i]].name,
				       nodes);
	}
	if (rival->more_unplaced > 0) {
		g_string_append(text, ", and others without a place.");
	} else if (rival->more_cost == 0) {
		g_string_append(text, ", which is as good.");
	} else if (rival->more_cost < 1000) {
		g_string_append(text, " would lose less than 0.001 vCPUs more.");
	} else {
		g_string_append(text, " would lose ");
		append_vcpus(text, rival->more_cost / 1000);
		g_string_append(text, " vCPUs more.");
	}
	kt_report_place_line(paper, KT_INK_FAINT, text->str);
}

void
kt_report_place_cost(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	int64_t loss = kt_solution_loss(solution);
	g_autoptr(GString) text = g_string_new(NULL);

	if (solution->today)
		put_today(solution->today, paper);
	append_loss(text, "Expected loss", &solution->terms);
	if (loss == solution->loss_bound) {
		g_string_append(text, " No placement loses less: this is proven.");
	} else {
		g_string_append(text, " Proven is that none loses less than ");
		append_vcpus(text, solution->loss_bound);
		g_string_append_c(text, '.');
	}
	kt_report_place_line(paper, KT_INK_UNSET, text->str);
	if (solution->rival)
		put_rival(instance, solution->rival, paper);
}

void
kt_report_place_terms(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	uint32_t n = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtTerms *terms = &solution->guests[v].terms;
		if (!solution->guests[v].is_placed || kt_terms_sum(terms) == 0)
			continue;
		if (n == 0) {
			kt_paper_gap(paper);
			kt_paper_flow(paper, KT_INK_HEADING, "What is lost, in vCPUs");
			kt_paper_end_line(paper);
		}
		if (n++ >= MAX_GUESTS)
			continue;
		g_autoptr(GString) text = g_string_new(instance->guests[v].name);
		g_string_append(text, ": ");
		append_terms(text, terms);
		kt_report_place_line(paper, KT_INK_UNSET, text->str);
	}
	if (n > MAX_GUESTS) {
		g_autofree char *rest = g_strdup_printf("and %u more", n - MAX_GUESTS);
		kt_report_place_line(paper, KT_INK_FAINT, rest);
	}
}
