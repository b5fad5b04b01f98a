/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fdio.h"

#include "kt-fault.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

int
kt_open_at(int dirfd, const char *name, int flags, GError **error)
{
	int fd = openat(dirfd, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		kt_throw_errno(error, errno, "open '%s'", name);
	return fd;
}

bool
kt_write_all(int fd, const void *data, size_t length, const char *what, GError **error)
{
	const char *cursor = data;

	while (length > 0) {
		ssize_t written = write(fd, cursor, length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return kt_throw_errno(error, errno, "write '%s'", what);
		cursor += written;
		length -= (size_t)written;
	}
	return true;
}

bool
kt_read_all(int fd, size_t max, const char *what, GBytes **ret_bytes, GError **error)
{
	g_autoptr(GByteArray) bytes = g_byte_array_new();
	uint8_t chunk[16384];

	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return kt_throw_errno(error, errno, "read '%s'", what);
		if (got == 0)
			break;
		if (bytes->len + (size_t)got > max)
			return kt_throw(error, KT_ERROR_LIMIT, "'%s' is too large", what);
		g_byte_array_append(bytes, chunk, (guint)got);
	}
	*ret_bytes = g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
	return true;
}

bool
kt_sync(int fd, const char *what, GError **error)
{
	if (KT_MUTANT("no-fsync"))
		return true;
	if (fsync(fd) != 0)
		return kt_throw_errno(error, errno, "sync '%s'", what);
	return true;
}
