/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-image.h"

#include "kt-fault.h"
#include "kt-fd.h"
#include "kt-fdio.h"
#include "kt-json.h"
#include "kt-root.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static int
open_before(int txn_dirfd, bool create, GError **error)
{
	if (create && mkdirat(txn_dirfd, "before", 0700) != 0 && errno != EEXIST) {
		kt_throw_errno(error, errno, "create the folder of before-images");
		return -1;
	}
	if (create && !kt_sync(txn_dirfd, "transaction", error))
		return -1;
	return kt_open_at(txn_dirfd, "before", O_RDONLY | O_DIRECTORY, error);
}

static bool
save_blob(int dirfd, KtBlob *blob, const char *name, GError **error)
{
	/* A step is tried again under the same name when an earlier try was killed. */
	kt_autofd fd = kt_open_at(dirfd, name, O_WRONLY | O_CREAT | O_TRUNC, error);
	size_t length = 0;
	const void *data = g_bytes_get_data(blob->bytes, &length);

	if (fd < 0 || !kt_write_all(fd, data, length, name, error) || !kt_sync(fd, name, error))
		return false;
	blob->file = g_strdup(name);
	return true;
}

static KtJson *
xattrs_to_json(GHashTable *xattrs)
{
	KtJson *json = json_object();
	GHashTableIter iter;
	void *name = NULL;
	void *value = NULL;

	if (!xattrs)
		return json;
	g_hash_table_iter_init(&iter, xattrs);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		size_t size = 0;
		const guchar *data = g_bytes_get_data(value, &size);
		g_autofree char *text = g_base64_encode(data, size);
		kt_json_set_str(json, name, text);
	}
	return json;
}

static KtJson *
blob_to_json(const KtBlob *blob)
{
	KtJson *json = json_object();

	kt_json_set_str(json, "path", blob->path);
	kt_json_set_bool(json, "exists", blob->exists);
	kt_json_set_bool(json, "is_dir", blob->is_dir);
	if (!blob->bytes)
		return json;

	g_autofree char *digest = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, blob->bytes);
	kt_json_set_str(json, "file", blob->file);
	kt_json_set_str(json, "sha256", digest);
	kt_json_set_u64(json, "mode", blob->mode);
	kt_json_set_u64(json, "uid", blob->uid);
	kt_json_set_u64(json, "gid", blob->gid);
	kt_json_set(json, "xattrs", xattrs_to_json(blob->xattrs));
	return json;
}

static bool
save_blobs(int txn_dirfd, const KtReading *reading, KtEntry *intent, GError **error)
{
	g_autoptr(KtJson) list = json_array();
	kt_autofd dirfd = open_before(txn_dirfd, /* create= */ true, error);

	if (dirfd < 0)
		return false;
	for (guint i = 0; i < reading->blobs->len; i++) {
		KtBlob *blob = reading->blobs->pdata[i];
		g_autofree char *name = g_strdup_printf("%03u.%u", intent->step, i);
		if (blob->bytes && !save_blob(dirfd, blob, name, error))
			return false;
		json_array_append_new(list, blob_to_json(blob));
	}
	if (!kt_sync(dirfd, "before", error))
		return false;

	g_autofree char *text = kt_json_print_compact(list);
	kt_entry_set(intent, "blobs", text);
	return true;
}

void
kt_image_save_neighbours(const KtReading *reading, KtEntry *entry)
{
	g_autoptr(KtJson) json = json_object();

	if (!reading->neighbours->len)
		return;
	for (guint i = 0; i < reading->neighbours->len; i++) {
		const KtNeighbour *neighbour = reading->neighbours->pdata[i];
		kt_json_set_str(json, neighbour->path, neighbour->value);
	}
	g_autofree char *text = kt_json_print_compact(json);
	kt_entry_set(entry, "neighbours", text);
}

static void
save_values(const KtReading *reading, KtEntry *intent)
{
	g_autoptr(KtJson) json = json_array();

	for (guint i = 0; i < reading->values->len; i++)
		kt_json_append_str(json, reading->values->pdata[i]);
	g_autofree char *text = kt_json_print_compact(json);
	kt_entry_set(intent, "values", text);
}

bool
kt_image_save(int txn_dirfd, const KtReading *reading, KtEntry *intent, GError **error)
{
	int fault = KT_FAULT("image-before-save");

	if (fault)
		return kt_throw_errno(error, fault, "save a before-image");
	kt_entry_set(intent, "before", reading->mark);
	kt_entry_set(intent, "context", reading->context);
	/* A blob holds the value whole: only places without blobs need it here. */
	if (reading->blobs->len == 0)
		save_values(reading, intent);
	kt_image_save_neighbours(reading, intent);
	return reading->blobs->len == 0 || save_blobs(txn_dirfd, reading, intent, error);
}

static bool
throw_damaged(GError **error, const char *what)
{
	return kt_throw_hint(
		error,
		KT_ERROR_JOURNAL,
		"nothing was put back: read the journal and its before/ folder by hand",
		"a before-image is damaged or cannot be read: %s",
		what);
}

