/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Who has which CPU. Housekeeping cores and the pins of guests that may not move are taken first;
 * the rest is what the search may give away.
 */

#include "kt-instance.h"

#define KT_SEAT_FREE  (-1)
#define KT_SEAT_HOUSE (-2)
#define KT_SEAT_NONE  (-3) /* no such CPU */
#define KT_SEAT_IDLE  (-4) /* sibling of a CPU whose owner wants the core alone */

typedef struct KtSeats {
	int32_t owner[KT_CPUSET_BITS]; /* index of a guest, or one of the above */
} KtSeats;

/* Takes housekeeping cores and fixed guests. @clash has a member per guest: for a fixed guest whose
 * CPUs are not there it becomes the CPU's number, else it is -1. */
void kt_seats_init(const KtInstance *instance, KtSeats *seats, int32_t *clash);

/* Has this guest its own CPUs, which may not change? */
bool kt_seats_is_seated(const KtInstGuest *guest);

/* The housekeeping CPUs of the nodes in @nodes (bits); of all nodes when those have none. */
void kt_seats_house(const KtInstance *instance, const KtSeats *seats, uint64_t nodes,
		    KtCpuset *ret_cpus);
