/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-members.h"

#include <string.h>

/* A message says so. */
G_STATIC_ASSERT(KT_MEMBERS_MAX_MEMBER == (uint64_t)16 << 20);

struct KtMembers {
	GHashTable *table; /* char * -> GBytes */
	uint64_t bytes;
};

KtMembers *
kt_members_new(void)
{
	KtMembers *members = g_new0(KtMembers, 1);

	members->table = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
	return members;
}

void
kt_members_free(KtMembers *members)
{
	if (!members)
		return;

	g_hash_table_unref(members->table);
	g_free(members);
}

static bool
is_plain_name(const char *name)
{
	for (const char *part = name;;) {
		size_t length = strcspn(part, "/");
		if (length == 0 || (length == 1 && part[0] == '.') ||
		    (length == 2 && part[0] == '.' && part[1] == '.'))
			return false;
		if (!part[length])
			return true;
		part += length + 1;
	}
}

/* Names of archives may hold anything. */
static bool
refuse(GError **error, KtErrorCode code, const char *name, const char *why)
{
	g_autofree char *shown = g_strescape(name, NULL);

	return kt_throw(error, code, "member '%s' %s", shown, why);
}

bool
kt_members_check(const KtMembers *members, const char *name, uint64_t size, GError **error)
{
	if (strlen(name) > KT_MEMBERS_MAX_NAME)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"a member has a name of more than %u bytes",
				KT_MEMBERS_MAX_NAME);
	if (!is_plain_name(name))
		return refuse(error, KT_ERROR_PARSE, name, "would lie outside the snapshot");
	if (g_hash_table_contains(members->table, name))
		return refuse(error, KT_ERROR_PARSE, name, "is there twice");
	if (g_hash_table_size(members->table) >= KT_MEMBERS_MAX)
		return kt_throw(error, KT_ERROR_LIMIT, "more than %u members", KT_MEMBERS_MAX);
	if (size > KT_MEMBERS_MAX_MEMBER)
		return refuse(error, KT_ERROR_LIMIT, name, "has more than 16 MiB");
	if (size > KT_MEMBERS_MAX_BYTES - members->bytes)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"more than %u MiB unpacked",
				(unsigned)(KT_MEMBERS_MAX_BYTES >> 20));
	return true;
}

bool
kt_members_add(KtMembers *members, const char *name, GBytes *bytes, GError **error)
{
	if (!kt_members_check(members, name, g_bytes_get_size(bytes), error))
		return false;

	members->bytes += g_bytes_get_size(bytes);
	g_hash_table_insert(members->table, g_strdup(name), g_bytes_ref(bytes));
	return true;
}

bool
kt_members_add_text(KtMembers *members, const char *name, const char *text, GError **error)
{
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

	return kt_members_add(members, name, bytes, error);
}

GBytes *
kt_members_get(const KtMembers *members, const char *name)
{
	return g_hash_table_lookup(members->table, name);
}

size_t
kt_members_count(const KtMembers *members)
{
	return g_hash_table_size(members->table);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
kt_members_names(const KtMembers *members)
{
	GPtrArray *names = g_ptr_array_sized_new(g_hash_table_size(members->table));
	GHashTableIter iter;
	void *name;

	g_hash_table_iter_init(&iter, members->table);
	while (g_hash_table_iter_next(&iter, &name, NULL))
		g_ptr_array_add(names, name);
	g_ptr_array_sort(names, compare_names);
	return names;
}
