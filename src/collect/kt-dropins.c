/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-dropins.h"

#include <string.h>

/* NULL when the name is masked. */
static char *
resolve(KtRoot *root, const char *dir, const char *name)
{
	g_autofree char *path = g_strconcat(dir, "/", name, NULL);
	g_autofree char *target = NULL;

	if (kt_root_link(root, path, &target) != KT_STATE_VALUE)
		return g_steal_pointer(&path);

	g_autofree char *file = g_canonicalize_filename(target, dir);
	return g_str_equal(file, "/dev/null") ? NULL : g_steal_pointer(&file);
}

static int
compare_names(const void *a, const void *b, G_GNUC_UNUSED void *data)
{
	return strcmp(a, b);
}

/* Maps the name of each file that counts to its folder. */
static GTree *
find_files(KtRoot *root, const char *const *dirs, const char *suffix, KtState *state)
{
	GTree *files = g_tree_new_full(compare_names, NULL, g_free, /* value_destroy_func= */ NULL);

	for (size_t i = 0; dirs[i]; i++) {
		g_auto(GStrv) names = NULL;
		KtState one = kt_root_list(root, dirs[i], &names);
		if (one == KT_STATE_DENIED || one == KT_STATE_BROKEN)
			*state = one;
		for (size_t j = 0; names && names[j]; j++) {
			if (g_str_has_suffix(names[j], suffix) && !g_tree_lookup(files, names[j]))
				g_tree_insert(files, g_strdup(names[j]), (void *)dirs[i]);
		}
	}
	return files;
}

KtState
kt_dropins_visit(KtRoot *root, const char *const *dirs, const char *suffix, KtDropinVisit *visit,
		 void *data)
{
	KtState state = KT_STATE_VALUE;
	g_autoptr(GTree) files = find_files(root, dirs, suffix, &state);

	for (GTreeNode *node = g_tree_node_first(files); node; node = g_tree_node_next(node)) {
		g_autofree char *path =
			resolve(root, g_tree_node_value(node), g_tree_node_key(node));
		if (path)
			visit(path, data);
	}
	return state;
}
