/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-solver.h"

/* Pages up to this size come from the buddy allocator and need no pool: the largest base page of
 * the architectures that KVM runs on (arm64, ppc64). */
#define LARGEST_BASE_KIB 64

static uint64_t
need_of(const KtInstance *instance, const KtSolution *solution, uint32_t node, uint64_t page_kib)
{
	uint64_t pages = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtPlaced *placed = &solution->guests[v];
		if (instance->guests[v].page_kib != page_kib)
			continue;
		for (uint32_t i = 0; i < placed->n_cells; i++) {
			if (placed->nodes[i] == node)
				pages += (placed->cells[i].memory_kib + page_kib - 1) / page_kib;
		}
	}
	return pages;
}

static uint64_t
base_need(const KtInstance *instance, const KtSolution *solution, uint32_t node)
{
	uint64_t kib = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtPlaced *placed = &solution->guests[v];
		uint64_t page = instance->guests[v].page_kib;
		if (page > LARGEST_BASE_KIB)
			continue;
		for (uint32_t i = 0; i < placed->n_cells; i++) {
			if (placed->nodes[i] == node)
				kib += (placed->cells[i].memory_kib + page - 1) / page * page;
		}
	}
	return kib;
}

static void
add_size(const KtInstance *instance, const KtSolution *solution, uint32_t n, uint64_t page_kib,
	 GArray *pools)
{
	KtPoolPlan plan = {.node = n, .page_kib = page_kib};

	for (uint32_t i = 0; i < instance->nodes[n].n_pools; i++) {
		if (instance->nodes[n].pools[i].page_kib == page_kib)
			plan.now = instance->nodes[n].pools[i].pages;
	}
	plan.need = need_of(instance, solution, n, page_kib);
	if (plan.need > 0 || plan.now > 0)
		g_array_append_val(pools, plan);
}

/* Pools stay as large as they are where memory allows; what guests need comes first, then the
 * spare pages, then what is there without use. */
static void
size_pools(const KtInstance *instance, const KtSolution *solution, uint32_t n, KtPoolPlan *pools,
	   guint n_pools)
{
	const KtInstNode *node = &instance->nodes[n];
	uint64_t taken = node->reserved_kib + base_need(instance, solution, n);
	uint64_t left = node->memory_kib > taken ? node->memory_kib - taken : 0;

	for (guint i = 0; i < n_pools; i++) {
		uint64_t kib = pools[i].need * pools[i].page_kib;
		pools[i].pages = instance->has_fixed_pools ? pools[i].now : pools[i].need;
		left -= MIN(left, kib);
	}
	for (guint i = 0; !instance->has_fixed_pools && i < n_pools; i++) {
		uint64_t spare = pools[i].need > 0 ? instance->spare_pages : 0;
		uint64_t wanted = MAX(pools[i].need + spare, pools[i].now) - pools[i].need;
		uint64_t more = MIN(wanted, left / pools[i].page_kib);
		pools[i].pages += more;
		left -= more * pools[i].page_kib;
	}
}

/* Every size that a pool or a guest has. */
static GArray *
all_sizes(const KtInstance *instance)
{
	GArray *sizes = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	g_autoptr(GHashTable) known = g_hash_table_new(g_direct_hash, g_direct_equal);

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		for (uint32_t i = 0; i < instance->nodes[n].n_pools; i++) {
			uint64_t kib = instance->nodes[n].pools[i].page_kib;
			if (g_hash_table_add(known, (gpointer)(uintptr_t)kib))
				g_array_append_val(sizes, kib);
		}
	}
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		uint64_t kib = instance->guests[v].page_kib;
		if (kib > LARGEST_BASE_KIB && g_hash_table_add(known, (gpointer)(uintptr_t)kib))
			g_array_append_val(sizes, kib);
	}
	return sizes;
}

void
kt_solver_pools(const KtInstance *instance, KtSolution *solution)
{
	g_autoptr(GArray) pools = g_array_new(FALSE, FALSE, sizeof(KtPoolPlan));
	g_autoptr(GArray) sizes = all_sizes(instance);

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		guint first = pools->len;
		for (guint i = 0; i < sizes->len; i++)
			add_size(instance, solution, n, g_array_index(sizes, uint64_t, i), pools);
		if (pools->len > first)
			size_pools(instance,
				   solution,
				   n,
				   &g_array_index(pools, KtPoolPlan, first),
				   pools->len - first);
	}
	solution->n_page_pools = pools->len;
	solution->page_pools = kt_arena_new0(solution->arena, KtPoolPlan, pools->len);
	for (guint i = 0; i < pools->len; i++)
		solution->page_pools[i] = g_array_index(pools, KtPoolPlan, i);
}
