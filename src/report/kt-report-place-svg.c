/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-place-svg.h"

#include "kt-phrase.h"

#include <string.h>

/* Pixels. */
#define WIDTH   1000u
#define MARGIN  16u
#define CPU     18u
#define GAP     2u
#define HEAD    44u
#define LINE    20u
#define PADDING 8u

/* More guests have no line in the legend; their CPUs are on the map. */
#define MAX_LEGEND 60

typedef struct Drawing {
	const KtInstance *instance;
	const KtSolution *solution;
	GString *out;
	unsigned panel_width;
	unsigned n_columns;
} Drawing;

static const char house_colour[] = "#9a9a9a";
static const char pool_colour[] = "#cfe3f5";
static const char idle_colour[] = "#eeeeee";
static const char free_colour[] = "#ffffff";

/* A channel of a colour of full hue, 0..5999; 5 * 6000 / 6 steps round the circle. */
static unsigned
channel(unsigned hue, unsigned shift)
{
	unsigned at = (hue + shift) % 6000;
	unsigned level = at < 1000 ? at : at < 3000 ? 1000 : at < 4000 ? 4000 - at : 0;

	/* Pale enough for a black letter on it. */
	return 110 + level * 130 / 1000;
}

/* Neighbours in the list are far apart on the circle: steps of the golden angle. */
static char *
colour_of(uint32_t guest)
{
	unsigned hue = (unsigned)((uint64_t)guest * 2292 % 6000);

	return g_strdup_printf(
		"#%02x%02x%02x", channel(hue, 2000), channel(hue, 0), channel(hue, 4000));
}

static void G_GNUC_PRINTF(4, 5)
	put_text(const Drawing *drawing, unsigned x, unsigned y, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_autofree char *clean = kt_text_clean(text);
	g_autofree char *escaped = g_markup_escape_text(clean, -1);
	g_string_append_printf(drawing->out, "<text x=\"%u\" y=\"%u\">%s</text>\n", x, y, escaped);
}

/* A square of the legend. */
static void
put_sample(const Drawing *drawing, unsigned x, unsigned y, const char *fill)
{
	g_string_append_printf(
		drawing->out,
		"<rect class=\"cpu\" x=\"%u\" y=\"%u\" width=\"14\" height=\"14\" fill=\"%s\"/>\n",
		x,
		y,
		fill);
}

static void
put_box(const Drawing *drawing, unsigned x, unsigned y, unsigned width, unsigned height,
	const char *fill)
{
	g_string_append_printf(drawing->out,
			       "<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%u\" fill=\"%s\"/>\n",
			       x,
			       y,
			       width,
			       height,
			       fill);
}

static char *
cpu_colour(const Drawing *drawing, const KtInstCore *core, uint16_t cpu)
{
	int32_t owner = drawing->solution->seats.owner[cpu];

	if (owner >= 0)
		return colour_of((uint32_t)owner);
	if (owner == KT_SEAT_HOUSE)
		return g_strdup(house_colour);
	if (owner == KT_SEAT_IDLE)
		return g_strdup(idle_colour);
	return g_strdup(kt_cpuset_has(&drawing->solution->pools[core->node], cpu) ? pool_colour
										  : free_colour);
}

static unsigned
cores_per_row(const Drawing *drawing)
{
	return MAX((drawing->panel_width - 4 * PADDING) / (CPU + GAP), 1);
}

static unsigned
threads_of(const Drawing *drawing, const KtInstGroup *group)
{
	unsigned threads = 1;

	for (uint32_t c = 0; c < group->n_cores; c++)
		threads = MAX(threads, drawing->instance->cores[group->first_core + c].n_cpus);
	return threads;
}

static unsigned
group_height(const Drawing *drawing, const KtInstGroup *group)
{
	unsigned per_row = cores_per_row(drawing);
	unsigned rows = (group->n_cores + per_row - 1) / per_row;

	return rows * (threads_of(drawing, group) * CPU + 2 * GAP) + PADDING;
}

static void
put_core(const Drawing *drawing, const KtInstCore *core, unsigned x, unsigned y)
{
	for (uint16_t t = 0; t < core->n_cpus; t++) {
		g_autofree char *colour = cpu_colour(drawing, core, core->cpus[t]);
		const char mark = kt_report_place_mark(
			drawing->instance, drawing->solution, core->node, core->cpus[t]);
		g_string_append_printf(drawing->out,
				       "<rect class=\"cpu\" x=\"%u\" y=\"%u\" width=\"%u\" "
				       "height=\"%u\" fill=\"%s\"><title>CPU %u</title></rect>\n",
				       x,
				       y + t * CPU,
				       CPU,
				       CPU,
				       colour,
				       core->cpus[t]);
		if (g_ascii_isalnum(mark))
			put_text(drawing, x + 5, y + t * CPU + 13, "%c", mark);
	}
}

static unsigned
put_group(const Drawing *drawing, const KtInstGroup *group, unsigned x, unsigned y)
{
	unsigned per_row = cores_per_row(drawing);
	unsigned threads = threads_of(drawing, group);
	unsigned height = group_height(drawing, group);

	put_box(drawing,
		x,
		y,
		MIN(group->n_cores, per_row) * (CPU + GAP) + PADDING,
		height - GAP,
		"#f3f3f3");
	for (uint32_t c = 0; c < group->n_cores; c++)
		put_core(drawing,
			 &drawing->instance->cores[group->first_core + c],
			 x + PADDING / 2 + c % per_row * (CPU + GAP),
			 y + PADDING / 2 + c / per_row * (threads * CPU + 2 * GAP));
	return height + GAP;
}

