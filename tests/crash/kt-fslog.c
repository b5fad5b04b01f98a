/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fslog.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kt-tracee.h"

/* IOV_MAX of Linux (UIO_MAXIOV in uapi/linux/uio.h). */
#define MAX_IOV 1024

static void
add_string(GString *line, const char *key, const char *value)
{
	g_string_append_printf(line, ", \"%s\": \"", key);
	for (const unsigned char *c = (const unsigned char *)value; *c; c++) {
		if (*c == '"' || *c == '\\')
			g_string_append_printf(line, "\\%c", *c);
		else if (*c < 0x20 || *c > 0x7e)
			g_string_append_printf(line, "\\u%04x", *c);
		else
			g_string_append_c(line, (char)*c);
	}
	g_string_append_c(line, '"');
}

static void
add_number(GString *line, const char *key, uint64_t value)
{
	g_string_append_printf(line, ", \"%s\": %" PRIu64, key, value);
}

static void
add_true(GString *line, const char *key, bool value)
{
	if (value)
		g_string_append_printf(line, ", \"%s\": true", key);
}

static void
add_data(GString *line, const GByteArray *data)
{
	g_autofree char *text = g_base64_encode(data->data, data->len);

	add_string(line, "data", text);
}

/* Identity and attributes of the file behind a descriptor or a path. */
static void
add_file(GString *line, const struct stat *st)
{
	g_string_append_printf(
		line, ", \"ino\": \"%ju:%ju\"", (uintmax_t)st->st_dev, (uintmax_t)st->st_ino);
	add_number(line, "mode", st->st_mode & 07777);
	add_number(line, "uid", st->st_uid);
	add_number(line, "gid", st->st_gid);
	add_true(line, "dir", S_ISDIR(st->st_mode));
}

static GString *
line_new(const char *op, const char *path)
{
	GString *line = g_string_new("{\"op\": ");

	g_string_append_printf(line, "\"%s\"", op);
	if (path)
		add_string(line, "path", path);
	return line;
}

static void
line_finish(const KtFslog *log, GString *line)
{
	g_string_append(line, "}\n");
	fwrite(line->str, 1, line->len, log->out);
	g_string_free(line, TRUE);
}

static bool
stat_fd(const KtTask *task, int fd, struct stat *ret_st)
{
	g_autofree char *link = g_strdup_printf("/proc/%d/fd/%d", task->tid, fd);

	return stat(link, ret_st) == 0;
}

/* The file that the call acts on, after the call; for calls with two paths the second. */
static bool
stat_target(const KtTask *task, struct stat *ret_st)
{
	const KtCall *row = task->row;
	bool nofollow = row->flags & KT_CALL_NOFOLLOW ||
			kt_task_arg(task, row->at_flags) & AT_SYMLINK_NOFOLLOW;

	if (row->fd)
		return stat_fd(task, (int)kt_task_arg(task, row->fd), ret_st);
	if (task->path[1])
		return lstat(task->path[1], ret_st) == 0;
	return (nofollow ? lstat : stat)(task->path[0], ret_st) == 0;
}

static unsigned
open_flags(const KtTask *task)
{
	if (!task->row->open_flags)
		return O_CREAT | O_WRONLY | O_TRUNC; /* creat(2) */
	return (unsigned)kt_task_arg(task, task->row->open_flags);
}

static void
record_open(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	int fd = (int)result;
	unsigned flags = open_flags(task);
	bool unnamed = (flags & O_TMPFILE) == O_TMPFILE;
	bool created = !unnamed && flags & O_CREAT && !task->existed;
	g_autofree char *path = kt_tracee_fd_path(task->tid, fd);
	struct stat st;
	GString *line;

	if (!(created || unnamed || flags & O_TRUNC) || !path || !stat_fd(task, fd, &st))
		return;
	if (!S_ISREG(st.st_mode))
		return;
	line = line_new(op, path);
	add_file(line, &st);
	add_true(line, "created", created);
	add_true(line, "unnamed", unnamed);
	add_true(line, "truncated", flags & O_TRUNC);
	line_finish(log, line);
}

/* The bytes of a write that moved `len`: from the buffer or buffers that the program handed over.
 */
static GByteArray *
read_buffers(const KtTask *task, size_t len)
{
	const KtCall *row = task->row;
	GByteArray *data = g_byte_array_new();
	struct iovec iov[MAX_IOV];
	size_t n = 1;

	if (row->flags & KT_CALL_VECTOR) {
		n = MIN(kt_task_arg(task, row->len), MAX_IOV);
		n = kt_tracee_read(
			    task->tid, kt_task_arg(task, row->buffer), iov, n * sizeof(iov[0])) /
		    sizeof(iov[0]);
	} else {
		iov[0].iov_base = (void *)(uintptr_t)kt_task_arg(task, row->buffer);
		iov[0].iov_len = len;
	}
	for (size_t i = 0; i < n && data->len < len; i++) {
		size_t part = MIN(iov[i].iov_len, len - data->len);
		guint old = data->len;

		g_byte_array_set_size(data, old + (guint)part);
		kt_tracee_read(task->tid, (uintptr_t)iov[i].iov_base, data->data + old, part);
	}
	return data;
}

