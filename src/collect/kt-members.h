/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Members: what lies inside a snapshot, whether that is an archive or a directory.
 *
 * A table of name -> bytes, held in memory: nothing of a snapshot is ever unpacked to disk. Every
 * way in goes through kt_members_add(), so every limit and every rule about names is here once.
 * Names are relative ("root/proc/meminfo"); absolute names, empty components, '.' and '..' are
 * refused, and so is a second member of the same name.
 */

#include "kt-error.h"

#include <stdint.h>

/* Ten times what a host with 512 CPUs and 200 guests records (tests/hosts/cpus-512). */
#define KT_MEMBERS_MAX 300000u
/* All members together, unpacked. */
#define KT_MEMBERS_MAX_BYTES ((uint64_t)256 * 1024 * 1024)
/* One member: what kt_root_read() accepts (KT_ROOT_MAX_BYTES). */
#define KT_MEMBERS_MAX_MEMBER ((uint64_t)16 * 1024 * 1024)
/* Three characters for each byte of a path of PATH_MAX (4096, linux/limits.h), and some. */
#define KT_MEMBERS_MAX_NAME 12500u

typedef struct KtMembers KtMembers;

/* Empty. */
KtMembers *kt_members_new(void);
void kt_members_free(KtMembers *members);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtMembers, kt_members_free)

/* Checks what can be known before a byte is read: the name, its uniqueness, and that @size more
 * bytes fit. Errors: PARSE, LIMIT. */
bool kt_members_check(const KtMembers *members, const char *name, uint64_t size, GError **error)
	KT_WARN_UNUSED;

/* Adds a reference to @bytes as @name after the same checks. */
bool kt_members_add(KtMembers *members, const char *name, GBytes *bytes, GError **error)
	KT_WARN_UNUSED;

/* Adds the text, without a NUL. */
bool kt_members_add_text(KtMembers *members, const char *name, const char *text, GError **error)
	KT_WARN_UNUSED;

/* Borrowed, or NULL. */
GBytes *kt_members_get(const KtMembers *members, const char *name);

/* How many there are. */
size_t kt_members_count(const KtMembers *members);

/* All names, sorted by their bytes. The names are borrowed; free the array with
 * g_ptr_array_unref. */
GPtrArray *kt_members_names(const KtMembers *members);
