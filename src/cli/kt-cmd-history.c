/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-txn.h"

static bool
put_one(KtCli *cli, const GPtrArray *txns, uint32_t id, GError **error)
{
	for (guint i = 0; i < txns->len; i++) {
		const KtTxn *txn = txns->pdata[i];
		if (txn->id != id)
			continue;
		if (cli->options.json)
			kt_cli_put_json(cli,
					kt_report_txn_json(txn, /* is_dry_run= */ false, NULL));
		else
			kt_report_txn(txn, KT_TELLING_RUN, &cli->style, cli->out);
		return true;
	}
	return kt_throw_hint(error,
			     KT_ERROR_NOT_FOUND,
			     "'kvmtune history' lists the transactions",
			     "there is no transaction %u",
			     id);
}

static bool
run(KtCli *cli, GError **error)
{
	uint32_t id = 0;

	if (!kt_cli_transaction_arg(cli, &id, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(GPtrArray) txns = session ? kt_session_history(session, error) : NULL;
	if (!txns)
		return false;
	if (id)
		return put_one(cli, txns, id, error);
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_txns_json(txns));
	else
		kt_report_history(txns, &cli->style, cli->out);
	return true;
}

KT_COMMAND(history) = {
	.name = "history",
	.summary = "list transactions, or show one",
	.synopsis = "[TRANSACTION]",
	.description =
		"Lists what kvmtune has changed on this host, oldest first; with a number, every "
		"step of that transaction. Reads the journals only.",
	.max_args = 1,
	.complete = KT_COMPLETE_TRANSACTION,
	.group = KT_VERB_GROUP_CHANGE,
	.tells_transactions = true,
	.run = run,
};
