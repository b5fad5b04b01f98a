/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot.h"

#include "kt-clock.h"
#include "kt-snapshot-anonymise.h"
#include "kt-snapshot-archive.h"
#include "kt-snapshot-redact.h"
#include "kt-snapshot-tree.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
entry_free(void *data)
{
	KtSnapshotEntry *entry = data;

	if (entry->text)
		g_bytes_unref(entry->text);
	g_strfreev(entry->names);
	g_free(entry->target);
	g_free(entry);
}

GHashTable *
kt_snapshot_new_entries(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
}

KtSnapshot *
kt_snapshot_new(const char *tool_version)
{
	KtSnapshot *snapshot = g_new0(KtSnapshot, 1);

	snapshot->entries = kt_snapshot_new_entries();
	snapshot->meta.tool_version = g_strdup(tool_version);
	snapshot->meta.created_us = kt_clock_wall_us() / G_USEC_PER_SEC * G_USEC_PER_SEC;
	snapshot->meta.is_privileged = geteuid() == 0;
	return snapshot;
}

void
kt_snapshot_free(KtSnapshot *snapshot)
{
	if (!snapshot)
		return;

	g_hash_table_unref(snapshot->entries);
	json_decref(snapshot->virt);
	g_free(snapshot->topology_xml);
	json_decref(snapshot->images);
	g_free(snapshot->overflow);
	g_free(snapshot->meta.tool_version);
	g_free(snapshot->meta.root);
	g_free(snapshot->meta.about);
	g_free(snapshot);
}

/* "/a//b/./c/" -> "/a/b/c". '..' stays: behind a link it is not what the text says. */
static char *
canonical(const char *path)
{
	GString *text = g_string_sized_new(64);

	for (const char *part = path; *part;) {
		size_t length = strcspn(part, "/");
		if (length > 0 && !(length == 1 && part[0] == '.')) {
			g_string_append_c(text, '/');
			g_string_append_len(text, part, (gssize)length);
		}
		part += length;
		part += strspn(part, "/");
	}
	if (text->len == 0)
		g_string_append_c(text, '/');
	return g_string_free(text, FALSE);
}

bool
kt_snapshot_is_canonical(const char *path)
{
	if (g_str_equal(path, "/"))
		return true;
	return path[0] == '/' && !strstr(path, "//") && !strstr(path, "/./") &&
	       !g_str_has_suffix(path, "/") && !g_str_has_suffix(path, "/.");
}

KtSnapshotEntry *
kt_snapshot_find(const KtSnapshot *snapshot, const char *path)
{
	if (kt_snapshot_is_canonical(path))
		return g_hash_table_lookup(snapshot->entries, path);

	g_autofree char *key = canonical(path);
	return g_hash_table_lookup(snapshot->entries, key);
}

KtSnapshotEntry *
kt_snapshot_entry(KtSnapshot *snapshot, const char *path)
{
	KtSnapshotEntry *entry = kt_snapshot_find(snapshot, path);

	if (entry)
		return entry;
	if (g_hash_table_size(snapshot->entries) >= KT_SNAPSHOT_MAX_ENTRIES)
		return NULL;
	entry = g_new0(KtSnapshotEntry, 1);
	g_hash_table_insert(snapshot->entries, canonical(path), entry);
	return entry;
}

void
kt_snapshot_set_virt(KtSnapshot *snapshot, const KtJson *virt)
{
	json_decref(snapshot->virt);
	snapshot->virt = virt ? json_deep_copy(virt) : NULL;
}

void
kt_snapshot_set_images(KtSnapshot *snapshot, const KtJson *images)
{
	json_decref(snapshot->images);
	snapshot->images = json_deep_copy(images);
}

void
kt_snapshot_set_topology(KtSnapshot *snapshot, const char *topology_xml)
{
	g_free(snapshot->topology_xml);
	snapshot->topology_xml = g_strdup(topology_xml);
}

bool
kt_snapshot_write(KtSnapshot *snapshot, bool is_anonymous, const char *path, GError **error)
{
	if (snapshot->overflow)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"snapshot has more than %u MiB or %u paths, reached at '%s'",
				(unsigned)(KT_SNAPSHOT_MAX_RECORDED >> 20),
				KT_SNAPSHOT_MAX_ENTRIES,
				snapshot->overflow);

	kt_snapshot_redact(snapshot);
	if (is_anonymous)
		kt_snapshot_anonymise(snapshot);

	g_autoptr(KtMembers) members = kt_snapshot_to_members(snapshot, error);
	return members &&
	       kt_snapshot_archive_write(members, snapshot->meta.created_us, path, error);
}

KtSnapshot *
kt_snapshot_open(const char *path, GError **error)
{
	struct stat info;
	bool is_tree = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	g_autoptr(KtMembers) members = is_tree ? kt_snapshot_tree_read(path, error)
					       : kt_snapshot_archive_read(path, error);

	KtSnapshot *snapshot =
		members ? kt_snapshot_from_members(members, !is_tree, path, error) : NULL;
	if (members && !snapshot && error && !kt_error_hint(*error))
		kt_error_set_hint(*error, "take a new one with 'kvmtune snapshot -o FILE'");
	return snapshot;
}
