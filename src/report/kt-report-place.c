/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-place.h"

#include "kt-phrase.h"
#include "kt-report-place-cost.h"
#include "kt-table.h"
#include "kt-today.h"

#include <string.h>

/* Rows of a table before the rest is counted only. */
#define MAX_ROWS 100
/* A list of CPUs that may have to be wrapped. */
#define LONG_LIST 16

/* Who has to leave its nodes, or stop, for those that are asked about. */
static char *
movers_text(const KtInstance *instance, const KtSolution *solution)
{
	g_autoptr(GString) names = g_string_new(NULL);
	g_autofree char *kib = kt_phrase_kib(solution->moved_kib);

	for (uint32_t i = 0; i < solution->n_moves; i++) {
		const KtMove *move = &solution->moves[i];
		if (move->kind != KT_MOVE_NODES && move->kind != KT_MOVE_STOP)
			continue;
		g_string_append_printf(
			names, "%s%s", names->len ? ", " : "", instance->guests[move->guest].name);
	}
	return names->len ? g_strdup_printf("after moving %s (%s)", names->str, kib)
			  : g_strdup("and nobody has to move");
}

/* The answer to --admit. */
static void
put_admitted(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	for (uint32_t i = 0; i < instance->n_admitted; i++) {
		uint32_t v = instance->n_guests - instance->n_admitted + i;
		const KtPlaced *placed = &solution->guests[v];
		g_autofree char *nodes =
			kt_report_place_nodes(instance, placed->nodes, placed->n_cells);
		g_autofree char *movers = movers_text(instance, solution);
		g_autofree char *text = placed->is_placed
						? g_strdup_printf("%s goes to node %s, %s.",
								  instance->guests[v].name,
								  nodes,
								  movers)
						: g_strdup_printf("%s cannot be admitted: %s.",
								  instance->guests[v].name,
								  placed->reason);
		kt_report_place_line(paper, placed->is_placed ? KT_INK_GOOD : KT_INK_MEDIUM, text);
	}
}

static void
put_verdict(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	uint32_t n_placed = 0;
	uint64_t vcpus = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		n_placed += solution->guests[v].is_placed;
		vcpus += solution->guests[v].is_placed ? instance->guests[v].vcpus : 0;
	}
	g_autofree char *guests = kt_phrase_count(instance->n_guests, "guest");
	bool is_all = n_placed == instance->n_guests;
	g_autofree char *text =
		is_all ? g_strdup_printf(
				 "All of %s placed, %" G_GUINT64_FORMAT " vCPUs.", guests, vcpus)
		       : g_strdup_printf("%u of %s placed, %" G_GUINT64_FORMAT " vCPUs.%s",
					 n_placed,
					 guests,
					 vcpus,
					 solution->unplaced <= solution->unplaced_bound
						 ? " More is not possible: this is proven."
						 : "");
	kt_report_place_line(paper, is_all ? KT_INK_GOOD : KT_INK_MEDIUM, text);
	put_admitted(instance, solution, paper);
	kt_report_place_cost(instance, solution, paper);
	if (solution->is_stopped)
		kt_report_place_line(
			paper,
			KT_INK_MEDIUM,
			"The clock ended the search: another run may find another placement.");
	for (uint32_t i = 0; i < instance->n_notes; i++)
		kt_report_place_line(paper, KT_INK_FAINT, instance->notes[i]);
}

char *
kt_report_place_nodes(const KtInstance *instance, const uint8_t *nodes, uint32_t n)
{
	GString *text = g_string_new(NULL);

	for (uint32_t i = 0; i < n; i++)
		g_string_append_printf(text,
				       "%s%" G_GUINT64_FORMAT,
				       i > 0 ? "," : "",
				       instance->nodes[nodes[i]].id);
	return g_string_free(text, FALSE);
}

static char *
cpus_text(const KtInstance *instance, const KtSolution *solution, uint32_t v)
{
	KtCpuset all = {0};
	KtCpuset set;

	for (uint64_t i = 0; i < instance->guests[v].vcpus; i++) {
		kt_solution_vcpu(instance, solution, v, i, &set);
		kt_cpuset_or(&all, &set);
	}
	/* The table wraps at blanks. */
	g_autofree char *list = kt_cpuset_to_list(&all);
	g_auto(GStrv) parts = g_strsplit(list, ",", -1);
	return g_strjoinv(strlen(list) > LONG_LIST ? ", " : ",", parts);
}

/* "550>0": the loss of today, and that of the new place. */
static char *
loss_text(const KtSolution *solution, uint32_t v)
{
	const KtToday *today = solution->today;
	int64_t loss = kt_terms_sum(&solution->guests[v].terms);

	if (!today || !today->is_known[v])
		return g_strdup_printf("%" G_GINT64_FORMAT, loss);
	return g_strdup_printf(
		"%" G_GINT64_FORMAT ">%" G_GINT64_FORMAT, kt_terms_sum(&today->guests[v]), loss);
}

