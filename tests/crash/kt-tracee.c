/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-tracee.h"

#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Strings are read up to page ends, because the page after may not exist. */
#define PAGE_BYTES 4096u

size_t
kt_tracee_read(pid_t tid, uint64_t addr, void *buffer, size_t len)
{
	struct iovec local = {.iov_base = buffer, .iov_len = len};
	struct iovec remote = {.iov_base = (void *)(uintptr_t)addr, .iov_len = len};
	ssize_t n = len ? process_vm_readv(tid, &local, 1, &remote, 1, 0) : 0;

	return n < 0 ? 0 : (size_t)n;
}

bool
kt_tracee_write(pid_t tid, uint64_t addr, const void *buffer, size_t len)
{
	struct iovec local = {.iov_base = (void *)(uintptr_t)buffer, .iov_len = len};
	struct iovec remote = {.iov_base = (void *)(uintptr_t)addr, .iov_len = len};

	return process_vm_writev(tid, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

char *
kt_tracee_string(pid_t tid, uint64_t addr)
{
	char text[PATH_MAX];
	size_t have = 0;

	while (have < sizeof(text)) {
		size_t want = MIN(PAGE_BYTES - (addr + have) % PAGE_BYTES, sizeof(text) - have);
		size_t got = kt_tracee_read(tid, addr + have, text + have, want);

		if (got == 0)
			return NULL;
		if (memchr(text + have, '\0', got))
			return g_strdup(text);
		have += got;
	}
	return NULL;
}

static char *
read_link(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target));

	return n < 0 ? NULL : g_strndup(target, (size_t)n);
}

char *
kt_tracee_fd_path(pid_t tid, int fd)
{
	g_autofree char *link = g_strdup_printf("/proc/%d/fd/%d", tid, fd);

	return read_link(link);
}

char *
kt_path_canonical(const char *path)
{
	g_autofree char *absolute = g_canonicalize_filename(path, NULL);
	g_autofree char *parent = g_path_get_dirname(absolute);
	g_autofree char *base = g_path_get_basename(absolute);
	char real[PATH_MAX];

	if (!strcmp(absolute, "/") || !realpath(parent, real))
		return g_steal_pointer(&absolute);
	return g_build_filename(real, base, NULL);
}

char *
kt_tracee_path(pid_t tid, int dirfd, uint64_t addr)
{
	g_autofree char *text = kt_tracee_string(tid, addr);
	g_autofree char *base = NULL;
	g_autofree char *joined = NULL;

	if (!text)
		return NULL;
	if (g_str_has_prefix(text, "/proc/self/")) {
		joined = g_strdup_printf("/proc/%d/%s", tid, text + strlen("/proc/self/"));
		return g_steal_pointer(&joined);
	}
	if (*text == '/')
		return kt_path_canonical(text);
	if (dirfd == AT_FDCWD) {
		g_autofree char *link = g_strdup_printf("/proc/%d/cwd", tid);

		base = read_link(link);
	} else {
		base = kt_tracee_fd_path(tid, dirfd);
	}
	if (!base || !*text)
		return g_steal_pointer(&base);
	joined = g_build_filename(base, text, NULL);
	return kt_path_canonical(joined);
}

bool
kt_tracee_fd_info(pid_t tid, int fd, uint64_t *ret_position, unsigned *ret_flags)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/fdinfo/%d", tid, fd);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return false;
	return sscanf(text, "pos: %" SCNu64 " flags: %o", ret_position, ret_flags) == 2;
}

bool
kt_path_is_below(const char *path, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(path, prefix, n) &&
	       (path[n] == '\0' || path[n] == '/' || (n > 0 && prefix[n - 1] == '/'));
}
