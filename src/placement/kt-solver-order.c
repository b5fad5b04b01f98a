/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-room.h"
#include "kt-solver.h"

#include <string.h>

/*
 * The order of the moves. A guest may go when the CPUs that it is to have belong to nobody else and
 * its new nodes have room for its memory while the old pages are still held. Where all wait for
 * each other, one goes aside first, or stops.
 */
typedef struct Order {
	const KtInstance *instance;
	KtSolution *solution;
	GArray *moves;
	int32_t *owner;        /* of each CPU now: a guest, or -1 */
	const int32_t **cpus;  /* where each guest is now; NULL = bound to none */
	const uint8_t **nodes; /* NULL = does not run */
	bool *is_pending;
	bool *is_parked;
	KtRoom room; /* its memory is what is left now */
	uint64_t *apart;
} Order;

static uint32_t
cells_of(const Order *order, uint32_t v)
{
	return order->instance->guests[v].n_current;
}

static int64_t
cell_kib(const Order *order, uint32_t v, uint32_t cell)
{
	const KtInstGuest *guest = &order->instance->guests[v];
	const KtPlaced *placed = &order->solution->guests[v];
	KtInstCell cells[KT_INSTANCE_MAX_CELLS];
	uint64_t kib = 0;

	if (placed->is_placed && placed->n_cells == guest->n_current) {
		kib = placed->cells[cell].memory_kib;
	} else if (guest->cells) {
		kib = guest->cells[cell].memory_kib;
	} else {
		kt_instance_split(guest, guest->n_current, cells);
		kib = cells[cell].memory_kib;
	}
	return (int64_t)((kib + guest->page_kib - 1) / guest->page_kib * guest->page_kib);
}

static int64_t *
kib_at(Order *order, uint32_t v, uint8_t node)
{
	int class = kt_room_class(&order->room, order->instance->guests[v].page_kib);

	return &order->room.nodes[node].kib[MAX(class, 0)];
}

static uint64_t
mask_of(const uint8_t *nodes, uint32_t n)
{
	uint64_t mask = 0;

	for (uint32_t i = 0; nodes && i < n; i++)
		mask |= UINT64_C(1) << nodes[i];
	return mask;
}

/* Takes the guest from where it is (@sign -1) or puts it there (1). */
static void
hold(Order *order, uint32_t v, int sign)
{
	const KtInstGuest *guest = &order->instance->guests[v];

	for (uint32_t i = 0; order->nodes[v] && i < cells_of(order, v); i++)
		*kib_at(order, v, order->nodes[v][i]) -= sign * cell_kib(order, v, i);
	for (uint64_t i = 0; order->cpus[v] && i < guest->vcpus; i++) {
		int32_t cpu = order->cpus[v][i];
		if (cpu < 0)
			continue;
		if (sign > 0)
			order->owner[cpu] = (int32_t)v;
		else if (order->owner[cpu] == (int32_t)v)
			order->owner[cpu] = -1;
	}
	if (guest->apart >= 0)
		order->apart[guest->apart] ^= mask_of(order->nodes[v], cells_of(order, v));
}

/* Can it go to these nodes and CPUs with the rest as it is now? */
static bool
can_go(Order *order, uint32_t v, const uint8_t *nodes, const int32_t *cpus)
{
	const KtInstGuest *guest = &order->instance->guests[v];
	int64_t more[KT_INSTANCE_MAX_NODES] = {0};
	uint32_t n = cells_of(order, v);

	for (uint64_t i = 0; i < guest->vcpus; i++) {
		if (cpus[i] >= 0 && order->owner[cpus[i]] >= 0 &&
		    order->owner[cpus[i]] != (int32_t)v)
			return false;
	}
	for (uint32_t i = 0; i < n; i++) {
		if (!order->nodes[v] || order->nodes[v][i] != nodes[i])
			more[nodes[i]] += cell_kib(order, v, i);
	}
	for (uint32_t i = 0; i < order->instance->n_nodes; i++) {
		if (more[i] > 0 && more[i] > *kib_at(order, v, (uint8_t)i))
			return false;
	}
	return guest->apart < 0 ||
	       !(order->apart[guest->apart] & mask_of(nodes, n) & ~mask_of(order->nodes[v], n));
}

