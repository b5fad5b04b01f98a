/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-restart-note.h"

#include "kt-fd.h"
#include "kt-fdio.h"
#include "kt-json.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>

#define KIND   "kvmtune-restart"
#define PREFIX "restart-"
#define SUFFIX ".json"
/* The limit of a domain's XML (kt-virt-dump.h), and some for the rest. */
#define MAX_BYTES ((size_t)(9 * 1024 * 1024))

void
kt_restart_note_free(KtRestartNote *note)
{
	if (!note)
		return;
	if (note->xml)
		explicit_bzero(note->xml, strlen(note->xml));
	g_free(note->xml);
	g_free(note->name);
	g_free(note->uuid);
	g_free(note->uri);
	g_free(note);
}

static char *
path_of(const KtStateDir *dir, const char *uuid)
{
	g_autofree char *file = g_strconcat(PREFIX, uuid, SUFFIX, NULL);

	return g_build_filename(kt_state_dir_path(dir), file, NULL);
}

static bool
sync_dir(const KtStateDir *dir, GError **error)
{
	const char *path = kt_state_dir_path(dir);
	kt_autofd fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return kt_throw_errno(error, errno, "open '%s'", path);
	return kt_sync(fd, path, error);
}

bool
kt_restart_note_write(const KtStateDir *dir, const KtRestartNote *note, GError **error)
{
	g_autofree char *path = path_of(dir, note->uuid);
	g_autoptr(KtJson) json = json_object();
	g_autoptr(GError) problem = NULL;

	kt_json_set_str(json, "kind", KIND);
	kt_json_set_str(json, "name", note->name);
	kt_json_set_str(json, "uuid", note->uuid);
	kt_json_set_str(json, "uri", note->uri);
	kt_json_set_str(json, "xml", note->xml);

	g_autofree char *text = kt_json_print(json);
	bool ok = g_file_set_contents_full(path,
					   text,
					   (gssize)strlen(text),
					   G_FILE_SET_CONTENTS_CONSISTENT |
						   G_FILE_SET_CONTENTS_DURABLE,
					   0600,
					   &problem);
	explicit_bzero(text, strlen(text));
	if (!ok)
		return kt_throw(error, KT_ERROR_IO, "write '%s': %s", path, problem->message);
	return sync_dir(dir, error);
}

bool
kt_restart_note_remove(const KtStateDir *dir, const char *uuid, GError **error)
{
	g_autofree char *path = path_of(dir, uuid);

	if (g_unlink(path) != 0 && errno != ENOENT)
		return kt_throw_errno(error, errno, "remove '%s'", path);
	return sync_dir(dir, error);
}

static char *
text_of(const KtJson *json, const char *key)
{
	return g_strdup(json_string_value(json_object_get(json, key)));
}

static KtRestartNote *
read_note(const char *path)
{
	kt_autofd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	g_autoptr(GBytes) bytes = NULL;
	size_t length = 0;

	if (fd < 0 || !kt_read_all(fd, MAX_BYTES, path, &bytes, NULL))
		return NULL;
	const char *text = g_bytes_get_data(bytes, &length);
	g_autoptr(KtJson) json = json_loadb(text ? text : "", length, 0, NULL);
	const char *kind = json_string_value(json_object_get(json, "kind"));
	if (g_strcmp0(kind, KIND) != 0)
		return NULL;

	g_autoptr(KtRestartNote) note = g_new0(KtRestartNote, 1);
	note->name = text_of(json, "name");
	note->uuid = text_of(json, "uuid");
	note->uri = text_of(json, "uri");
	note->xml = text_of(json, "xml");
	return note->name && note->uuid && note->xml ? g_steal_pointer(&note) : NULL;
}

GPtrArray *
kt_restart_note_list(const KtStateDir *dir)
{
	GPtrArray *notes = g_ptr_array_new_with_free_func((GDestroyNotify)kt_restart_note_free);
	g_autoptr(GDir) folder = g_dir_open(kt_state_dir_path(dir), 0, NULL);

	for (const char *name = folder ? g_dir_read_name(folder) : NULL; name;
	     name = g_dir_read_name(folder)) {
		if (!g_str_has_prefix(name, PREFIX) || !g_str_has_suffix(name, SUFFIX))
			continue;
		g_autofree char *path = g_build_filename(kt_state_dir_path(dir), name, NULL);
		KtRestartNote *note = read_note(path);
		if (note)
			g_ptr_array_add(notes, note);
	}
	return notes;
}
