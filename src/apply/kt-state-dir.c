/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-state-dir.h"

#include "kt-fd.h"
#include "kt-fdio.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define LOCK_POLL_US 20000
#define MAX_TXNS     999999

struct KtStateDir {
	char *path;
	int fd;   /* -1: does not exist */
	int txns; /* -1: does not exist */
	int lock; /* -1: not held */
};

static bool
sync_parent(const char *path, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);
	kt_autofd fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return kt_throw_errno(error, errno, "open '%s'", parent);
	return kt_sync(fd, parent, error);
}

/* Also a folder that was there has its name synced: whoever made it may have been killed before. */
static bool
make_dirs(const char *path, mode_t mode, GError **error)
{
	struct stat info;

	if (stat(path, &info) == 0)
		return sync_parent(path, error);
	if (errno != ENOENT)
		return kt_throw_errno(error, errno, "look at '%s'", path);

	g_autofree char *parent = g_path_get_dirname(path);
	if (!make_dirs(parent, 0755, error))
		return false;
	if (mkdir(path, mode) != 0 && errno != EEXIST)
		return kt_throw_errno(error, errno, "create '%s'", path);
	return sync_parent(path, error);
}

static int
open_dir_at(int dirfd, const char *name)
{
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool
open_txns(KtStateDir *dir, bool create, GError **error)
{
	dir->txns = open_dir_at(dir->fd, "txn");
	if (dir->txns < 0 && errno == ENOENT && create) {
		if (mkdirat(dir->fd, "txn", 0700) != 0 && errno != EEXIST)
			return kt_throw_errno(error, errno, "create '%s/txn'", dir->path);
		dir->txns = open_dir_at(dir->fd, "txn");
	}
	if (dir->txns < 0 && (create || errno != ENOENT))
		return kt_throw_errno(error, errno, "open '%s/txn'", dir->path);
	return !create || kt_sync(dir->fd, dir->path, error);
}

KtStateDir *
kt_state_dir_open(const char *path, bool create, GError **error)
{
	g_autoptr(KtStateDir) dir = g_new0(KtStateDir, 1);

	*dir = (KtStateDir){.path = g_strdup(path), .fd = -1, .txns = -1, .lock = -1};
	if (create && !make_dirs(path, 0700, error))
		return NULL;
	dir->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir->fd < 0 && (create || errno != ENOENT)) {
		kt_throw_errno(error, errno, "open '%s'", path);
		return NULL;
	}
	if (dir->fd >= 0 && !open_txns(dir, create, error))
		return NULL;
	return g_steal_pointer(&dir);
}

void
kt_state_dir_free(KtStateDir *dir)
{
	if (!dir)
		return;

	kt_fd_clear(&dir->lock);
	kt_fd_clear(&dir->txns);
	kt_fd_clear(&dir->fd);
	g_free(dir->path);
	g_free(dir);
}

const char *
kt_state_dir_path(const KtStateDir *dir)
{
	return dir->path;
}

static bool
throw_busy(int fd, GError **error)
{
	char owner[128] = "";
	ssize_t length = pread(fd, owner, sizeof(owner) - 1, 0);

	if (length < 0)
		length = 0;
	owner[length] = '\0';
	g_strstrip(owner);
	return kt_throw_hint(error,
			     KT_ERROR_BUSY,
			     "wait for it to end; the lock goes away with the process",
			     "another kvmtune is changing this machine%s%s",
			     *owner ? ": " : "",
			     owner);
}

/* For whoever finds the lock taken; the lock itself does not depend on this text. */
static void
sign_lock(int fd)
{
	g_autofree char *owner = g_strdup_printf("process %d\n", (int)getpid());

	if (ftruncate(fd, 0) == 0) {
		ssize_t written = pwrite(fd, owner, strlen(owner), 0);
		(void)written;
	}
}

bool
kt_state_dir_lock(KtStateDir *dir, uint32_t wait_ms, GError **error)
{
	int64_t deadline = g_get_monotonic_time() + (int64_t)wait_ms * 1000;
	kt_autofd fd = kt_open_at(dir->fd, "lock", O_RDWR | O_CREAT, error);

	if (fd < 0)
		return false;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return kt_throw_errno(error, errno, "lock '%s'", dir->path);
		if (g_get_monotonic_time() >= deadline)
			return throw_busy(fd, error);
		g_usleep(LOCK_POLL_US);
	}
	sign_lock(fd);
	dir->lock = fd;
	fd = -1;
	return true;
}

