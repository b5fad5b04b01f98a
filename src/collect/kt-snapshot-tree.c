/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-snapshot-tree.h"

#include "kt-fd.h"
#include "kt-snapshot.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* A path of PATH_MAX (4096, linux/limits.h) cannot have more components. */
#define MAX_DEPTH 2048

static bool read_dir(int *fd, const char *prefix, unsigned depth, KtMembers *members,
		     GError **error);

bool
kt_snapshot_tree_is(const char *path)
{
	g_autofree char *manifest = g_build_filename(path, KT_SNAPSHOT_MANIFEST, NULL);

	return access(manifest, F_OK) == 0;
}

static bool
read_file(int fd, off_t size, const char *name, KtMembers *members, GError **error)
{
	if (!kt_members_check(members, name, (uint64_t)size, error))
		return false;

	g_autofree uint8_t *body = g_malloc((size_t)size + 1);
	size_t got = 0;
	bool is_whole = false;
	/* A read that gives all there should be, and not the one byte more that it asked for, has
	 * met the end: of thousands of small files a second read each would be felt. */
	while (!is_whole && got <= (size_t)size) {
		ssize_t n = read(fd, body + got, (size_t)size + 1 - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kt_throw_errno(error, errno, "read '%s'", name);
		got += (size_t)n;
		is_whole = n == 0 || got == (size_t)size;
	}
	if (got != (size_t)size)
		return kt_throw(error, KT_ERROR_IO, "'%s' changes while it is read", name);

	g_autoptr(GBytes) bytes = g_bytes_new_take(g_steal_pointer(&body), (size_t)size);
	return kt_members_add(members, name, bytes, error);
}

static bool
read_entry(int at, const char *base, const char *name, unsigned depth, KtMembers *members,
	   GError **error)
{
	/* O_NONBLOCK: a fifo must not hang. */
	kt_autofd fd = openat(at, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat info;

	if (fd < 0 && errno == ELOOP)
		return kt_throw(error, KT_ERROR_PARSE, "member '%s' is a link", name);
	if (fd < 0 || fstat(fd, &info) != 0)
		return kt_throw_errno(error, errno, "open '%s'", name);
	if (S_ISDIR(info.st_mode)) {
		g_autofree char *prefix = g_strconcat(name, "/", NULL);
		return read_dir(&fd, prefix, depth + 1, members, error);
	}
	if (!S_ISREG(info.st_mode))
		return kt_throw(error, KT_ERROR_PARSE, "member '%s' is a special file", name);
	return read_file(fd, info.st_size, name, members, error);
}

static void
close_dir(DIR *stream)
{
	(void)closedir(stream);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DIR, close_dir)

/* Takes *@fd over. */
static bool
read_dir(int *fd, const char *prefix, unsigned depth, KtMembers *members, GError **error)
{
	g_autoptr(DIR) stream = fdopendir(*fd);

	if (!stream)
		return kt_throw_errno(error, errno, "open '%s'", prefix);
	*fd = -1;
	if (depth > MAX_DEPTH)
		return kt_throw(error, KT_ERROR_LIMIT, "more than %d directories deep", MAX_DEPTH);

	for (;;) {
		errno = 0;
		struct dirent *entry = readdir(stream);
		if (!entry)
			break;
		if (g_str_equal(entry->d_name, ".") || g_str_equal(entry->d_name, ".."))
			continue;
		g_autofree char *name = g_strconcat(prefix, entry->d_name, NULL);
		if (!kt_snapshot_is_member(name))
			continue;
		if (!read_entry(dirfd(stream), entry->d_name, name, depth, members, error))
			return false;
	}
	return errno == 0 || kt_throw_errno(error, errno, "list '%s'", prefix);
}

KtMembers *
kt_snapshot_tree_read(const char *path, GError **error)
{
	kt_autofd fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	g_autoptr(KtMembers) members = kt_members_new();

	if (fd < 0) {
		kt_throw_errno(error, errno, "open '%s'", path);
		return NULL;
	}
	if (!read_dir(&fd, "", 0, members, error)) {
		kt_prefix(error, "snapshot '%s'", path);
		return NULL;
	}
	return g_steal_pointer(&members);
}
