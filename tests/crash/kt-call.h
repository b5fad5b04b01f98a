/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/*
 * What the crash driver knows about system calls: one row per call that can touch the world outside
 * the process.  Calls without a row are known by name only and count as KT_CLASS_ALL.
 *
 * Argument positions are 1-based, so that a position left out of a row (0) means "has none".
 */

enum {
	KT_CALL_EFFECT = 1 << 0, /* changes something outside the process, whatever its arguments */
	KT_CALL_OPEN = 1 << 1,   /* does so when its open flags ask for writing or creating */
	KT_CALL_DATA = 1 << 2,   /* hands over `len` bytes, so it can be cut short */
	KT_CALL_VECTOR = 1 << 3, /* KT_CALL_DATA where `len` counts struct iovec */
	KT_CALL_NORETURN = 1 << 4,
	KT_CALL_NOFOLLOW = 1 << 5, /* acts on a symbolic link itself */
};

/* How the trace records a call; KT_RECORD_NONE: not at all. */
typedef enum KtRecord {
	KT_RECORD_NONE,
	KT_RECORD_OPEN,
	KT_RECORD_WRITE,     /* data in a buffer, at the file position */
	KT_RECORD_WRITE_AT,  /* data in a buffer, at the offset in argument 4 */
	KT_RECORD_WRITEV,    /* data in an iovec, at the file position */
	KT_RECORD_WRITEV_AT, /* data in an iovec, at the offset in argument 4 */
	KT_RECORD_COPY,      /* data made in the kernel: read back from the file */
	KT_RECORD_TRUNCATE,
	KT_RECORD_ALLOCATE,
	KT_RECORD_RENAME,
	KT_RECORD_LINK,
	KT_RECORD_SYMLINK,
	KT_RECORD_UNLINK,
	KT_RECORD_MKDIR,
	KT_RECORD_MKNOD,
	KT_RECORD_FSYNC,
	KT_RECORD_FDATASYNC,
	KT_RECORD_SYNC,
	KT_RECORD_ATTR, /* mode or owner */
	KT_RECORD_SETXATTR,
	KT_RECORD_REMOVEXATTR,
	KT_RECORD_CLOSE,
	KT_RECORD_DUP,
	KT_RECORD_MMAP,
} KtRecord;

typedef enum KtClass {
	KT_CLASS_ALL,    /* every system call */
	KT_CLASS_IO,     /* every call with a row: files, sockets, processes */
	KT_CLASS_WRITES, /* calls that change something outside the process */
} KtClass;

typedef struct KtCall {
	long nr;
	unsigned flags;
	KtRecord record;
	uint8_t fd;
	uint8_t dirfd[2]; /* with `path`; 0: relative to the working directory */
	uint8_t path[2];
	uint8_t open_flags;
	uint8_t at_flags;
	uint8_t buffer;
	uint8_t len;
} KtCall;

/* The row of a call, or NULL.  Static storage. */
const KtCall *kt_call_find(long nr);

/* Name of a call, also of those without a row; `buffer` is used for a number without a name. */
const char *kt_call_name(long nr, char buffer[static 32]);

/* The rows in order of number; for building the kernel-side filter. */
const KtCall *kt_call_rows(unsigned *ret_n);

/* Whether a call with these arguments belongs to `class`.  `row` may be NULL. */
bool kt_call_in_class(const KtCall *row, const uint64_t args[6], KtClass class);
