/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fleet.h"
#include "kt-instance-private.h"

#include <stdlib.h>
#include <string.h>

#define MAX_TYPES 1000

typedef struct Reader {
	KtFleet *fleet;
	KtInReader in; /* for errors */
	GHashTable *types;
	GHashTable *flavours; /* name -> index + 1 */
} Reader;

static bool
wrong(GError **error, const char *what, size_t index, const char *why)
{
	return kt_throw(error, KT_ERROR_PARSE, "%s[%zu]: %s", what, index, why);
}

/* A list of objects, at most @max. */
static bool
get_list(const Reader *reader, const KtJson *json, const char *key, size_t max,
	 const KtJson **ret_list, GError **error)
{
	if (!kt_in_get(&reader->in, json, key, JSON_ARRAY, ret_list, error))
		return false;
	for (size_t i = 0; i < json_array_size(*ret_list); i++) {
		if (!json_is_object(json_array_get(*ret_list, i)))
			return wrong(error, key, i, "has to be an object");
	}
	if (json_array_size(*ret_list) > max)
		return kt_throw(error, KT_ERROR_LIMIT, "%s: more than %zu", key, max);
	return true;
}

static bool
get_number(const Reader *reader, const KtJson *object, KtInNumber number, uint64_t *ret,
	   GError **error)
{
	return kt_in_number(&reader->in, object, &number, ret, error);
}

static bool
read_type_nodes(const Reader *reader, const KtJson *object, KtFleetType *type, GError **error)
{
	const KtJson *nodes = NULL;

	if (!get_list(reader, object, "nodes", KT_FLEET_MAX_NODES, &nodes, error))
		return false;
	type->n_nodes = (uint32_t)json_array_size(nodes);
	for (uint32_t n = 0; n < type->n_nodes; n++) {
		const KtJson *node = json_array_get(nodes, n);
		uint64_t cpus = 0;
		uint64_t kib = 0;
		if (!get_number(
			    reader, node, (KtInNumber){.key = "cpus", .max = 8192}, &cpus, error) ||
		    !get_number(reader,
				node,
				(KtInNumber){.key = "memory_kib", .max = KT_INSTANCE_MAX_KIB},
				&kib,
				error))
			return false;
		type->nodes[n] = (KtFleetNode){.cpus = (int32_t)cpus, .kib = (int64_t)kib};
		type->cpus += (int64_t)cpus;
		type->kib += (int64_t)kib;
	}
	return true;
}

static bool
read_type_distances(const Reader *reader, const KtJson *object, KtFleetType *type, GError **error)
{
	const KtJson *rows = NULL;

	if (!kt_in_get(&reader->in, object, "distances", JSON_ARRAY, &rows, error))
		return false;
	for (uint32_t n = 0; n < type->n_nodes; n++) {
		for (uint32_t m = 0; m < type->n_nodes; m++) {
			const KtJson *value = json_array_get(json_array_get(rows, n), m);
			uint64_t usual = n == m ? KT_INSTANCE_LOCAL : KT_INSTANCE_REMOTE;
			if (value && !kt_in_is_integer(value, KT_INSTANCE_LOCAL, UINT8_MAX))
				return wrong(error, "distances", n, "has to be 10 to 255");
			type->distance[n][m] =
				(uint16_t)(value ? (uint64_t)json_integer_value(value) : usual);
		}
	}
	return true;
}

static const char *
name_of(Reader *reader, const KtJson *object)
{
	const char *name = json_string_value(json_object_get(object, "name"));

	return name && *name ? kt_arena_strdup(reader->fleet->arena, name) : NULL;
}

static bool
read_types(Reader *reader, const KtJson *json, GError **error)
{
	const KtJson *list = NULL;

	if (!get_list(reader, json, "types", MAX_TYPES, &list, error))
		return false;
	reader->fleet->n_types = (uint32_t)json_array_size(list);
	reader->fleet->types =
		kt_arena_new0(reader->fleet->arena, KtFleetType, reader->fleet->n_types);
	for (uint32_t i = 0; i < reader->fleet->n_types; i++) {
		const KtJson *object = json_array_get(list, i);
		KtFleetType *type = &reader->fleet->types[i];
		type->name = name_of(reader, object);
		if (!type->name)
			return wrong(error, "types", i, "'name' is missing");
		g_hash_table_insert(reader->types, (gpointer)type->name, GUINT_TO_POINTER(i + 1));
		if (!read_type_nodes(reader, object, type, error) ||
		    !read_type_distances(reader, object, type, error))
			return false;
	}
	return true;
}

