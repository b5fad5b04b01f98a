/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-solution.h"

static const char *const move_names[KT_MOVE_N] = {
	[KT_MOVE_UNSET] = "unset",
	[KT_MOVE_START] = "start",
	[KT_MOVE_REPIN] = "repin",
	[KT_MOVE_NODES] = "move",
	[KT_MOVE_STOP] = "stop",
	[KT_MOVE_PARK] = "park",
};

const char *
kt_move_name(KtMoveKind kind)
{
	return move_names[kind];
}

KtSolution *
kt_solution_new(const KtInstance *instance)
{
	KtSolution *solution = g_new0(KtSolution, 1);

	solution->arena = kt_arena_new();
	solution->guests = kt_arena_new0(solution->arena, KtPlaced, instance->n_guests);
	solution->pools = kt_arena_new0(solution->arena, KtCpuset, instance->n_nodes);
	return solution;
}

void
kt_solution_free(KtSolution *solution)
{
	if (!solution)
		return;
	kt_arena_free(solution->arena);
	g_free(solution);
}

int64_t
kt_solution_loss(const KtSolution *solution)
{
	return kt_terms_sum(&solution->terms);
}

uint64_t
kt_solution_nodes(const KtSolution *solution, uint32_t guest)
{
	const KtPlaced *placed = &solution->guests[guest];
	uint64_t nodes = 0;

	for (uint32_t i = 0; i < placed->n_cells; i++)
		nodes |= UINT64_C(1) << placed->nodes[i];
	return nodes;
}

void
kt_solution_vcpu(const KtInstance *instance, const KtSolution *solution, uint32_t guest,
		 uint64_t vcpu, KtCpuset *ret_cpus)
{
	const KtPlaced *placed = &solution->guests[guest];
	uint32_t cell = 0;

	*ret_cpus = (KtCpuset){0};
	if (placed->cpus[vcpu] >= 0) {
		kt_cpuset_add(ret_cpus, (unsigned)placed->cpus[vcpu]);
		return;
	}
	for (uint64_t left = vcpu; left >= placed->cells[cell].vcpus; cell++)
		left -= placed->cells[cell].vcpus;
	*ret_cpus = solution->pools[placed->nodes[cell]];
}

void
kt_solution_emulator(const KtInstance *instance, const KtSolution *solution, uint32_t guest,
		     KtCpuset *ret_cpus)
{
	const KtPlaced *placed = &solution->guests[guest];

	*ret_cpus = (KtCpuset){0};
	for (uint32_t i = 0; i < placed->n_extra; i++)
		kt_cpuset_add(ret_cpus, (unsigned)placed->extra[i]);
	if (placed->n_extra == 0)
		kt_seats_house(
			instance, &solution->seats, kt_solution_nodes(solution, guest), ret_cpus);
	/* A host that keeps no CPU for itself leaves only those of the guest. */
	bool is_alone = kt_cpuset_is_empty(ret_cpus);
	for (uint64_t i = 0; is_alone && i < instance->guests[guest].vcpus; i++) {
		KtCpuset own;
		kt_solution_vcpu(instance, solution, guest, i, &own);
		kt_cpuset_or(ret_cpus, &own);
	}
}
