/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The directory backend of KtRoot; use it through kt-root.h. */

#include "kt-root.h"

typedef struct KtRootDir KtRootDir;

extern const KtRootOps kt_rootdir_ops;

/* Opens @path; errors NOT_FOUND, DENIED, IO. Released by kt_rootdir_ops.free. */
KtRootDir *kt_rootdir_open(const char *path, GError **error);

/* "/" itself? */
bool kt_rootdir_is_live(const KtRootDir *dir);
int kt_rootdir_fd(const KtRootDir *dir);
const char *kt_rootdir_path(const KtRootDir *dir);

/* open(2) below the directory, never outside it; -1 and errno on failure. */
int kt_rootdir_open_file(const KtRootDir *dir, const char *path, int flags);

/* False forces the way of kernels without openat2 (kt-rootwalk.h), for tests. */
void kt_rootdir_set_openat2(KtRootDir *dir, bool is_used);
