/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-txn.h"

/* What is not as it was left. Waiting for a boot, or having ended with a guest, is no difference.
 */
static bool
is_different(const KtTxn *txn)
{
	return kt_txn_count(txn, KT_OUTCOME_DIFFERS) + kt_txn_count(txn, KT_OUTCOME_UNREADABLE) > 0;
}

static bool
run(KtCli *cli, GError **error)
{
	uint32_t id = 0;

	if (!kt_cli_transaction_arg(cli, &id, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(GPtrArray) txns = session ? kt_session_verify(session, id, error) : NULL;
	if (!txns)
		return false;

	for (guint i = 0; i < txns->len; i++) {
		if (is_different(txns->pdata[i]))
			cli->status = 1;
		if (cli->options.json)
			continue;
		if (i > 0)
			g_string_append_c(cli->out, '\n');
		kt_report_txn(txns->pdata[i], KT_TELLING_VERIFY, &cli->style, cli->out);
	}
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_txns_json(txns));
	else if (txns->len == 0)
		g_string_append(cli->out, "Nothing is applied, so there is nothing to verify.\n");
	return true;
}

KT_COMMAND(verify) = {
	.name = "verify",
	.summary = "read back what was applied: does it still hold?",
	.synopsis = "[TRANSACTION]",
	.description =
		"Reads every value that applied transactions left, and says where it differs now. "
		"Exit status 1 when something differs or cannot be read. Nothing is changed.",
	.max_args = 1,
	.complete = KT_COMPLETE_TRANSACTION,
	.group = KT_VERB_GROUP_CHANGE,
	.run = run,
};
