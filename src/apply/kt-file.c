/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-file.h"

#include "kt-fault.h"
#include "kt-fd.h"
#include "kt-fdio.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

/* Links in /etc are at most one or two deep. */
#define MAX_LINKS       8
#define MAX_XATTR_BYTES 65536

typedef struct Place {
	char *path; /* after following links */
	char *name;
	char *temp;
	int dirfd; /* -1: the folder does not exist */
} Place;

static void
place_clear(Place *place)
{
	g_free(place->path);
	g_free(place->name);
	g_free(place->temp);
	kt_fd_clear(&place->dirfd);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Place, place_clear)

/* Is the place a link? One whose nature cannot be told must not be replaced. */
static bool
look(const Place *place, bool *ret_is_link, GError **error)
{
	struct stat info;

	*ret_is_link = false;
	if (place->dirfd < 0)
		return true;
	if (fstatat(place->dirfd, place->name, &info, AT_SYMLINK_NOFOLLOW) == 0)
		*ret_is_link = S_ISLNK(info.st_mode);
	else if (errno != ENOENT)
		return kt_throw_errno(error, errno, "look at '%s'", place->path);
	return true;
}

static bool
follow(Place *place, GError **error)
{
	char target[4096];
	ssize_t length = readlinkat(place->dirfd, place->name, target, sizeof(target) - 1);

	if (length < 0)
		return kt_throw_errno(error, errno, "read the link '%s'", place->path);
	target[length] = '\0';

	g_autofree char *dir = g_path_get_dirname(place->path);
	g_free(place->path);
	place->path = g_canonicalize_filename(target, dir);
	return true;
}

static bool
find(const KtRoot *root, const char *path, Place *place, GError **error)
{
	bool is_link = false;

	place->path = g_strdup(path);
	for (int links = 0; links < MAX_LINKS; links++) {
		g_autofree char *dir = g_path_get_dirname(place->path);
		g_free(place->name);
		place->name = g_path_get_basename(place->path);
		kt_fd_clear(&place->dirfd);
		place->dirfd = kt_root_open_file(root, dir, O_RDONLY | O_DIRECTORY);
		if (place->dirfd < 0 && errno != ENOENT)
			return kt_throw_errno(error, errno, "open '%s'", dir);
		if (!look(place, &is_link, error) || (is_link && !follow(place, error)))
			return false;
		if (is_link)
			continue;
		place->temp = g_strdup_printf(".%s.kvmtune-tmp", place->name);
		return true;
	}
	return kt_throw(error, KT_ERROR_IO, "'%s': too many links", path);
}

/* What cannot be read could not be put back. */
static bool
read_xattrs(int fd, KtBlob *blob, GError **error)
{
	g_autofree char *names = g_malloc0(MAX_XATTR_BYTES);
	g_autofree char *value = g_malloc0(MAX_XATTR_BYTES);
	ssize_t length = flistxattr(fd, names, MAX_XATTR_BYTES);

	blob->xattrs = g_hash_table_new_full(
		g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref);
	if (length < 0 && errno != ENOTSUP && errno != ENOSYS)
		return kt_throw_errno(error, errno, "list the attributes of '%s'", blob->path);
	for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
		ssize_t size = fgetxattr(fd, names + at, value, MAX_XATTR_BYTES);
		if (size < 0 && errno == ENODATA)
			continue;
		if (size < 0)
			return kt_throw_errno(
				error, errno, "read '%s' of '%s'", names + at, blob->path);
		g_hash_table_insert(
			blob->xattrs, g_strdup(names + at), g_bytes_new(value, (size_t)size));
	}
	return true;
}

