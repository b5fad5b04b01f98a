/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance-private.h"

#include <stddef.h>
#include <string.h>

/* As libvirt's names; longer ones are no file names on Linux (NAME_MAX). */
#define MAX_NAME 255

static const char *const guest_keys[] = {
	"name",    "vcpus",       "memory_kib", "page_kib",      "cells",     "class",
	"smt",     "memory_mode", "priority",   "emulator_cpus", "iothreads", "current",
	"movable", "devices",     "max_cells",  "memory_bound",  "vnuma",     "apart",
	"nodes",   "comment",     NULL,
};
static const char *const smt_words[] = {"prefer", "require", "isolate", NULL};
static const char *const class_words[] = {"dedicated", "shared", NULL};
static const char *const mode_words[] = {"strict", "preferred", NULL};

static const KtInNumber guest_numbers[] = {
	{.key = "vcpus",
	 .min = 1,
	 .max = KT_INSTANCE_MAX_VCPUS,
	 .offset = offsetof(KtInstGuest, vcpus),
	 .is_required = true},
	{.key = "memory_kib",
	 .min = 1,
	 .max = KT_INSTANCE_MAX_KIB,
	 .offset = offsetof(KtInstGuest, memory_kib),
	 .is_required = true},
	{.key = "page_kib",
	 .min = 1,
	 .max = KT_INSTANCE_MAX_KIB,
	 .value = 4,
	 .offset = offsetof(KtInstGuest, page_kib)},
	{.key = "priority",
	 .max = KT_INSTANCE_MAX_PRIORITY,
	 .value = 1,
	 .offset = offsetof(KtInstGuest, priority)},
	{.key = "emulator_cpus", .max = 64, .offset = offsetof(KtInstGuest, emulator_cpus)},
	{.key = "iothreads", .max = 1000, .offset = offsetof(KtInstGuest, iothreads)},
	{.key = "max_cells",
	 .min = 1,
	 .max = KT_INSTANCE_MAX_CELLS,
	 .value = 8,
	 .offset = offsetof(KtInstGuest, max_cells)},
	{.key = NULL},
};

static const KtInNumber cell_numbers[] = {
	{.key = "vcpus",
	 .min = 1,
	 .max = KT_INSTANCE_MAX_VCPUS,
	 .offset = offsetof(KtInstCell, vcpus),
	 .is_required = true},
	{.key = "memory_kib",
	 .max = KT_INSTANCE_MAX_KIB,
	 .offset = offsetof(KtInstCell, memory_kib),
	 .is_required = true},
	{.key = NULL},
};

static bool
read_cells(const KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	const KtJson *list = NULL;
	uint64_t vcpus = 0;
	uint64_t kib = 0;

	if (!kt_in_get(reader, object, "cells", JSON_ARRAY, &list, error))
		return false;

	size_t n = json_array_size(list);
	if (n == 0)
		return true;
	if (n > KT_INSTANCE_MAX_CELLS)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"%s: more than %d cells",
				reader->where,
				KT_INSTANCE_MAX_CELLS);
	KtInstCell *cells = kt_arena_new0(reader->instance->arena, KtInstCell, n);
	for (size_t i = 0; i < n; i++) {
		const KtJson *cell = json_array_get(list, i);
		if (!json_is_object(cell))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: 'cells' has to be a list of objects",
					reader->where);
		if (!kt_in_numbers(reader, cell, cell_numbers, &cells[i], error))
			return kt_prefix(error, "cells[%zu]", i);
		vcpus += cells[i].vcpus;
		kib += cells[i].memory_kib;
	}
	if (vcpus != guest->vcpus || kib != guest->memory_kib)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: the cells have %" G_GUINT64_FORMAT
				" vCPUs and %" G_GUINT64_FORMAT " KiB, the guest %" G_GUINT64_FORMAT
				" and %" G_GUINT64_FORMAT,
				reader->where,
				vcpus,
				kib,
				guest->vcpus,
				guest->memory_kib);
	guest->cells = cells;
	guest->n_cells = (uint32_t)n;
	return true;
}

static bool
read_devices(const KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	static const KtInNumber share = {.key = "share", .max = 1000};
	const KtJson *list = NULL;

	if (!kt_in_get(reader, object, "devices", JSON_ARRAY, &list, error))
		return false;

	size_t n = json_array_size(list);
	if (n > KT_INSTANCE_MAX_DEVICES)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"%s: more than %d devices",
				reader->where,
				KT_INSTANCE_MAX_DEVICES);
	KtInstDevice *devices = kt_arena_new0(reader->instance->arena, KtInstDevice, n);
	for (size_t i = 0; i < n; i++) {
		const KtJson *item = json_array_get(list, i);
		KtInstDevice *device = &devices[i];
		if (!json_is_object(item))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: 'devices' has to be a list of objects",
					reader->where);
		if (!kt_in_node(reader,
				json_object_get(item, "node"),
				"devices.node",
				&device->node,
				error) ||
		    !kt_in_permille(reader, item, &share, &device->share_permille, error) ||
		    !kt_in_bool(reader, item, "require", &device->is_required, error))
			return false;
	}
	guest->devices = devices;
	guest->n_devices = (uint32_t)n;
	return true;
}

