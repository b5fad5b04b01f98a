/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-unit.h"

#include <string.h>

/* Layouts of all flavours together: keeps the memory of a host with many flavours at some MiB. */
#define ALL_LAYOUTS 200000
#define MIN_LAYOUTS 400
/* That the search may add to a menu that is cut. */
#define EXTRA_LAYOUTS 500

/* Enumerates the layouts of one shape. */
typedef struct Maker {
	const KtInstance *instance;
	const KtInstGuest *guest;
	const KtShape *shape;
	KtRoom room; /* what the cells so far leave of the empty host */
	GArray *layouts;
	KtLayout layout;
	uint64_t nodes; /* that may be used */
	size_t limit;   /* stop at this many */
} Maker;

KtNeed
kt_unit_need(const KtInstGuest *guest, const KtInstCell *cell, int memory_class, bool is_first)
{
	bool is_seated = kt_seats_is_seated(guest);
	bool has_extra = is_first && !guest->is_shared && !is_seated;
	uint64_t pages = (cell->memory_kib + guest->page_kib - 1) / guest->page_kib;

	return (KtNeed){
		.vcpus = (int32_t)(cell->vcpus + (has_extra ? guest->emulator_cpus : 0)),
		.memory_class = (uint8_t)MAX(memory_class, 0),
		.smt = is_seated ? KT_SMT_UNSET : (uint8_t)guest->smt,
		.is_shared = guest->is_shared,
		.kib = (int64_t)(pages * guest->page_kib),
	};
}

static void
init_shape(const KtInstGuest *guest, int memory_class, uint32_t n, KtShape *shape)
{
	shape->n_cells = n;
	if (guest->cells)
		memcpy(shape->cells, guest->cells, n * sizeof(*shape->cells));
	else
		kt_instance_split(guest, n, shape->cells);
	for (uint32_t i = 0; i < n; i++)
		shape->needs[i] =
			kt_unit_need(guest, &shape->cells[i], memory_class, /* is_first= */ i == 0);
	for (uint32_t i = 1; i < n; i++)
		shape->is_twin[i] = shape->needs[i].vcpus == shape->needs[i - 1].vcpus &&
				    shape->needs[i].kib == shape->needs[i - 1].kib &&
				    shape->cells[i].vcpus == shape->cells[i - 1].vcpus &&
				    shape->cells[i].memory_kib == shape->cells[i - 1].memory_kib;
}

bool
kt_layout_fits(const KtRoom *room, const KtShape *shape, const KtLayout *layout)
{
	/* What does not even fit alone needs no closer look. */
	for (uint32_t i = 0; i < shape->n_cells; i++) {
		const KtRoomNode *node = &room->nodes[layout->nodes[i]];
		const KtNeed *need = &shape->needs[i];
		int32_t cpus = need->is_shared || need->smt == KT_SMT_UNSET ? 0 : need->vcpus;
		if (node->kib[need->memory_class] < need->kib || kt_room_left(room, node) < cpus)
			return false;
	}
	if (shape->n_cells == 1) {
		KtRoomNode node = room->nodes[layout->nodes[0]];
		kt_room_put(&node, &shape->needs[0], 1);
		return kt_room_holds(room, &node);
	}
	for (uint32_t i = 0; i < shape->n_cells; i++) {
		/* Once per node: all cells that lie on it. */
		KtRoomNode node = room->nodes[layout->nodes[i]];
		bool is_done = false;
		for (uint32_t j = 0; j < i; j++)
			is_done = is_done || layout->nodes[j] == layout->nodes[i];
		for (uint32_t j = i; !is_done && j < shape->n_cells; j++) {
			if (layout->nodes[j] == layout->nodes[i])
				kt_room_put(&node, &shape->needs[j], 1);
		}
		if (!is_done && !kt_room_holds(room, &node))
			return false;
	}
	return true;
}

/* Memory of cells that would leave the node they have now. Cells that are alike may trade names. */
static uint64_t
moved_kib(const KtInstGuest *guest, const KtShape *shape, const KtLayout *layout)
{
	uint8_t left[KT_INSTANCE_MAX_NODES] = {0};
	uint64_t kib = 0;

	for (uint32_t i = 0, first = 0; i < shape->n_cells; i++) {
		bool is_last = i + 1 == shape->n_cells || !shape->is_twin[i + 1];
		if (!is_last)
			continue;
		for (uint32_t j = first; j <= i; j++)
			left[guest->current_nodes[j]]++;
		for (uint32_t j = first; j <= i; j++) {
			uint8_t *count = &left[layout->nodes[j]];
			if (*count > 0)
				(*count)--;
			else
				kib += shape->cells[j].memory_kib;
		}
		memset(left, 0, sizeof(left));
		first = i + 1;
	}
	return kib;
}