KtBlob *
kt_file_read(const KtRoot *root, const char *path, GError **error)
{
	g_auto(Place) place = {.dirfd = -1};
	g_autoptr(KtBlob) blob = g_new0(KtBlob, 1);
	struct stat info;

	blob->path = g_strdup(path);
	if (!find(root, path, &place, error))
		return NULL;
	if (place.dirfd < 0)
		return g_steal_pointer(&blob);

	kt_autofd fd =
		openat(place.dirfd, place.name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return g_steal_pointer(&blob);
	if (fd < 0 || fstat(fd, &info) != 0) {
		kt_throw_errno(error, errno, "open '%s'", path);
		return NULL;
	}
	if (!S_ISREG(info.st_mode)) {
		kt_throw(error, KT_ERROR_UNSUPPORTED, "'%s' is not a regular file", path);
		return NULL;
	}
	if (!kt_read_all(fd, KT_ROOT_MAX_BYTES, path, &blob->bytes, error))
		return NULL;
	blob->exists = true;
	blob->mode = info.st_mode & 07777;
	blob->uid = info.st_uid;
	blob->gid = info.st_gid;
	if (!read_xattrs(fd, blob, error))
		return NULL;
	return g_steal_pointer(&blob);
}

static bool
write_xattrs(int fd, const KtBlob *blob, GError **error)
{
	GHashTableIter iter;
	void *name = NULL;
	void *value = NULL;

	if (!blob->xattrs)
		return true;
	g_hash_table_iter_init(&iter, blob->xattrs);
	while (g_hash_table_iter_next(&iter, &name, &value)) {
		size_t size = 0;
		const void *data = g_bytes_get_data(value, &size);
		if (fsetxattr(fd, name, data, size, 0) != 0)
			return kt_throw_errno(
				error, errno, "set '%s' of '%s'", (char *)name, blob->path);
	}
	return true;
}

static bool
write_temp(const Place *place, const KtBlob *blob, GError **error)
{
	kt_autofd fd = openat(place->dirfd,
			      place->temp,
			      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
			      0600);

	size_t length = 0;
	const void *data = g_bytes_get_data(blob->bytes, &length);
	if (fd < 0)
		return kt_throw_errno(error, errno, "create a file beside '%s'", blob->path);
	if (!kt_write_all(fd, data, length, blob->path, error) || !write_xattrs(fd, blob, error))
		return false;
	if (fchown(fd, blob->uid, blob->gid) != 0)
		return kt_throw_errno(error, errno, "set the owner of '%s'", blob->path);
	if (fchmod(fd, blob->mode) != 0)
		return kt_throw_errno(error, errno, "set the permissions of '%s'", blob->path);
	return kt_sync(fd, blob->path, error);
}

static bool
make_dir(const KtRoot *root, const KtBlob *blob, Place *place, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(place->path);
	g_autofree char *parent = g_path_get_dirname(dir);
	g_autofree char *name = g_path_get_basename(dir);
	kt_autofd fd = kt_root_open_file(root, parent, O_RDONLY | O_DIRECTORY);

	/* As distributions make theirs, whatever the umask. */
	bool is_made = fd >= 0 && mkdirat(fd, name, 0755) == 0 && fchmodat(fd, name, 0755, 0) == 0;
	if (!is_made && errno != EEXIST)
		return kt_throw_errno(error, errno, "create the folder of '%s'", blob->path);
	if (!kt_sync(fd, parent, error))
		return false;
	place->dirfd = kt_root_open_file(root, dir, O_RDONLY | O_DIRECTORY);
	if (place->dirfd < 0)
		return kt_throw_errno(error, errno, "open '%s'", dir);
	return true;
}

/* Synced, or it could be back after a power cut. Whoever comes here has failed already. */
static void
discard_temp(const Place *place)
{
	int saved = errno;

	if (unlinkat(place->dirfd, place->temp, 0) == 0)
		(void)!kt_sync(place->dirfd, place->path, NULL);
	errno = saved;
}

static bool
put_file(const KtRoot *root, const KtBlob *blob, Place *place, GError **error)
{
	int fault = 0;

	if (place->dirfd < 0 && !make_dir(root, blob, place, error))
		return false;
	if (!write_temp(place, blob, error)) {
		discard_temp(place);
		return false;
	}
	fault = KT_FAULT("file-before-rename");
	if (fault || renameat(place->dirfd, place->temp, place->dirfd, place->name) != 0) {
		int saved = fault ? fault : errno;
		discard_temp(place);
		return kt_throw_errno(error, saved, "replace '%s'", blob->path);
	}
	return kt_sync(place->dirfd, place->path, error);
}

static bool
put_absent(const KtBlob *blob, const Place *place, GError **error)
{
	int flags = blob->is_dir ? AT_REMOVEDIR : 0;

	if (place->dirfd < 0)
		return true;
	if (unlinkat(place->dirfd, place->name, flags) != 0) {
		/* Somebody else put a file into the folder that we made: it stays. */
		bool is_used = blob->is_dir && (errno == ENOTEMPTY || errno == EEXIST);
		if (errno == ENOENT || is_used)
			return true;
		return kt_throw_errno(error, errno, "remove '%s'", blob->path);
	}
	return kt_sync(place->dirfd, place->path, error);
}

bool
kt_file_put(const KtRoot *root, const KtBlob *blob, GError **error)
{
	g_auto(Place) place = {.dirfd = -1};

	if (!find(root, blob->path, &place, error))
		return false;
	if (!blob->exists)
		return put_absent(blob, &place, error);
	return put_file(root, blob, &place, error);
}

static bool
is_absent(const Place *place)
{
	int saved = errno;
	bool absent = faccessat(place->dirfd, place->temp, F_OK, AT_SYMLINK_NOFOLLOW) != 0 &&
		      errno == ENOENT;

	errno = saved;
	return absent;
}

bool
kt_file_sweep(const KtRoot *root, const char *path, GError **error)
{
	g_auto(Place) place = {.dirfd = -1};

	if (!find(root, path, &place, error))
		return false;
	if (place.dirfd < 0)
		return true;
	/* Synced, or it could be back after a power cut, when nobody looks for it any more. */
	if (unlinkat(place.dirfd, place.temp, 0) == 0)
		return kt_sync(place.dirfd, place.path, error);
	/* On a read-only file system unlink(2) fails before it looks whether there is anything. */
	if (errno == EROFS && is_absent(&place))
		return true;
	/* A folder of that name is not ours. */
	if (errno != ENOENT && errno != EISDIR)
		return kt_throw_errno(error, errno, "remove what was left beside '%s'", path);
	return true;
}

KtBlob *
kt_file_parent(const KtRoot *root, const char *path)
{
	KtBlob *blob = g_new0(KtBlob, 1);

	blob->path = g_path_get_dirname(path);
	blob->is_dir = true;
	kt_autofd fd = kt_root_open_file(root, blob->path, O_RDONLY | O_DIRECTORY);
	blob->exists = fd >= 0;
	return blob;
}