static void
emit(Order *order, KtMoveKind kind, uint32_t v, const uint8_t *nodes, const int32_t *cpus)
{
	KtMove move = {.kind = kind, .guest = v, .nodes = nodes, .cpus = cpus};

	for (uint32_t i = 0; nodes && order->nodes[v] && i < cells_of(order, v); i++) {
		if (nodes[i] != order->nodes[v][i])
			move.kib += (uint64_t)cell_kib(order, v, i);
	}
	if (order->nodes[v])
		hold(order, v, -1);
	order->nodes[v] = nodes;
	order->cpus[v] = cpus;
	if (nodes)
		hold(order, v, 1);
	g_array_append_val(order->moves, move);
}

/* Everybody who can go goes; true when somebody did. */
static bool
go_on(Order *order)
{
	bool has_gone = false;

	for (uint32_t v = 0; v < order->instance->n_guests; v++) {
		const KtPlaced *placed = &order->solution->guests[v];
		if (!order->is_pending[v] || !can_go(order, v, placed->nodes, placed->cpus))
			continue;
		bool stays = order->nodes[v] &&
			     memcmp(order->nodes[v], placed->nodes, placed->n_cells) == 0;
		KtMoveKind kind = !order->nodes[v] ? KT_MOVE_START
				  : stays          ? KT_MOVE_REPIN
						   : KT_MOVE_NODES;
		emit(order, kind, v, placed->nodes, placed->cpus);
		order->is_pending[v] = false;
		has_gone = true;
	}
	return has_gone;
}

/* CPUs of the node that nobody has now, for one cell; false when there are too few. */
static bool
borrow_cpus(const Order *order, uint8_t node, bool *is_lent, int32_t *cpus, uint64_t n)
{
	const KtInstance *instance = order->instance;
	uint64_t found = 0;

	for (uint32_t c = 0; c < instance->nodes[node].n_cores && found < n; c++) {
		const KtInstCore *core = &instance->cores[instance->nodes[node].first_core + c];
		for (uint16_t i = 0; i < core->n_cpus && found < n; i++) {
			uint16_t cpu = core->cpus[i];
			if (order->owner[cpu] >= 0 || is_lent[cpu] ||
			    order->solution->seats.owner[cpu] == KT_SEAT_HOUSE)
				continue;
			is_lent[cpu] = true;
			cpus[found++] = cpu;
		}
	}
	return found == n;
}

/* A place aside: every cell on a node, its own one first, that has the CPUs and the memory. */
static bool
find_aside(Order *order, uint32_t v, uint8_t *nodes, int32_t *cpus)
{
	const KtInstGuest *guest = &order->instance->guests[v];
	const KtPlaced *placed = &order->solution->guests[v];
	g_autofree bool *is_lent = g_new0(bool, KT_CPUSET_BITS);
	uint64_t first = 0;

	/* Guests that want cores alone could not have them aside. */
	if (guest->smt != KT_SMT_PREFER || guest->is_shared)
		return false;
	for (uint32_t i = 0; i < placed->n_cells; i++) {
		uint64_t n = placed->cells[i].vcpus;
		bool is_found = false;
		for (uint32_t t = 0; t <= order->instance->n_nodes && !is_found; t++) {
			uint8_t node = t == 0 ? order->nodes[v][i] : (uint8_t)(t - 1);
			int64_t kib = node == order->nodes[v][i] ? 0 : cell_kib(order, v, i);
			if (!(guest->allowed >> node & 1) || *kib_at(order, v, node) < kib)
				continue;
			nodes[i] = node;
			is_found = borrow_cpus(order, node, is_lent, cpus + first, n);
		}
		if (!is_found)
			return false;
		first += n;
	}
	return can_go(order, v, nodes, cpus);
}

