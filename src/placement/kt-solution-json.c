/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-rival.h"
#include "kt-today.h"

#define KIB_PER_GIB UINT64_C(1048576)

static void
set_i64(KtJson *object, const char *key, int64_t number)
{
	kt_json_set(object, key, json_integer((json_int_t)number));
}

static KtJson *
terms_json(const KtTerms *terms)
{
	KtJson *json = json_object();

	set_i64(json, "remote", terms->remote);
	set_i64(json, "l3", terms->l3);
	set_i64(json, "smt", terms->smt);
	set_i64(json, "device", terms->device);
	set_i64(json, "overcommit", terms->overcommit);
	return json;
}

static KtJson *
cells_json(const KtInstance *instance, const KtPlaced *placed)
{
	KtJson *list = json_array();

	for (uint32_t i = 0; i < placed->n_cells; i++) {
		KtJson *cell = json_object();
		kt_json_set_u64(cell, "node", instance->nodes[placed->nodes[i]].id);
		kt_json_set_u64(cell, "vcpus", placed->cells[i].vcpus);
		kt_json_set_u64(cell, "memory_kib", placed->cells[i].memory_kib);
		json_array_append_new(list, cell);
	}
	return list;
}

static KtJson *
placed_json(const KtInstance *instance, const KtSolution *solution, uint32_t v)
{
	const KtInstGuest *guest = &instance->guests[v];
	const KtPlaced *placed = &solution->guests[v];
	KtJson *json = json_object();
	KtJson *pins = json_array();
	KtJson *iothreads = json_object();
	KtCpuset set;

	kt_json_set_str(json, "guest", guest->name);
	kt_json_set(json, "cells", cells_json(instance, placed));
	for (uint64_t i = 0; i < guest->vcpus; i++) {
		kt_solution_vcpu(instance, solution, v, i, &set);
		g_autofree char *list = kt_cpuset_to_list(&set);
		kt_json_append_str(pins, list);
	}
	kt_json_set(json, "vcpupin", pins);
	kt_solution_emulator(instance, solution, v, &set);
	g_autofree char *emulator = kt_cpuset_to_list(&set);
	kt_json_set_str(json, "emulatorpin", emulator);
	for (uint64_t i = 1; i <= guest->iothreads; i++) {
		g_autofree char *key = g_strdup_printf("%" G_GUINT64_FORMAT, i);
		kt_json_set_str(iothreads, key, emulator);
	}
	kt_json_set(json, "iothreadpin", iothreads);
	set_i64(json, "loss_permille", kt_terms_sum(&placed->terms));
	kt_json_set(json, "terms", terms_json(&placed->terms));
	return json;
}

static KtJson *
nodes_json(const KtInstance *instance, const uint8_t *nodes, uint32_t n)
{
	KtJson *list = json_array();

	for (uint32_t i = 0; i < n; i++)
		json_array_append_new(list, json_integer((json_int_t)instance->nodes[nodes[i]].id));
	return list;
}

static KtJson *
move_json(const KtInstance *instance, const KtSolution *solution, const KtMove *move)
{
	const KtInstGuest *guest = &instance->guests[move->guest];
	KtJson *json = json_object();

	kt_json_set_str(json, "guest", guest->name);
	kt_json_set_str(json, "kind", kt_move_name(move->kind));
	kt_json_set_u64(json, "moved_kib", move->kib);
	if (!move->nodes)
		return json;
	kt_json_set(json, "cells", nodes_json(instance, move->nodes, guest->n_current));
	KtJson *pins = json_array();
	for (uint64_t i = 0; i < guest->vcpus; i++) {
		KtCpuset set = {0};
		if (move->cpus[i] >= 0)
			kt_cpuset_add(&set, (unsigned)move->cpus[i]);
		else
			kt_solution_vcpu(instance, solution, move->guest, i, &set);
		g_autofree char *list = kt_cpuset_to_list(&set);
		kt_json_append_str(pins, list);
	}
	kt_json_set(json, "vcpupin", pins);
	return json;
}

static KtJson *
objective_json(const KtSolution *solution)
{
	KtJson *json = json_object();

	set_i64(json, "unplaced_priority", solution->unplaced);
	set_i64(json, "loss_permille", kt_solution_loss(solution));
	kt_json_set(json, "terms", terms_json(&solution->terms));
	kt_json_set_u64(json, "moved_gib", (solution->moved_kib + KIB_PER_GIB - 1) / KIB_PER_GIB);
	kt_json_set_u64(json, "moved_kib", solution->moved_kib);
	return json;
}

static KtJson *
pools_json(const KtInstance *instance, const KtSolution *solution)
{
	KtJson *list = json_array();

	for (uint32_t i = 0; i < solution->n_page_pools; i++) {
		const KtPoolPlan *pool = &solution->page_pools[i];
		KtJson *json = json_object();
		kt_json_set_u64(json, "node", instance->nodes[pool->node].id);
		kt_json_set_u64(json, "page_kib", pool->page_kib);
		kt_json_set_u64(json, "now", pool->now);
		kt_json_set_u64(json, "needed", pool->need);
		kt_json_set_u64(json, "pages", pool->pages);
		json_array_append_new(list, json);
	}
	return list;
}

