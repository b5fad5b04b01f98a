/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The few calls on descriptors that everything durable is made of, with errors that name things. */

#include "kt-error.h"

/* openat(2) without following a final link; new files get 0600. -1 with @error set. */
int kt_open_at(int dirfd, const char *name, int flags, GError **error);

/* Writes all of it, going on after interruptions and short writes. */
bool kt_write_all(int fd, const void *data, size_t length, const char *what, GError **error)
	KT_WARN_UNUSED;

/* Reads to the end; LIMIT above @max bytes. */
bool kt_read_all(int fd, size_t max, const char *what, GBytes **ret_bytes, GError **error)
	KT_WARN_UNUSED;

/* fsync(2); the mutant "no-fsync" makes it a no-op. */
bool kt_sync(int fd, const char *what, GError **error) KT_WARN_UNUSED;
