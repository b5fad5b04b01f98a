/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-call.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/syscall.h>

#define EFFECT   KT_CALL_EFFECT
#define DATA     (KT_CALL_EFFECT | KT_CALL_DATA)
#define VECTOR   (KT_CALL_EFFECT | KT_CALL_DATA | KT_CALL_VECTOR)
#define NOFOLLOW (KT_CALL_EFFECT | KT_CALL_NOFOLLOW)

/* Positions of arguments follow the prototypes in section 2 of the Linux manual pages.
 * The first block exists on every architecture, the second on x86_64 and its like. */
/* clang-format off */
static const KtCall rows[] = {
	{.nr = SYS_read, .fd = 1},
	{.nr = SYS_pread64, .fd = 1},
	{.nr = SYS_readv, .fd = 1},
	{.nr = SYS_getdents64, .fd = 1},
	{.nr = SYS_fstat, .fd = 1},
	{.nr = SYS_newfstatat, .dirfd = {1}, .path = {2}},
	{.nr = SYS_statx, .dirfd = {1}, .path = {2}},
	{.nr = SYS_readlinkat, .dirfd = {1}, .path = {2}},
	{.nr = SYS_faccessat, .dirfd = {1}, .path = {2}},
	{.nr = SYS_statfs, .path = {1}},
	{.nr = SYS_fstatfs, .fd = 1},
	{.nr = SYS_lseek, .fd = 1},
	{.nr = SYS_flock, .fd = 1},
	{.nr = SYS_fcntl, .fd = 1},
	{.nr = SYS_ioctl, .fd = 1},
	{.nr = SYS_socket},
	{.nr = SYS_connect, .fd = 1},
	{.nr = SYS_recvfrom, .fd = 1},
	{.nr = SYS_recvmsg, .fd = 1},
	{.nr = SYS_pipe2},
	{.nr = SYS_getxattr, .path = {1}},
	{.nr = SYS_fgetxattr, .fd = 1},
	{.nr = SYS_listxattr, .path = {1}},
	{.nr = SYS_flistxattr, .fd = 1},
	{.nr = SYS_close, .fd = 1, .record = KT_RECORD_CLOSE},
	{.nr = SYS_dup, .fd = 1, .record = KT_RECORD_DUP},
	{.nr = SYS_dup3, .fd = 1, .record = KT_RECORD_DUP},
	{.nr = SYS_mmap, .fd = 5, .record = KT_RECORD_MMAP},
	{.nr = SYS_openat, .flags = KT_CALL_OPEN, .record = KT_RECORD_OPEN,
	 .dirfd = {1}, .path = {2}, .open_flags = 3},
#ifdef SYS_openat2
	/* Its flags are in memory; kvmtune opens with it for reading. */
	{.nr = SYS_openat2, .dirfd = {1}, .path = {2}},
#endif
	{.nr = SYS_write, .flags = DATA, .record = KT_RECORD_WRITE, .fd = 1, .buffer = 2, .len = 3},
	{.nr = SYS_pwrite64, .flags = DATA, .record = KT_RECORD_WRITE_AT,
	 .fd = 1, .buffer = 2, .len = 3},
	{.nr = SYS_writev, .flags = VECTOR, .record = KT_RECORD_WRITEV,
	 .fd = 1, .buffer = 2, .len = 3},
	{.nr = SYS_pwritev, .flags = VECTOR, .record = KT_RECORD_WRITEV_AT,
	 .fd = 1, .buffer = 2, .len = 3},
	{.nr = SYS_pwritev2, .flags = VECTOR, .record = KT_RECORD_WRITEV_AT,
	 .fd = 1, .buffer = 2, .len = 3},
	{.nr = SYS_sendto, .flags = DATA, .fd = 1, .buffer = 2, .len = 3},
	{.nr = SYS_sendmsg, .flags = EFFECT, .fd = 1},
	{.nr = SYS_sendmmsg, .flags = EFFECT, .fd = 1},
	{.nr = SYS_sendfile, .flags = DATA, .record = KT_RECORD_COPY, .fd = 1, .len = 4},
	{.nr = SYS_copy_file_range, .flags = DATA, .record = KT_RECORD_COPY, .fd = 3, .len = 5},
	{.nr = SYS_splice, .flags = DATA, .record = KT_RECORD_COPY, .fd = 3, .len = 5},
	{.nr = SYS_truncate, .flags = EFFECT, .record = KT_RECORD_TRUNCATE, .path = {1}},
	{.nr = SYS_ftruncate, .flags = EFFECT, .record = KT_RECORD_TRUNCATE, .fd = 1},
	{.nr = SYS_fallocate, .flags = EFFECT, .record = KT_RECORD_ALLOCATE, .fd = 1},
	{.nr = SYS_renameat2, .flags = EFFECT, .record = KT_RECORD_RENAME,
	 .dirfd = {1, 3}, .path = {2, 4}, .at_flags = 5},
	{.nr = SYS_linkat, .flags = EFFECT, .record = KT_RECORD_LINK,
	 .dirfd = {1, 3}, .path = {2, 4}, .at_flags = 5},
	{.nr = SYS_symlinkat, .flags = EFFECT, .record = KT_RECORD_SYMLINK,
	 .dirfd = {2}, .path = {3}, .buffer = 1},
	{.nr = SYS_unlinkat, .flags = EFFECT, .record = KT_RECORD_UNLINK,
	 .dirfd = {1}, .path = {2}, .at_flags = 3},
	{.nr = SYS_mkdirat, .flags = EFFECT, .record = KT_RECORD_MKDIR, .dirfd = {1}, .path = {2}},
	{.nr = SYS_mknodat, .flags = EFFECT, .record = KT_RECORD_MKNOD, .dirfd = {1}, .path = {2}},
	{.nr = SYS_fsync, .flags = EFFECT, .record = KT_RECORD_FSYNC, .fd = 1},
	{.nr = SYS_fdatasync, .flags = EFFECT, .record = KT_RECORD_FDATASYNC, .fd = 1},
	{.nr = SYS_sync_file_range, .flags = EFFECT, .fd = 1},
	{.nr = SYS_syncfs, .flags = EFFECT, .record = KT_RECORD_SYNC, .fd = 1},
	{.nr = SYS_sync, .flags = EFFECT, .record = KT_RECORD_SYNC},
	{.nr = SYS_fchmod, .flags = EFFECT, .record = KT_RECORD_ATTR, .fd = 1},
	{.nr = SYS_fchmodat, .flags = EFFECT, .record = KT_RECORD_ATTR, .dirfd = {1}, .path = {2}},
	{.nr = SYS_fchown, .flags = EFFECT, .record = KT_RECORD_ATTR, .fd = 1},
	{.nr = SYS_fchownat, .flags = EFFECT, .record = KT_RECORD_ATTR,
	 .dirfd = {1}, .path = {2}, .at_flags = 5},
	{.nr = SYS_utimensat, .flags = EFFECT, .dirfd = {1}, .path = {2}},
	{.nr = SYS_setxattr, .flags = EFFECT, .record = KT_RECORD_SETXATTR, .path = {1}},
	{.nr = SYS_lsetxattr, .flags = NOFOLLOW, .record = KT_RECORD_SETXATTR, .path = {1}},
	{.nr = SYS_fsetxattr, .flags = EFFECT, .record = KT_RECORD_SETXATTR, .fd = 1},
	{.nr = SYS_removexattr, .flags = EFFECT, .record = KT_RECORD_REMOVEXATTR, .path = {1}},
	{.nr = SYS_lremovexattr, .flags = NOFOLLOW, .record = KT_RECORD_REMOVEXATTR, .path = {1}},
	{.nr = SYS_fremovexattr, .flags = EFFECT, .record = KT_RECORD_REMOVEXATTR, .fd = 1},
	{.nr = SYS_mount, .flags = EFFECT, .path = {2}},
	{.nr = SYS_umount2, .flags = EFFECT, .path = {1}},
	{.nr = SYS_finit_module, .flags = EFFECT, .fd = 1},
	{.nr = SYS_delete_module, .flags = EFFECT},
	{.nr = SYS_swapon, .flags = EFFECT, .path = {1}},
	{.nr = SYS_swapoff, .flags = EFFECT, .path = {1}},
	{.nr = SYS_sethostname, .flags = EFFECT},
	{.nr = SYS_sched_setaffinity, .flags = EFFECT},
	{.nr = SYS_sched_setscheduler, .flags = EFFECT},
	{.nr = SYS_sched_setattr, .flags = EFFECT},
	{.nr = SYS_setpriority, .flags = EFFECT},
	{.nr = SYS_prlimit64},
	{.nr = SYS_migrate_pages, .flags = EFFECT},
	{.nr = SYS_kill, .flags = EFFECT},
	{.nr = SYS_clone, .flags = EFFECT},
#ifdef SYS_clone3
	{.nr = SYS_clone3, .flags = EFFECT},
#endif
	{.nr = SYS_execve, .flags = EFFECT, .path = {1}},
	{.nr = SYS_exit, .flags = KT_CALL_NORETURN},
	{.nr = SYS_exit_group, .flags = KT_CALL_NORETURN},
	{.nr = SYS_rt_sigreturn, .flags = KT_CALL_NORETURN},
#ifdef SYS_faccessat2
	{.nr = SYS_faccessat2, .dirfd = {1}, .path = {2}},
#endif
#ifdef SYS_open
	{.nr = SYS_stat, .path = {1}},
	{.nr = SYS_lstat, .path = {1}},
	{.nr = SYS_access, .path = {1}},
	{.nr = SYS_readlink, .path = {1}},
	{.nr = SYS_pipe},
	{.nr = SYS_dup2, .fd = 1, .record = KT_RECORD_DUP},
	{.nr = SYS_open, .flags = KT_CALL_OPEN, .record = KT_RECORD_OPEN,
	 .path = {1}, .open_flags = 2},
	{.nr = SYS_creat, .flags = EFFECT, .record = KT_RECORD_OPEN, .path = {1}},
	{.nr = SYS_rename, .flags = EFFECT, .record = KT_RECORD_RENAME, .path = {1, 2}},
	{.nr = SYS_renameat, .flags = EFFECT, .record = KT_RECORD_RENAME,
	 .dirfd = {1, 3}, .path = {2, 4}},
	{.nr = SYS_link, .flags = EFFECT, .record = KT_RECORD_LINK, .path = {1, 2}},
	{.nr = SYS_symlink, .flags = EFFECT, .record = KT_RECORD_SYMLINK, .path = {2}, .buffer = 1},
	{.nr = SYS_unlink, .flags = EFFECT, .record = KT_RECORD_UNLINK, .path = {1}},
	{.nr = SYS_mkdir, .flags = EFFECT, .record = KT_RECORD_MKDIR, .path = {1}},
	{.nr = SYS_rmdir, .flags = EFFECT, .record = KT_RECORD_UNLINK, .path = {1}},
	{.nr = SYS_mknod, .flags = EFFECT, .record = KT_RECORD_MKNOD, .path = {1}},
	{.nr = SYS_chmod, .flags = EFFECT, .record = KT_RECORD_ATTR, .path = {1}},
	{.nr = SYS_chown, .flags = EFFECT, .record = KT_RECORD_ATTR, .path = {1}},
	{.nr = SYS_lchown, .flags = NOFOLLOW, .record = KT_RECORD_ATTR, .path = {1}},
	{.nr = SYS_fork, .flags = EFFECT},
	{.nr = SYS_vfork, .flags = EFFECT},
#endif
};

