/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-txn.h"

static bool
run(KtCli *cli, GError **error)
{
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(GPtrArray) txns = session ? kt_session_recover(session, error) : NULL;

	if (!txns)
		return false;
	if (cli->options.json) {
		kt_cli_put_json(cli, kt_report_txns_json(txns));
		return true;
	}
	if (txns->len == 0)
		g_string_append(cli->out, "Nothing to recover.\n");
	for (guint i = 0; i < txns->len; i++) {
		if (i > 0)
			g_string_append_c(cli->out, '\n');
		kt_report_txn(txns->pdata[i], KT_TELLING_RUN, &cli->style, cli->out);
	}
	return true;
}

KT_COMMAND(recover) = {
	.name = "recover",
	.summary = "end what was interrupted, by putting it back",
	.description =
		"Puts back transactions that were interrupted (killed, power cut) and those whose "
		"confirmation is overdue. It may be interrupted itself and run again.",
	.group = KT_VERB_GROUP_CHANGE,
	.interrupt = KT_INTERRUPT_FINISH,
	.tells_transactions = true,
	.run = run,
};