static KtJson *
constants_json(const KtInstance *instance)
{
	KtJson *json = json_object();

	set_i64(json, "spill_permille", KT_COST_SPILL_PERMILLE);
	set_i64(json, "l3_permille", KT_COST_L3_PERMILLE);
	set_i64(json, "smt_permille", KT_COST_SMT_PERMILLE);
	set_i64(json, "move_permille_per_gib", KT_COST_MOVE_PERMILLE_PER_GIB);
	set_i64(json, "repin_permille", KT_COST_REPIN_PERMILLE);
	kt_json_set_u64(json, "horizon_s", instance->horizon_s);
	return json;
}

static KtJson *
today_json(const KtInstance *instance, const KtToday *today)
{
	KtJson *json = json_object();
	KtJson *guests = json_array();

	set_i64(json, "loss_permille", kt_terms_sum(&today->terms));
	kt_json_set(json, "terms", terms_json(&today->terms));
	kt_json_set_u64(json, "running", today->n_running);
	kt_json_set_u64(json, "unknown", today->n_running - today->n_known);
	kt_json_set_u64(json, "contested_cpus", today->n_contested);
	kt_json_set_u64(json, "floating_vcpus", today->n_floating);
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (!today->is_known[v])
			continue;
		KtJson *item = json_object();
		kt_json_set_str(item, "guest", instance->guests[v].name);
		set_i64(item, "loss_permille", kt_terms_sum(&today->guests[v]));
		kt_json_set(item, "terms", terms_json(&today->guests[v]));
		json_array_append_new(guests, item);
	}
	kt_json_set(json, "guests", guests);
	return json;
}

static KtJson *
rival_json(const KtInstance *instance, const KtRival *rival)
{
	KtJson *json = json_object();
	KtJson *guests = json_array();

	set_i64(json, "more_unplaced_priority", rival->more_unplaced);
	kt_json_set(json, "more_permille", json_real((double)rival->more_cost / 1000));
	for (uint32_t i = 0; i < rival->n_guests; i++) {
		KtJson *item = json_object();
		kt_json_set_str(item, "guest", instance->guests[rival->guests[i]].name);
		kt_json_set(
			item, "cells", nodes_json(instance, rival->nodes[i], rival->n_cells[i]));
		json_array_append_new(guests, item);
	}
	kt_json_set(json, "guests", guests);
	return json;
}

static void
put_certificate(const KtSolution *solution, KtJson *json)
{
	KtJson *bounds = json_object();

	set_i64(json, "bound", solution->loss_bound);
	set_i64(json, "gap", kt_solution_loss(solution) - solution->loss_bound);
	set_i64(bounds, "unplaced_priority", solution->unplaced_bound);
	set_i64(bounds, "loss_permille", solution->loss_bound);
	kt_json_set(json, "bounds", bounds);
	kt_json_set_bool(json, "nodes_proven", solution->is_optimal);
	kt_json_set_bool(json, "repeatable", !solution->is_stopped);
}

static void
put_lists(const KtInstance *instance, const KtSolution *solution, KtJson *json)
{
	KtJson *placed = json_array();
	KtJson *unplaced = json_array();
	KtJson *moves = json_array();

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (solution->guests[v].is_placed) {
			json_array_append_new(placed, placed_json(instance, solution, v));
			continue;
		}
		KtJson *item = json_object();
		kt_json_set_str(item, "guest", instance->guests[v].name);
		kt_json_set_str(item, "reason", solution->guests[v].reason);
		json_array_append_new(unplaced, item);
	}
	for (uint32_t i = 0; i < solution->n_moves; i++)
		json_array_append_new(moves, move_json(instance, solution, &solution->moves[i]));
	kt_json_set(json, "placed", placed);
	kt_json_set(json, "unplaced", unplaced);
	kt_json_set(json, "moves", moves);
}

KtJson *
kt_solution_to_json(const KtInstance *instance, const KtSolution *solution, uint64_t elapsed_us)
{
	KtJson *json = json_object();
	KtJson *notes = json_array();
	KtCpuset house;

	kt_json_set_u64(json, "schema_version", 1);
	put_lists(instance, solution, json);
	kt_json_set(json, "objective", objective_json(solution));
	put_certificate(solution, json);
	if (solution->today)
		kt_json_set(json, "today", today_json(instance, solution->today));
	if (solution->rival)
		kt_json_set(json, "runner_up", rival_json(instance, solution->rival));
	kt_json_set(json, "pools", pools_json(instance, solution));
	kt_seats_house(instance, &solution->seats, UINT64_MAX, &house);
	g_autofree char *list = kt_cpuset_to_list(&house);
	kt_json_set_str(json, "housekeeping", list);
	kt_json_set(json, "constants", constants_json(instance));
	for (uint32_t i = 0; i < instance->n_notes; i++)
		kt_json_append_str(notes, instance->notes[i]);
	kt_json_set(json, "notes", notes);
	kt_json_set_u64(json, "work", solution->work);
	kt_json_set_u64(json, "elapsed_us", elapsed_us);
	return json;
}
