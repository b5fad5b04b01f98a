/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance-private.h"

#include <stddef.h>
#include <string.h>

/* Nova's default cpu_allocation_ratio (nova.conf, initial_cpu_allocation_ratio since 2023.1). */
#define DEFAULT_RATIO_PERMILLE 4000
/* A day: shorter than most guests live, longer than a peak of load. A rule of kvmtune. */
#define DEFAULT_HORIZON_S 86400

static const char *const top_keys[] = {
	"schema_version",
	"nodes",
	"distances",
	"housekeeping",
	"guests",
	"shared_ratio",
	"horizon_s",
	"pools",
	"spare_pages",
	"comment",
	NULL,
};
static const char *const node_keys[] = {
	"id",
	"memory_kib",
	"reserved_kib",
	"hugepages",
	"l3",
	"irqs",
	"comment",
	NULL,
};

static const KtInNumber node_numbers[] = {
	{.key = "id", .max = INT64_MAX, .offset = offsetof(KtInstNode, id), .is_required = true},
	{.key = "memory_kib",
	 .max = KT_INSTANCE_MAX_KIB,
	 .offset = offsetof(KtInstNode, memory_kib),
	 .is_required = true},
	{.key = "reserved_kib",
	 .max = KT_INSTANCE_MAX_KIB,
	 .offset = offsetof(KtInstNode, reserved_kib)},
	{.key = "irqs", .max = 1000000, .offset = offsetof(KtInstNode, irqs)},
	{.key = NULL},
};

static bool
read_pools(const KtInReader *reader, const KtJson *object, KtInstNode *node, GError **error)
{
	const char *key = NULL;
	KtJson *value = NULL;
	const KtJson *pools = NULL;

	if (!kt_in_get(reader, object, "hugepages", JSON_OBJECT, &pools, error))
		return false;
	json_object_foreach ((KtJson *)pools, key, value) {
		char *end = NULL;
		uint64_t kib = g_ascii_strtoull(key, &end, 10);
		if (*end != '\0' || kib == 0 || kib > KT_INSTANCE_MAX_KIB || (kib & (kib - 1)))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: '%.40s' in 'hugepages' is no page size in KiB",
					reader->where,
					key);
		if (!kt_in_is_integer(value, 0, KT_INSTANCE_MAX_KIB / kib))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: 'hugepages' of %s KiB have to be a number of pages",
					reader->where,
					key);
		if (node->n_pools == KT_INSTANCE_MAX_POOLS)
			return kt_throw(error,
					KT_ERROR_LIMIT,
					"%s: more than %d sizes in 'hugepages'",
					reader->where,
					KT_INSTANCE_MAX_POOLS);
		node->pools[node->n_pools++] =
			(KtInstPool){.page_kib = kib, .pages = (uint64_t)json_integer_value(value)};
	}
	return true;
}

static int
compare_cpus(const void *a, const void *b)
{
	return (int)*(const uint16_t *)a - (int)*(const uint16_t *)b;
}

static bool
read_core(KtInReader *reader, const KtJson *list, KtInstCore *core, GError **error)
{
	KtInstance *instance = reader->instance;
	size_t n = json_array_size(list);
	uint16_t *cpus = kt_arena_new0(instance->arena, uint16_t, n);

	if (n == 0 || n > KT_INSTANCE_MAX_THREADS)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: a core has to be a list of 1 to %d CPUs",
				reader->where,
				KT_INSTANCE_MAX_THREADS);
	for (size_t i = 0; i < n; i++) {
		const KtJson *value = json_array_get(list, i);
		if (!kt_in_is_integer(value, 0, KT_CPUSET_BITS - 1))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: CPU numbers have to be 0 to %d",
					reader->where,
					KT_CPUSET_BITS - 1);
		cpus[i] = (uint16_t)json_integer_value(value);
		if (kt_cpuset_has(&instance->cpus, cpus[i]))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: CPU %u stands there twice",
					reader->where,
					cpus[i]);
		kt_cpuset_add(&instance->cpus, cpus[i]);
	}
	qsort(cpus, n, sizeof(*cpus), compare_cpus);
	core->cpus = cpus;
	core->n_cpus = (uint16_t)n;
	return true;
}

