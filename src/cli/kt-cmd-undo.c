/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"

static bool
run(KtCli *cli, GError **error)
{
	g_autoptr(GError) problem = NULL;
	uint32_t id = 0;
	KtTxn *txn = NULL;

	if (!kt_cli_transaction_arg(cli, &id, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	if (!session)
		return false;
	bool ok = kt_session_undo(session, id, cli->options.dry_run, &txn, &problem);
	if (txn || ok)
		kt_cli_put_txn(cli, txn, problem);
	kt_txn_free(txn);
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&problem));
	return ok;
}

static const KtOptionId options[] = {
	KT_OPTION_DRY_RUN,
	KT_OPTION_UNSET,
};

KT_COMMAND(undo) = {
	.name = "undo",
	.summary = "put back what a transaction has changed",
	.synopsis = "[TRANSACTION]",
	.description =
		"Restores what was there before, of any past transaction; without a number of the "
		"newest applied one. What somebody else changed since then is left alone and "
		"reported.",
	.examples = "kvmtune undo --dry-run\n"
		    "kvmtune undo 3",
	.options = options,
	.max_args = 1,
	.complete = KT_COMPLETE_TRANSACTION,
	.group = KT_VERB_GROUP_CHANGE,
	.interrupt = KT_INTERRUPT_FINISH,
	.run = run,
};
