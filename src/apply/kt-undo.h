/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Undo of a past transaction, recovery of an interrupted one, and looking at what still holds.
 *
 * The caller holds the lock for the functions that write.
 */

#include "kt-log.h"
#include "kt-machine.h"

/* Puts back what @log changed, whatever came after it. Writes, but nothing when a before-image is
 * damaged. Errors: INCOMPLETE, JOURNAL. The record is given in any case. */
bool kt_undo_run(KtMachine *machine, KtLog *log, KtTxn **ret_txn, GError **error) KT_WARN_UNUSED;

/* Was a step left to somebody else? Undoing again looks whether it still is theirs. */
bool kt_undo_has_foreign(const KtLog *log);

/* Is there a step that could not be put back? */
bool kt_undo_is_stuck(const KtLog *log);

/* Tries such steps again; what stands of a transaction that ended goes on standing. Writes. Errors:
 * INCOMPLETE. The record is given in any case. */
bool kt_undo_retry(KtMachine *machine, KtLog *log, KtTxn **ret_txn, GError **error) KT_WARN_UNUSED;

/* What kt_undo_run() would do. Reads only. */
KtTxn *kt_undo_preview(KtMachine *machine, KtLog *log);

/* Needs recovery: interrupted, or its confirmation is overdue? */
bool kt_undo_is_due(const KtMachine *machine, const KtLog *log);

/* Compares every step with what the transaction left. Steps for which @is_superseded says true are
 * left UNSET. Reads only. */
KtTxn *kt_undo_verify(KtMachine *machine, KtLog *log,
		      bool (*is_superseded)(const KtStep *step, void *data), void *data);