static void
add_guest(const KtInstance *instance, const KtSolution *solution, uint32_t v, KtTable *table)
{
	const KtInstGuest *guest = &instance->guests[v];
	const KtPlaced *placed = &solution->guests[v];
	const char mark[] = {guest->is_shared ? '~' : kt_report_place_letter(solution, v), '\0'};
	g_autofree char *vcpus = g_strdup_printf("%" G_GUINT64_FORMAT, guest->vcpus);
	g_autofree char *memory = kt_phrase_kib(guest->memory_kib);
	g_autofree char *now =
		guest->n_current
			? kt_report_place_nodes(instance, guest->current_nodes, guest->n_current)
			: g_strdup("");
	g_autofree char *nodes = kt_report_place_nodes(instance, placed->nodes, placed->n_cells);
	g_autofree char *cpus = cpus_text(instance, solution, v);
	g_autofree char *loss = loss_text(solution, v);
	const char *cells[] = {mark, guest->name, vcpus, memory, now, nodes, cpus, loss};

	kt_table_add(table, cells);
}

static void
put_guests(const KtInstance *instance, const KtSolution *solution, const KtStyle *style,
	   KtPaper *paper)
{
	static const KtColumn columns[] = {
		{.title = ""},
		{.title = "guest"},
		{.title = "vCPUs", .is_right = true},
		{.title = "memory", .is_right = true},
		{.title = "was on"},
		{.title = "node"},
		{.title = "CPUs", .is_wrapped = true},
		{.title = "loss", .is_right = true},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);
	uint32_t n = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (!solution->guests[v].is_placed)
			continue;
		if (n++ < MAX_ROWS)
			add_guest(instance, solution, v, table);
	}
	kt_paper_gap(paper);
	kt_table_print(table, paper->out);
	if (n > MAX_ROWS) {
		g_autofree char *rest =
			g_strdup_printf("and %u more: --json tells of all of them", n - MAX_ROWS);
		kt_report_place_line(paper, KT_INK_FAINT, rest);
	}
}

static void
put_unplaced(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	bool is_first = true;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (solution->guests[v].is_placed)
			continue;
		if (is_first) {
			kt_paper_gap(paper);
			kt_paper_flow(paper,
				      KT_INK_HEADING,
				      instance->is_live ? "Not placed, stays as it is"
							: "Not placed");
			kt_paper_end_line(paper);
		}
		is_first = false;
		g_autofree char *text = g_strdup_printf(
			"%s: %s", instance->guests[v].name, solution->guests[v].reason);
		kt_report_place_line(paper, KT_INK_MEDIUM, text);
	}
}

static void
put_moves(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	static const char *const words[KT_MOVE_N] = {
		[KT_MOVE_UNSET] = "",
		[KT_MOVE_START] = "starts again",
		[KT_MOVE_REPIN] = "gets other CPUs",
		[KT_MOVE_NODES] = "gets its place",
		[KT_MOVE_STOP] = "stops",
		[KT_MOVE_PARK] = "waits",
	};

	if (solution->n_moves == 0)
		return;
	kt_paper_gap(paper);
	kt_paper_flow(paper, KT_INK_HEADING, "Steps, each possible after those before it");
	kt_paper_end_line(paper);
	for (uint32_t i = 0; i < solution->n_moves; i++) {
		const KtMove *move = &solution->moves[i];
		const KtInstGuest *guest = &instance->guests[move->guest];
		g_autofree char *kib = kt_phrase_kib(move->kib);
		g_autofree char *nodes =
			move->nodes ? kt_report_place_nodes(instance, move->nodes, guest->n_current)
				    : NULL;
		g_autofree char *text = g_strdup_printf("%u. %s %s%s%s%s%s",
							i + 1,
							guest->name,
							words[move->kind],
							nodes ? " on node " : "",
							nodes ? nodes : "",
							move->kib ? ", " : "",
							move->kib ? kib : "");
		kt_report_place_line(paper, KT_INK_UNSET, text);
	}
}

void
kt_report_place(const KtInstance *instance, const KtSolution *solution, const KtStyle *style,
		GString *out)
{
	KtPaper paper = kt_paper_init(out, style);

	kt_paper_flow(&paper, KT_INK_HEADING, "Placement");
	kt_paper_end_line(&paper);
	put_verdict(instance, solution, &paper);
	kt_paper_gap(&paper);
	kt_report_place_map(instance, solution, &paper);
	put_guests(instance, solution, style, &paper);
	kt_report_place_terms(instance, solution, &paper);
	put_unplaced(instance, solution, &paper);
	put_moves(instance, solution, &paper);
}