static GBytes *
load_bytes(int txn_dirfd, const char *name, const char *digest, GError **error)
{
	g_autofree char *path = g_strdup_printf("/before/%s", name);
	g_autofree char *proc = g_strdup_printf("/proc/self/fd/%d", txn_dirfd);
	g_autoptr(KtRoot) root = kt_root_open(proc, error);
	char *text = NULL;
	size_t length = 0;

	if (!root)
		return NULL;
	if (strchr(name, '/') || kt_root_read(root, path, &text, &length) != KT_STATE_VALUE) {
		throw_damaged(error, name);
		return NULL;
	}
	g_autoptr(GBytes) bytes = g_bytes_new_take(text, length);
	g_autofree char *actual = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
	if (g_strcmp0(actual, digest) != 0) {
		throw_damaged(error, name);
		return NULL;
	}
	return g_steal_pointer(&bytes);
}

static GHashTable *
xattrs_from_json(const KtJson *json)
{
	GHashTable *xattrs = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
	const char *name = NULL;
	KtJson *value = NULL;

	json_object_foreach ((KtJson *)json, name, value) {
		gsize size = 0;
		const char *text = json_string_value(value);
		guchar *data = g_base64_decode(text ? text : "", &size);
		g_hash_table_insert(xattrs, g_strdup(name), g_bytes_new_take(data, size));
	}
	return xattrs;
}

static KtBlob *
blob_from_json(int txn_dirfd, const KtJson *json, GError **error)
{
	g_autoptr(KtBlob) blob = g_new0(KtBlob, 1);
	const char *path = NULL;
	const char *file = NULL;
	const char *digest = NULL;

	if (!kt_json_get_str(json, "path", "before-image", &path, error) ||
	    !kt_json_get_str_or_null(json, "file", "before-image", &file, error) ||
	    !kt_json_get_str_or_null(json, "sha256", "before-image", &digest, error))
		return NULL;
	blob->path = g_strdup(path);
	blob->exists = json_is_true(json_object_get(json, "exists"));
	blob->is_dir = json_is_true(json_object_get(json, "is_dir"));
	if (!file)
		return g_steal_pointer(&blob);

	blob->file = g_strdup(file);
	blob->mode = (uint32_t)json_integer_value(json_object_get(json, "mode"));
	blob->uid = (uint32_t)json_integer_value(json_object_get(json, "uid"));
	blob->gid = (uint32_t)json_integer_value(json_object_get(json, "gid"));
	blob->xattrs = xattrs_from_json(json_object_get(json, "xattrs"));
	blob->bytes = load_bytes(txn_dirfd, file, digest, error);
	return blob->bytes ? g_steal_pointer(&blob) : NULL;
}

static bool
load_blobs(int txn_dirfd, const char *text, KtReading *reading, GError **error)
{
	g_autoptr(KtJson) list = kt_json_parse(text, strlen(text), "before-image", error);

	if (!list)
		return false;
	for (size_t i = 0; i < json_array_size(list); i++) {
		KtBlob *blob = blob_from_json(txn_dirfd, json_array_get(list, i), error);
		if (!blob)
			return false;
		g_ptr_array_add(reading->blobs, blob);
	}
	return true;
}

void
kt_image_new_folders(const KtEntry *intent, GPtrArray *paths)
{
	const char *text = kt_entry_get(intent, "blobs");
	g_autoptr(KtJson) list =
		text ? kt_json_parse(text, strlen(text), "before-image", NULL) : NULL;

	for (size_t i = 0; list && i < json_array_size(list); i++) {
		const KtJson *blob = json_array_get(list, i);
		const char *path = json_string_value(json_object_get(blob, "path"));
		if (path && json_is_true(json_object_get(blob, "is_dir")) &&
		    !json_is_true(json_object_get(blob, "exists")))
			g_ptr_array_add(paths, g_strdup(path));
	}
}

bool
kt_image_load_neighbours(const KtEntry *entry, KtReading *reading, GError **error)
{
	const char *text = kt_entry_get(entry, "neighbours");
	g_autoptr(KtJson) json =
		text ? kt_json_parse(text, strlen(text), "before-image", error) : NULL;
	const char *path = NULL;
	KtJson *value = NULL;

	if (!json)
		return !text;
	json_object_foreach (json, path, value) {
		KtNeighbour *neighbour = g_new0(KtNeighbour, 1);
		neighbour->path = g_strdup(path);
		neighbour->value = g_strdup(json_string_value(value));
		g_ptr_array_add(reading->neighbours, neighbour);
	}
	return true;
}

static bool
load_values(const char *text, KtReading *reading, GError **error)
{
	g_autoptr(KtJson) json = kt_json_parse(text, strlen(text), "before-image", error);

	if (!json)
		return false;
	for (size_t i = 0; i < json_array_size(json); i++)
		kt_reading_add_value(reading, json_string_value(json_array_get(json, i)));
	return true;
}

KtReading *
kt_image_load(int txn_dirfd, const KtEntry *intent, GError **error)
{
	g_autoptr(KtReading) reading = kt_reading_new();
	const char *blobs = kt_entry_get(intent, "blobs");
	const char *values = kt_entry_get(intent, "values");

	reading->mark = g_strdup(kt_entry_get(intent, "before"));
	reading->context = g_strdup(kt_entry_get(intent, "context"));
	if (!reading->mark) {
		throw_damaged(error, "the intent has no mark");
		return NULL;
	}
	if ((blobs && !load_blobs(txn_dirfd, blobs, reading, error)) ||
	    !kt_image_load_neighbours(intent, reading, error) ||
	    (values && !load_values(values, reading, error)))
		return NULL;
	if (!blobs && reading->values->len != 1) {
		throw_damaged(error, "the intent has no value");
		return NULL;
	}
	return g_steal_pointer(&reading);
}
