/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"

/* A person waits for it with a finger on the tabulator. */
#define DEADLINE_MS 2000

static bool
put_domains(KtCli *cli, GError **error)
{
	const char *const none[] = {"", NULL};
	const KtSelection selection = {.only = none};
	g_autoptr(KtAudit) audit = kt_session_audit(cli->session, &selection, error);

	for (uint32_t i = 0; audit && i < audit->facts->guests.n; i++) {
		const KtGuest *guest = &audit->facts->guests.v[i];
		if (kt_known(guest->name))
			g_string_append_printf(cli->out, "%s\n", guest->name.v);
	}
	return audit != NULL;
}

static bool
put_transactions(KtCli *cli, GError **error)
{
	g_autoptr(GPtrArray) txns = kt_session_history(cli->session, error);

	for (guint i = 0; txns && i < txns->len; i++) {
		const KtTxn *txn = txns->pdata[i];
		g_string_append_printf(cli->out, "%u\n", txn->id);
	}
	return txns != NULL;
}

static bool
run(KtCli *cli, GError **error)
{
	const KtSessionOptions options = {
		.root = cli->options.root,
		.uri = cli->options.connect,
		.state_dir = cli->options.state_dir,
		.deadline_ms = DEADLINE_MS,
	};

	cli->session = kt_session_new(&options, error);
	if (!cli->session)
		return false;
	if (g_str_equal(cli->args[0], "domains"))
		return put_domains(cli, error);
	if (g_str_equal(cli->args[0], "transactions"))
		return put_transactions(cli, error);
	return kt_throw(error, KT_ERROR_USAGE, "'%s' cannot be completed", cli->args[0]);
}

KT_COMMAND(complete) = {
	.name = "complete",
	.summary = "names for the completion of a shell",
	.synopsis = "domains|transactions",
	.description = "Prints one name a line.",
	.min_args = 1,
	.max_args = 1,
	.group = KT_VERB_GROUP_HIDDEN,
	.tells_transactions = true,
	.run = run,
};
