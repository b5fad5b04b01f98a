/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-txn.h"
#include "kt-session-restart.h"

static void
put_json(KtCli *cli, const GPtrArray *txns, const GPtrArray *started)
{
	KtJson *json = kt_report_txns_json(txns);
	KtJson *names = json_array();

	for (guint i = 0; i < started->len; i++)
		kt_json_append_str(names, started->pdata[i]);
	kt_json_set(json, "guests_started", names);
	kt_cli_put_json(cli, json);
}

static bool
run(KtCli *cli, GError **error)
{
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(GPtrArray) txns = session ? kt_session_recover(session, error) : NULL;
	g_autoptr(GPtrArray) started = txns ? kt_session_restart_recover(session, error) : NULL;

	if (!started)
		return false;
	if (cli->options.json) {
		put_json(cli, txns, started);
		return true;
	}
	if (txns->len == 0 && started->len == 0)
		g_string_append(cli->out, "Nothing to recover.\n");
	for (guint i = 0; i < started->len; i++)
		g_string_append_printf(cli->out,
				       "%s: its restart was interrupted; it was started.\n",
				       (const char *)started->pdata[i]);
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
		"confirmation is overdue, and starts guests that 'kvmtune restart' had shut down "
		"when it was killed. It may be interrupted itself and run again.",
	.group = KT_VERB_GROUP_CHANGE,
	.interrupt = KT_INTERRUPT_FINISH,
	.tells_transactions = true,
	.run = run,
};
