/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Looking into a stopped thread: its memory, and what its paths and descriptors mean.
 * Nothing here changes the thread.  A thread that was killed meanwhile looks empty.
 */

/* Bytes that one call may hand over and the driver will look at: the most one write(2) moves. */
#define KT_TRACEE_MAX_BYTES ((size_t)0x7ffff000)

/* Copies up to `len` bytes from `addr`; returns how many could be read. */
size_t kt_tracee_read(pid_t tid, uint64_t addr, void *buffer, size_t len);

bool kt_tracee_write(pid_t tid, uint64_t addr, const void *buffer, size_t len);

/* The string at `addr`, at most PATH_MAX bytes, or NULL.  Free with g_free(). */
char *kt_tracee_string(pid_t tid, uint64_t addr);

/* What descriptor `fd` points to: an absolute path, or "pipe:[7]", "anon_inode:..."; NULL when
 * closed. A file without a name ends in " (deleted)".  Free with g_free(). */
char *kt_tracee_fd_path(pid_t tid, int fd);

/* Absolute path, free of symbolic links except for the last component, of a path argument.  NULL
 * when the pointer is bad.  `dirfd` may be AT_FDCWD; an empty path means `dirfd` itself.  Free with
 * g_free(). */
char *kt_tracee_path(pid_t tid, int dirfd, uint64_t addr);

/* File position and open flags of a descriptor. */
bool kt_tracee_fd_info(pid_t tid, int fd, uint64_t *ret_position, unsigned *ret_flags);

/* Whether `path` is `prefix` or lies below it. */
bool kt_path_is_below(const char *path, const char *prefix);

/* Absolute path with symbolic links resolved in all but the last component.  Free with g_free(). */
char *kt_path_canonical(const char *path);