void
kt_layout_price(const KtInstance *instance, const KtInstGuest *guest, const KtShape *shape,
		KtLayout *layout)
{
	layout->mask = 0;
	for (uint32_t i = 0; i < shape->n_cells; i++)
		layout->mask |= UINT64_C(1) << layout->nodes[i];
	layout->loss =
		kt_cost_remote(instance, guest, shape->cells, layout->nodes, shape->n_cells) +
		kt_cost_device(instance, guest, shape->cells, layout->nodes, shape->n_cells);
	layout->moved_kib =
		guest->n_current == shape->n_cells ? moved_kib(guest, shape, layout) : 0;
	layout->cost = layout->loss * 1000 +
		       kt_cost_move(instance, layout->moved_kib, layout->moved_kib > 0);
}

bool
kt_layout_has_devices(const KtInstGuest *guest, const KtLayout *layout)
{
	for (uint32_t i = 0; i < guest->n_devices; i++) {
		if (guest->devices[i].is_required && !(layout->mask >> guest->devices[i].node & 1))
			return false;
	}
	return true;
}

static void
keep_layout(Maker *maker)
{
	kt_layout_price(maker->instance, maker->guest, maker->shape, &maker->layout);
	if (kt_layout_has_devices(maker->guest, &maker->layout))
		g_array_append_val(maker->layouts, maker->layout);
}

static void
enumerate(Maker *maker, uint32_t cell)
{
	const KtShape *shape = maker->shape;

	if (cell == shape->n_cells) {
		keep_layout(maker);
		return;
	}

	uint32_t from = shape->is_twin[cell] ? maker->layout.nodes[cell - 1] : 0;
	for (uint32_t n = from; n < maker->room.n_nodes; n++) {
		KtRoomNode *node = &maker->room.nodes[n];
		if (!(maker->nodes >> n & 1) || maker->layouts->len >= maker->limit)
			continue;
		kt_room_put(node, &shape->needs[cell], 1);
		maker->layout.nodes[cell] = (uint8_t)n;
		if (kt_room_holds(&maker->room, node))
			enumerate(maker, cell + 1);
		kt_room_put(node, &shape->needs[cell], -1);
	}
}

/* Layouts of the shape over @m nodes when room is no matter, at most @limit. */
static size_t
count_layouts(const KtShape *shape, size_t m, size_t limit)
{
	size_t count = 1;
	size_t run = 0;

	for (uint32_t i = 0; i < shape->n_cells && count < limit; i++) {
		run = shape->is_twin[i] ? run + 1 : 1;
		/* C(m + run - 1, run) in steps of one. */
		count = count * (m + run - 1) / run;
	}
	return MIN(count, limit);
}

/* The @m allowed nodes nearest to @seed, itself first. */
static uint64_t
nearest(const Maker *maker, uint32_t seed, size_t m)
{
	const KtInstance *instance = maker->instance;
	uint64_t chosen = 0;

	for (size_t i = 0; i < m; i++) {
		uint32_t best = UINT32_MAX;
		unsigned least = UINT_MAX;
		for (uint32_t n = 0; n < instance->n_nodes; n++) {
			unsigned far = instance->distance[seed][n] + instance->distance[n][seed];
			if (!(maker->guest->allowed >> n & 1) || chosen >> n & 1 || far >= least)
				continue;
			best = n;
			least = far;
		}
		if (best != UINT32_MAX)
			chosen |= UINT64_C(1) << best;
	}
	return chosen;
}