/* Pending guests, the one with the least memory first, that have not been asked yet. */
static uint32_t
next_small(const Order *order, const bool *is_asked)
{
	uint32_t chosen = UINT32_MAX;

	for (uint32_t v = 0; v < order->instance->n_guests; v++) {
		if (!order->is_pending[v] || is_asked[v] || !order->nodes[v])
			continue;
		if (chosen == UINT32_MAX || order->instance->guests[v].memory_kib <
						    order->instance->guests[chosen].memory_kib)
			chosen = v;
	}
	return chosen;
}

/* All wait for each other: the smallest that can goes aside, else the smallest stops. */
static bool
break_circle(Order *order)
{
	g_autofree bool *is_asked = g_new0(bool, order->instance->n_guests + 1);
	uint32_t smallest = next_small(order, is_asked);

	for (uint32_t v = smallest; v != UINT32_MAX; v = next_small(order, is_asked)) {
		KtArena *arena = order->solution->arena;
		uint64_t vcpus = order->instance->guests[v].vcpus;
		uint8_t *nodes = kt_arena_new0(arena, uint8_t, KT_INSTANCE_MAX_CELLS);
		int32_t *cpus = kt_arena_new0(arena, int32_t, vcpus);
		is_asked[v] = true;
		if (order->is_parked[v] || !find_aside(order, v, nodes, cpus))
			continue;
		order->is_parked[v] = true;
		emit(order, KT_MOVE_PARK, v, nodes, cpus);
		return true;
	}
	if (smallest == UINT32_MAX)
		return false;
	emit(order, KT_MOVE_STOP, smallest, NULL, NULL);
	return true;
}

static void
begin(Order *order)
{
	const KtInstance *instance = order->instance;

	for (unsigned i = 0; i < KT_CPUSET_BITS; i++)
		order->owner[i] = -1;
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		const KtPlaced *placed = &order->solution->guests[v];
		if (guest->n_current == 0)
			continue;
		order->nodes[v] = guest->current_nodes;
		order->cpus[v] = guest->is_shared ? NULL : guest->current_cpus;
		hold(order, v, 1);
		order->is_pending[v] =
			placed->is_placed && (placed->is_repinned || placed->moved_kib > 0);
	}
	/* Who has no place any more makes room first. */
	for (uint32_t v = 0; !instance->is_live && v < instance->n_guests; v++) {
		if (order->nodes[v] && !order->solution->guests[v].is_placed)
			emit(order, KT_MOVE_STOP, v, NULL, NULL);
	}
}

void
kt_solver_order(const KtInstance *instance, KtSolution *solution)
{
	size_t n = instance->n_guests + 1;
	g_autofree int32_t *owner = g_new(int32_t, KT_CPUSET_BITS);
	g_autofree const int32_t **cpus = g_new0(const int32_t *, n);
	g_autofree const uint8_t **nodes = g_new0(const uint8_t *, n);
	g_autofree bool *is_pending = g_new0(bool, n);
	g_autofree bool *is_parked = g_new0(bool, n);
	g_autofree uint64_t *apart = g_new0(uint64_t, instance->n_apart + 1);
	g_autoptr(GArray) moves = g_array_new(FALSE, FALSE, sizeof(KtMove));
	Order order = {
		.instance = instance,
		.solution = solution,
		.moves = moves,
		.owner = owner,
		.cpus = cpus,
		.nodes = nodes,
		.is_pending = is_pending,
		.is_parked = is_parked,
		.apart = apart,
	};

	kt_room_init(instance, &solution->seats, &order.room);
	begin(&order);
	do {
		while (go_on(&order))
			continue;
	} while (break_circle(&order));
	solution->n_moves = moves->len;
	solution->moves = kt_arena_new0(solution->arena, KtMove, moves->len);
	for (guint i = 0; i < moves->len; i++)
		solution->moves[i] = g_array_index(moves, KtMove, i);
}
