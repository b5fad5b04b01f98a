/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A root: where the files of a host are read from.
 *
 * The live machine is the root "/"; a directory that holds a copy of a host works the same, and
 * collect/ adds roots that replay a snapshot or record what is read. Paths are absolute inside the
 * root ("/sys/kernel/mm/ksm/run") and never leave it, not even through absolute or '..' links
 * (openat2 with RESOLVE_IN_ROOT, Linux 5.6; a component-wise walk where the kernel lacks it).
 *
 * Reading never fails with an error: the answer is a state. ENOENT, ENOTDIR, ENODEV and ENXIO are
 * ABSENT, EACCES and EPERM are DENIED, all else (EIO, EINVAL, too large) is BROKEN.
 *
 * Roots are not thread-safe.
 */

#include "kt-opt.h"

#include <stddef.h>

/* No file that kvmtune reads is larger on any known host; /proc/PID/smaps is not read. */
#define KT_ROOT_MAX_BYTES ((size_t)(16 * 1024 * 1024))
/* /proc of a host with 512 CPUs lists some ten thousand processes. */
#define KT_ROOT_MAX_ENTRIES 262144

typedef struct KtRoot KtRoot;

/* What a backend implements. Every function gets the `data` of kt_root_new(). */
typedef struct KtRootOps {
	KtState (*read)(void *data, const char *path, char **ret_text, size_t *ret_length);
	KtState (*list)(void *data, const char *path, char ***ret_names);
	KtState (*link)(void *data, const char *path, char **ret_target);
	KtState (*mode)(void *data, const char *path, uint32_t *ret_mode);
	void (*free)(void *data);
	/* The root that this one only watches, or NULL. Optional: what kt_root_is_live(),
	 * kt_root_dirfd(), kt_root_path() and kt_root_open_file() answer is then its answer. */
	const KtRoot *(*inner)(void *data);
} KtRootOps;

/* A root with a backend of its own; takes @data, which ops->free releases. */
KtRoot *kt_root_new(const KtRootOps *ops, void *data);

/* Opens the directory @path as a root. Errors: NOT_FOUND, DENIED, IO. */
KtRoot *kt_root_open(const char *path, GError **error) KT_WARN_UNUSED;
void kt_root_free(KtRoot *root);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtRoot, kt_root_free)

/* True when the root is the running machine itself. */
bool kt_root_is_live(const KtRoot *root);

/* The directory's descriptor (borrowed), or -1 for a root that is no directory. */
int kt_root_dirfd(const KtRoot *root);

/* The directory's path as given ("/" when live), or NULL for a root that is no directory. */
const char *kt_root_path(const KtRoot *root);

/* Opens @path below the root with open(2) @flags; -1 and errno on failure. Directory roots only. */
int kt_root_open_file(const KtRoot *root, const char *path, int flags);

/* Whole file; the text is NUL-terminated, @ret_length (may be NULL) excludes that NUL. Free the
 * text with g_free. Only KT_STATE_VALUE writes the results. */
KtState kt_root_read(KtRoot *root, const char *path, char **ret_text, size_t *ret_length);

/* Same with white space around it removed, as for one-line files of sysfs. */
KtState kt_root_read_line(KtRoot *root, const char *path, char **ret_text);

/* Decimal number; BROKEN when it is none or overflows. */
KtState kt_root_read_u64(KtRoot *root, const char *path, uint64_t *ret_number);

/* Names in a directory without '.' and '..', sorted. Free with g_strfreev. */
KtState kt_root_list(KtRoot *root, const char *path, char ***ret_names);

/* Target of a symbolic link as stored in it. Free with g_free. */
KtState kt_root_link(KtRoot *root, const char *path, char **ret_target);

/* st_mode of what @path leads to. */
KtState kt_root_mode(KtRoot *root, const char *path, uint32_t *ret_mode);

/* Is there something at @path? What cannot be told counts as no. */
bool kt_root_exists(KtRoot *root, const char *path);

/* The state that an errno stands for (see above). */
KtState kt_state_from_errno(int errno_value);