static bool
read_group(KtInReader *reader, const KtJson *object, uint16_t node, GError **error)
{
	KtInstance *instance = reader->instance;
	KtInstGroup *group = &instance->groups[instance->n_groups];
	const KtJson *cores = NULL;

	if (!json_is_object(object))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: 'l3' has to be a list of objects with 'cores'",
				reader->where);
	if (!kt_in_get(reader, object, "cores", JSON_ARRAY, &cores, error))
		return false;
	*group = (KtInstGroup){.node = node, .first_core = instance->n_cores};
	for (size_t i = 0; i < json_array_size(cores); i++) {
		KtInstCore *core = &instance->cores[instance->n_cores];
		*core = (KtInstCore){.node = node, .group = (uint16_t)instance->n_groups};
		if (!read_core(reader, json_array_get(cores, i), core, error))
			return false;
		instance->n_cores++;
		group->n_cores++;
	}
	if (group->n_cores > 0)
		instance->n_groups++;
	return true;
}

static bool
read_node(KtInReader *reader, const KtJson *object, uint32_t index, GError **error)
{
	KtInstance *instance = reader->instance;
	KtInstNode *node = &instance->nodes[index];
	const KtJson *groups = NULL;

	if (!json_is_object(object))
		return kt_throw(error, KT_ERROR_PARSE, "%s: has to be an object", reader->where);
	if (!kt_in_numbers(reader, object, node_numbers, node, error) ||
	    !read_pools(reader, object, node, error) ||
	    !kt_in_get(reader, object, "l3", JSON_ARRAY, &groups, error))
		return false;

	int twin = kt_instance_find_node(instance, node->id);
	if (twin >= 0)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: the id %" G_GUINT64_FORMAT " is that of nodes[%d] too",
				reader->where,
				node->id,
				twin);
	kt_in_note_unknown(reader, object, node_keys);
	node->first_group = instance->n_groups;
	node->first_core = instance->n_cores;
	for (size_t i = 0; i < json_array_size(groups); i++) {
		if (instance->n_groups == KT_INSTANCE_MAX_L3)
			return kt_throw(error,
					KT_ERROR_LIMIT,
					"more than %d L3 groups",
					KT_INSTANCE_MAX_L3);
		if (!read_group(reader, json_array_get(groups, i), (uint16_t)index, error))
			return false;
	}
	node->n_groups = instance->n_groups - node->first_group;
	node->n_cores = instance->n_cores - node->first_core;
	instance->n_nodes = index + 1;
	return true;
}

static bool
read_nodes(KtInReader *reader, const KtJson *json, GError **error)
{
	KtInstance *instance = reader->instance;
	const KtJson *nodes = NULL;

	if (!kt_in_get(reader, json, "nodes", JSON_ARRAY, &nodes, error))
		return false;

	size_t n = json_array_size(nodes);
	if (n == 0)
		return kt_throw(error, KT_ERROR_PARSE, "%s: 'nodes' is missing", reader->where);
	if (n > KT_INSTANCE_MAX_NODES)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"%zu nodes: at most %d can be placed on",
				n,
				KT_INSTANCE_MAX_NODES);
	instance->groups = kt_arena_new0(instance->arena, KtInstGroup, KT_INSTANCE_MAX_L3);
	instance->cores = kt_arena_new0(instance->arena, KtInstCore, KT_CPUSET_BITS + 1);
	for (size_t i = 0; i < n; i++) {
		g_autofree char *where = g_strdup_printf("nodes[%zu]", i);
		reader->where = where;
		if (!read_node(reader, json_array_get(nodes, i), (uint32_t)i, error))
			return false;
	}
	reader->where = "instance";
	return true;
}