static bool
read_allowed(const KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	uint32_t n_nodes = reader->instance->n_nodes;
	const KtJson *list = NULL;

	guest->allowed = n_nodes == 64 ? UINT64_MAX : (UINT64_C(1) << n_nodes) - 1;
	if (!kt_in_get(reader, object, "nodes", JSON_ARRAY, &list, error))
		return false;
	if (!list)
		return true;
	guest->allowed = 0;
	for (size_t i = 0; i < json_array_size(list); i++) {
		uint64_t node = 0;
		if (!kt_in_node(reader, json_array_get(list, i), "nodes", &node, error))
			return false;
		guest->allowed |= UINT64_C(1) << node;
	}
	return true;
}

/* The pins that a guest has: one set per vCPU. */
static bool
read_pins(const KtInReader *reader, const KtJson *list, KtInstGuest *guest, GError **error)
{
	KtInstance *instance = reader->instance;
	int32_t *cpus = kt_arena_new0(instance->arena, int32_t, guest->vcpus);
	KtCpuset all = {0};

	if (json_array_size(list) == 0)
		return true;
	if (json_array_size(list) != guest->vcpus)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: 'vcpupin' has %zu entries for %" G_GUINT64_FORMAT " vCPUs",
				reader->where,
				json_array_size(list),
				guest->vcpus);
	for (size_t i = 0; i < guest->vcpus; i++) {
		const KtJson *value = json_array_get(list, i);
		const char *text = json_string_value(value);
		KtCpuset set = {0};
		if (kt_in_is_integer(value, 0, KT_CPUSET_BITS - 1))
			kt_cpuset_add(&set, (unsigned)json_integer_value(value));
		else if (!text)
			return kt_throw(error,
					KT_ERROR_PARSE,
					"%s: 'vcpupin' has to be a list of CPU sets",
					reader->where);
		else if (!kt_cpuset_parse_list(text, &set, error))
			return kt_prefix(error, "%s: vcpupin", reader->where);
		cpus[i] = kt_cpuset_count(&set) == 1 ? (int32_t)kt_cpuset_next(&set, 0) : -1;
		kt_cpuset_or(&all, &set);
	}
	guest->current_cpus = cpus;
	KtCpuset *kept = kt_arena_new0(instance->arena, KtCpuset, 1);
	*kept = all;
	guest->current_set = kept;
	return true;
}

/* {"0": KiB, "1": KiB}: memory found on each node. */
static bool
read_found(const KtInReader *reader, const KtJson *current, KtInstGuest *guest, GError **error)
{
	KtInstance *instance = reader->instance;
	const KtJson *found = NULL;
	uint64_t *kib = NULL;
	const char *key = NULL;
	json_t *value = NULL;

	if (!kt_in_get(reader, current, "memory_kib", JSON_OBJECT, &found, error))
		return false;
	if (json_object_size(found) == 0)
		return true;
	kib = kt_arena_new0(instance->arena, uint64_t, instance->n_nodes);
	json_object_foreach ((json_t *)found, key, value) {
		guint64 id = 0;
		int node = g_ascii_string_to_unsigned(key, 10, 0, UINT32_MAX, &id, NULL)
				   ? kt_instance_find_node(instance, id)
				   : -1;
		if (node < 0 || !kt_in_is_integer(value, 0, KT_INSTANCE_MAX_KIB))
			return kt_throw(
				error,
				KT_ERROR_PARSE,
				"%s: 'current.memory_kib' has to be KiB by the id of a node",
				reader->where);
		kib[node] = (uint64_t)json_integer_value(value);
	}
	guest->current_kib = kib;
	return true;
}

