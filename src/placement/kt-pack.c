/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pack-private.h"

#include <string.h>

/* Other orders that are tried in a node whose first one is not without loss. */
#define MAX_TRIES 60
/* Tenants times cores above which a node gets fewer of them: the whole has to stay in ms. */
#define TRY_SIZE 2000

/* CPUs of each group of the node that guests can have, largest first: in CPUs, or in cores. */
static uint32_t
group_sizes(const KtInstance *instance, const KtSeats *seats, uint32_t n, bool in_cores,
	    uint32_t *sizes)
{
	const KtInstNode *node = &instance->nodes[n];

	for (uint32_t g = 0; g < node->n_groups; g++) {
		const KtInstGroup *group = &instance->groups[node->first_group + g];
		uint32_t size = 0;
		for (uint32_t c = 0; c < group->n_cores; c++) {
			const KtInstCore *core = &instance->cores[group->first_core + c];
			if (seats->owner[core->cpus[0]] != KT_SEAT_HOUSE)
				size += in_cores ? 1 : core->n_cpus;
		}
		uint32_t at = g;
		for (; at > 0 && sizes[at - 1] < size; at--)
			sizes[at] = sizes[at - 1];
		sizes[at] = size;
	}
	return node->n_groups;
}

uint32_t
kt_pack_least_groups(const KtInstance *instance, const KtSeats *seats, uint32_t node,
		     const KtInstGuest *guest, uint64_t vcpus)
{
	g_autofree uint32_t *sizes = g_new(uint32_t, instance->nodes[node].n_groups + 1);
	uint32_t n = group_sizes(instance, seats, node, guest->smt == KT_SMT_ISOLATE, sizes);
	uint64_t sum = 0;

	for (uint32_t g = 0; g < n; g++) {
		sum += sizes[g];
		if (sum >= vcpus)
			return g + 1;
	}
	return MAX(n, 1);
}

static uint32_t
count_groups(const KtInstance *instance, const int32_t *core_of, const int32_t *cpus, uint64_t n)
{
	uint32_t count = 0;

	for (uint64_t i = 0; i < n; i++) {
		bool is_new = true;
		for (uint64_t j = 0; j < i && is_new; j++)
			is_new = instance->cores[core_of[cpus[j]]].group !=
				 instance->cores[core_of[cpus[i]]].group;
		count += is_new;
	}
	return count;
}

/* vCPUs that have a neighbour on their core: another guest, or the pool in use. */
static uint32_t
count_beside(const KtInstance *instance, const KtSolution *solution, const int32_t *core_of,
	     uint32_t v)
{
	const KtPlaced *placed = &solution->guests[v];
	uint32_t count = 0;

	for (uint64_t i = 0; i < instance->guests[v].vcpus; i++) {
		const KtInstCore *core = &instance->cores[core_of[placed->cpus[i]]];
		bool is_beside = false;
		for (uint16_t s = 0; s < core->n_cpus; s++) {
			int32_t owner = solution->seats.owner[core->cpus[s]];
			is_beside = is_beside || (owner >= 0 && owner != (int32_t)v) ||
				    kt_cpuset_has(&solution->pools[core->node], core->cpus[s]);
		}
		count += is_beside;
	}
	return count;
}

static int64_t
loss_l3(const KtInstance *instance, const KtSolution *solution, const int32_t *core_of, uint32_t v)
{
	const KtInstGuest *guest = &instance->guests[v];
	const KtPlaced *placed = &solution->guests[v];
	uint64_t first = 0;
	uint32_t extra = 0;

	for (uint32_t i = 0; i < placed->n_cells; i++) {
		uint64_t n = placed->cells[i].vcpus;
		uint32_t used = count_groups(instance, core_of, placed->cpus + first, n);
		uint32_t least = kt_pack_least_groups(
			instance, &solution->seats, placed->nodes[i], guest, n);
		extra += used > least ? used - least : 0;
		first += n;
	}
	return kt_cost_l3(guest, extra);
}

/* vCPUs keep the CPUs that they have; the others take the rest in order. The guest's own CPUs for
 * the emulator are those that no vCPU got. */