/* All layouts of the shape; when there are too many, those within the nearest nodes of each. */
static bool
make_layouts(Maker *maker, size_t limit)
{
	uint32_t n_nodes = maker->instance->n_nodes;
	size_t before = maker->layouts->len;
	size_t m = n_nodes;

	maker->nodes = maker->guest->allowed;
	maker->limit = SIZE_MAX;
	if (count_layouts(maker->shape, m, limit + 1) <= limit) {
		enumerate(maker, 0);
		return false;
	}
	while (m > 1 && count_layouts(maker->shape, m, limit) > limit / n_nodes)
		m--;
	for (uint32_t n = 0; n < n_nodes; n++) {
		maker->nodes = nearest(maker, n, MAX(m, 2));
		maker->limit = before + limit * (n + 1) / n_nodes;
		enumerate(maker, 0);
	}
	return true;
}

static int
compare_layouts(const void *a, const void *b)
{
	const KtLayout *x = a;
	const KtLayout *y = b;

	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	if (x->shape != y->shape)
		return (int)x->shape - (int)y->shape;
	return memcmp(x->nodes, y->nodes, sizeof(x->nodes));
}

/* Sorts and takes out what stands there twice. */
static void
finish_layouts(GArray *layouts, KtArena *arena, KtUnit *unit)
{
	uint32_t size = layouts->len + (unit->is_cut ? EXTRA_LAYOUTS : 0);
	KtLayout *kept = kt_arena_new0(arena, KtLayout, size);
	uint32_t n = 0;

	if (layouts->len > 0)
		qsort(layouts->data, layouts->len, sizeof(KtLayout), compare_layouts);
	for (guint i = 0; i < layouts->len; i++) {
		const KtLayout *layout = &g_array_index(layouts, KtLayout, i);
		if (n == 0 || compare_layouts(layout, &kept[n - 1]) != 0)
			kept[n++] = *layout;
	}
	*unit->menu = (KtMenu){.layouts = kept, .n = n, .size = size};
}

/* Cut at will: the least power of two of cells that fits, and twice that. */
static void
make_free(Maker *maker, int class, KtShape *shapes, size_t limit, KtUnit *unit)
{
	const KtInstGuest *guest = maker->guest;
	uint64_t pages = (guest->memory_kib + guest->page_kib - 1) / guest->page_kib;
	uint32_t n_found = 0;

	for (uint32_t k = 1; k <= guest->max_cells && k <= guest->vcpus && k <= pages; k *= 2) {
		size_t before = maker->layouts->len;
		maker->shape = &shapes[n_found];
		maker->layout = (KtLayout){.shape = (uint8_t)n_found};
		memset(&shapes[n_found], 0, sizeof(*shapes));
		init_shape(guest, class, k, &shapes[n_found]);
		bool is_cut = make_layouts(maker, limit);
		unit->is_cut |= is_cut;
		if ((maker->layouts->len > before || is_cut) && ++n_found == 2)
			break;
	}
	unit->n_shapes = n_found;
}

static void
make_fixed(Maker *maker, KtUnit *unit)
{
	memcpy(maker->layout.nodes, maker->guest->current_nodes, maker->guest->n_current);
	unit->n_shapes = 1;
	if (kt_layout_fits(&maker->room, maker->shape, &maker->layout))
		keep_layout(maker);
}

/* All layouts are listed, or none of any shape is better than what the shapes allow. */
static int64_t
least_loss(const Maker *maker, const KtUnit *unit)
{
	int64_t least = INT64_MAX;

	for (uint32_t i = 0; !unit->is_cut && i < unit->menu->n; i++)
		least = MIN(least, unit->menu->layouts[i].loss);
	for (uint32_t s = 0; unit->is_cut && s < MAX(unit->n_shapes, 1); s++)
		least = MIN(least,
			    kt_shape_least(
				    maker->instance, &maker->room, maker->guest, &unit->shapes[s]));
	return least == INT64_MAX ? 0 : least;
}

static void
make_unit(Maker *maker, size_t limit, KtArena *arena, KtUnit *unit)
{
	const KtInstGuest *guest = maker->guest;
	int class = kt_room_class(&maker->room, guest->page_kib);
	KtShape *shapes = kt_arena_new0(arena, KtShape, KT_UNIT_MAX_SHAPES);
	g_autoptr(GArray) layouts = g_array_new(FALSE, FALSE, sizeof(KtLayout));
	uint32_t n = guest->cells ? guest->n_cells : guest->n_current;

	unit->shapes = shapes;
	if (class < 0)
		return;
	maker->layouts = layouts;
	maker->layout = (KtLayout){.shape = 0};
	maker->shape = shapes;
	if (n > 0)
		init_shape(guest, class, n, shapes);
	if (guest->is_fixed && n > 0 && guest->n_current == n) {
		make_fixed(maker, unit);
	} else if (n > 0) {
		unit->n_shapes = 1;
		unit->is_cut = make_layouts(maker, limit);
	} else {
		make_free(maker, class, shapes, limit, unit);
	}
	finish_layouts(layouts, arena, unit);
	unit->least = least_loss(maker, unit);
}

