/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-rootdir.h"

#include "kt-ethtool.h"
#include "kt-fd.h"
#include "kt-rootwalk.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A host where this many path walks in a row race with renames has other problems. */
#define MAX_RACES 64
/* One page: what a sysfs attribute holds at most (Documentation/filesystems/sysfs.rst). */
#define PAGE_BYTES 4096

struct KtRootDir {
	char *path;
	int fd;
	bool is_live;
	bool has_openat2;
};

static void
dir_free(void *data)
{
	KtRootDir *dir = data;

	kt_fd_clear(&dir->fd);
	g_free(dir->path);
	g_free(dir);
}

bool
kt_rootdir_is_live(const KtRootDir *dir)
{
	return dir->is_live;
}

int
kt_rootdir_fd(const KtRootDir *dir)
{
	return dir->fd;
}

const char *
kt_rootdir_path(const KtRootDir *dir)
{
	return dir->path;
}

static const char *
relative(const char *path)
{
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

static char *
read_link_at(int dirfd, const char *name)
{
	char target[4096];
	ssize_t length = readlinkat(dirfd, name, target, sizeof(target) - 1);

	return length < 0 ? NULL : g_strndup(target, (size_t)length);
}

static int
open_in_root(int root_fd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? 0600 : 0,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = -1;

	/* EAGAIN: a rename somewhere in the system raced with a '..' (openat2(2)). */
	for (int i = 0; i < MAX_RACES; i++) {
		fd = syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
		if (fd >= 0 || errno != EAGAIN)
			break;
	}
	return (int)fd;
}

int
kt_rootdir_open_file(const KtRootDir *dir, const char *path, int flags)
{
	const char *inside = relative(path);

	if (dir->is_live)
		return openat(dir->fd, inside, flags | O_CLOEXEC, 0600);
	if (dir->has_openat2)
		return open_in_root(dir->fd, inside, flags);
	return kt_rootwalk_open(dir->fd, inside, flags);
}

void
kt_rootdir_set_openat2(KtRootDir *dir, bool is_used)
{
	dir->has_openat2 = is_used;
}

KtRootDir *
kt_rootdir_open(const char *path, GError **error)
{
	kt_autofd fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0) {
		kt_throw_errno(error, errno, "open root '%s'", path);
		return NULL;
	}

	KtRootDir *dir = g_new0(KtRootDir, 1);
	/* Old kernels say ENOSYS, seccomp filters of old container runtimes EPERM. */
	kt_autofd probe = open_in_root(fd, ".", O_PATH | O_DIRECTORY);
	dir->path = g_strdup(path);
	dir->is_live = g_str_equal(path, "/");
	dir->has_openat2 = probe >= 0;
	dir->fd = fd;
	fd = -1;
	return dir;
}

static KtState
read_all(int fd, char **ret_text, size_t *ret_length)
{
	g_autoptr(GByteArray) bytes = g_byte_array_sized_new(PAGE_BYTES);
	uint8_t page[PAGE_BYTES];

	for (;;) {
		ssize_t got = read(fd, page, sizeof(page));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return kt_state_from_errno(errno);
		if (got == 0)
			break;
		if (bytes->len + (size_t)got > KT_ROOT_MAX_BYTES)
			return KT_STATE_BROKEN;
		g_byte_array_append(bytes, page, (guint)got);
	}

	*ret_length = bytes->len;
	g_byte_array_append(bytes, (const uint8_t *)"", 1);
	*ret_text = (char *)g_byte_array_free(g_steal_pointer(&bytes), FALSE);
	return KT_STATE_VALUE;
}

static KtState
dir_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	const KtRootDir *dir = data;
	const char *device = dir->is_live ? kt_ethtool_device(path) : NULL;

	if (device)
		return kt_ethtool_read(device, ret_text, ret_length);
	/* O_NONBLOCK: a fifo in a copied tree must not hang the audit. */
	kt_autofd fd = kt_rootdir_open_file(data, path, O_RDONLY | O_NONBLOCK);
	struct stat info;

	if (fd < 0 || fstat(fd, &info) != 0)
		return kt_state_from_errno(errno);
	/* procfs and sysfs have regular files only; a device could do anything when read. */
	if (!S_ISREG(info.st_mode))
		return KT_STATE_BROKEN;
	return read_all(fd, ret_text, ret_length);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static KtState
dir_list(void *data, const char *path, char ***ret_names)
{
	kt_autofd fd = kt_rootdir_open_file(data, path, O_RDONLY | O_DIRECTORY);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream)
		return kt_state_from_errno(errno);
	fd = -1;

	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	for (struct dirent *entry = readdir(stream); entry; entry = readdir(stream)) {
		if (g_str_equal(entry->d_name, ".") || g_str_equal(entry->d_name, ".."))
			continue;
		if (names->len == KT_ROOT_MAX_ENTRIES)
			break;
		g_ptr_array_add(names, g_strdup(entry->d_name));
	}
	(void)closedir(stream);
	if (names->len == KT_ROOT_MAX_ENTRIES)
		return KT_STATE_BROKEN;

	g_ptr_array_sort(names, compare_names);
	g_ptr_array_add(names, NULL);
	g_ptr_array_set_free_func(names, NULL);
	*ret_names = (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
	return KT_STATE_VALUE;
}

static KtState
dir_link(void *data, const char *path, char **ret_target)
{
	kt_autofd fd = kt_rootdir_open_file(data, path, O_PATH | O_NOFOLLOW);

	if (fd < 0)
		return kt_state_from_errno(errno);

	char *target = read_link_at(fd, "");
	if (!target)
		return errno == EINVAL || errno == ENOENT ? KT_STATE_ABSENT
							  : kt_state_from_errno(errno);
	*ret_target = target;
	return KT_STATE_VALUE;
}

static KtState
dir_mode(void *data, const char *path, uint32_t *ret_mode)
{
	struct stat info;
	kt_autofd fd = kt_rootdir_open_file(data, path, O_PATH);

	if (fd < 0 || fstat(fd, &info) != 0)
		return kt_state_from_errno(errno);
	*ret_mode = info.st_mode;
	return KT_STATE_VALUE;
}

const KtRootOps kt_rootdir_ops = {
	.read = dir_read,
	.list = dir_list,
	.link = dir_link,
	.mode = dir_mode,
	.free = dir_free,
};
