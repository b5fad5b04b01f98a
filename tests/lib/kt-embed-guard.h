/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Cleaning up after embedded libvirt; see kt-embed.h. */

#include <sys/types.h>

/* Forks a process that waits until all copies of the write end of a pipe are closed, and then
 * removes everything below and around @root. Returns its pid and the write end; -1 on failure. */
pid_t kt_embed_guard(const char *root, int *ret_fd);