/* All that matters to the search in one text: equal texts are one flavour. */
static char *
flavour_key(const KtInstGuest *guest)
{
	GString *key = g_string_new(NULL);

	g_string_printf(key,
			"%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
			" %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
			" %" G_GUINT64_FORMAT " %u %d%d%d %" G_GINT64_MODIFIER "x",
			guest->vcpus,
			guest->memory_kib,
			guest->page_kib,
			guest->priority,
			guest->emulator_cpus,
			guest->max_cells,
			guest->memory_bound_permille,
			guest->smt,
			guest->is_shared,
			guest->is_preferred,
			guest->has_vnuma,
			guest->allowed);
	for (uint32_t i = 0; i < guest->n_cells; i++)
		g_string_append_printf(key,
				       " c%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT,
				       guest->cells[i].vcpus,
				       guest->cells[i].memory_kib);
	for (uint32_t i = 0; i < guest->n_devices; i++)
		g_string_append_printf(key,
				       " d%" G_GUINT64_FORMAT ",%" G_GUINT64_FORMAT ",%d",
				       guest->devices[i].node,
				       guest->devices[i].share_permille,
				       guest->devices[i].is_required);
	for (uint32_t i = 0; i < guest->n_current; i++)
		g_string_append_printf(key, " n%u", guest->current_nodes[i]);
	return g_string_free(key, FALSE);
}

/* Share of the host's CPUs and memory together, in millionths. */
static int64_t
size_of(const KtInstance *instance, const KtRoom *room, const KtInstGuest *guest)
{
	int64_t cpus = 0;
	int64_t kib = 0;
	int64_t wanted = (int64_t)(guest->vcpus + guest->emulator_cpus);

	for (uint32_t n = 0; n < room->n_nodes; n++) {
		cpus += room->nodes[n].all;
		kib += room->nodes[n].capacity_kib;
	}
	if (guest->is_shared)
		wanted = wanted * 1000 / (int64_t)instance->ratio_permille;
	return wanted * 1000000 / MAX(cpus, 1) +
	       (int64_t)guest->memory_kib * 1000 / MAX(kib / 1000, 1);
}

/* The first guest of each flavour, or the same index for one of its own. */
static size_t
find_flavours(const KtInstance *instance, KtUnit *units)
{
	g_autoptr(GHashTable) known =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, /* value= */ NULL);

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		char *key = guest->is_fixed ? g_strdup_printf("fixed %u", v) : flavour_key(guest);
		gpointer first = g_hash_table_lookup(known, key);
		units[v].flavour = first ? GPOINTER_TO_UINT(first) - 1 : v;
		if (first)
			g_free(key);
		else
			g_hash_table_insert(known, key, GUINT_TO_POINTER(v + 1));
	}
	return g_hash_table_size(known);
}

KtUnit *
kt_units_new(const KtInstance *instance, const KtRoom *room, const int32_t *clash, KtArena *arena)
{
	KtUnit *units = kt_arena_new0(arena, KtUnit, instance->n_guests);
	size_t n_flavours = find_flavours(instance, units);
	size_t limit = CLAMP(ALL_LAYOUTS / MAX(n_flavours, 1), MIN_LAYOUTS, KT_UNIT_MAX_LAYOUTS);

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		KtUnit *unit = &units[v];
		uint32_t flavour = unit->flavour;
		if (flavour != v)
			*unit = units[flavour];
		unit->guest = v;
		unit->weight = (int64_t)(guest->priority * guest->vcpus * MAX(guest->favour, 1));
		unit->size = size_of(instance, room, guest);
		if (flavour != v)
			continue;
		unit->menu = kt_arena_new0(arena, KtMenu, 1);
		if (clash[v] >= 0)
			continue;
		Maker maker = {.instance = instance, .guest = guest, .room = *room};
		make_unit(&maker, limit, arena, unit);
	}
	return units;
}
