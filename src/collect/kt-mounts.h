/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The mounts of this process, out of /proc/self/mountinfo (proc(5)). Reading that file never
 * touches the file systems themselves, so it cannot hang.
 */

#include <glib.h>
#include <stdint.h>

typedef struct KtMount {
	uint64_t id;
	char *device;  /* "8:1" */
	char *point;   /* unescaped */
	char *type;    /* "ext4", "nfs4" */
	char *options; /* of the mount, then those of the file system that are not among them */
} KtMount;

/* Array of KtMount in the order of the text; lines that make no sense are left out. */
GArray *kt_mounts_parse(const char *mountinfo);

/* The mount with this id, or NULL; @id 0 finds none. Borrowed from @mounts. */
const KtMount *kt_mounts_find(const GArray *mounts, uint64_t id);

/* The mount that the path @path is on when no link leads elsewhere, or NULL. Borrowed. */
const KtMount *kt_mounts_of_path(const GArray *mounts, const char *path);