/* The bytes that the kernel moved into a file by itself. */
static GByteArray *
read_back(const KtTask *task, int fd, uint64_t offset, size_t len)
{
	g_autofree char *link = g_strdup_printf("/proc/%d/fd/%d", task->tid, fd);
	GByteArray *data = g_byte_array_new();
	int copy = open(link, O_RDONLY | O_CLOEXEC);

	g_byte_array_set_size(data, (guint)len);
	if (copy < 0 || pread(copy, data->data, len, (off_t)offset) != (ssize_t)len)
		g_byte_array_set_size(data, 0);
	if (copy >= 0)
		close(copy);
	return data;
}

/* Where `len` bytes have just landed in the file. */
static uint64_t
written_offset(const KtTask *task, uint64_t position, unsigned flags, uint64_t size, uint64_t len)
{
	KtRecord record = task->row->record;
	bool at = record == KT_RECORD_WRITE_AT || record == KT_RECORD_WRITEV_AT;
	uint64_t pointer = record == KT_RECORD_COPY && task->nr != SYS_sendfile ? task->args[3] : 0;

	if (pointer)
		kt_tracee_read(task->tid, pointer, &position, sizeof(position));
	if (at && flags & O_APPEND)
		return size - len; /* Linux appends whatever the offset: BUGS in pwrite(2) */
	if (at && task->args[3] != UINT64_MAX)
		return task->args[3];
	return position - len;
}

static void
record_write(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	size_t len = (size_t)result;
	int fd = (int)kt_task_arg(task, task->row->fd);
	g_autoptr(GByteArray) data = NULL;
	uint64_t position = 0;
	unsigned flags = 0;
	struct stat st;
	GString *line;

	if (len == 0 || len > KT_TRACEE_MAX_BYTES || !stat_fd(task, fd, &st) ||
	    !kt_tracee_fd_info(task->tid, fd, &position, &flags))
		return;
	position = written_offset(task, position, flags, (uint64_t)st.st_size, len);
	data = task->row->record == KT_RECORD_COPY ? read_back(task, fd, position, len)
						   : read_buffers(task, len);
	line = line_new(op, task->path[0]);
	add_file(line, &st);
	add_number(line, "offset", position);
	add_true(line, "synced", flags & O_DSYNC);
	add_data(line, data);
	line_finish(log, line);
}

/* What the program tells its user matters too: after "applied" nothing may be lost. */
static void
record_say(const KtFslog *log, const KtTask *task, size_t len)
{
	g_autoptr(GByteArray) data = read_buffers(task, len);
	GString *line = line_new("say", NULL);

	add_number(line, "fd", kt_task_arg(task, task->row->fd));
	add_data(line, data);
	line_finish(log, line);
}

static void
record_unmodelled(const KtFslog *log, const KtTask *task)
{
	GString *line = line_new("unmodelled", task->path[0]);
	char buffer[32];

	add_string(line, "call", kt_call_name(task->nr, buffer));
	line_finish(log, line);
}

static void
record_size(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	bool allocate = task->row->record == KT_RECORD_ALLOCATE;
	struct stat st;
	GString *line;

	if (allocate && task->args[1] & (uint64_t)~FALLOC_FL_KEEP_SIZE) {
		record_unmodelled(log, task);
		return;
	}
	if ((allocate && task->args[1]) || !stat_target(task, &st))
		return;
	line = line_new(op, task->path[0]);
	add_file(line, &st);
	add_number(line, "size", (uint64_t)st.st_size);
	line_finish(log, line);
}

/* Operations of which the trace needs the name and the file as it is afterwards. */
static void
record_plain(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	GString *line = line_new(op, task->path[0]);
	struct stat st;

	if (task->path[1])
		add_string(line, "to", task->path[1]);
	if (stat_target(task, &st))
		add_file(line, &st);
	if (task->nr == SYS_renameat2)
		add_true(line, "exchange", task->args[4] & RENAME_EXCHANGE);
	line_finish(log, line);
}

static void
record_symlink(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	g_autofree char *target = kt_tracee_string(task->tid, kt_task_arg(task, task->row->buffer));
	GString *line = line_new(op, task->path[0]);
	struct stat st;

	add_string(line, "target", target ? target : "");
	if (lstat(task->path[0], &st) == 0)
		add_file(line, &st);
	line_finish(log, line);
}

