/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What transactions did, as text and as JSON. */

#include "kt-paper.h"
#include "kt-record.h"

/* Which verb tells: what it means that nothing is known of a step depends on it. */
typedef enum KtTelling {
	KT_TELLING_UNSET = 0,
	KT_TELLING_RUN,     /* apply, undo, recover, confirm, history */
	KT_TELLING_DRY_RUN, /* nothing was written */
	KT_TELLING_VERIFY,
} KtTelling;

/* Appends the state of the transaction, what became of each step, and what to type next. The
 * record of an apply that had nothing to do has the id 0. */
void kt_report_txn(const KtTxn *txn, KtTelling telling, const KtStyle *style, GString *out);

/* Appends a table of all transactions (KtTxn *), oldest first. */
void kt_report_history(const GPtrArray *txns, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-transactions", "transactions"}; new reference. */
KtJson *kt_report_txns_json(const GPtrArray *txns);

/* {"schema_version", "kind": "kvmtune-transaction", "is_dry_run", "transaction", "error"}; both
 * @txn and @error may be NULL. New reference. */
KtJson *kt_report_txn_json(const KtTxn *txn, bool is_dry_run, const GError *error);

/* {"code", "message", "hint", "exit_status"}, null for NULL. New reference. */
KtJson *kt_report_error_json(const GError *error);

/* One line for a transaction that needs somebody, NULL for all others: "transaction 2 was
 * interrupted: run 'kvmtune recover'". Free with g_free. */
char *kt_report_txn_warning(const KtTxn *txn);
