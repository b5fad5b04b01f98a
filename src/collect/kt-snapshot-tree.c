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
/* Of names at once; the longest is 255 bytes (limits.h, NAME_MAX). */
#define DIR_BYTES 8192

typedef struct Folder {
	int fd;
	const char *prefix; /* of the names of its members: "" or "root/proc/" */
	unsigned depth;
	KtMembers *members; /* where they go */
} Folder;

static bool read_dir(const Folder *folder, GError **error);

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

/* @type: DT_* of the entry, DT_UNKNOWN where the file system does not tell. */
static bool
read_entry(const Folder *folder, const char *base, unsigned char type, const char *name,
	   GError **error)
{
	/* O_NONBLOCK: a fifo must not hang. */
	const int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	bool is_dir = type == DT_DIR;
	kt_autofd fd = openat(folder->fd, base, is_dir ? flags | O_DIRECTORY : flags);
	struct stat info = {.st_mode = S_IFDIR};

	if (fd < 0 && errno == ELOOP)
		return kt_throw(error, KT_ERROR_PARSE, "member '%s' is a link", name);
	if (fd < 0 || (!is_dir && fstat(fd, &info) != 0))
		return kt_throw_errno(error, errno, "open '%s'", name);
	if (S_ISDIR(info.st_mode)) {
		g_autofree char *prefix = g_strconcat(name, "/", NULL);
		const Folder inner = {
			.fd = fd,
			.prefix = prefix,
			.depth = folder->depth + 1,
			.members = folder->members,
		};
		return read_dir(&inner, error);
	}
	if (!S_ISREG(info.st_mode))
		return kt_throw(error, KT_ERROR_PARSE, "member '%s' is a special file", name);
	return read_file(fd, info.st_size, name, folder->members, error);
}

static bool
read_entries(const Folder *folder, const char *entries, size_t length, GError **error)
{
	struct dirent64 entry;

	for (size_t at = 0; at < length; at += entry.d_reclen) {
		const char *base = entries + at + offsetof(struct dirent64, d_name);
		memcpy(&entry, entries + at, offsetof(struct dirent64, d_name));
		if (g_str_equal(base, ".") || g_str_equal(base, ".."))
			continue;
		g_autofree char *name = g_strconcat(folder->prefix, base, NULL);
		if (kt_snapshot_is_member(name) &&
		    !read_entry(folder, base, entry.d_type, name, error))
			return false;
	}
	return true;
}

/* A snapshot of a large host has more directories than files: readdir(3) would cost each two calls
 * of the kernel more. */
static bool
read_dir(const Folder *folder, GError **error)
{
	g_autofree char *entries = g_malloc(DIR_BYTES);

	if (folder->depth > MAX_DEPTH)
		return kt_throw(error, KT_ERROR_LIMIT, "more than %d directories deep", MAX_DEPTH);
	for (;;) {
		ssize_t length = getdents64(folder->fd, entries, DIR_BYTES);
		if (length < 0)
			return kt_throw_errno(error, errno, "list '%s'", folder->prefix);
		if (length == 0)
			return true;
		if (!read_entries(folder, entries, (size_t)length, error))
			return false;
	}
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
	const Folder folder = {.fd = fd, .prefix = "", .members = members};
	if (!read_dir(&folder, error)) {
		kt_prefix(error, "snapshot '%s'", path);
		return NULL;
	}
	return g_steal_pointer(&members);
}
