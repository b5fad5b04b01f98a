/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot-virt.h"

#include <string.h>

#define FOLDER "virt/"
/* NAME_MAX is 255 (linux/limits.h); number, key and ending need some. */
#define MAX_NAME_BYTES 100

static bool
is_xml(const KtJson *value)
{
	const char *text = json_string_value(value);

	return text && text[strspn(text, " \t\r\n")] == '<';
}

static char *
file_name(const char *prefix, const char *key)
{
	g_autofree char *safe = g_strndup(key, MAX_NAME_BYTES);

	g_strcanon(safe, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-", '_');
	if (g_str_has_suffix(safe, "_xml"))
		safe[strlen(safe) - strlen("_xml")] = 0;
	return g_strconcat(FOLDER, prefix, safe, ".xml", NULL);
}

/* "007-web1." of the seventh guest of hundreds. */
static char *
domain_prefix(const KtJson *domain, size_t number, size_t n_domains)
{
	const char *name = json_string_value(json_object_get(domain, "name"));
	g_autofree char *digits = g_strdup_printf("%zu", n_domains);
	g_autofree char *safe = g_strndup(name ? name : "guest", MAX_NAME_BYTES);

	g_strcanon(safe, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "._-", '_');
	return g_strdup_printf("%0*zu-%s.", (int)strlen(digits), number, safe);
}

static bool
split_object(KtJson *object, const char *prefix, KtMembers *members, GError **error)
{
	const char *key = NULL;
	KtJson *value = NULL;

	json_object_foreach (object, key, value) {
		if (!is_xml(value))
			continue;
		g_autofree char *file = file_name(prefix, key);
		if (!kt_members_add_text(members, file, json_string_value(value), error))
			return false;
		/* Replacing the value of a known key does not move the iterator. */
		kt_json_set(object, key, json_pack("{s:s}", "file", file));
	}
	return true;
}

KtJson *
kt_snapshot_virt_split(const KtJson *virt, KtMembers *members, GError **error)
{
	g_autoptr(KtJson) copy = json_deep_copy(virt);
	const KtJson *domains = json_object_get(copy, "domains");
	size_t i = 0;
	KtJson *domain = NULL;

	if (!split_object(copy, "", members, error))
		return NULL;
	json_array_foreach (domains, i, domain) {
		g_autofree char *prefix = domain_prefix(domain, i + 1, json_array_size(domains));
		if (!split_object(domain, prefix, members, error))
			return NULL;
	}
	return g_steal_pointer(&copy);
}

static bool
join_object(KtJson *object, const KtMembers *members, GHashTable *used, GError **error)
{
	const char *key = NULL;
	KtJson *value = NULL;

	json_object_foreach (object, key, value) {
		const char *file = json_string_value(json_object_get(value, "file"));
		if (!file)
			continue;
		GBytes *bytes = kt_members_get(members, file);
		/* Twice: a small file could be made a large document that way. */
		if (!bytes || !g_str_has_prefix(file, FOLDER) ||
		    !g_hash_table_add(used, g_strdup(file)))
			return kt_throw(error,
					KT_ERROR_PARSE,
					"'%s': '%s' is missing or named twice",
					key,
					file);
		size_t length = 0;
		const char *text = g_bytes_get_data(bytes, &length);
		bool has_nul = text && memchr(text, 0, length);
		KtJson *joined = has_nul ? NULL : json_stringn(text ? text : "", length);
		if (!joined)
			return kt_throw(error, KT_ERROR_PARSE, "'%s' is not UTF-8 text", file);
		kt_json_set(object, key, joined);
	}
	return true;
}

bool
kt_snapshot_virt_join(KtJson *virt, const KtMembers *members, GError **error)
{
	g_autoptr(GHashTable) used = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	size_t i = 0;
	KtJson *domain = NULL;

	if (!join_object(virt, members, used, error))
		return false;
	json_array_foreach (json_object_get(virt, "domains"), i, domain) {
		if (!join_object(domain, members, used, error))
			return false;
	}
	return true;
}

static KtJson *
map_value(const char *key, KtJson *value, KtSnapshotMap *map, void *data)
{
	if (!json_is_string(value)) {
		kt_snapshot_virt_map(value, map, data);
		return json_incref(value);
	}

	g_autofree char *text = map(key, json_string_value(value), data);
	return text ? json_string(text) : json_incref(value);
}

void
kt_snapshot_virt_map(KtJson *json, KtSnapshotMap *map, void *data)
{
	const char *key = NULL;
	KtJson *value = NULL;
	size_t i = 0;

	json_object_foreach (json, key, value) {
		kt_json_set(json, key, map_value(key, value, map, data));
	}
	json_array_foreach (json, i, value) {
		json_array_set_new(json, i, map_value(NULL, value, map, data));
	}
}
