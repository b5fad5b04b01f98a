/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * /var/lib/kvmtune: the lock and one folder per transaction.
 *
 *   lock              flock(2) of whoever changes the machine; its text names the owner
 *   txn/000007/       plan.json, journal, before/
 *   txn/000008.new/   a transaction that was killed before its journal existed; ignored, swept
 *
 * Everything is 0700/0600: before-images may hold secrets. The kernel drops the lock when its
 * owner dies, so a dead holder never blocks anybody.
 */

#include "kt-error.h"

#include <stdint.h>

typedef struct KtStateDir KtStateDir;

/* Opens @path; with @create it and its parents are made. Without, a folder that does not exist is
 * a state directory with no transactions. Errors: DENIED, IO. */
KtStateDir *kt_state_dir_open(const char *path, bool create, GError **error) KT_WARN_UNUSED;

/* Releases the lock, too. */
void kt_state_dir_free(KtStateDir *dir);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtStateDir, kt_state_dir_free)

/* The path that it was opened with (borrowed). */
const char *kt_state_dir_path(const KtStateDir *dir);

/* Takes the lock, waiting up to @wait_ms. Error BUSY names the owner. */
bool kt_state_dir_lock(KtStateDir *dir, uint32_t wait_ms, GError **error) KT_WARN_UNUSED;

/* Does somebody else hold the lock now? False when that cannot be told. */
bool kt_state_dir_is_busy(const KtStateDir *dir);

/* The descriptor that holds the lock (borrowed); -1 = not locked. Who inherits it holds it, too. */
int kt_state_dir_lock_fd(const KtStateDir *dir);

/* Ids of all transactions, ascending (uint32_t). */
GArray *kt_state_dir_list(const KtStateDir *dir, GError **error) KT_WARN_UNUSED;

/* Opens the folder of transaction @id; -1 with an error (NOT_FOUND) when there is none. */
int kt_state_dir_open_txn(const KtStateDir *dir, uint32_t id, GError **error) KT_WARN_UNUSED;

/* Makes "txn/NNNNNN.new"; @ret_id is its number, one above the highest. Needs the lock. */
int kt_state_dir_begin_txn(KtStateDir *dir, uint32_t *ret_id, GError **error) KT_WARN_UNUSED;

/* Renames "txn/NNNNNN.new" to "txn/NNNNNN", durably: from here on the transaction exists. */
bool kt_state_dir_publish_txn(KtStateDir *dir, uint32_t id, GError **error) KT_WARN_UNUSED;

/* Removes every "*.new" folder. Needs the lock. */
bool kt_state_dir_sweep(KtStateDir *dir, GError **error) KT_WARN_UNUSED;
