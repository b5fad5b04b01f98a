/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-source.h"

#include "kt-snapshot-tree.h"

#include <string.h>

static bool
open_parts(KtSource *source, const char *path, GError **error)
{
	if (source->kind == KT_SOURCE_SNAPSHOT) {
		source->snapshot = kt_snapshot_open(path, error);
		source->root = source->snapshot ? kt_snapshot_replay(source->snapshot) : NULL;
	} else {
		source->root = kt_root_open(path, error);
	}
	return source->root;
}

static KtSourceKind
find_kind(const char *path)
{
	/* "//" and "///" are the running machine, too. */
	if (path[0] == '/' && !path[strspn(path, "/")])
		return KT_SOURCE_LIVE;
	if (g_file_test(path, G_FILE_TEST_IS_DIR) && !kt_snapshot_tree_is(path))
		return KT_SOURCE_DIRECTORY;
	return KT_SOURCE_SNAPSHOT;
}

KtSource *
kt_source_open(const char *path, GError **error)
{
	g_autoptr(KtSource) source = g_new0(KtSource, 1);

	source->kind = find_kind(path);
	if (!open_parts(source, source->kind == KT_SOURCE_LIVE ? "/" : path, error))
		return NULL;
	return g_steal_pointer(&source);
}

void
kt_source_free(KtSource *source)
{
	if (!source)
		return;

	kt_root_free(source->root);
	kt_snapshot_free(source->snapshot);
	g_free(source);
}
