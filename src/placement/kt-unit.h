/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A guest as the search sees it: the shapes that it may have (how its vCPUs and memory are cut into
 * cells) and the layouts of these (which node each cell is on), cheapest first.
 *
 * Guests that differ in nothing but their name share shapes and layouts: they are a flavour.
 */

#include "kt-objective.h"
#include "kt-room.h"

/* Layouts of one flavour; beyond that only those around each node are kept. */
#define KT_UNIT_MAX_LAYOUTS 5000
#define KT_UNIT_MAX_SHAPES  4

typedef struct KtShape {
	uint32_t n_cells;
	KtInstCell cells[KT_INSTANCE_MAX_CELLS];
	KtNeed needs[KT_INSTANCE_MAX_CELLS];
	bool is_twin[KT_INSTANCE_MAX_CELLS]; /* the cell is like the one before it */
} KtShape;

typedef struct KtLayout {
	int64_t cost;       /* thousandths of loss: the guest's terms, and its move */
	uint64_t mask;      /* bit i: node i is used */
	int64_t loss;       /* the guest's terms alone */
	uint64_t moved_kib; /* memory of cells that leave their node */
	uint8_t shape;
	uint8_t nodes[KT_INSTANCE_MAX_CELLS];
} KtLayout;

/* The layouts of a flavour. The search may add some at the end, as long as there is room. */
typedef struct KtMenu {
	KtLayout *layouts;
	uint32_t n; /* 0, and not cut: does not fit the empty host */
	uint32_t size;
} KtMenu;

typedef struct KtUnit {
	uint32_t guest;
	uint32_t flavour;
	const KtShape *shapes;
	KtMenu *menu;
	uint32_t n_shapes;
	bool is_cut;    /* there are layouts that are not listed */
	int64_t least;  /* nobody loses less with it, layouts that are not listed counted */
	int64_t weight; /* priority * vCPUs */
	int64_t size;   /* share of the host that it takes, for sorting */
} KtUnit;

/* Makes a unit of each guest, in their order; everything belongs to @arena. @clash: as of
 * kt_seats_init(); such guests get no layout. */
KtUnit *kt_units_new(const KtInstance *instance, const KtRoom *room, const int32_t *clash,
		     KtArena *arena);

/* Fills in what follows from the layout's shape and nodes: mask, loss, moved memory and cost. */
void kt_layout_price(const KtInstance *instance, const KtInstGuest *guest, const KtShape *shape,
		     KtLayout *layout);

/* A loss that no layout of the shape goes below, on the empty host. */
int64_t kt_shape_least(const KtInstance *instance, const KtRoom *room, const KtInstGuest *guest,
		       const KtShape *shape);

/* Does the layout use every node that a device asks for? */
bool kt_layout_has_devices(const KtInstGuest *guest, const KtLayout *layout);

/* What a cell takes. */
KtNeed kt_unit_need(const KtInstGuest *guest, const KtInstCell *cell, int memory_class,
		    bool is_first);

/* Does the layout fit into @room as it is? Nothing is changed. */
bool kt_layout_fits(const KtRoom *room, const KtShape *shape, const KtLayout *layout);
