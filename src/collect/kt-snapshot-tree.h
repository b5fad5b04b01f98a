/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* An unpacked snapshot: a directory of the same layout as the archive, as the recorded hosts of the
 * test suite are kept, so that their differences can be reviewed. */

#include "kt-members.h"

/* True when @path is a directory with a 'kvmtune-snapshot.json' in it. */
bool kt_snapshot_tree_is(const char *path);

/* Reads the members that belong to a snapshot; what else lies in @path is not opened. Links and
 * special files are refused, never followed. Errors: PARSE, LIMIT, NOT_FOUND, DENIED, IO. */
KtMembers *kt_snapshot_tree_read(const char *path, GError **error) KT_WARN_UNUSED;
