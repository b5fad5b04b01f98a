/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-clock.h"
#include "kt-escape.h"
#include "kt-snapshot-virt.h"
#include "kt-snapshot.h"

#include <string.h>

#define FILES    "root"
#define TOPOLOGY "hwloc.xml"
#define IMAGES   "images.json"

/* A JSON document may not hold more objects and arrays than this: 300000 bytes of "[[[[..." would
 * cost a hundred times their size in memory. */
#define MAX_CONTAINERS (2 * KT_MEMBERS_MAX)

/* One table of the format: which answer it keeps and how that looks in JSON. */
typedef struct Table {
	const char *member;
	size_t state_offset;
	/* New reference; of an answer that is a value. */
	KtJson *(*save)(const KtSnapshotEntry *entry);
	/* False when @json is no such value. */
	bool (*load)(KtSnapshotEntry *entry, const KtJson *json);
} Table;

static KtJson *
save_names(const KtSnapshotEntry *entry)
{
	KtJson *array = json_array();

	for (char **name = entry->names; *name; name++) {
		g_autofree char *text = kt_escape(*name);
		kt_json_append_str(array, text);
	}
	return array;
}

static bool
load_names(KtSnapshotEntry *entry, const KtJson *json)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	size_t i = 0;
	KtJson *item = NULL;

	if (!json_is_array(json))
		return false;
	json_array_foreach (json, i, item) {
		const char *text = json_string_value(item);
		char *name = text ? kt_unescape(text) : NULL;
		if (!name || !*name || strchr(name, '/')) {
			g_free(name);
			return false;
		}
		g_ptr_array_add(names, name);
	}
	g_ptr_array_add(names, NULL);
	entry->names = (char **)g_ptr_array_steal(names, NULL);
	return true;
}

static KtJson *
save_target(const KtSnapshotEntry *entry)
{
	g_autofree char *text = kt_escape(entry->target);

	return json_string(text);
}

static bool
load_target(KtSnapshotEntry *entry, const KtJson *json)
{
	const char *text = json_string_value(json);

	entry->target = text ? kt_unescape(text) : NULL;
	return entry->target;
}

static KtJson *
save_mode(const KtSnapshotEntry *entry)
{
	g_autofree char *text = g_strdup_printf("0%o", entry->st_mode);

	return json_string(text);
}

static bool
load_mode(KtSnapshotEntry *entry, const KtJson *json)
{
	const char *text = json_string_value(json);
	uint64_t mode = 0;

	if (!text || !g_ascii_string_to_unsigned(text, 8, 0, 0177777, &mode, NULL))
		return false;
	entry->st_mode = (uint32_t)mode;
	return true;
}

static bool
load_nothing(KtSnapshotEntry *entry, const KtJson *json)
{
	return false;
}

/* clang-format off */
static const Table tables[] = {
	{.member = "states.json", .state_offset = offsetof(KtSnapshotEntry, read), .load = load_nothing},
	{.member = "dirs.json", .state_offset = offsetof(KtSnapshotEntry, list), .save = save_names, .load = load_names},
	{.member = "links.json", .state_offset = offsetof(KtSnapshotEntry, link), .save = save_target, .load = load_target},
	{.member = "modes.json", .state_offset = offsetof(KtSnapshotEntry, mode), .save = save_mode, .load = load_mode},
};
/* clang-format on */

static KtState *
state_of(KtSnapshotEntry *entry, const Table *table)
{
	return G_STRUCT_MEMBER_P(entry, table->state_offset);
}

/* {"/path": answer, ...} in the order of the paths; NULL when there is none. */
static KtJson *
save_table(const KtSnapshot *snapshot, const GPtrArray *paths, const Table *table)
{
	g_autoptr(KtJson) object = json_object();

	for (guint i = 0; i < paths->len; i++) {
		KtSnapshotEntry *entry = g_hash_table_lookup(snapshot->entries, paths->pdata[i]);
		KtState state = *state_of(entry, table);
		if (state == KT_STATE_UNSET || (state == KT_STATE_VALUE && !table->save))
			continue;
		g_autofree char *key = kt_escape(paths->pdata[i]);
		if (state == KT_STATE_VALUE)
			kt_json_set(object, key, table->save(entry));
		else if (table->save)
			kt_json_set(object, key, json_pack("{s:s}", "state", kt_state_name(state)));
		else
			kt_json_set_str(object, key, kt_state_name(state));
	}
	return json_object_size(object) > 0 ? g_steal_pointer(&object) : NULL;
}