static bool
read_current(const KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	const KtJson *current = NULL;
	const KtJson *cells = NULL;
	const KtJson *pins = NULL;

	if (!kt_in_get(reader, object, "current", JSON_OBJECT, &current, error))
		return false;
	if (!current)
		return true;
	if (!kt_in_get(reader, current, "cells", JSON_ARRAY, &cells, error) ||
	    !kt_in_get(reader, current, "vcpupin", JSON_ARRAY, &pins, error))
		return false;

	size_t n = json_array_size(cells);
	if (n > KT_INSTANCE_MAX_CELLS || n > guest->vcpus || (n == 0 && json_array_size(pins)) ||
	    (guest->cells && n != guest->n_cells && n > 0))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: 'current' has to name a node for each of its cells",
				reader->where);
	uint8_t *nodes = kt_arena_new0(reader->instance->arena, uint8_t, n);
	for (size_t i = 0; i < n; i++) {
		uint64_t node = 0;
		if (!kt_in_node(reader, json_array_get(cells, i), "current.cells", &node, error))
			return false;
		nodes[i] = (uint8_t)node;
	}
	guest->current_nodes = nodes;
	guest->n_current = (uint32_t)n;
	return read_found(reader, current, guest, error) && read_pins(reader, pins, guest, error);
}

static bool
read_apart(KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	const KtJson *value = NULL;

	guest->apart = -1;
	if (!kt_in_get(reader, object, "apart", JSON_STRING, &value, error))
		return false;
	if (!value)
		return true;

	gpointer known = g_hash_table_lookup(reader->apart, json_string_value(value));
	if (!known) {
		known = GUINT_TO_POINTER(++reader->instance->n_apart);
		g_hash_table_insert(reader->apart, (gpointer)json_string_value(value), known);
	}
	guest->apart = (int32_t)GPOINTER_TO_UINT(known) - 1;
	return true;
}

static bool
read_words(const KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	static const KtInNumber bound = {.key = "memory_bound", .max = 10000, .value = 1000};
	bool is_movable = true;
	unsigned smt = 0;
	unsigned class = 0;
	unsigned mode = 0;

	guest->has_vnuma = true;
	if (!kt_in_word(reader, object, "smt", smt_words, &smt, error) ||
	    !kt_in_word(reader, object, "class", class_words, &class, error) ||
	    !kt_in_word(reader, object, "memory_mode", mode_words, &mode, error) ||
	    !kt_in_bool(reader, object, "movable", &is_movable, error) ||
	    !kt_in_bool(reader, object, "vnuma", &guest->has_vnuma, error) ||
	    !kt_in_permille(reader, object, &bound, &guest->memory_bound_permille, error))
		return false;
	guest->smt = (KtSmt)(smt + KT_SMT_PREFER);
	guest->is_shared = class == 1;
	guest->is_preferred = mode == 1;
	guest->is_fixed = !is_movable;
	if (guest->page_kib & (guest->page_kib - 1))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: 'page_kib' has to be a power of two",
				reader->where);
	return true;
}

static bool
read_guest(KtInReader *reader, const KtJson *object, KtInstGuest *guest, GError **error)
{
	return kt_in_numbers(reader, object, guest_numbers, guest, error) &&
	       read_words(reader, object, guest, error) &&
	       read_cells(reader, object, guest, error) &&
	       read_devices(reader, object, guest, error) &&
	       read_allowed(reader, object, guest, error) &&
	       read_current(reader, object, guest, error) &&
	       read_apart(reader, object, guest, error);
}

static bool
read_name(const KtInReader *reader, const KtJson *object, size_t index, GHashTable *names,
	  const char **ret_name, GError **error)
{
	const char *name = json_string_value(json_object_get(object, "name"));

	if (!json_is_object(object) || !name || *name == '\0' || strlen(name) > MAX_NAME)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"guests[%zu]: 'name' has to be a text of 1 to %d bytes",
				index,
				MAX_NAME);
	*ret_name = kt_arena_strdup(reader->instance->arena, name);
	if (!g_hash_table_add(names, (gpointer)*ret_name))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"guests[%zu]: there is another guest '%s'",
				index,
				name);
	return true;
}

bool
kt_in_guests(KtInReader *reader, const KtJson *json, GError **error)
{
	KtInstance *instance = reader->instance;
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);
	const KtJson *list = NULL;

	if (!kt_in_get(reader, json, "guests", JSON_ARRAY, &list, error))
		return false;

	size_t n = json_array_size(list);
	if (n > KT_INSTANCE_MAX_GUESTS)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"%zu guests: at most %d can be placed",
				n,
				KT_INSTANCE_MAX_GUESTS);
	instance->guests = kt_arena_new0(instance->arena, KtInstGuest, n);
	for (size_t i = 0; i < n; i++) {
		const KtJson *object = json_array_get(list, i);
		KtInstGuest *guest = &instance->guests[i];
		if (!read_name(reader, object, i, names, &guest->name, error))
			return false;
		g_autofree char *where = g_strdup_printf("guest '%s'", guest->name);
		reader->where = where;
		kt_in_note_unknown(reader, object, guest_keys);
		if (!read_guest(reader, object, guest, error))
			return false;
		instance->n_guests = (uint32_t)i + 1;
	}
	reader->where = "instance";
	return true;
}
