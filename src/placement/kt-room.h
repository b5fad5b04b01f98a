/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What each node can still take, counted and not yet seated: the search works on this.
 *
 * CPUs of a node are whole cores of `threads` siblings, cores with a single CPU, and loose CPUs
 * whose core is shared with somebody who may not move. Guests that want cores of their own
 * (require, isolate) take whole cores; the others, and the pool of shared guests, take any CPU.
 * Whatever fits here can be seated.
 */

#include "kt-seats.h"

#define KT_ROOM_CLASSES (1 + KT_INSTANCE_MAX_POOLS)

/* What one cell of a guest takes. */
typedef struct KtNeed {
	int32_t vcpus; /* own CPUs of the emulator counted */
	uint8_t memory_class;
	uint8_t smt; /* KtSmt; UNSET = seated already */
	bool is_shared;
	int64_t kib; /* whole pages */
} KtNeed;

typedef struct KtRoomNode {
	int32_t threads;  /* of most cores; 1 without SMT, 0 without CPUs */
	int32_t singles;  /* cores with one CPU, where others have more */
	int32_t whole;    /* CPUs in whole cores */
	int32_t all;      /* these, and loose ones */
	int32_t required; /* taken by guests that want whole cores, rounded up to them */
	int32_t isolated; /* vCPUs that want a core each */
	int32_t loose;    /* CPUs taken by the others */
	int32_t rounded;  /* the same when each had its cores for itself */
	int32_t shared;   /* vCPUs on the pool */
	int64_t kib[KT_ROOM_CLASSES]; /* memory left */
	int64_t capacity_kib;         /* of all classes, when empty */
} KtRoomNode;

typedef struct KtRoom {
	uint32_t n_nodes;
	int32_t ratio_permille;
	KtRoomNode nodes[KT_INSTANCE_MAX_NODES];
	uint64_t page_kib[KT_ROOM_CLASSES]; /* 0 is the base size; else only with fixed pools */
	uint32_t n_classes;
	bool has_fixed_pools;
} KtRoom;

/* The empty host, without the CPUs of housekeeping and of seated guests. */
void kt_room_init(const KtInstance *instance, const KtSeats *seats, KtRoom *room);

/* The class of memory that pages of this size come from; -1 when the host has none. */
int kt_room_class(const KtRoom *room, uint64_t page_kib);

/* CPUs of whole cores that isolated vCPUs take: cores with one CPU first. */
static inline int32_t
kt_room_isolated(const KtRoomNode *node, int32_t isolated)
{
	int32_t on_singles = MIN(isolated, node->singles);

	return on_singles + MAX(node->threads, 1) * (isolated - on_singles);
}

static inline int32_t
kt_room_pool(const KtRoom *room, const KtRoomNode *node)
{
	/* Most hosts have none, and this is asked millions of times. */
	if (node->shared == 0)
		return 0;
	return (int32_t)(((int64_t)node->shared * 1000 + room->ratio_permille - 1) /
			 room->ratio_permille);
}

static inline int32_t
kt_room_used(const KtRoom *room, const KtRoomNode *node)
{
	return node->required + kt_room_isolated(node, node->isolated) + node->loose +
	       kt_room_pool(room, node);
}

static inline int32_t
kt_room_round(const KtRoomNode *node, int32_t vcpus)
{
	int32_t threads = MAX(node->threads, 1);

	return (vcpus + threads - 1) / threads * threads;
}

/* Adds (@sign 1) or takes back (-1). */
static inline void
kt_room_put(KtRoomNode *node, const KtNeed *need, int32_t sign)
{
	node->kib[need->memory_class] -= sign * need->kib;
	if (need->is_shared) {
		node->shared += sign * need->vcpus;
	} else if (need->smt == KT_SMT_REQUIRE) {
		node->required += sign * kt_room_round(node, need->vcpus);
	} else if (need->smt == KT_SMT_ISOLATE) {
		node->isolated += sign * need->vcpus;
	} else if (need->smt == KT_SMT_PREFER) {
		node->loose += sign * need->vcpus;
		node->rounded += sign * kt_room_round(node, need->vcpus);
	}
}

/* Does the node hold what was put on it? */
static inline bool
kt_room_holds(const KtRoom *room, const KtRoomNode *node)
{
	int32_t whole = node->required + kt_room_isolated(node, node->isolated);

	if (whole > node->whole || whole + node->loose + kt_room_pool(room, node) > node->all)
		return false;
	for (uint32_t i = 0; i < room->n_classes; i++) {
		if (node->kib[i] < 0)
			return false;
	}
	return true;
}

/* CPUs that are left, for sorting and reasons. */
static inline int32_t
kt_room_left(const KtRoom *room, const KtRoomNode *node)
{
	return node->all - kt_room_used(room, node);
}
