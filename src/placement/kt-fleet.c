/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fleet.h"

#include <string.h>

/* Scores of a flavour on a host: 60 for each doubling of its cells, and how much stays free. */
#define N_SCORES 240
#define STEP     60
#define NO_FIT   255

struct KtFleetBuckets {
	int32_t *next; /* flavour * hosts + host; -1 = end */
	int32_t *prev; /* -1 = first */
	uint8_t *score;
	int32_t *heads;      /* flavour * N_SCORES + score */
	uint64_t (*some)[4]; /* per flavour, bit per score: the list has somebody */
};

void
kt_fleet_free(KtFleet *fleet)
{
	if (!fleet)
		return;
	kt_fleet_buckets_free(fleet->buckets);
	if (fleet->moves)
		g_array_unref(fleet->moves);
	kt_arena_free(fleet->arena);
	g_free(fleet);
}

/* Cells of this size that the node has room for. */
static int64_t
count_cells(const KtFleetNode *node, int32_t vcpus, int64_t kib)
{
	return MIN(node->cpus / vcpus, node->kib / MAX(kib, 1));
}

/* The fullest node that takes all of it. */
static bool
fit_one(const KtFleetNode *nodes, uint32_t n_nodes, const KtFleetFlavour *flavour, uint8_t *ret)
{
	int64_t least = INT64_MAX;

	for (uint32_t n = 0; n < n_nodes; n++) {
		if (nodes[n].cpus < flavour->vcpus || nodes[n].kib < flavour->kib)
			continue;
		int64_t left = (int64_t)nodes[n].cpus * 1024 + (nodes[n].kib >> 22);
		if (left < least) {
			least = left;
			*ret = (uint8_t)n;
		}
	}
	return least < INT64_MAX;
}

/* @k equal cells around @seed, the nearest nodes first; the sum of distances, or -1. As the cells
 * are equal, the nodes take them whenever they have room for so many in all. */
static int64_t
fit_around(const KtFleetType *type, const KtFleetNode *nodes, uint32_t seed, uint32_t k,
	   const KtFleetNode *cell, uint8_t *out)
{
	uint32_t used = 0;
	uint32_t n_out = 0;
	int64_t far = 0;

	while (n_out < k) {
		uint32_t nearest = UINT32_MAX;
		for (uint32_t n = 0; n < type->n_nodes; n++) {
			if (!(used >> n & 1) &&
			    (nearest == UINT32_MAX ||
			     type->distance[seed][n] < type->distance[seed][nearest]))
				nearest = n;
		}
		if (nearest == UINT32_MAX)
			return -1;
		used |= 1u << nearest;
		int64_t room = count_cells(&nodes[nearest], cell->cpus, cell->kib);
		for (; room > 0 && n_out < k; room--) {
			out[n_out++] = (uint8_t)nearest;
			far += type->distance[seed][nearest];
		}
	}
	return far;
}

static bool
fit_wide(const KtFleetType *type, const KtFleetNode *nodes, uint32_t k,
	 const KtFleetFlavour *flavour, uint8_t *ret)
{
	const KtFleetNode cell = {
		.cpus = flavour->vcpus / (int32_t)k,
		.kib = flavour->kib / k,
	};
	int64_t least = INT64_MAX;
	int64_t room = 0;
	uint8_t some[KT_FLEET_MAX_CELLS];

	for (uint32_t n = 0; n < type->n_nodes; n++)
		room += count_cells(&nodes[n], cell.cpus, cell.kib);
	for (uint32_t seed = 0; room >= k && seed < type->n_nodes; seed++) {
		int64_t far = fit_around(type, nodes, seed, k, &cell, some);
		if (far < 0 || far >= least)
			continue;
		least = far;
		memcpy(ret, some, k);
	}
	return least < INT64_MAX;
}

bool
kt_fleet_fit(const KtFleet *fleet, uint32_t h, uint32_t f, uint8_t *nodes, uint8_t *ret_n_cells)
{
	const KtFleetHost *host = &fleet->hosts[h];
	const KtFleetType *type = &fleet->types[host->type];
	const KtFleetFlavour *flavour = &fleet->flavours[f];
	const KtFleetNode *room = &fleet->nodes[host->first_node];

	if (host->is_closed || host->free_cpus < flavour->vcpus)
		return false;
	*ret_n_cells = 1;
	if (fit_one(room, type->n_nodes, flavour, nodes))
		return true;
	for (uint32_t k = 2; k <= flavour->max_cells; k *= 2) {
		if (flavour->vcpus % (int32_t)k || flavour->kib % (4 * (int64_t)k))
			return false;
		*ret_n_cells = (uint8_t)k;
		if (fit_wide(type, room, k, flavour, nodes))
			return true;
	}
	return false;
}

void
kt_fleet_hold(KtFleet *fleet, const KtFleetGuest *guest, int sign)
{
	const KtFleetFlavour *flavour = &fleet->flavours[guest->flavour];
	KtFleetHost *host = &fleet->hosts[guest->host];

	for (uint8_t i = 0; i < guest->n_cells; i++) {
		KtFleetNode *node = &fleet->nodes[host->first_node + guest->nodes[i]];
		node->cpus += sign * flavour->vcpus / guest->n_cells;
		node->kib += sign * flavour->kib / guest->n_cells;
	}
	host->free_cpus += sign * flavour->vcpus;
	host->n_guests -= (uint32_t)sign;
}