static bool
read_flavours(Reader *reader, const KtJson *json, GError **error)
{
	const KtJson *list = NULL;
	KtFleet *fleet = reader->fleet;

	if (!get_list(reader, json, "flavours", KT_FLEET_MAX_FLAVOURS, &list, error))
		return false;
	fleet->n_flavours = (uint32_t)json_array_size(list);
	fleet->flavours = kt_arena_new0(fleet->arena, KtFleetFlavour, fleet->n_flavours);
	for (uint32_t i = 0; i < fleet->n_flavours; i++) {
		const KtJson *object = json_array_get(list, i);
		KtFleetFlavour *flavour = &fleet->flavours[i];
		uint64_t vcpus = 0;
		uint64_t kib = 0;
		uint64_t cells = 0;
		flavour->name = name_of(reader, object);
		if (!flavour->name)
			return wrong(error, "flavours", i, "'name' is missing");
		if (!get_number(reader,
				object,
				(KtInNumber){.key = "vcpus",
					     .min = 1,
					     .max = KT_INSTANCE_MAX_VCPUS,
					     .is_required = true},
				&vcpus,
				error) ||
		    !get_number(reader,
				object,
				(KtInNumber){.key = "memory_kib",
					     .min = 1,
					     .max = KT_INSTANCE_MAX_KIB,
					     .is_required = true},
				&kib,
				error) ||
		    !get_number(reader,
				object,
				(KtInNumber){.key = "max_cells",
					     .min = 1,
					     .max = KT_FLEET_MAX_CELLS,
					     .value = KT_FLEET_MAX_CELLS},
				&cells,
				error))
			return false;
		flavour->vcpus = (int32_t)vcpus;
		flavour->kib = (int64_t)kib;
		flavour->max_cells = (uint32_t)cells;
		g_hash_table_insert(
			reader->flavours, (gpointer)flavour->name, GUINT_TO_POINTER(i + 1));
	}
	return true;
}

/* Index of what @key names, plus 1; 0 with @error. */
static uint32_t
look_up(GHashTable *table, const KtJson *object, const char *key, const char *what, size_t i,
	GError **error)
{
	const char *name = json_string_value(json_object_get(object, key));
	uint32_t found = name ? GPOINTER_TO_UINT(g_hash_table_lookup(table, name)) : 0;

	if (!found)
		wrong(error, what, i, "names no type or flavour that there is");
	return found;
}

static bool
count_of(const Reader *reader, const KtJson *object, uint64_t max, uint64_t *ret, GError **error)
{
	return get_number(reader,
			  object,
			  (KtInNumber){.key = "count", .min = 1, .max = max, .value = 1},
			  ret,
			  error);
}

static bool
read_hosts(Reader *reader, const KtJson *json, GError **error)
{
	g_autoptr(GArray) hosts = g_array_new(FALSE, FALSE, sizeof(KtFleetHost));
	KtFleet *fleet = reader->fleet;
	const KtJson *list = NULL;
	uint32_t n_nodes = 0;

	if (!get_list(reader, json, "hosts", KT_FLEET_MAX_HOSTS, &list, error))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const KtJson *object = json_array_get(list, i);
		uint32_t type = look_up(reader->types, object, "type", "hosts", i, error);
		uint64_t n = 0;
		if (!type || !count_of(reader, object, KT_FLEET_MAX_HOSTS - hosts->len, &n, error))
			return false;
		for (uint64_t j = 0; j < n; j++) {
			const KtFleetHost host = {
				.type = type - 1,
				.first_node = n_nodes,
				.free_cpus = fleet->types[type - 1].cpus,
			};
			g_array_append_val(hosts, host);
			n_nodes += fleet->types[type - 1].n_nodes;
		}
	}
	fleet->n_hosts = hosts->len;
	fleet->hosts = kt_arena_new0(fleet->arena, KtFleetHost, hosts->len);
	fleet->nodes = kt_arena_new0(fleet->arena, KtFleetNode, n_nodes);
	for (uint32_t h = 0; h < hosts->len; h++) {
		const KtFleetHost *host = &g_array_index(hosts, KtFleetHost, h);
		fleet->hosts[h] = *host;
		for (uint32_t n = 0; n < fleet->types[host->type].n_nodes; n++)
			fleet->nodes[host->first_node + n] = fleet->types[host->type].nodes[n];
	}
	return true;
}

/* "m4:0,m8:1+1": flavours with the nodes of their cells. */
static bool
read_running_text(Reader *reader, uint32_t h, const char *text, GArray *guests, GError **error)
{
	g_auto(GStrv) words = g_strsplit(text, ",", -1);

	for (char **word = words; *word && **word; word++) {
		char *colon = strrchr(*word, ':');
		KtFleetGuest guest = {.host = (int32_t)h};
		if (!colon)
			return wrong(error, "running", h, "has to be FLAVOUR:NODE+NODE,...");
		*colon = '\0';
		uint32_t flavour = GPOINTER_TO_UINT(g_hash_table_lookup(reader->flavours, *word));
		g_auto(GStrv) nodes = g_strsplit(colon + 1, "+", -1);
		for (char **node = nodes; *node; node++) {
			guint64 n = 0;
			uint32_t type = reader->fleet->hosts[h].type;
			if (guest.n_cells == KT_FLEET_MAX_CELLS ||
			    !g_ascii_string_to_unsigned(
				    *node, 10, 0, reader->fleet->types[type].n_nodes - 1, &n, NULL))
				return wrong(error, "running", h, "names a node that is not there");
			guest.nodes[guest.n_cells++] = (uint8_t)n;
		}
		if (!flavour || guest.n_cells == 0 ||
		    reader->fleet->flavours[flavour - 1].vcpus % guest.n_cells ||
		    reader->fleet->flavours[flavour - 1].kib % guest.n_cells)
			return wrong(error, "running", h, "has a guest that cannot be cut so");
		guest.flavour = (uint16_t)(flavour - 1);
		kt_fleet_hold(reader->fleet, &guest, -1);
		g_array_append_val(guests, guest);
	}
	return guests->len <= KT_FLEET_MAX_GUESTS ||
	       kt_throw(error, KT_ERROR_LIMIT, "more than %d guests", KT_FLEET_MAX_GUESTS);
}

