/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Files of the machine: read with all that belongs to them, replaced so that a crash leaves the old
 * or the new file, never a mix.
 *
 * A replacement is written beside the file under a name that only kvmtune uses, synced, renamed
 * over it, and the folder is synced. The name is fixed, so what a killed run left behind is found
 * and removed by kt_file_sweep(). A symbolic link is followed: its target is what is replaced.
 */

#include "kt-reading.h"
#include "kt-root.h"

/* Content, permissions, owner and extended attributes; a file that does not exist is no error. */
KtBlob *kt_file_read(const KtRoot *root, const char *path, GError **error) KT_WARN_UNUSED;

/* Makes @path what @blob says, or absent when !blob->exists. */
bool kt_file_put(const KtRoot *root, const KtBlob *blob, GError **error) KT_WARN_UNUSED;

/* Removes what an interrupted kt_file_put() of @path may have left. */
bool kt_file_sweep(const KtRoot *root, const char *path, GError **error) KT_WARN_UNUSED;

/* The folder of @path as a blob: to be saved before a file is put into a folder that is not there.
 */
KtBlob *kt_file_parent(const KtRoot *root, const char *path);
