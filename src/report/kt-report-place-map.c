/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-phrase.h"
#include "kt-report-place.h"

#include <string.h>

#define INDENT 2

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

char
kt_report_place_letter(const KtSolution *solution, uint32_t guest)
{
	uint32_t index = 0;

	for (uint32_t v = 0; v < guest; v++)
		index += solution->guests[v].is_placed;
	return index < sizeof(letters) - 1 ? letters[index] : '*';
}

char
kt_report_place_mark(const KtInstance *instance, const KtSolution *solution, uint16_t node,
		     uint16_t cpu)
{
	int32_t owner = solution->seats.owner[cpu];

	if (owner >= 0)
		return kt_report_place_letter(solution, (uint32_t)owner);
	if (owner == KT_SEAT_HOUSE)
		return '#';
	if (owner == KT_SEAT_IDLE)
		return '-';
	return kt_cpuset_has(&solution->pools[node], cpu) ? '~' : '.';
}

uint64_t
kt_report_place_used_kib(const KtInstance *instance, const KtSolution *solution, uint32_t n)
{
	uint64_t kib = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtPlaced *placed = &solution->guests[v];
		for (uint32_t i = 0; i < placed->n_cells; i++) {
			if (placed->nodes[i] == n)
				kib += placed->cells[i].memory_kib;
		}
	}
	return kib;
}

static void
put_head(const KtInstance *instance, const KtSolution *solution, uint32_t n, KtPaper *paper)
{
	const KtInstNode *node = &instance->nodes[n];
	uint64_t usable =
		node->memory_kib > node->reserved_kib ? node->memory_kib - node->reserved_kib : 0;
	g_autofree char *used = kt_phrase_kib(kt_report_place_used_kib(instance, solution, n));
	g_autofree char *all = kt_phrase_kib(usable);
	unsigned n_cpus = 0;
	unsigned n_free = 0;

	for (uint32_t c = 0; c < node->n_cores; c++) {
		const KtInstCore *core = &instance->cores[node->first_core + c];
		for (uint16_t i = 0; i < core->n_cpus; i++) {
			n_cpus++;
			n_free += kt_report_place_mark(
					  instance, solution, (uint16_t)n, core->cpus[i]) == '.';
		}
	}
	kt_paper_end_line(paper);
	paper->indent = 0;
	kt_paper_flow(paper, KT_INK_HEADING, "node %" G_GUINT64_FORMAT, instance->nodes[n].id);
	kt_paper_flow(paper,
		      KT_INK_FAINT,
		      "  %u CPUs, %u free; guests have %s of %s",
		      n_cpus,
		      n_free,
		      used,
		      all);
	kt_paper_end_line(paper);
}

/* One line per sibling of the cores from..to - 1. */
static void
put_cores(const KtInstance *instance, const KtSolution *solution, uint32_t from, uint32_t to,
	  KtPaper *paper)
{
	uint16_t threads = 0;

	for (uint32_t c = from; c < to; c++)
		threads = MAX(threads, instance->cores[c].n_cpus);
	for (uint16_t t = 0; t < threads; t++) {
		g_autoptr(GString) line = g_string_new(NULL);
		for (uint32_t c = from; c < to; c++) {
			const KtInstCore *core = &instance->cores[c];
			if (c > from && core->group != instance->cores[c - 1].group)
				g_string_append_c(line, ' ');
			g_string_append_c(line,
					  t < core->n_cpus ? kt_report_place_mark(instance,
										  solution,
										  core->node,
										  core->cpus[t])
							   : ' ');
		}
		kt_paper_tab(paper, INDENT);
		kt_paper_verbatim(paper, KT_INK_UNSET, line->str);
		kt_paper_end_line(paper);
	}
}

void
kt_report_place_map(const KtInstance *instance, const KtSolution *solution, KtPaper *paper)
{
	unsigned width = paper->style.width ? paper->style.width : KT_PAPER_WIDTH;

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		const KtInstNode *node = &instance->nodes[n];
		uint32_t end = node->first_core + node->n_cores;
		put_head(instance, solution, n, paper);
		for (uint32_t from = node->first_core; from < end;) {
			unsigned columns = INDENT + 1;
			uint32_t to = from + 1;
			while (to < end) {
				columns += 1 + (instance->cores[to].group !=
						instance->cores[to - 1].group);
				if (columns > width)
					break;
				to++;
			}
			put_cores(instance, solution, from, to, paper);
			from = to;
		}
	}
	kt_paper_end_line(paper);
	kt_paper_flow(paper,
		      KT_INK_FAINT,
		      "A letter is a guest, # the host's own, ~ the pool of shared guests, - a "
		      "sibling left idle, . free; siblings stand below each other.");
	kt_paper_end_line(paper);
}
