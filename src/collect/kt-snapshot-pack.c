/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fd.h"
#include "kt-snapshot-archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct archive Archive;
typedef struct archive_entry ArchiveEntry;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Archive, archive_write_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ArchiveEntry, archive_entry_free)

static bool
throw_archive(GError **error, const char *what, Archive *archive)
{
	int errno_value = archive_errno(archive);

	return kt_throw_errno(error, errno_value ? errno_value : EIO, "write '%s'", what);
}

static bool
write_member(Archive *archive, const char *name, GBytes *bytes, int64_t created_us)
{
	g_autoptr(ArchiveEntry) entry = archive_entry_new();
	size_t size = 0;
	const void *data = g_bytes_get_data(bytes, &size);

	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0600);
	archive_entry_set_size(entry, (la_int64_t)size);
	archive_entry_set_mtime(entry, (time_t)(created_us / G_USEC_PER_SEC), 0);
	if (archive_write_header(archive, entry) != ARCHIVE_OK)
		return false;
	return archive_write_data(archive, data, size) == (la_ssize_t)size;
}

static bool
write_to_fd(const KtMembers *members, int64_t created_us, int fd, const char *what, GError **error)
{
	g_autoptr(Archive) archive = archive_write_new();
	g_autoptr(GPtrArray) names = kt_members_names(members);

	g_assert(archive);
	archive_write_add_filter_gzip(archive);
	/* Without this the gzip header holds the time of writing. */
	archive_write_set_filter_option(archive, "gzip", "timestamp", NULL);
	archive_write_set_format_pax_restricted(archive);
	/* Else a pipe gets zeros after the gzip stream. */
	archive_write_set_bytes_in_last_block(archive, 1);
	if (archive_write_open_fd(archive, fd) != ARCHIVE_OK)
		return throw_archive(error, what, archive);
	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];
		if (!write_member(archive, name, kt_members_get(members, name), created_us))
			return throw_archive(error, what, archive);
	}
	if (archive_write_close(archive) != ARCHIVE_OK)
		return throw_archive(error, what, archive);
	return true;
}

/* A file without a name in @dir, so that a kill leaves nothing behind; where the file system has no
 * such thing (NFS), one with a name, which is returned. */
static int
open_temporary(const char *dir, char **ret_name)
{
	int fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0)
		return fd;
	*ret_name = g_build_filename(dir, ".kvmtune-snapshot-XXXXXX", NULL);
	return g_mkstemp_full(*ret_name, O_RDWR | O_CLOEXEC, 0600);
}

/* rename() replaces a file, linkat() cannot: a nameless file takes both. */
static bool
give_name(int fd, const char *dir, char **temporary)
{
	g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", fd);

	if (*temporary)
		return true;
	*temporary = g_strdup_printf("%s/.kvmtune-snapshot-%d", dir, (int)getpid());
	(void)unlink(*temporary);
	return linkat(AT_FDCWD, self, AT_FDCWD, *temporary, AT_SYMLINK_FOLLOW) == 0;
}

static bool
throw_create(GError **error, int errno_value, const char *path)
{
	kt_throw_errno(error, errno_value, "create '%s'", path);
	if (error && (errno_value == ENOENT || errno_value == ENOTDIR))
		kt_error_set_hint(*error, "the folder it is to be in has to be there");
	else if (error && errno_value == EISDIR)
		kt_error_set_hint(*error, "name a file in it, as in DIR/host.tar.gz");
	return false;
}

static bool
replace_file(const KtMembers *members, int64_t created_us, const char *path, GError **error)
{
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *temporary = NULL;
	kt_autofd fd = open_temporary(dir, &temporary);

	if (fd < 0)
		return throw_create(error, errno, path);

	bool is_ok = write_to_fd(members, created_us, fd, path, error);
	if (is_ok &&
	    (fsync(fd) != 0 || !give_name(fd, dir, &temporary) || rename(temporary, path) != 0))
		is_ok = throw_create(error, errno, path);
	if (!is_ok) {
		if (temporary)
			(void)unlink(temporary);
		return false;
	}

	/* Some file systems cannot sync a directory: the file is complete all the same. */
	kt_autofd dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd >= 0)
		(void)fsync(dir_fd);
	return true;
}

bool
kt_snapshot_archive_write(const KtMembers *members, int64_t created_us, const char *path,
			  GError **error)
{
	struct stat info;

	if (g_str_equal(path, "-"))
		return write_to_fd(members, created_us, STDOUT_FILENO, "standard output", error);
	if (stat(path, &info) != 0) {
		if (errno != ENOENT)
			return throw_create(error, errno, path);
		return replace_file(members, created_us, path, error);
	}
	if (S_ISDIR(info.st_mode))
		return throw_create(error, EISDIR, path);
	if (!S_ISREG(info.st_mode)) {
		kt_autofd fd = open(path, O_WRONLY | O_CLOEXEC);
		if (fd < 0)
			return kt_throw_errno(error, errno, "open '%s'", path);
		return write_to_fd(members, created_us, fd, path, error);
	}

	/* A link to a file: the file is replaced, not the link. */
	g_autofree char *target = realpath(path, NULL);
	return target ? replace_file(members, created_us, target, error)
		      : throw_create(error, errno, path);
}