/* Into how many cells the flavour would be cut there, 0 when it does not fit: as kt_fleet_fit(),
 * without looking for the nodes. */
static uint32_t
count_needed(const KtFleet *fleet, uint32_t h, uint32_t f)
{
	const KtFleetHost *host = &fleet->hosts[h];
	const KtFleetType *type = &fleet->types[host->type];
	const KtFleetFlavour *flavour = &fleet->flavours[f];
	const KtFleetNode *room = &fleet->nodes[host->first_node];

	if (host->is_closed || host->free_cpus < flavour->vcpus)
		return 0;
	for (uint32_t n = 0; n < type->n_nodes; n++) {
		if (room[n].cpus >= flavour->vcpus && room[n].kib >= flavour->kib)
			return 1;
	}
	for (uint32_t k = 2; k <= flavour->max_cells; k *= 2) {
		int64_t cells = 0;
		if (flavour->vcpus % (int32_t)k || flavour->kib % (4 * (int64_t)k))
			return 0;
		for (uint32_t n = 0; n < type->n_nodes; n++)
			cells += count_cells(
				&room[n], flavour->vcpus / (int32_t)k, flavour->kib / k);
		if (cells >= k)
			return k;
	}
	return 0;
}

static uint8_t
score(const KtFleet *fleet, uint32_t h, uint32_t f)
{
	const KtFleetHost *host = &fleet->hosts[h];
	uint32_t n_cells = count_needed(fleet, h, f);

	if (n_cells == 0)
		return NO_FIT;
	int64_t left = host->free_cpus - fleet->flavours[f].vcpus;
	int64_t all = MAX(fleet->types[host->type].cpus, 1);
	return (uint8_t)(__builtin_ctz(n_cells) * STEP + left * (STEP - 1) / all);
}

static void
unlink_host(KtFleetBuckets *buckets, uint32_t n_hosts, uint32_t f, uint32_t h)
{
	size_t at = (size_t)f * n_hosts + h;
	uint8_t old = buckets->score[at];
	int32_t next = buckets->next[at];
	int32_t prev = buckets->prev[at];

	if (old == NO_FIT)
		return;
	if (next >= 0)
		buckets->prev[(size_t)f * n_hosts + (uint32_t)next] = prev;
	if (prev >= 0)
		buckets->next[(size_t)f * n_hosts + (uint32_t)prev] = next;
	else
		buckets->heads[f * N_SCORES + old] = next;
	if (buckets->heads[f * N_SCORES + old] < 0)
		buckets->some[f][old / 64] &= ~(UINT64_C(1) << old % 64);
}

static void
link_host(KtFleetBuckets *buckets, uint32_t n_hosts, uint32_t f, uint32_t h, uint8_t new)
{
	size_t at = (size_t)f * n_hosts + h;

	buckets->score[at] = new;
	if (new == NO_FIT)
		return;
	int32_t head = buckets->heads[f * N_SCORES + new];
	buckets->next[at] = head;
	buckets->prev[at] = -1;
	if (head >= 0)
		buckets->prev[(size_t)f * n_hosts + (uint32_t)head] = (int32_t)h;
	buckets->heads[f * N_SCORES + new] = (int32_t)h;
	buckets->some[f][new / 64] |= UINT64_C(1) << new % 64;
}

void
kt_fleet_rescore(KtFleet *fleet, uint32_t h)
{
	for (uint32_t f = 0; f < fleet->n_flavours; f++) {
		uint8_t new = score(fleet, h, f);
		if (new == fleet->buckets->score[(size_t)f * fleet->n_hosts + h])
			continue;
		unlink_host(fleet->buckets, fleet->n_hosts, f, h);
		link_host(fleet->buckets, fleet->n_hosts, f, h, new);
	}
}

void
kt_fleet_buckets_init(KtFleet *fleet)
{
	KtFleetBuckets *buckets = g_new0(KtFleetBuckets, 1);
	size_t n = (size_t)fleet->n_flavours * fleet->n_hosts + 1;
	size_t n_heads = (size_t)fleet->n_flavours * N_SCORES + 1;

	buckets->next = g_new(int32_t, n);
	buckets->prev = g_new(int32_t, n);
	buckets->score = g_malloc(n);
	buckets->heads = g_new(int32_t, n_heads);
	buckets->some = g_malloc0_n(fleet->n_flavours + 1, sizeof(*buckets->some));
	memset(buckets->score, NO_FIT, n);
	for (size_t i = 0; i < n_heads; i++)
		buckets->heads[i] = -1;
	kt_fleet_buckets_free(fleet->buckets);
	fleet->buckets = buckets;
	/* The last is the first of its list, so that the first hosts are taken first. */
	for (uint32_t h = fleet->n_hosts; h-- > 0;)
		kt_fleet_rescore(fleet, h);
}

void
kt_fleet_buckets_free(KtFleetBuckets *buckets)
{
	if (!buckets)
		return;
	g_free(buckets->next);
	g_free(buckets->prev);
	g_free(buckets->score);
	g_free(buckets->heads);
	g_free(buckets->some);
	g_free(buckets);
}

int32_t
kt_fleet_best(const KtFleet *fleet, uint32_t f)
{
	for (uint32_t i = 0; i < 4; i++) {
		uint64_t some = fleet->buckets->some[f][i];
		if (some)
			return fleet->buckets
				->heads[f * N_SCORES + i * 64 + (uint32_t)__builtin_ctzll(some)];
	}
	return -1;
}