static bool
load_answer(KtSnapshotEntry *entry, const Table *table, const KtJson *json)
{
	KtState *state = state_of(entry, table);
	const KtJson *named = table->save ? json_object_get(json, "state") : json;
	KtState found = KT_STATE_N;

	if (*state != KT_STATE_UNSET)
		return false;
	if (json_is_string(named))
		found = kt_state_from_name(json_string_value(named));
	if (found == KT_STATE_ABSENT || found == KT_STATE_DENIED || found == KT_STATE_BROKEN) {
		*state = found;
		return true;
	}
	*state = KT_STATE_VALUE;
	return table->load(entry, json);
}

static bool
has_too_many_containers(const char *text, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += text[i] == '[' || text[i] == '{';
	return n > MAX_CONTAINERS;
}

/* NULL without an error when there is no such member. */
static KtJson *
parse_member(const KtMembers *members, const char *name, const char *what, GError **error)
{
	GBytes *bytes = kt_members_get(members, name);
	g_autofree char *label = g_strdup_printf("%s of snapshot '%s'", name, what);
	size_t length = 0;
	const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;

	if (!bytes)
		return NULL;
	if (has_too_many_containers(text, length)) {
		kt_throw(error, KT_ERROR_LIMIT, "%s: too many values", label);
		return NULL;
	}
	g_autoptr(KtJson) json = kt_json_parse(text ? text : "", length, label, error);
	if (json && !json_is_object(json)) {
		kt_throw(error, KT_ERROR_PARSE, "%s: not an object", label);
		return NULL;
	}
	return g_steal_pointer(&json);
}

static KtSnapshotEntry *
load_entry(KtSnapshot *snapshot, const char *escaped, const char *where, GError **error)
{
	g_autofree char *path = kt_unescape(escaped);
	g_autofree char *shown = g_strescape(escaped, NULL);

	if (!path || !kt_snapshot_is_canonical(path)) {
		kt_throw(error, KT_ERROR_PARSE, "%s: '%s' is no path", where, shown);
		return NULL;
	}
	KtSnapshotEntry *entry = kt_snapshot_entry(snapshot, path);
	if (!entry)
		kt_throw(error,
			 KT_ERROR_LIMIT,
			 "%s: more than %u paths",
			 where,
			 KT_SNAPSHOT_MAX_ENTRIES);
	return entry;
}

static bool
load_table(KtSnapshot *snapshot, const KtMembers *members, const Table *table, const char *what,
	   GError **error)
{
	GError *failed = NULL;
	g_autoptr(KtJson) json = parse_member(members, table->member, what, &failed);
	g_autofree char *where = g_strdup_printf("%s of snapshot '%s'", table->member, what);
	const char *key = NULL;
	KtJson *value = NULL;

	if (failed)
		return g_propagate_error(error, failed), false;
	json_object_foreach (json, key, value) {
		KtSnapshotEntry *entry = load_entry(snapshot, key, where, error);
		if (!entry)
			return false;
		if (!load_answer(entry, table, value))
			return kt_throw(
				error, KT_ERROR_PARSE, "%s: '%s' has no usable answer", where, key);
	}
	return true;
}

static bool
load_files(KtSnapshot *snapshot, const KtMembers *members, const char *what, GError **error)
{
	g_autoptr(GPtrArray) names = kt_members_names(members);
	g_autofree char *where = g_strdup_printf("snapshot '%s'", what);

	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		if (!g_str_has_prefix(name, FILES "/"))
			continue;
		KtSnapshotEntry *entry = load_entry(snapshot, name + strlen(FILES), where, error);
		if (!entry)
			return false;
		entry->read = KT_STATE_VALUE;
		entry->text = g_bytes_ref(kt_members_get(members, name));
	}
	return true;
}

