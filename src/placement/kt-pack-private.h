/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Shared by the files that seat guests within a node. */

#include "kt-pack.h"

/* A cell of a dedicated guest that is to be seated. */
typedef struct KtTenant {
	uint32_t guest;
	uint32_t cell;
	int32_t n; /* CPUs: vCPUs, and those of the emulator */
	int32_t n_taken;
	int32_t *cpus;           /* room for n */
	const int32_t *old_cpus; /* of its vCPUs now, or NULL */
	uint64_t n_old;
} KtTenant;

typedef struct KtPacking {
	const KtInstance *instance;
	const KtInstNode *node;
	KtSeats *seats;
	int32_t threads;
	KtTenant *tenants;
	uint32_t n_tenants;
	const int32_t *core_of; /* index of the core of each CPU number, -1 = none */
	int32_t pool;           /* CPUs that have to stay free for shared guests */
	uint64_t random;        /* 0: no noise */
} KtPacking;

typedef enum KtSeating {
	KT_SEATING_UNSET = 0,
	KT_SEATING_KEEP, /* first where they are */
	KT_SEATING_FRESH,
	KT_SEATING_THRIFT, /* cores with one CPU for those who would leave the rest of a core idle
			    */
} KtSeating;

/* Seats all tenants; some may get too few CPUs, but never with THRIFT. */
void kt_packing_seat(KtPacking *packing, KtSeating seating);

/* CPUs of the node that nobody has. */
int32_t kt_packing_count_free(const KtPacking *packing);

/* Gives all their CPUs back. */
void kt_packing_clear(KtPacking *packing);
