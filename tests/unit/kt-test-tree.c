/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-tree.h"

#include "kt-collect-host.h"
#include "kt-fd.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

typedef struct Entry {
	char *text; /* NUL-terminated */
	size_t length;
	char *target;
	uint32_t mode;
	KtState state;     /* UNSET: what is set above */
	GHashTable *names; /* of what lies in it */
} Entry;

struct KtTestTree {
	GHashTable *entries;
};

static void
entry_free(void *data)
{
	Entry *entry = data;

	if (entry->names)
		g_hash_table_unref(entry->names);
	g_free(entry->text);
	g_free(entry->target);
	g_free(entry);
}

KtTestTree *
kt_test_tree_new(void)
{
	KtTestTree *tree = g_new0(KtTestTree, 1);

	tree->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	return tree;
}

void
kt_test_tree_free(KtTestTree *tree)
{
	if (!tree)
		return;
	g_hash_table_unref(tree->entries);
	g_free(tree);
}

static Entry *
get(KtTestTree *tree, const char *path)
{
	Entry *entry = g_hash_table_lookup(tree->entries, path);

	if (entry)
		return entry;
	entry = g_new0(Entry, 1);
	g_hash_table_insert(tree->entries, g_strdup(path), entry);
	if (g_str_equal(path, "/"))
		return entry;

	g_autofree char *parent = g_path_get_dirname(path);
	Entry *dir = get(tree, parent);
	if (!dir->names)
		dir->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_hash_table_add(dir->names, g_path_get_basename(path));
	return entry;
}

void
kt_test_tree_put_bytes(KtTestTree *tree, const char *path, const void *bytes, size_t length)
{
	Entry *entry = get(tree, path);

	g_free(entry->text);
	entry->text = g_malloc0(length + 1);
	memcpy(entry->text, bytes, length);
	entry->length = length;
}

void
kt_test_tree_put(KtTestTree *tree, const char *path, const char *text)
{
	kt_test_tree_put_bytes(tree, path, text, strlen(text));
}

void
kt_test_tree_put_at(KtTestTree *tree, const char *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *path = g_strdup_vprintf(format, args);
	va_end(args);
	kt_test_tree_put(tree, path, text);
}

void
kt_test_tree_put_link(KtTestTree *tree, const char *path, const char *target)
{
	Entry *entry = get(tree, path);

	g_free(entry->target);
	entry->target = g_strdup(target);
}

void
kt_test_tree_put_mode(KtTestTree *tree, const char *path, uint32_t mode)
{
	get(tree, path)->mode = mode;
}

void
kt_test_tree_put_state(KtTestTree *tree, const char *path, KtState state)
{
	get(tree, path)->state = state;
}

void
kt_test_tree_remove(KtTestTree *tree, const char *path)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	Entry *dir = g_hash_table_lookup(tree->entries, parent);

	g_hash_table_remove(tree->entries, path);
	if (dir && dir->names)
		g_hash_table_remove(dir->names, name);
}

static int
compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
kt_test_tree_files(const KtTestTree *tree)
{
	GPtrArray *files = g_ptr_array_new();
	GHashTableIter iter;
	void *path = NULL;
	void *value = NULL;

	g_hash_table_iter_init(&iter, tree->entries);
	while (g_hash_table_iter_next(&iter, &path, &value)) {
		if (((const Entry *)value)->text)
			g_ptr_array_add(files, path);
	}
	g_ptr_array_sort(files, compare_texts);
	return files;
}

const char *
kt_test_tree_text(const KtTestTree *tree, const char *path)
{
	const Entry *entry = g_hash_table_lookup(tree->entries, path);

	g_assert_nonnull(entry);
	return entry->text;
}

/* The entry, or the state of its not being there. */
static const Entry *
find(void *data, const char *path, KtState *ret_state)
{
	const KtTestTree *tree = data;
	const Entry *entry = g_hash_table_lookup(tree->entries, path);

	*ret_state = !entry ? KT_STATE_ABSENT : entry->state ? entry->state : KT_STATE_VALUE;
	return entry;
}

