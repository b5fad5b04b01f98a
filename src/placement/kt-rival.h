/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The runner-up: what comes closest to the chosen nodes when one guest is elsewhere, or two have
 * changed places. It says how sure the choice is: with no difference another one is as good.
 */

#include "kt-search.h"
#include "kt-solution.h"

struct KtRival {
	int64_t more_unplaced;
	int64_t more_cost; /* thousandths of loss, moves included; 0 = as good */
	uint32_t n_guests; /* 1 or 2 */
	uint32_t guests[2];
	uint8_t *nodes[2]; /* of each cell */
	uint32_t n_cells[2];
};

/* @search stands at its best. NULL when nobody can be elsewhere. In @arena. */
KtRival *kt_rival_find(KtSearch *search, KtArena *arena);