static bool
read_distances(KtInReader *reader, const KtJson *json, GError **error)
{
	KtInstance *instance = reader->instance;
	const KtJson *rows = NULL;

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		for (uint32_t m = 0; m < instance->n_nodes; m++)
			instance->distance[n][m] = n == m ? KT_INSTANCE_LOCAL : KT_INSTANCE_REMOTE;
	}
	if (!kt_in_get(reader, json, "distances", JSON_ARRAY, &rows, error))
		return false;
	if (json_array_size(rows) > instance->n_nodes)
		return kt_throw(
			error, KT_ERROR_PARSE, "'distances' has more rows than there are nodes");
	for (size_t n = 0; n < json_array_size(rows); n++) {
		const KtJson *row = json_array_get(rows, n);
		if (!json_is_array(row) || json_array_size(row) > instance->n_nodes)
			return kt_throw(error,
					KT_ERROR_PARSE,
					"distances[%zu] has to be a list of a number per node",
					n);
		for (size_t m = 0; m < json_array_size(row); m++) {
			/* SLIT entries are bytes, below 10 is reserved (ACPI 6.5, 5.2.17). */
			const KtJson *value = json_array_get(row, m);
			if (json_is_null(value))
				continue;
			if (!kt_in_is_integer(value, KT_INSTANCE_LOCAL, UINT8_MAX))
				return kt_throw(error,
						KT_ERROR_PARSE,
						"distances[%zu][%zu] has to be 10 to 255",
						n,
						m);
			instance->distance[n][m] = (uint16_t)json_integer_value(value);
		}
	}
	return true;
}

static bool
read_settings(KtInReader *reader, const KtJson *json, GError **error)
{
	static const KtInNumber cores = {.key = "cores_per_node", .max = KT_CPUSET_BITS};
	static const KtInNumber more = {.key = "cores", .max = KT_CPUSET_BITS};
	static const KtInNumber ratio = {
		.key = "shared_ratio", .min = 1000, .max = 64000, .value = DEFAULT_RATIO_PERMILLE};
	static const KtInNumber settings[] = {
		{.key = "horizon_s",
		 .max = (uint64_t)10 * 365 * 86400,
		 .value = DEFAULT_HORIZON_S,
		 .offset = offsetof(KtInstance, horizon_s)},
		{.key = "spare_pages", .max = 1000000, .offset = offsetof(KtInstance, spare_pages)},
		{.key = NULL},
	};
	static const char *const pools[] = {"free", "fixed", NULL};
	KtInstance *instance = reader->instance;
	const KtJson *keeping = NULL;
	unsigned pool = 0;

	if (!kt_in_get(reader, json, "housekeeping", JSON_OBJECT, &keeping, error) ||
	    !kt_in_word(reader, json, "pools", pools, &pool, error) ||
	    !kt_in_numbers(reader, json, settings, instance, error) ||
	    !kt_in_permille(reader, json, &ratio, &instance->ratio_permille, error))
		return false;
	instance->has_fixed_pools = pool == 1;
	return kt_in_number(reader, keeping, &cores, &instance->housekeeping_per_node, error) &&
	       kt_in_number(reader, keeping, &more, &instance->housekeeping_more, error);
}

static bool
read_all(KtInReader *reader, const KtJson *json, GError **error)
{
	if (!json_is_object(json))
		return kt_throw(error, KT_ERROR_PARSE, "an instance has to be a JSON object");
	kt_in_note_unknown(reader, json, top_keys);
	return read_nodes(reader, json, error) && read_distances(reader, json, error) &&
	       read_settings(reader, json, error) && kt_in_guests(reader, json, error);
}

KtInstance *
kt_instance_from_json(const KtJson *json, GError **error)
{
	g_autoptr(KtInstance) instance = kt_instance_new();
	g_autoptr(GHashTable) apart = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) notes = g_ptr_array_new();
	KtInReader reader = {
		.instance = instance,
		.apart = apart,
		.notes = notes,
		.where = "instance",
	};

	if (!read_all(&reader, json, error))
		return NULL;
	instance->n_notes = notes->len;
	instance->notes = kt_arena_new0(instance->arena, const char *, notes->len);
	for (guint i = 0; i < notes->len; i++)
		instance->notes[i] = notes->pdata[i];
	return g_steal_pointer(&instance);
}