static unsigned
panel_height(const Drawing *drawing, const KtInstNode *node)
{
	unsigned height = HEAD + PADDING;

	for (uint32_t g = 0; g < node->n_groups; g++)
		height += group_height(drawing, &drawing->instance->groups[node->first_group + g]) +
			  GAP;
	return height;
}

static void
put_panel(const Drawing *drawing, uint32_t n, unsigned x, unsigned y)
{
	const KtInstNode *node = &drawing->instance->nodes[n];
	uint64_t usable =
		node->memory_kib > node->reserved_kib ? node->memory_kib - node->reserved_kib : 0;
	uint64_t used = kt_report_place_used_kib(drawing->instance, drawing->solution, n);
	g_autofree char *part = kt_phrase_kib(used);
	g_autofree char *all = kt_phrase_kib(usable);
	unsigned bar = drawing->panel_width - 2 * PADDING;

	put_box(drawing, x, y, drawing->panel_width, panel_height(drawing, node), "#e2e2e2");
	put_text(drawing,
		 x + PADDING,
		 y + 17,
		 "node %" G_GUINT64_FORMAT ": %s of %s",
		 node->id,
		 part,
		 all);
	put_box(drawing, x + PADDING, y + 25, bar, 10, "#ffffff");
	if (usable > 0)
		put_box(drawing,
			x + PADDING,
			y + 25,
			(unsigned)(bar * MIN((double)used / (double)usable, 1.0)),
			10,
			"#5a87b5");
	unsigned at = y + HEAD;
	for (uint32_t g = 0; g < node->n_groups; g++)
		at += put_group(drawing,
				&drawing->instance->groups[node->first_group + g],
				x + PADDING,
				at);
}

static unsigned
put_panels(const Drawing *drawing, unsigned y)
{
	for (uint32_t n = 0; n < drawing->instance->n_nodes;) {
		unsigned highest = 0;
		for (unsigned i = 0; i < drawing->n_columns && n < drawing->instance->n_nodes;
		     i++, n++) {
			put_panel(drawing, n, MARGIN + i * (drawing->panel_width + MARGIN), y);
			highest = MAX(highest, panel_height(drawing, &drawing->instance->nodes[n]));
		}
		y += highest + MARGIN;
	}
	return y;
}

/* Two columns: guests in their colours, and what the other colours are. */
static unsigned
put_legend(const Drawing *drawing, unsigned y)
{
	static const struct {
		const char *colour;
		const char *text;
	} others[] = {
		{.colour = house_colour, .text = "the host's own"},
		{.colour = pool_colour, .text = "pool of shared guests"},
		{.colour = idle_colour, .text = "sibling left idle"},
		{.colour = free_colour, .text = "free"},
	};
	unsigned n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(others); i++, n++) {
		unsigned x = MARGIN + (unsigned)i * (WIDTH - 2 * MARGIN) / 4;
		put_sample(drawing, x, y, others[i].colour);
		put_text(drawing, x + 20, y + 12, "%s", others[i].text);
	}
	y += LINE + GAP;
	n = 0;
	for (uint32_t v = 0; v < drawing->instance->n_guests && n < MAX_LEGEND; v++) {
		const KtInstGuest *guest = &drawing->instance->guests[v];
		if (!drawing->solution->guests[v].is_placed || guest->is_shared)
			continue;
		unsigned x = MARGIN + n % 4 * (WIDTH - 2 * MARGIN) / 4;
		g_autofree char *colour = colour_of(v);
		put_sample(drawing, x, y + n / 4 * LINE, colour);
		put_text(drawing,
			 x + 20,
			 y + n / 4 * LINE + 12,
			 "%c  %.24s (%" G_GUINT64_FORMAT ")",
			 kt_report_place_letter(drawing->solution, v),
			 guest->name,
			 guest->vcpus);
		n++;
	}
	return y + (n + 3) / 4 * LINE + MARGIN;
}

char *
kt_report_place_svg(const KtInstance *instance, const KtSolution *solution)
{
	g_autoptr(GString) body = g_string_new(NULL);
	unsigned n_columns = instance->n_nodes <= 1 ? 1 : instance->n_nodes <= 8 ? 2 : 4;
	const Drawing drawing = {
		.instance = instance,
		.solution = solution,
		.out = body,
		.n_columns = n_columns,
		.panel_width = (WIDTH - (n_columns + 1) * MARGIN) / n_columns,
	};
	int64_t loss = kt_solution_loss(solution);

	put_text(&drawing,
		 MARGIN,
		 26,
		 "Placement of %u guests, expected loss %" G_GINT64_FORMAT ".%03d vCPUs",
		 instance->n_guests,
		 loss / 1000,
		 (int)(loss % 1000));
	unsigned height = put_legend(&drawing, put_panels(&drawing, 40));
	return g_strdup_printf(
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" "
		"height=\"%u\" viewBox=\"0 0 %u %u\">\n"
		"<style>text{font:13px sans-serif}.cpu{stroke:#777;stroke-width:"
		"0.5}</style>\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n%s</svg>\n",
		WIDTH,
		height,
		WIDTH,
		height,
		body->str);
}
