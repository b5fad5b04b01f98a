/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-solver.h"

#include "kt-bound.h"
#include "kt-exact.h"
#include "kt-pack.h"
#include "kt-rival.h"
#include "kt-today.h"

#include <string.h>

#define DEFAULT_MS 200
/* The tree gets its chance on hosts of this size: beyond, it never ends. */
#define MAX_TREE   200
#define SMALL_TREE 24

/* Cells that are alike keep the nodes they are on. */
static void
name_cells(const KtInstGuest *guest, const KtShape *shape, const KtLayout *layout, uint8_t *nodes)
{
	bool is_used[KT_INSTANCE_MAX_CELLS] = {false};

	memcpy(nodes, layout->nodes, shape->n_cells);
	if (guest->n_current != shape->n_cells)
		return;
	for (uint32_t first = 0, end; first < shape->n_cells; first = end) {
		for (end = first + 1; end < shape->n_cells && shape->is_twin[end];)
			end++;
		bool is_named[KT_INSTANCE_MAX_CELLS] = {false};
		for (uint32_t i = first; i < end; i++) {
			for (uint32_t j = first; j < end && !is_named[i]; j++) {
				if (is_used[j] || layout->nodes[j] != guest->current_nodes[i])
					continue;
				nodes[i] = layout->nodes[j];
				is_named[i] = is_used[j] = true;
			}
		}
		for (uint32_t i = first; i < end; i++) {
			for (uint32_t j = first; j < end && !is_named[i]; j++) {
				if (is_used[j])
					continue;
				nodes[i] = layout->nodes[j];
				is_named[i] = is_used[j] = true;
			}
		}
	}
}

static void
place_guest(const KtInstance *instance, const KtSearch *search, uint32_t v, KtSolution *solution)
{
	const KtUnit *unit = &search->units[v];
	const KtLayout *layout = &unit->menu->layouts[search->best[v]];
	const KtShape *shape = &unit->shapes[layout->shape];
	KtPlaced *placed = &solution->guests[v];
	KtInstCell *cells = kt_arena_new0(solution->arena, KtInstCell, shape->n_cells);

	memcpy(cells, shape->cells, shape->n_cells * sizeof(*cells));
	placed->is_placed = true;
	placed->n_cells = shape->n_cells;
	placed->cells = cells;
	placed->nodes = kt_arena_new0(solution->arena, uint8_t, shape->n_cells);
	placed->moved_kib = layout->moved_kib;
	solution->moved_kib += layout->moved_kib;
	name_cells(&instance->guests[v], shape, layout, placed->nodes);
}

/* Who may not move and has no place stops, and so does nobody any harm. */
static void
leave_seats(const KtInstance *instance, KtSolution *solution)
{
	for (unsigned i = 0; !instance->is_live && i < KT_CPUSET_BITS; i++) {
		int32_t owner = solution->seats.owner[i];
		if (owner >= 0 && !solution->guests[owner].is_placed)
			solution->seats.owner[i] = KT_SEAT_FREE;
	}
}

static KtSolution *
make_solution(const KtInstance *instance, const KtSearch *search, const KtSeats *seats,
	      const int32_t *clash)
{
	KtSolution *solution = kt_solution_new(instance);

	solution->seats = *seats;
	solution->work = search->work;
	solution->is_stopped = search->is_stopped;
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		if (search->best[v] >= 0) {
			place_guest(instance, search, v, solution);
			continue;
		}
		solution->unplaced += (int64_t)(guest->priority * guest->vcpus);
		solution->guests[v].reason =
			kt_solver_reason(instance, search, v, clash[v], solution->arena);
	}
	leave_seats(instance, solution);
	kt_pack(instance, solution);
	kt_solver_pools(instance, solution);
	kt_solver_order(instance, solution);
	return solution;
}

/* Does what the tree proves hold for the whole loss? Pools and SMT of more than two threads are
 * estimates while nodes are chosen, and moves are no loss. */
static bool
proves_loss(const KtInstance *instance, const KtRoom *room)
{
	for (uint32_t n = 0; n < room->n_nodes; n++) {
		if (room->nodes[n].threads > 2)
			return false;
	}
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		if (guest->is_shared || guest->priority == 0 || guest->n_current > 0)
			return false;
	}
	return true;
}

static bool
run_search(KtSearch *search, uint64_t work)
{
	bool is_proven = false;

	kt_search_start(search);
	if (kt_search_is_done(search) || search->n_units == 0)
		return true;
	/* Trees of many guests rarely come to an end: the search may use the time better. */
	bool is_small = search->n_units <= SMALL_TREE;
	kt_search_improve(search, is_small ? work / 10 : work / 10 * 9);
	if (search->n_units <= MAX_TREE && !search->is_stopped && !kt_search_is_done(search))
		is_proven = kt_exact_improve(search, is_small ? work / 10 * 3 : work / 20);
	if (!is_proven && !search->is_stopped && search->work < work)
		kt_search_improve(search, work - search->work);
	return is_proven || kt_search_is_done(search);
}

/* Are guests left out by other weights than the answer tells? */
static bool
has_favour(const KtInstance *instance)
{
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (instance->guests[v].favour > 1)
			return true;
	}
	return false;
}

KtSolution *
kt_solver_run(const KtInstance *instance, const KtSearchLimits *limits)
{
	static const KtSearchLimits usual = {
		.work = (uint64_t)DEFAULT_MS * KT_SOLVER_WORK_PER_MS,
		.max_moves = UINT64_MAX,
		.max_kib = UINT64_MAX,
	};
	g_autoptr(KtArena) arena = kt_arena_new();
	g_autofree KtSeats *seats = g_new(KtSeats, 1);
	g_autofree int32_t *clash = g_new(int32_t, instance->n_guests + 1);
	KtRoom room;
	KtSearch search;

	limits = limits ? limits : &usual;
	kt_seats_init(instance, seats, clash);
	kt_room_init(instance, seats, &room);
	KtUnit *units = kt_units_new(instance, &room, clash, arena);
	kt_search_init(&search, instance, &room, units, limits);
	search.bound.unplaced = kt_bound_unplaced(instance, &room, units);
	search.bound.cost =
		kt_bound_cost(instance, units, search.bound.unplaced, /* is_loss= */ false);

	bool is_proven = run_search(&search, limits->work);
	KtSolution *solution = make_solution(instance, &search, seats, clash);
	solution->is_optimal = is_proven;
	solution->unplaced_bound = is_proven              ? solution->unplaced
				   : has_favour(instance) ? 0
							  : search.bound.unplaced;
	solution->loss_bound =
		kt_bound_cost(instance, units, search.best_score.unplaced, /* is_loss= */ true);
	if (is_proven && proves_loss(instance, &room))
		solution->loss_bound = MAX(solution->loss_bound, search.best_score.cost / 1000);
	/* What was found is never better than what can be. */
	solution->loss_bound = MIN(solution->loss_bound, kt_solution_loss(solution));
	kt_today(instance, solution);
	/* A first plan is wanted soon. */
	if (limits->work > 0)
		solution->rival = kt_rival_find(&search, solution->arena);
	kt_search_clear(&search);
	return solution;
}
