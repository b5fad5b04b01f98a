/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Where facts are collected from: what `--root PATH` means. */

#include "kt-snapshot.h"

typedef enum KtSourceKind {
	KT_SOURCE_UNSET = 0,
	KT_SOURCE_LIVE,      /* "/" */
	KT_SOURCE_DIRECTORY, /* a plain copy of a host's files */
	KT_SOURCE_SNAPSHOT,  /* an archive, or an unpacked snapshot */
	KT_SOURCE_N,
} KtSourceKind;

typedef struct KtSource {
	KtSourceKind kind;
	KtRoot *root;
	KtSnapshot *snapshot; /* NULL unless KT_SOURCE_SNAPSHOT */
} KtSource;

/* "/" is the running machine; a directory with 'kvmtune-snapshot.json' in it is an unpacked
 * snapshot, any other directory a root of files; everything else, also "-" for standard input, must
 * be a snapshot archive. Errors: as kt_root_open() and kt_snapshot_open(). */
KtSource *kt_source_open(const char *path, GError **error) KT_WARN_UNUSED;
void kt_source_free(KtSource *source);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtSource, kt_source_free)