/* Made by gen-call-names from <sys/syscall.h>: [nr] = "name". */
static const char *const names[] = {
#include "kt-call-names.inc"
};
/* clang-format on */

const KtCall *
kt_call_rows(unsigned *ret_n)
{
	*ret_n = G_N_ELEMENTS(rows);
	return rows;
}

const KtCall *
kt_call_find(long nr)
{
	static const KtCall *by_nr[G_N_ELEMENTS(names)];
	static bool indexed;

	if (!indexed) {
		for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
			by_nr[rows[i].nr] = &rows[i];
		indexed = true;
	}
	return nr >= 0 && (size_t)nr < G_N_ELEMENTS(by_nr) ? by_nr[nr] : NULL;
}

const char *
kt_call_name(long nr, char buffer[static 32])
{
	if (nr >= 0 && (size_t)nr < G_N_ELEMENTS(names) && names[nr])
		return names[nr];
	g_snprintf(buffer, 32, "call-%ld", nr);
	return buffer;
}

bool
kt_call_in_class(const KtCall *row, const uint64_t args[6], KtClass class)
{
	if (class == KT_CLASS_ALL)
		return true;
	if (!row)
		return false;
	if (class == KT_CLASS_IO || row->flags & KT_CALL_EFFECT)
		return true;
	return row->flags & KT_CALL_OPEN &&
	       args[row->open_flags - 1] & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
}
