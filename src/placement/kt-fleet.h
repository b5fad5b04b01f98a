/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Guests over many hosts, at the level of NUMA nodes.
 *
 * Guests are of few flavours. For each flavour every host has a score, how well another guest of it
 * would fit there, and stands in the list of that score. To place one is to take the first of the
 * best list; then that host alone is scored anew, for all flavours. The JSON form is told in
 * docs/place-fleet-format.md. The same input gives the same answer.
 */

#include "kt-arena.h"
#include "kt-json.h"

#define KT_FLEET_MAX_HOSTS    100000
#define KT_FLEET_MAX_GUESTS   2000000
#define KT_FLEET_MAX_FLAVOURS 256
#define KT_FLEET_MAX_NODES    16 /* of a host */
#define KT_FLEET_MAX_CELLS    8

typedef struct KtFleetNode {
	int32_t cpus; /* free */
	int64_t kib;
} KtFleetNode;

typedef struct KtFleetType {
	const char *name;
	uint32_t n_nodes;
	KtFleetNode nodes[KT_FLEET_MAX_NODES]; /* when empty */
	uint16_t distance[KT_FLEET_MAX_NODES][KT_FLEET_MAX_NODES];
	int64_t cpus;
	int64_t kib;
} KtFleetType;

typedef struct KtFleetFlavour {
	const char *name;
	int32_t vcpus;
	int64_t kib;
	uint32_t max_cells;
} KtFleetFlavour;

typedef struct KtFleetHost {
	uint32_t type;
	uint32_t n_guests;
	uint32_t first_node; /* in KtFleet.nodes */
	bool is_closed;      /* takes nobody: it is drained */
	int64_t free_cpus;
} KtFleetHost;

typedef struct KtFleetGuest {
	uint16_t flavour;
	uint8_t n_cells;
	bool is_new;
	int32_t host; /* -1 = none */
	uint8_t nodes[KT_FLEET_MAX_CELLS];
} KtFleetGuest;

typedef struct KtFleetMove {
	uint32_t guest;
	int32_t from;
	int32_t to;
} KtFleetMove;

typedef enum KtFleetAction {
	KT_FLEET_PLACE = 0,
	KT_FLEET_DRAIN,
	KT_FLEET_REBALANCE,
	KT_FLEET_ACTION_N,
} KtFleetAction;

typedef struct KtFleetBuckets KtFleetBuckets;

typedef struct KtFleet {
	KtArena *arena;
	KtFleetType *types;
	uint32_t n_types;
	KtFleetFlavour *flavours;
	uint32_t n_flavours;
	KtFleetHost *hosts;
	uint32_t n_hosts;
	KtFleetNode *nodes; /* free now, of all hosts */
	KtFleetGuest *guests;
	uint32_t n_guests;
	KtFleetAction action;
	uint64_t max_moves;
	GArray *moves; /* KtFleetMove */
	KtFleetBuckets *buckets;
} KtFleet;

/* Errors: PARSE, LIMIT. Free with kt_fleet_free. */
KtFleet *kt_fleet_from_json(const KtJson *json, GError **error) KT_WARN_UNUSED;
void kt_fleet_free(KtFleet *fleet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtFleet, kt_fleet_free)

/* Does what the action says. @now_ns may be NULL; else the time of each placing is measured. */
void kt_fleet_run(KtFleet *fleet, int64_t (*now_ns)(void), uint64_t *ret_median_ns,
		  uint64_t *ret_p99_ns);

/* New reference. */
KtJson *kt_fleet_to_json(const KtFleet *fleet);

/* --- for the files of the fleet --- */

/* The best nodes of the host for the flavour: fewest cells, then nearest, then fullest. False when
 * it does not fit. */
bool kt_fleet_fit(const KtFleet *fleet, uint32_t host, uint32_t flavour, uint8_t *nodes,
		  uint8_t *ret_n_cells);

/* Takes what the guest has there (@sign -1) or gives it back (1). */
void kt_fleet_hold(KtFleet *fleet, const KtFleetGuest *guest, int sign);

/* Lists for all hosts as they are now. */
void kt_fleet_buckets_init(KtFleet *fleet);
void kt_fleet_buckets_free(KtFleetBuckets *buckets);

/* Scores the host anew. */
void kt_fleet_rescore(KtFleet *fleet, uint32_t host);

/* The best host for another guest of the flavour, or -1. */
int32_t kt_fleet_best(const KtFleet *fleet, uint32_t flavour);