static KtJson *
save_manifest(const KtSnapshotMeta *meta, size_t n_members)
{
	KtJson *json = json_object();
	g_autofree char *created = kt_clock_format(meta->created_us);

	kt_json_set_u64(json, "schema_version", KT_SNAPSHOT_SCHEMA_VERSION);
	kt_json_set_str(json, "tool_version", meta->tool_version);
	kt_json_set_str(json, "created", created);
	kt_json_set_str(json, "root", meta->root);
	kt_json_set_bool(json, "is_privileged", meta->is_privileged);
	kt_json_set_bool(json, "anonymised", meta->is_anonymised);
	if (meta->about)
		kt_json_set_str(json, "about", meta->about);
	kt_json_set_u64(json, "members", n_members);
	return json;
}

static bool
check_version(const KtJson *json, const char *what, const char *label, GError **error)
{
	uint64_t version = 0;

	if (!kt_json_get_u64(json, "schema_version", label, &version, error))
		return false;
	if (version > KT_SNAPSHOT_SCHEMA_VERSION)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "use the kvmtune that took it, or a newer one",
				     "snapshot '%s' has format %" G_GUINT64_FORMAT
				     ", this kvmtune reads up to %d",
				     what,
				     version,
				     KT_SNAPSHOT_SCHEMA_VERSION);
	return true;
}

static bool
load_manifest(KtSnapshotMeta *meta, const KtJson *json, const char *label, GError **error)
{
	const char *tool = NULL, *created = NULL, *root = NULL, *about = NULL;

	if (!kt_json_get_str_or_null(json, "tool_version", label, &tool, error) ||
	    !kt_json_get_str(json, "created", label, &created, error) ||
	    !kt_json_get_str_or_null(json, "root", label, &root, error) ||
	    !kt_json_get_str_or_null(json, "about", label, &about, error))
		return false;

	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(created, NULL);
	if (!time || g_date_time_to_unix(time) < 0)
		return kt_throw(error, KT_ERROR_PARSE, "%s: 'created' is no time", label);
	meta->created_us = g_date_time_to_unix(time) * G_USEC_PER_SEC;
	meta->tool_version = g_strdup(tool);
	meta->root = g_strdup(root);
	meta->about = g_strdup(about);
	meta->is_privileged = json_is_true(json_object_get(json, "is_privileged"));
	meta->is_anonymised = json_is_true(json_object_get(json, "anonymised"));
	return true;
}

static bool
add_json(KtMembers *members, const char *name, const KtJson *json, GError **error)
{
	g_autofree char *text = kt_json_print(json);

	return kt_members_add_text(members, name, text, error);
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static GPtrArray *
sorted_paths(const KtSnapshot *snapshot)
{
	GPtrArray *paths = g_ptr_array_sized_new(g_hash_table_size(snapshot->entries));
	GHashTableIter iter;
	void *path;

	g_hash_table_iter_init(&iter, snapshot->entries);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		g_ptr_array_add(paths, path);
	g_ptr_array_sort(paths, compare_paths);
	return paths;
}

static bool
save_files(const KtSnapshot *snapshot, const GPtrArray *paths, KtMembers *members, GError **error)
{
	for (guint i = 0; i < paths->len; i++) {
		const KtSnapshotEntry *entry =
			g_hash_table_lookup(snapshot->entries, paths->pdata[i]);
		if (entry->read != KT_STATE_VALUE)
			continue;
		g_autofree char *escaped = kt_escape(paths->pdata[i]);
		g_autofree char *name = g_strconcat(FILES, escaped, NULL);
		if (!kt_members_add(members, name, entry->text, error))
			return false;
	}
	return true;
}

static bool
save_virt(const KtSnapshot *snapshot, KtMembers *members, GError **error)
{
	if (snapshot->topology_xml &&
	    !kt_members_add_text(members, TOPOLOGY, snapshot->topology_xml, error))
		return false;
	if (snapshot->images && !add_json(members, IMAGES, snapshot->images, error))
		return false;
	if (!snapshot->virt)
		return true;

	g_autoptr(KtJson) virt = kt_snapshot_virt_split(snapshot->virt, members, error);
	return virt && add_json(members, KT_SNAPSHOT_VIRT, virt, error);
}

KtMembers *
kt_snapshot_to_members(const KtSnapshot *snapshot, GError **error)
{
	g_autoptr(KtMembers) members = kt_members_new();
	g_autoptr(GPtrArray) paths = sorted_paths(snapshot);

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
		g_autoptr(KtJson) json = save_table(snapshot, paths, &tables[i]);
		if (json && !add_json(members, tables[i].member, json, error))
			return NULL;
	}
	if (!save_files(snapshot, paths, members, error) || !save_virt(snapshot, members, error))
		return NULL;

	g_autoptr(KtJson) manifest = save_manifest(&snapshot->meta, kt_members_count(members) + 1);
	if (!add_json(members, KT_SNAPSHOT_MANIFEST, manifest, error))
		return NULL;
	return g_steal_pointer(&members);
}

