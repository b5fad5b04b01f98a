/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * From nodes to CPUs: L3 groups, cores and siblings within each node.
 *
 * A guest keeps the CPUs that it has where that costs nothing else. All of a cell goes behind one
 * L3 cache if it can; whole cores are given out first, and two guests share a core only when the
 * node has none left.
 */

#include "kt-solution.h"

/* Seats every placed guest of @solution, whose nodes are chosen and whose seats hold what was taken
 * before; fills in CPUs, pools and the terms of loss. */
void kt_pack(const KtInstance *instance, KtSolution *solution);

/* L3 groups of @node that @vcpus need at least on the empty host. */
uint32_t kt_pack_least_groups(const KtInstance *instance, const KtSeats *seats, uint32_t node,
			      const KtInstGuest *guest, uint64_t vcpus);
