/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Where everybody goes, what that costs, and how far it can be from the best. */

#include "kt-objective.h"
#include "kt-seats.h"

typedef struct KtPlaced {
	bool is_placed;
	uint32_t n_cells;
	const KtInstCell *cells;
	uint8_t *nodes; /* of each cell */
	int32_t *cpus;  /* of each vCPU; -1 = the pool of its cell's node */
	int32_t *extra; /* the guest's own CPUs for emulator and IOThreads */
	uint32_t n_extra;
	KtTerms terms;
	uint64_t moved_kib;
	bool is_repinned;   /* it runs, and other CPUs become its own */
	const char *reason; /* why it is not placed */
} KtPlaced;

typedef struct KtPoolPlan {
	uint32_t node;
	uint64_t page_kib;
	uint64_t now;
	uint64_t need;
	uint64_t pages; /* what it should become */
} KtPoolPlan;

typedef enum KtMoveKind {
	KT_MOVE_UNSET = 0,
	KT_MOVE_START, /* does not run yet */
	KT_MOVE_REPIN, /* other CPUs, same nodes */
	KT_MOVE_NODES, /* memory moves too */
	KT_MOVE_STOP,  /* has to stop in between: nothing else breaks the circle; or is left out */
	KT_MOVE_PARK,  /* waits on CPUs and nodes that are not its last ones */
	KT_MOVE_N,
} KtMoveKind;

/* A step of the way from now to then. Every one is possible with what those before it left. */
typedef struct KtMove {
	KtMoveKind kind;
	uint32_t guest;
	uint64_t kib;
	/* Where it is after this step; NULL when it is where the solution says. */
	const uint8_t *nodes;
	const int32_t *cpus;
} KtMove;

typedef struct KtToday KtToday; /* kt-today.h */
typedef struct KtRival KtRival; /* kt-rival.h */

typedef struct KtSolution {
	KtArena *arena;
	KtPlaced *guests; /* in the order of the instance */
	KtSeats seats;
	KtCpuset *pools; /* of shared guests, per node */
	KtPoolPlan *page_pools;
	uint32_t n_page_pools;
	KtMove *moves;
	uint32_t n_moves;
	KtTerms terms;
	int64_t unplaced;
	int64_t unplaced_bound; /* nobody can leave out less */
	int64_t loss_bound;     /* nobody who leaves out as little loses less */
	uint64_t moved_kib;
	uint64_t work;
	const KtToday *today; /* what is now; NULL when no guest runs */
	const KtRival *rival; /* the next best; NULL when there is none */
	bool is_optimal;      /* proven for the choice of nodes */
	bool is_stopped;      /* the clock ended the search: another run may differ */
} KtSolution;

/* One that has placed nobody yet. */
KtSolution *kt_solution_new(const KtInstance *instance);
void kt_solution_free(KtSolution *solution);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtSolution, kt_solution_free)

/* The sum of its terms. */
int64_t kt_solution_loss(const KtSolution *solution);

/* The CPUs of a vCPU, and of emulator and IOThreads. */
void kt_solution_vcpu(const KtInstance *instance, const KtSolution *solution, uint32_t guest,
		      uint64_t vcpu, KtCpuset *ret_cpus);
void kt_solution_emulator(const KtInstance *instance, const KtSolution *solution, uint32_t guest,
			  KtCpuset *ret_cpus);

/* The bits of the nodes that the guest is on. */
uint64_t kt_solution_nodes(const KtSolution *solution, uint32_t guest);

/* The JSON form (docs/place-instance-format.md); new reference. */
KtJson *kt_solution_to_json(const KtInstance *instance, const KtSolution *solution,
			    uint64_t elapsed_us);

/* "move", "repin"... */
const char *kt_move_name(KtMoveKind kind);
