/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* File descriptors that close themselves (GLib 2.74 has no g_autofd). */

#include <errno.h>
#include <unistd.h>

/* Closes *fd unless it is negative; errno survives. */
static inline void
kt_fd_clear(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
	errno = saved;
}

#define kt_autofd __attribute__((cleanup(kt_fd_clear))) int