static void
record_xattr(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	bool set = task->row->record == KT_RECORD_SETXATTR;
	g_autofree char *name = kt_tracee_string(task->tid, task->args[1]);
	GString *line = line_new(op, task->path[0]);
	struct stat st;

	add_string(line, "name", name ? name : "");
	if (stat_target(task, &st))
		add_file(line, &st);
	if (set) {
		g_autoptr(GByteArray) data = g_byte_array_new();

		g_byte_array_set_size(data, (guint)MIN(task->args[3], G_MAXUINT16));
		kt_tracee_read(task->tid, task->args[2], data->data, data->len);
		add_data(line, data);
	}
	line_finish(log, line);
}

static void
record_mmap(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	if ((task->args[3] & MAP_TYPE) != MAP_PRIVATE && task->args[2] & PROT_WRITE)
		record_unmodelled(log, task);
}

/* Operations of which the name is enough. */
static void
record_name(const KtFslog *log, const KtTask *task, const char *op, int64_t result)
{
	line_finish(log, line_new(op, task->path[0]));
}

/* clang-format off */
static const struct {
	const char *op;
	void (*record)(const KtFslog *log, const KtTask *task, const char *op, int64_t result);
} recorders[] = {
	[KT_RECORD_OPEN] = {.op = "open", .record = record_open},
	[KT_RECORD_WRITE] = {.op = "write", .record = record_write},
	[KT_RECORD_WRITE_AT] = {.op = "write", .record = record_write},
	[KT_RECORD_WRITEV] = {.op = "write", .record = record_write},
	[KT_RECORD_WRITEV_AT] = {.op = "write", .record = record_write},
	[KT_RECORD_COPY] = {.op = "write", .record = record_write},
	[KT_RECORD_TRUNCATE] = {.op = "truncate", .record = record_size},
	[KT_RECORD_ALLOCATE] = {.op = "truncate", .record = record_size},
	[KT_RECORD_RENAME] = {.op = "rename", .record = record_plain},
	[KT_RECORD_LINK] = {.op = "link", .record = record_plain},
	[KT_RECORD_SYMLINK] = {.op = "symlink", .record = record_symlink},
	[KT_RECORD_UNLINK] = {.op = "unlink", .record = record_name},
	[KT_RECORD_MKDIR] = {.op = "mkdir", .record = record_plain},
	[KT_RECORD_MKNOD] = {.op = "mknod", .record = record_plain},
	[KT_RECORD_FSYNC] = {.op = "fsync", .record = record_plain},
	[KT_RECORD_FDATASYNC] = {.op = "fdatasync", .record = record_plain},
	[KT_RECORD_SYNC] = {.op = "sync", .record = record_name},
	[KT_RECORD_ATTR] = {.op = "attr", .record = record_plain},
	[KT_RECORD_SETXATTR] = {.op = "setxattr", .record = record_xattr},
	[KT_RECORD_REMOVEXATTR] = {.op = "removexattr", .record = record_xattr},
	[KT_RECORD_CLOSE] = {.op = "close", .record = record_name},
	[KT_RECORD_DUP] = {.op = "dup", .record = record_name},
	[KT_RECORD_MMAP] = {.op = "mmap", .record = record_mmap},
};
/* clang-format on */

static bool
is_below_prefixes(const KtFslog *log, const KtTask *task)
{
	for (char **prefix = log->prefixes; *prefix; prefix++)
		for (size_t i = 0; i < G_N_ELEMENTS(task->path); i++)
			if (task->path[i] && kt_path_is_below(task->path[i], *prefix))
				return true;
	return false;
}

static bool
is_say(const KtTask *task)
{
	uint64_t fd = kt_task_arg(task, task->row->fd);

	return task->row->buffer && (fd == STDOUT_FILENO || fd == STDERR_FILENO) &&
	       (task->row->record == KT_RECORD_WRITE || task->row->record == KT_RECORD_WRITEV);
}

void
kt_fslog_enter(const KtFslog *log, KtTask *task)
{
	struct stat st;

	task->logged =
		task->row->record == KT_RECORD_SYNC || is_say(task) || is_below_prefixes(log, task);
	if (task->logged && task->row->record == KT_RECORD_OPEN)
		task->existed = task->path[0] && stat(task->path[0], &st) == 0;
}

void
kt_fslog_leave(const KtFslog *log, const KtTask *task, int64_t result)
{
	KtRecord record = task->row->record;

	if (result < 0)
		return;
	if (is_say(task) && !is_below_prefixes(log, task))
		record_say(log, task, (size_t)result);
	/* A path can be missing only when its pointer was bad, and then the call failed. */
	else if (task->path[0] || record == KT_RECORD_SYNC)
		recorders[record].record(log, task, recorders[record].op, result);
}

void
kt_fslog_end(const KtFslog *log, int status)
{
	GString *line = line_new("exit", NULL);

	add_number(line, "status", (uint64_t)status);
	line_finish(log, line);
}
