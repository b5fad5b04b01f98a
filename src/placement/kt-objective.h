/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What a placement costs. Everything is a whole number, so two machines agree.
 *
 * The unit of loss is vCPU-permille: one vCPU that is slower by a thousandth, times the priority of
 * its guest. Each term of each guest is rounded once, half up. docs/placement.md tells where the
 * constants come from; those marked [A] are to be measured on the host.
 */

#include "kt-instance.h"

/* Share of the accesses that leave the own cell although the guest sees its cells. [A] */
#define KT_COST_SPILL_PERMILLE 300
/* Lost speed per L3 group beyond the least possible. [A] */
#define KT_COST_L3_PERMILLE 50
/* Lost speed of a vCPU beside whose core another guest runs. [A]; two busy siblings do about 1.3
 * times the work of one. */
#define KT_COST_SMT_PERMILLE 350
/* vCPU-seconds that the move of a GiB costs the guest. [A] until the mover has measured it. */
#define KT_COST_MOVE_PERMILLE_PER_GIB 1000
/* The same for changing pins within a node: caches are filled again. [A] */
#define KT_COST_REPIN_PERMILLE 1000

typedef struct KtTerms {
	int64_t remote;
	int64_t l3;
	int64_t smt;
	int64_t device;
	int64_t overcommit; /* of the host, not of a guest */
} KtTerms;

/* The sum of all terms; and *@terms becomes the sum of both. */
int64_t kt_terms_sum(const KtTerms *terms);
void kt_terms_add(KtTerms *terms, const KtTerms *more);

/* Memory latency of the guest with its @n cells on @nodes. */
int64_t kt_cost_remote(const KtInstance *instance, const KtInstGuest *guest,
		       const KtInstCell *cells, const uint8_t *nodes, uint32_t n);

/* Distance of its devices. */
int64_t kt_cost_device(const KtInstance *instance, const KtInstGuest *guest,
		       const KtInstCell *cells, const uint8_t *nodes, uint32_t n);

/* @extra: L3 groups beyond the least possible. */
int64_t kt_cost_l3(const KtInstGuest *guest, uint32_t extra);

/* @beside: vCPUs on whose core another guest has a CPU. */
int64_t kt_cost_smt(const KtInstGuest *guest, uint32_t beside);

/* Imbalance of overcommitted pools: their vCPUs and CPUs per node. With no more vCPUs than CPUs a
 * pool costs nothing. */
int64_t kt_cost_overcommit(const int32_t *vcpus, const int32_t *cpus, uint32_t n_nodes);

/* What moving @kib and changing pins costs, as loss over the horizon, in thousandths of the unit of
 * loss; 0 only when nothing moves. */
int64_t kt_cost_move(const KtInstance *instance, uint64_t kib, bool is_repinned);