bool
kt_state_dir_is_busy(const KtStateDir *dir)
{
	kt_autofd fd = dir->fd < 0 || dir->lock >= 0
			       ? -1
			       : openat(dir->fd, "lock", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	/* Held for a moment only: whoever wants to write tries again. */
	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

int
kt_state_dir_lock_fd(const KtStateDir *dir)
{
	return dir->lock;
}

static int
compare_ids(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *)a;
	uint32_t right = *(const uint32_t *)b;

	return left < right ? -1 : left > right;
}

static DIR *
list_txns(const KtStateDir *dir, GError **error)
{
	kt_autofd fd = openat(dir->txns, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream)
		kt_throw_errno(error, errno, "list '%s/txn'", dir->path);
	else
		fd = -1;
	return stream;
}

GArray *
kt_state_dir_list(const KtStateDir *dir, GError **error)
{
	g_autoptr(GArray) ids =
		g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(uint32_t));

	if (dir->txns < 0)
		return g_steal_pointer(&ids);

	DIR *stream = list_txns(dir, error);
	if (!stream)
		return NULL;
	for (struct dirent *entry = readdir(stream); entry; entry = readdir(stream)) {
		guint64 id = 0;
		if (g_ascii_string_to_unsigned(entry->d_name, 10, 1, MAX_TXNS, &id, NULL)) {
			uint32_t number = (uint32_t)id;
			g_array_append_val(ids, number);
		}
	}
	(void)closedir(stream);
	g_array_sort(ids, compare_ids);
	return g_steal_pointer(&ids);
}

int
kt_state_dir_open_txn(const KtStateDir *dir, uint32_t id, GError **error)
{
	g_autofree char *name = g_strdup_printf("%06u", id);
	int fd = dir->txns < 0 ? -1 : openat(dir->txns, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && (dir->txns < 0 || errno == ENOENT))
		kt_throw_hint(error,
			      KT_ERROR_NOT_FOUND,
			      "'kvmtune history' lists them",
			      "there is no transaction %u",
			      id);
	else if (fd < 0)
		kt_throw_errno(error, errno, "open transaction %u", id);
	return fd;
}

int
kt_state_dir_begin_txn(KtStateDir *dir, uint32_t *ret_id, GError **error)
{
	g_autoptr(GArray) ids = kt_state_dir_list(dir, error);

	if (!ids)
		return -1;

	uint32_t id = ids->len ? g_array_index(ids, uint32_t, ids->len - 1) + 1 : 1;
	g_autofree char *name = g_strdup_printf("%06u.new", id);
	if (id > MAX_TXNS) {
		kt_throw(error, KT_ERROR_LIMIT, "no more transactions fit into '%s'", dir->path);
		return -1;
	}
	if (mkdirat(dir->txns, name, 0700) != 0) {
		kt_throw_errno(error, errno, "create '%s/txn/%s'", dir->path, name);
		return -1;
	}
	int fd = openat(dir->txns, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		kt_throw_errno(error, errno, "open '%s/txn/%s'", dir->path, name);
	else
		*ret_id = id;
	return fd;
}

bool
kt_state_dir_publish_txn(KtStateDir *dir, uint32_t id, GError **error)
{
	g_autofree char *from = g_strdup_printf("%06u.new", id);
	g_autofree char *to = g_strdup_printf("%06u", id);

	if (renameat(dir->txns, from, dir->txns, to) != 0)
		return kt_throw_errno(error, errno, "rename '%s/txn/%s'", dir->path, from);
	if (kt_sync(dir->txns, "txn", error))
		return true;
	/* When this fails, too, there is a transaction that has done nothing. */
	(void)renameat(dir->txns, to, dir->txns, from);
	return false;
}

static bool
remove_tree(int dirfd, const char *name, GError **error)
{
	kt_autofd fd = openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(dup(fd));

	if (!stream)
		return kt_throw_errno(error, errno, "open '%s'", name);

	bool ok = true;
	for (struct dirent *entry = readdir(stream); ok && entry; entry = readdir(stream)) {
		if (g_str_equal(entry->d_name, ".") || g_str_equal(entry->d_name, ".."))
			continue;
		if (entry->d_type == DT_DIR)
			ok = remove_tree(fd, entry->d_name, error);
		else if (unlinkat(fd, entry->d_name, 0) != 0)
			ok = kt_throw_errno(error, errno, "remove '%s'", entry->d_name);
	}
	(void)closedir(stream);
	if (ok && unlinkat(dirfd, name, AT_REMOVEDIR) != 0)
		return kt_throw_errno(error, errno, "remove '%s'", name);
	return ok;
}

bool
kt_state_dir_sweep(KtStateDir *dir, GError **error)
{
	DIR *stream = dir->txns < 0 ? NULL : list_txns(dir, error);
	bool ok = true;

	if (dir->txns < 0)
		return true;
	if (!stream)
		return false;
	for (struct dirent *entry = readdir(stream); ok && entry; entry = readdir(stream)) {
		if (g_str_has_suffix(entry->d_name, ".new"))
			ok = remove_tree(dir->txns, entry->d_name, error);
	}
	(void)closedir(stream);
	return ok;
}
