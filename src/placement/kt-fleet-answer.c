/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fleet.h"

/* "m4:0,m8:1+1" of each host, in the order of the guests. */
static KtJson *
hosts_json(const KtFleet *fleet)
{
	g_autofree GString **texts = g_new0(GString *, fleet->n_hosts + 1);
	KtJson *list = json_array();

	for (uint32_t g = 0; g < fleet->n_guests; g++) {
		const KtFleetGuest *guest = &fleet->guests[g];
		if (guest->host < 0)
			continue;
		GString **text = &texts[guest->host];
		*text = *text ? g_string_append_c(*text, ',') : g_string_new(NULL);
		g_string_append(*text, fleet->flavours[guest->flavour].name);
		for (uint8_t i = 0; i < guest->n_cells; i++)
			g_string_append_printf(*text, "%c%u", i > 0 ? '+' : ':', guest->nodes[i]);
	}
	for (uint32_t h = 0; h < fleet->n_hosts; h++) {
		if (!texts[h])
			continue;
		KtJson *item = json_object();
		kt_json_set_u64(item, "host", h);
		kt_json_set_str(item, "guests", texts[h]->str);
		json_array_append_new(list, item);
		g_string_free(texts[h], TRUE);
	}
	return list;
}

static KtJson *
unplaced_json(const KtFleet *fleet)
{
	g_autofree uint64_t *counts = g_new0(uint64_t, fleet->n_flavours + 1);
	KtJson *list = json_array();

	for (uint32_t g = 0; g < fleet->n_guests; g++)
		counts[fleet->guests[g].flavour] += fleet->guests[g].host < 0;
	for (uint32_t f = 0; f < fleet->n_flavours; f++) {
		if (counts[f] == 0)
			continue;
		KtJson *item = json_object();
		kt_json_set_str(item, "flavour", fleet->flavours[f].name);
		kt_json_set_u64(item, "count", counts[f]);
		kt_json_set_str(item, "reason", "no host has the CPUs and the memory on its nodes");
		json_array_append_new(list, item);
	}
	return list;
}

/* Guests are numbered as they stand in the fleet: those that run first, host by host. */
static KtJson *
moves_json(const KtFleet *fleet)
{
	KtJson *list = json_array();

	for (guint i = 0; i < fleet->moves->len; i++) {
		const KtFleetMove *move = &g_array_index(fleet->moves, KtFleetMove, i);
		KtJson *item = json_object();
		kt_json_set_u64(item, "guest", move->guest);
		kt_json_set_str(
			item, "flavour", fleet->flavours[fleet->guests[move->guest].flavour].name);
		kt_json_set_u64(item, "from", (uint64_t)move->from);
		kt_json_set_u64(item, "to", (uint64_t)move->to);
		json_array_append_new(list, item);
	}
	return list;
}

static int
compare_rooms(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return x > y ? -1 : x < y;
}

/* Hosts that so much needs at least, when the largest are taken and nothing is lost between. */
static uint32_t
hosts_for(int64_t *rooms, uint32_t n, int64_t needed)
{
	uint32_t i = 0;

	if (n > 0)
		qsort(rooms, n, sizeof(*rooms), compare_rooms);
	for (; i < n && needed > 0; i++)
		needed -= rooms[i];
	return i;
}

static uint32_t
least_hosts(const KtFleet *fleet)
{
	g_autofree int64_t *rooms = g_new(int64_t, fleet->n_hosts + 1);
	int64_t cpus = 0;
	int64_t kib = 0;

	for (uint32_t g = 0; g < fleet->n_guests; g++) {
		if (fleet->guests[g].host < 0)
			continue;
		cpus += fleet->flavours[fleet->guests[g].flavour].vcpus;
		kib += fleet->flavours[fleet->guests[g].flavour].kib;
	}
	for (uint32_t h = 0; h < fleet->n_hosts; h++)
		rooms[h] = fleet->types[fleet->hosts[h].type].cpus;
	uint32_t by_cpus = hosts_for(rooms, fleet->n_hosts, cpus);
	for (uint32_t h = 0; h < fleet->n_hosts; h++)
		rooms[h] = fleet->types[fleet->hosts[h].type].kib;
	return MAX(by_cpus, hosts_for(rooms, fleet->n_hosts, kib));
}

KtJson *
kt_fleet_to_json(const KtFleet *fleet)
{
	KtJson *json = json_object();
	uint64_t n_used = 0;
	uint64_t n_placed = 0;
	uint64_t n_stuck = 0;

	for (uint32_t h = 0; h < fleet->n_hosts; h++)
		n_used += fleet->hosts[h].n_guests > 0;
	for (uint32_t g = 0; g < fleet->n_guests; g++) {
		int32_t host = fleet->guests[g].host;
		n_placed += host >= 0;
		n_stuck += host >= 0 && fleet->hosts[host].is_closed;
	}
	kt_json_set_u64(json, "schema_version", 1);
	kt_json_set_u64(json, "placed", n_placed);
	kt_json_set(json, "unplaced", unplaced_json(fleet));
	kt_json_set_u64(json, "hosts_used", n_used);
	kt_json_set_u64(json, "hosts_bound", least_hosts(fleet));
	kt_json_set_u64(json, "not_drained", n_stuck);
	kt_json_set(json, "hosts", hosts_json(fleet));
	kt_json_set(json, "moves", moves_json(fleet));
	return json;
}