static KtState
tree_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	KtState state = KT_STATE_ABSENT;
	const Entry *entry = find(data, path, &state);

	if (state != KT_STATE_VALUE)
		return state;
	if (!entry->text)
		return entry->names ? KT_STATE_BROKEN : KT_STATE_ABSENT;
	*ret_length = entry->length;
	*ret_text = g_malloc0(entry->length + 1);
	memcpy(*ret_text, entry->text, entry->length);
	return KT_STATE_VALUE;
}

static KtState
tree_list(void *data, const char *path, char ***ret_names)
{
	KtState state = KT_STATE_ABSENT;
	const Entry *entry = find(data, path, &state);

	if (state != KT_STATE_VALUE)
		return state;
	if (!entry->names)
		return KT_STATE_ABSENT;

	g_autofree char **keys =
		(char **)g_hash_table_get_keys_as_array(entry->names, /* length= */ NULL);
	*ret_names = g_strdupv(keys);
	qsort(*ret_names, g_strv_length(*ret_names), sizeof(char *), compare_texts);
	return KT_STATE_VALUE;
}

static KtState
tree_link(void *data, const char *path, char **ret_target)
{
	KtState state = KT_STATE_ABSENT;
	const Entry *entry = find(data, path, &state);

	if (state != KT_STATE_VALUE)
		return state;
	if (!entry->target)
		return KT_STATE_ABSENT;
	*ret_target = g_strdup(entry->target);
	return KT_STATE_VALUE;
}

static KtState
tree_mode(void *data, const char *path, uint32_t *ret_mode)
{
	KtState state = KT_STATE_ABSENT;
	const Entry *entry = find(data, path, &state);

	if (state != KT_STATE_VALUE)
		return state;
	if (entry->mode)
		*ret_mode = entry->mode;
	else
		*ret_mode = entry->names ? (S_IFDIR | 0755) : (S_IFREG | 0644);
	return KT_STATE_VALUE;
}

KtRoot *
kt_test_tree_root(KtTestTree *tree)
{
	static const KtRootOps ops = {
		.read = tree_read,
		.list = tree_list,
		.link = tree_link,
		.mode = tree_mode,
	};

	return kt_root_new(&ops, tree);
}

/* Not g_file_set_contents(), which makes a second file for each and renames it. */
static void
save_file(const char *path, const char *text)
{
	kt_autofd fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
}

void
kt_test_tree_save(const KtTestTree *tree, const char *path)
{
	g_autoptr(GPtrArray) files = kt_test_tree_files(tree);

	for (guint i = 0; i < files->len; i++) {
		g_autofree char *file = g_build_filename(path, files->pdata[i], NULL);
		g_autofree char *dir = g_path_get_dirname(file);
		g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
		save_file(file, kt_test_tree_text(tree, files->pdata[i]));
	}
}

KtFacts *
kt_test_collect(KtTestTree *tree, const char *topology_xml)
{
	g_autoptr(KtRoot) root = kt_test_tree_root(tree);
	g_autoptr(GError) error = NULL;
	KtFacts *facts = kt_facts_new();

	g_assert_true(
		kt_collect_host(facts, root, topology_xml, /* ret_topology_xml= */ NULL, &error));
	g_assert_no_error(error);
	return facts;
}

static const KtJson *
resolve(const KtJson *json, const char *pointer)
{
	g_auto(GStrv) parts = g_strsplit(pointer, "/", /* max_tokens= */ -1);

	for (size_t i = 0; parts[i] && json; i++) {
		if (json_is_array(json))
			json = json_array_get(json, g_ascii_strtoull(parts[i], NULL, 10));
		else
			json = json_object_get(json, parts[i]);
	}
	return json;
}

void
kt_test_assert_fact(const KtFacts *facts, const char *pointer, const char *expected)
{
	g_autoptr(KtJson) json = kt_facts_to_json(facts);
	const KtJson *value = resolve(json, pointer);
	g_autofree char *actual = value ? kt_json_print_compact(value) : NULL;
	g_autofree char *wanted = g_strdelimit(g_strdup(expected), "'", '"');

	if (g_strcmp0(actual, wanted) != 0)
		g_test_message("%s", pointer);
	g_assert_cmpstr(actual, ==, wanted);
}

void
kt_test_assert_collects(KtTestTree *tree, const char *pointer, const char *expected)
{
	g_autoptr(KtFacts) facts = kt_test_collect(tree, /* topology_xml= */ NULL);

	kt_test_assert_fact(facts, pointer, expected);
}