static bool
read_running(Reader *reader, const KtJson *json, GArray *guests, GError **error)
{
	const KtJson *list = NULL;

	if (!get_list(reader, json, "running", KT_FLEET_MAX_HOSTS, &list, error))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const KtJson *object = json_array_get(list, i);
		const char *text = json_string_value(json_object_get(object, "guests"));
		uint64_t host = 0;
		if (!get_number(reader,
				object,
				(KtInNumber){.key = "host",
					     .max = MAX(reader->fleet->n_hosts, 1) - 1,
					     .is_required = true},
				&host,
				error))
			return false;
		if (!text || reader->fleet->n_hosts == 0)
			return wrong(error, "running", i, "'guests' is missing");
		if (!read_running_text(reader, (uint32_t)host, text, guests, error))
			return false;
	}
	for (uint32_t h = 0; h < reader->fleet->n_hosts; h++) {
		const KtFleetHost *host = &reader->fleet->hosts[h];
		for (uint32_t n = 0; n < reader->fleet->types[host->type].n_nodes; n++) {
			const KtFleetNode *node = &reader->fleet->nodes[host->first_node + n];
			if (node->cpus < 0 || node->kib < 0)
				return wrong(error, "hosts", h, "more runs there than it has");
		}
	}
	return true;
}

static bool
read_new(Reader *reader, const KtJson *json, GArray *guests, GError **error)
{
	const KtJson *list = NULL;

	if (!get_list(reader, json, "guests", KT_FLEET_MAX_GUESTS, &list, error))
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const KtJson *object = json_array_get(list, i);
		uint32_t flavour = look_up(reader->flavours, object, "flavour", "guests", i, error);
		uint64_t n = 0;
		if (!flavour ||
		    !count_of(reader, object, KT_FLEET_MAX_GUESTS - guests->len, &n, error))
			return false;
		for (uint64_t j = 0; j < n; j++) {
			const KtFleetGuest guest = {
				.flavour = (uint16_t)(flavour - 1), .host = -1, .is_new = true};
			g_array_append_val(guests, guest);
		}
	}
	return true;
}

static bool
read_action(Reader *reader, const KtJson *json, GError **error)
{
	static const char *const words[] = {"place", "drain", "rebalance", NULL};
	KtFleet *fleet = reader->fleet;
	const KtJson *list = NULL;
	unsigned action = 0;

	if (!kt_in_word(&reader->in, json, "action", words, &action, error) ||
	    !get_number(reader,
			json,
			(KtInNumber){.key = "max_moves", .max = UINT32_MAX, .value = UINT32_MAX},
			&fleet->max_moves,
			error) ||
	    !kt_in_get(&reader->in, json, "drain", JSON_ARRAY, &list, error))
		return false;
	fleet->action = (KtFleetAction)action;
	for (size_t i = 0; i < json_array_size(list); i++) {
		const KtJson *value = json_array_get(list, i);
		if (fleet->n_hosts == 0 || !kt_in_is_integer(value, 0, fleet->n_hosts - 1))
			return wrong(error, "drain", i, "has to be the number of a host");
		fleet->hosts[json_integer_value(value)].is_closed = true;
	}
	return true;
}

KtFleet *
kt_fleet_from_json(const KtJson *json, GError **error)
{
	g_autoptr(KtFleet) fleet = g_new0(KtFleet, 1);
	g_autoptr(GHashTable) types = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GHashTable) flavours = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GArray) guests = g_array_new(FALSE, FALSE, sizeof(KtFleetGuest));
	Reader reader = {
		.fleet = fleet, .in = {.where = "fleet"}, .types = types, .flavours = flavours};

	fleet->arena = kt_arena_new();
	fleet->moves = g_array_new(FALSE, FALSE, sizeof(KtFleetMove));
	if (!json_is_object(json)) {
		kt_throw(error, KT_ERROR_PARSE, "a fleet has to be a JSON object");
		return NULL;
	}
	if (!read_types(&reader, json, error) || !read_flavours(&reader, json, error) ||
	    !read_hosts(&reader, json, error) || !read_running(&reader, json, guests, error) ||
	    !read_new(&reader, json, guests, error) || !read_action(&reader, json, error))
		return NULL;
	fleet->n_guests = guests->len;
	fleet->guests = kt_arena_new0(fleet->arena, KtFleetGuest, guests->len);
	if (guests->len > 0)
		memcpy(fleet->guests, guests->data, guests->len * sizeof(KtFleetGuest));
	return g_steal_pointer(&fleet);
}
