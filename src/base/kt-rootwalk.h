/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Opening a file below a directory without openat2(2), for kernels older than Linux 5.6 (RHEL 8
 * has 4.18) and for sandboxes that forbid the call.
 *
 * Behaves like RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS: the directory is what chroot(2) would make
 * of it, so absolute links start there, '..' stops there, and links of procfs that lead to open
 * files are refused. Every component is opened by itself with O_NOFOLLOW, and '..' goes back to a
 * descriptor that is already open: a tree that changes meanwhile cannot lead out either.
 */

/* Opens @path below @root_fd with open(2) @flags; -1 and errno on failure. ELOOP after 40 links
 * (MAXSYMLINKS, include/linux/namei.h), ENAMETOOLONG when more than 64 directories deep or when
 * the path grows beyond PATH_MAX. */
int kt_rootwalk_open(int root_fd, const char *path, int flags);