static void
hand_out(const KtTenant *tenant, KtPlaced *placed, uint64_t first)
{
	uint64_t vcpus = placed->cells[tenant->cell].vcpus;
	int32_t *out = placed->cpus + first;
	g_autofree bool *is_given = g_new0(bool, (size_t)tenant->n);
	int32_t next = 0;

	for (uint64_t i = 0; i < vcpus; i++) {
		out[i] = -1;
		for (int32_t t = 0; tenant->old_cpus && t < tenant->n_taken; t++) {
			if (i >= tenant->n_old || is_given[t] ||
			    tenant->cpus[t] != tenant->old_cpus[i])
				continue;
			out[i] = tenant->cpus[t];
			is_given[t] = true;
			break;
		}
	}
	for (uint64_t i = 0; i < vcpus; i++) {
		if (out[i] >= 0)
			continue;
		while (is_given[next])
			next++;
		out[i] = tenant->cpus[next];
		is_given[next] = true;
	}
	for (int32_t t = 0; t < tenant->n_taken; t++) {
		if (!is_given[t])
			placed->extra[placed->n_extra++] = tenant->cpus[t];
	}
}

static int
compare_cpus(const void *a, const void *b)
{
	const int32_t *x = a;
	const int32_t *y = b;

	/* By core, so that siblings become neighbouring vCPUs. */
	if (x[1] != y[1])
		return x[1] < y[1] ? -1 : 1;
	return x[0] < y[0] ? -1 : x[0] > y[0];
}

static void
sort_cpus(const KtPacking *packing, KtTenant *tenant)
{
	g_autofree int32_t *pairs = g_new(int32_t, 2 * (size_t)MAX(tenant->n_taken, 1));

	for (int32_t t = 0; t < tenant->n_taken; t++) {
		pairs[2 * t] = tenant->cpus[t];
		pairs[2 * t + 1] = packing->core_of[tenant->cpus[t]];
	}
	qsort(pairs, (size_t)tenant->n_taken, 2 * sizeof(int32_t), compare_cpus);
	for (int32_t t = 0; t < tenant->n_taken; t++)
		tenant->cpus[t] = pairs[2 * t];
}

/* What this seating costs, in thousandths of loss: caches, shared cores, changed pins. */
static int64_t
rate(const KtPacking *packing)
{
	const KtInstance *instance = packing->instance;
	int64_t cost = 0;

	if (kt_packing_count_free(packing) < packing->pool)
		return INT64_MAX;
	for (uint32_t i = 0; i < packing->n_tenants; i++) {
		const KtTenant *tenant = &packing->tenants[i];
		const KtInstGuest *guest = &instance->guests[tenant->guest];
		uint32_t beside = 0;
		bool is_moved = false;
		if (tenant->n_taken < tenant->n)
			return INT64_MAX;
		for (int32_t t = 0; t < tenant->n_taken; t++) {
			const KtInstCore *core =
				&instance->cores[packing->core_of[tenant->cpus[t]]];
			bool is_foreign = false;
			for (uint16_t s = 0; s < core->n_cpus; s++) {
				int32_t owner = packing->seats->owner[core->cpus[s]];
				is_foreign |= owner >= 0 && owner != (int32_t)tenant->guest;
			}
			beside += is_foreign;
			bool is_old = false;
			for (uint64_t o = 0; tenant->old_cpus && o < tenant->n_old; o++)
				is_old |= tenant->old_cpus[o] == tenant->cpus[t];
			is_moved |= tenant->old_cpus && !is_old;
		}
		uint32_t groups = count_groups(
			instance, packing->core_of, tenant->cpus, (uint64_t)tenant->n_taken);
		cost += 1000 * (kt_cost_l3(guest, groups) + kt_cost_smt(guest, beside)) +
			kt_cost_move(instance, 0, is_moved);
	}
	return cost;
}

/* The same when no tenant had another one beside it: nothing can be better. */
static int64_t
rate_ideal(const KtPacking *packing)
{
	int64_t cost = 0;

	for (uint32_t i = 0; i < packing->n_tenants; i++) {
		const KtTenant *tenant = &packing->tenants[i];
		const KtInstGuest *guest = &packing->instance->guests[tenant->guest];
		uint32_t least =
			kt_pack_least_groups(packing->instance,
					     packing->seats,
					     (uint32_t)(packing->node - packing->instance->nodes),
					     guest,
					     (uint64_t)tenant->n);
		cost += 1000 * kt_cost_l3(guest, least);
	}
	return cost;
}

static int
compare_tenants(const void *a, const void *b)
{
	const KtTenant *x = a;
	const KtTenant *y = b;

	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->guest < y->guest ? -1 : x->guest > y->guest;
}

static void
shuffle(KtPacking *packing)
{
	uint64_t random = packing->random;

	for (uint32_t i = packing->n_tenants; i > 1; i--) {
		random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
		uint32_t j = (uint32_t)((random >> 33) % i);
		KtTenant held = packing->tenants[i - 1];
		packing->tenants[i - 1] = packing->tenants[j];
		packing->tenants[j] = held;
	}
}

