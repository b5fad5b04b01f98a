/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The one map of the host's CPUs: what guests have for themselves, and what is left for all else.
 *
 * Isolation at boot, the CPUs that irqbalance leaves alone, the masks of kernel workers, the CPUs
 * of the host's own slices and the pins of guests are five ways to say the same. Every practice
 * about one of them takes it from here, so that they never ask for two different things.
 */

#include "kt-practice.h"

typedef struct KtCpuMap {
	KtCpuset online;
	KtCpuset single;  /* one vCPU has each of them for itself: pins to several CPUs leave the
			     scheduler a choice and do not count */
	KtCpuset bound;   /* some vCPU is bound to them, by a pin or by <vcpu cpuset> */
	KtCpuset helpers; /* emulators and IOThreads are bound to them */
	KtCpuset isolated;
	KtCpuset nohz_full;
	KtCpuset reserved;     /* single, isolated or without a tick: nothing else belongs there */
	KtCpuset housekeeping; /* online and not reserved */
	uint32_t n_wide;       /* vCPUs that may use several isolated CPUs */
	bool are_pins_known;   /* of all guests that count */
} KtCpuMap;

/* Of the guests that count (kt-census.h). Pins to CPUs that are not online are left out of `single`
 * and `reserved`. What is not known of the host is empty: ask for those facts first. */
void kt_cpu_map_draw(const KtFacts *facts, KtCpuMap *ret_map);

/* Does every node with CPUs keep a core of which no CPU is in @taken? */
bool kt_cpu_map_keeps_cores(const KtHost *host, const KtCpuset *taken);