static bool
load_virt(KtSnapshot *snapshot, const KtMembers *members, const char *what, GError **error)
{
	GError *failed = NULL;
	GBytes *topology = kt_members_get(members, TOPOLOGY);

	if (topology) {
		size_t length = 0;
		const char *text = g_bytes_get_data(topology, &length);
		snapshot->topology_xml = g_strndup(text ? text : "", length);
	}
	snapshot->images = parse_member(members, IMAGES, what, &failed);
	if (failed)
		return g_propagate_error(error, failed), false;
	snapshot->virt = parse_member(members, KT_SNAPSHOT_VIRT, what, &failed);
	if (failed)
		return g_propagate_error(error, failed), false;
	if (snapshot->virt && !kt_snapshot_virt_join(snapshot->virt, members, error))
		return kt_prefix(error, "%s of snapshot '%s'", KT_SNAPSHOT_VIRT, what);
	return true;
}

/* The manifest is sorted behind 'hwloc.xml' and before 'root/': only the count tells an archive
 * that ends between two members from a whole one. */
static bool
check_count(const KtMembers *members, const KtJson *manifest, const char *what, GError **error)
{
	const KtJson *count = json_object_get(manifest, "members");

	if (!count || json_integer_value(count) == (json_int_t)kt_members_count(members))
		return true;
	return kt_throw_hint(
		error,
		KT_ERROR_PARSE,
		"copy the file again, or take a new one with 'kvmtune snapshot -o FILE'",
		"snapshot '%s' is cut off: %zu of %lld members",
		what,
		kt_members_count(members),
		(long long)json_integer_value(count));
}

static KtJson *
open_manifest(const KtMembers *members, const char *what, GError **error)
{
	if (!kt_members_get(members, KT_SNAPSHOT_MANIFEST)) {
		kt_throw_hint(error,
			      KT_ERROR_PARSE,
			      "give a directory or a file that 'kvmtune snapshot' wrote",
			      "'%s' is no snapshot: it holds no '%s'",
			      what,
			      KT_SNAPSHOT_MANIFEST);
		return NULL;
	}
	return parse_member(members, KT_SNAPSHOT_MANIFEST, what, error);
}

KtSnapshot *
kt_snapshot_from_members(const KtMembers *members, bool is_archive, const char *what,
			 GError **error)
{
	g_autoptr(KtSnapshot) snapshot = kt_snapshot_new(NULL);
	g_autoptr(KtJson) manifest = open_manifest(members, what, error);
	g_autofree char *label = g_strdup_printf("%s of snapshot '%s'", KT_SNAPSHOT_MANIFEST, what);

	if (!manifest || !check_version(manifest, what, label, error) ||
	    !load_manifest(&snapshot->meta, manifest, label, error))
		return NULL;
	if (is_archive && !check_count(members, manifest, what, error))
		return NULL;
	if (!load_files(snapshot, members, what, error))
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		if (!load_table(snapshot, members, &tables[i], what, error))
			return NULL;
	if (!load_virt(snapshot, members, what, error))
		return NULL;
	return g_steal_pointer(&snapshot);
}

bool
kt_snapshot_is_member(const char *name)
{
	static const char *const names[] = {
		KT_SNAPSHOT_MANIFEST, KT_SNAPSHOT_VIRT, TOPOLOGY, IMAGES, FILES, "virt", NULL};

	for (size_t i = 0; i < G_N_ELEMENTS(tables); i++)
		if (g_str_equal(name, tables[i].member))
			return true;
	return g_strv_contains(names, name) || g_str_has_prefix(name, FILES "/") ||
	       g_str_has_prefix(name, "virt/");
}