/* Tries to seat the node's tenants in several ways and leaves the best one. */
static void
seat_best(KtPacking *packing)
{
	static const KtSeating ways[] = {
		KT_SEATING_KEEP, KT_SEATING_FRESH, KT_SEATING_THRIFT, KT_SEATING_FRESH};
	uint32_t size = packing->n_tenants * packing->node->n_cores;
	uint32_t tries = CLAMP(MAX_TRIES * TRY_SIZE / MAX(size, 1), 3, MAX_TRIES);
	int64_t ideal = rate_ideal(packing);
	int64_t best = INT64_MAX;
	uint32_t chosen = 2;

	/* The first keeps what is there, the second does not, the third always succeeds, the others
	 * come in any order. */
	for (uint32_t i = 0; i <= tries; i++) {
		bool is_last = i == tries || best <= ideal;
		uint32_t way = is_last ? chosen : i;
		qsort(packing->tenants, packing->n_tenants, sizeof(KtTenant), compare_tenants);
		packing->random = way < 3 ? 0 : way * UINT64_C(0x9e3779b97f4a7c15);
		if (way >= 3)
			shuffle(packing);
		kt_packing_seat(packing, ways[MIN(way, G_N_ELEMENTS(ways) - 1)]);
		if (is_last)
			return;
		int64_t cost = rate(packing);
		if (cost < best) {
			best = cost;
			chosen = i;
		}
		kt_packing_clear(packing);
	}
}

static uint32_t
collect_tenants(const KtInstance *instance, const KtSolution *solution, uint32_t n,
		KtTenant *tenants)
{
	uint32_t count = 0;

	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		const KtPlaced *placed = &solution->guests[v];
		uint64_t first = 0;
		if (!placed->is_placed || guest->is_shared || kt_seats_is_seated(guest))
			continue;
		for (uint32_t i = 0; i < placed->n_cells; first += placed->cells[i++].vcpus) {
			if (placed->nodes[i] != n)
				continue;
			bool runs = guest->current_cpus && guest->n_current == placed->n_cells &&
				    guest->current_nodes[i] == n;
			uint64_t wanted =
				placed->cells[i].vcpus + (i == 0 ? guest->emulator_cpus : 0);
			tenants[count++] = (KtTenant){
				.guest = v,
				.cell = i,
				.n = (int32_t)wanted,
				.cpus = kt_arena_new0(solution->arena, int32_t, wanted),
				.old_cpus = runs ? guest->current_cpus + first : NULL,
				.n_old = placed->cells[i].vcpus,
			};
		}
	}
	return count;
}

/* CPUs that so many shared vCPUs need at least. */
static int64_t
pool_size(const KtInstance *instance, int32_t vcpus)
{
	int64_t ratio = (int64_t)instance->ratio_permille;

	return (vcpus * INT64_C(1000) + ratio - 1) / ratio;
}

static void
pack_node(const KtInstance *instance, KtSolution *solution, const int32_t *core_of, uint32_t n,
	  int32_t shared, KtTenant *tenants)
{
	KtPacking packing = {
		.instance = instance,
		.node = &instance->nodes[n],
		.seats = &solution->seats,
		.core_of = core_of,
		.pool = (int32_t)pool_size(instance, shared),
		.tenants = tenants,
		.n_tenants = collect_tenants(instance, solution, n, tenants),
	};

	if (packing.n_tenants == 0)
		return;
	for (uint32_t c = 0; c < packing.node->n_cores; c++)
		packing.threads =
			MAX(packing.threads, instance->cores[packing.node->first_core + c].n_cpus);
	seat_best(&packing);
	for (uint32_t i = 0; i < packing.n_tenants; i++) {
		KtPlaced *placed = &solution->guests[tenants[i].guest];
		uint64_t first = 0;
		for (uint32_t c = 0; c < tenants[i].cell; c++)
			first += placed->cells[c].vcpus;
		sort_cpus(&packing, &tenants[i]);
		hand_out(&tenants[i], placed, first);
	}
}

/* vCPUs of shared guests on each node. */
static void
count_shared(const KtInstance *instance, const KtSolution *solution, int32_t *vcpus)
{
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtPlaced *placed = &solution->guests[v];
		for (uint32_t i = 0; instance->guests[v].is_shared && i < placed->n_cells; i++)
			vcpus[placed->nodes[i]] += (int32_t)placed->cells[i].vcpus;
	}
}

