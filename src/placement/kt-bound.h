/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What nobody can do better than: every guest at its cheapest, and no more CPUs and memory than the
 * host has. Cheap to compute, and reached on most hosts that are not full to the brim.
 */

#include "kt-search.h"

/* The least weight that has to be left out: guests that fit nowhere, and the cheapest ones that
 * have to go until the rest is no more than the host has. */
int64_t kt_bound_unplaced(const KtInstance *instance, const KtRoom *room, const KtUnit *units);

/* The least cost (thousandths of loss, moves included) of any arrangement that leaves out at most
 * @unplaced; with @is_loss the least loss, whatever has to move. */
int64_t kt_bound_cost(const KtInstance *instance, const KtUnit *units, int64_t unplaced,
		      bool is_loss);
