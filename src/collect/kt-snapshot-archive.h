/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Members <-> tar archive, through libarchive.
 *
 * Writing is deterministic: the same members and time give the same bytes (sorted names, pax only
 * where ustar does not suffice, owner 0, no time in the gzip header). A file appears under its name
 * when it is complete and synced, or not at all.
 *
 * Reading expects an enemy. Nothing is extracted to disk; one layer of gzip, zstd, xz or none, by
 * the first bytes and never by running a program; inside it tar with plain files (directories are
 * passed over), in the limits of kt-members.h.
 */

#include "kt-members.h"

/* What a compressed archive may have at most; a real one has less than 5 MiB. */
#define KT_ARCHIVE_MAX_INPUT ((uint64_t)256 * 1024 * 1024)

/* Writes a .tar.gz of mode 0600 to @path, "-" is standard output. A regular file of that name is
 * replaced at once; anything else that can be written to (pipe, device) gets the bytes in order.
 * @created_us becomes the time of all members. Errors: DENIED, NOT_FOUND, IO. */
bool kt_snapshot_archive_write(const KtMembers *members, int64_t created_us, const char *path,
			       GError **error) KT_WARN_UNUSED;

/* Reads @path, "-" is standard input. Errors: PARSE (damaged, truncated or forbidden content; the
 * hint says what to do), LIMIT, NOT_FOUND, DENIED, IO. */
KtMembers *kt_snapshot_archive_read(const char *path, GError **error) KT_WARN_UNUSED;

/* Same from memory; @what is the name in messages. */
KtMembers *kt_snapshot_archive_read_bytes(GBytes *bytes, const char *what, GError **error)
	KT_WARN_UNUSED;
