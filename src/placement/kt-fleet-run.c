/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fleet.h"

static bool
put(KtFleet *fleet, uint32_t g)
{
	KtFleetGuest *guest = &fleet->guests[g];
	int32_t host = kt_fleet_best(fleet, guest->flavour);

	if (host < 0)
		return false;
	/* The score says that it fits. */
	(void)kt_fleet_fit(fleet, (uint32_t)host, guest->flavour, guest->nodes, &guest->n_cells);
	guest->host = host;
	kt_fleet_hold(fleet, guest, -1);
	kt_fleet_rescore(fleet, (uint32_t)host);
	return true;
}

static int
compare_times(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
place_all(KtFleet *fleet, int64_t (*now_ns)(void), uint64_t *ret_median_ns, uint64_t *ret_p99_ns)
{
	g_autofree uint32_t *times = now_ns ? g_new(uint32_t, fleet->n_guests + 1) : NULL;
	uint32_t n = 0;

	for (uint32_t g = 0; g < fleet->n_guests; g++) {
		if (fleet->guests[g].host >= 0)
			continue;
		int64_t start = now_ns ? now_ns() : 0;
		(void)put(fleet, g);
		if (times)
			times[n++] = (uint32_t)CLAMP(now_ns() - start, 0, UINT32_MAX);
	}
	if (n == 0)
		return;
	qsort(times, n, sizeof(*times), compare_times);
	*ret_median_ns = times[n / 2];
	*ret_p99_ns = times[(uint64_t)n * 99 / 100];
}

/* Moves the guest to the best host but its own. It holds both places until it is there. */
static bool
move(KtFleet *fleet, uint32_t g)
{
	KtFleetGuest *guest = &fleet->guests[g];
	KtFleetGuest old = *guest;
	KtFleetMove step = {.guest = g, .from = old.host};

	if (!put(fleet, g))
		return false;
	step.to = guest->host;
	kt_fleet_hold(fleet, &old, 1);
	kt_fleet_rescore(fleet, (uint32_t)old.host);
	g_array_append_val(fleet->moves, step);
	return true;
}

/* Largest first: small ones find room anywhere. */
static int
compare_guests(const void *a, const void *b, void *data)
{
	const KtFleet *fleet = data;
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;
	int32_t left = fleet->flavours[fleet->guests[x].flavour].vcpus;
	int32_t right = fleet->flavours[fleet->guests[y].flavour].vcpus;

	if (left != right)
		return left > right ? -1 : 1;
	return x < y ? -1 : x > y;
}

static void
drain(KtFleet *fleet)
{
	g_autofree uint32_t *order = g_new(uint32_t, fleet->n_guests + 1);
	uint32_t n = 0;

	for (uint32_t g = 0; g < fleet->n_guests; g++) {
		int32_t host = fleet->guests[g].host;
		if (host >= 0 && fleet->hosts[host].is_closed)
			order[n++] = g;
	}
	qsort_r(order, n, sizeof(*order), compare_guests, fleet);
	for (uint32_t i = 0; i < n && fleet->moves->len < fleet->max_moves; i++)
		(void)move(fleet, order[i]);
}

/* Guests that lie in several cells get one node elsewhere, where one has room. */
static void
straighten(KtFleet *fleet)
{
	for (uint32_t g = 0; g < fleet->n_guests && fleet->moves->len < fleet->max_moves; g++) {
		KtFleetGuest *guest = &fleet->guests[g];
		uint8_t nodes[KT_FLEET_MAX_CELLS];
		uint8_t n_cells = 0;
		if (guest->host < 0 || guest->n_cells < 2)
			continue;
		int32_t host = kt_fleet_best(fleet, guest->flavour);
		if (host >= 0 && host != guest->host &&
		    kt_fleet_fit(fleet, (uint32_t)host, guest->flavour, nodes, &n_cells) &&
		    n_cells < guest->n_cells)
			(void)move(fleet, g);
	}
}

/* Empties the emptiest hosts into the others, as long as that frees whole hosts. */
static void
consolidate(KtFleet *fleet, uint32_t host)
{
	g_autofree uint32_t *mine = g_new(uint32_t, fleet->hosts[host].n_guests + 1);
	guint before = fleet->moves->len;
	uint32_t n = 0;
	bool ok = before + fleet->hosts[host].n_guests <= fleet->max_moves;

	for (uint32_t g = 0; ok && g < fleet->n_guests; g++) {
		if (fleet->guests[g].host == (int32_t)host)
			mine[n++] = g;
	}
	g_autofree KtFleetGuest *old = g_new(KtFleetGuest, n + 1);
	for (uint32_t i = 0; i < n; i++)
		old[i] = fleet->guests[mine[i]];
	fleet->hosts[host].is_closed = true;
	kt_fleet_rescore(fleet, host);
	qsort_r(mine, n, sizeof(*mine), compare_guests, fleet);
	for (uint32_t i = 0; ok && i < n; i++)
		old[i] = fleet->guests[mine[i]];
	uint32_t done = 0;
	/* Nobody is woken for it: only hosts in use take them. */
	for (; ok && done < n; done++) {
		int32_t to = kt_fleet_best(fleet, fleet->guests[mine[done]].flavour);
		ok = to >= 0 && fleet->hosts[to].n_guests > 0 && move(fleet, mine[done]);
		if (!ok)
			break;
	}
	if (ok)
		return;
	while (done-- > 0) {
		KtFleetGuest *guest = &fleet->guests[mine[done]];
		int32_t to = guest->host;
		kt_fleet_hold(fleet, guest, 1);
		*guest = old[done];
		kt_fleet_hold(fleet, guest, -1);
		kt_fleet_rescore(fleet, (uint32_t)to);
	}
	g_array_set_size(fleet->moves, before);
	fleet->hosts[host].is_closed = false;
	kt_fleet_rescore(fleet, host);
}

static void
rebalance(KtFleet *fleet)
{
	/* Each try looks at all guests: so many hosts at most. */
	const uint32_t max_tries = 64;

	straighten(fleet);
	for (uint32_t i = 0; i < max_tries; i++) {
		uint32_t chosen = UINT32_MAX;
		for (uint32_t h = 0; h < fleet->n_hosts; h++) {
			const KtFleetHost *host = &fleet->hosts[h];
			if (host->n_guests > 0 && !host->is_closed &&
			    (chosen == UINT32_MAX ||
			     host->n_guests < fleet->hosts[chosen].n_guests))
				chosen = h;
		}
		if (chosen == UINT32_MAX || fleet->moves->len >= fleet->max_moves)
			return;
		guint before = fleet->moves->len;
		consolidate(fleet, chosen);
		if (fleet->moves->len == before)
			return;
	}
}

void
kt_fleet_run(KtFleet *fleet, int64_t (*now_ns)(void), uint64_t *ret_median_ns, uint64_t *ret_p99_ns)
{
	*ret_median_ns = *ret_p99_ns = 0;
	kt_fleet_buckets_init(fleet);
	place_all(fleet, now_ns, ret_median_ns, ret_p99_ns);
	if (fleet->action == KT_FLEET_DRAIN)
		drain(fleet);
	if (fleet->action == KT_FLEET_REBALANCE)
		rebalance(fleet);
}