/* The pool of a node: its empty cores, and of those in use only as many CPUs as it needs. */
static void
make_pool(const KtInstance *instance, KtSolution *solution, uint32_t n, int32_t vcpus)
{
	const KtInstNode *node = &instance->nodes[n];
	int64_t needed = pool_size(instance, vcpus);

	for (int pass = 0; pass < 2 && needed > -1; pass++) {
		for (uint32_t c = 0; c < node->n_cores; c++) {
			const KtInstCore *core = &instance->cores[node->first_core + c];
			bool is_empty = true;
			for (uint16_t i = 0; i < core->n_cpus; i++)
				is_empty &= solution->seats.owner[core->cpus[i]] < 0;
			if (is_empty != (pass == 0) || (pass == 1 && needed <= 0))
				continue;
			for (uint16_t i = 0; i < core->n_cpus; i++) {
				if (solution->seats.owner[core->cpus[i]] != KT_SEAT_FREE)
					continue;
				kt_cpuset_add(&solution->pools[n], core->cpus[i]);
				needed--;
			}
		}
		needed = MAX(needed, 0);
	}
}

static void
seat_fixed(const KtInstance *instance, KtSolution *solution)
{
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		KtPlaced *placed = &solution->guests[v];
		if (!placed->is_placed)
			continue;
		placed->cpus = kt_arena_new0(solution->arena, int32_t, guest->vcpus);
		placed->extra = kt_arena_new0(solution->arena, int32_t, guest->emulator_cpus);
		for (uint64_t i = 0; i < guest->vcpus; i++)
			placed->cpus[i] = kt_seats_is_seated(guest) ? guest->current_cpus[i] : -1;
	}
}

static bool
is_repinned(const KtInstance *instance, const KtSolution *solution, uint32_t v)
{
	const KtInstGuest *guest = &instance->guests[v];
	const KtPlaced *placed = &solution->guests[v];

	if (guest->n_current == 0)
		return false;
	if (guest->is_shared) {
		KtCpuset set = {0};
		for (uint32_t i = 0; i < placed->n_cells; i++)
			kt_cpuset_or(&set, &solution->pools[placed->nodes[i]]);
		return !guest->current_set || !kt_cpuset_equal(&set, guest->current_set);
	}
	if (!guest->current_cpus)
		return true;
	return memcmp(placed->cpus, guest->current_cpus, guest->vcpus * sizeof(int32_t)) != 0;
}

static void
count_terms(const KtInstance *instance, KtSolution *solution, const int32_t *core_of)
{
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		KtPlaced *placed = &solution->guests[v];
		if (!placed->is_placed)
			continue;
		placed->terms.remote = kt_cost_remote(
			instance, guest, placed->cells, placed->nodes, placed->n_cells);
		placed->terms.device = kt_cost_device(
			instance, guest, placed->cells, placed->nodes, placed->n_cells);
		if (!guest->is_shared) {
			placed->terms.l3 = loss_l3(instance, solution, core_of, v);
			placed->terms.smt =
				kt_cost_smt(guest, count_beside(instance, solution, core_of, v));
		}
		placed->is_repinned = is_repinned(instance, solution, v);
		kt_terms_add(&solution->terms, &placed->terms);
	}
}

void
kt_pack(const KtInstance *instance, KtSolution *solution)
{
	g_autofree int32_t *core_of = g_new(int32_t, KT_CPUSET_BITS);
	g_autofree KtTenant *tenants =
		g_new(KtTenant, (size_t)instance->n_guests * KT_INSTANCE_MAX_CELLS + 1);
	int32_t vcpus[KT_INSTANCE_MAX_NODES] = {0};
	int32_t cpus[KT_INSTANCE_MAX_NODES] = {0};

	for (unsigned i = 0; i < KT_CPUSET_BITS; i++)
		core_of[i] = -1;
	for (uint32_t c = 0; c < instance->n_cores; c++) {
		for (uint16_t i = 0; i < instance->cores[c].n_cpus; i++)
			core_of[instance->cores[c].cpus[i]] = (int32_t)c;
	}
	seat_fixed(instance, solution);
	count_shared(instance, solution, vcpus);
	for (uint32_t n = 0; n < instance->n_nodes; n++)
		pack_node(instance, solution, core_of, n, vcpus[n], tenants);
	bool has_shared = false;
	for (uint32_t n = 0; n < instance->n_nodes; n++)
		has_shared = has_shared || vcpus[n] > 0;
	for (uint32_t n = 0; has_shared && n < instance->n_nodes; n++) {
		make_pool(instance, solution, n, vcpus[n]);
		cpus[n] = (int32_t)kt_cpuset_count(&solution->pools[n]);
		/* An empty node counts in the mean, but nobody runs there. */
		if (vcpus[n] == 0)
			solution->pools[n] = (KtCpuset){0};
	}
	count_terms(instance, solution, core_of);
	solution->terms.overcommit = kt_cost_overcommit(vcpus, cpus, instance->n_nodes);
}
