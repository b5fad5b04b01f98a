/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"

static bool
run(KtCli *cli, GError **error)
{
	uint32_t id = 0;
	KtTxn *txn = NULL;

	if (!kt_cli_transaction_arg(cli, &id, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	if (!session || !kt_session_confirm(session, id, &txn, error))
		return false;
	kt_cli_put_txn(cli, txn, NULL);
	kt_txn_free(txn);
	return true;
}

KT_COMMAND(confirm) = {
	.name = "confirm",
	.summary = "keep what apply --confirm-within has changed",
	.synopsis = "[TRANSACTION]",
	.description =
		"Keeps a transaction that would be undone by itself; without a number the newest "
		"unconfirmed one.",
	.max_args = 1,
	.complete = KT_COMPLETE_TRANSACTION,
	.group = KT_VERB_GROUP_CHANGE,
	.run = run,
};
