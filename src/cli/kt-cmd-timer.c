/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"

static bool
run(KtCli *cli, GError **error)
{
	uint32_t id = 0;

	if (!kt_cli_transaction_arg(cli, &id, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	return session && kt_session_wait_confirm(session, id, error);
}

KT_COMMAND(timer) = {
	.name = "timer",
	.summary = "undo a transaction at its deadline",
	.synopsis = "TRANSACTION",
	.description = "Started by apply --confirm-within.",
	.min_args = 1,
	.max_args = 1,
	.group = KT_VERB_GROUP_HIDDEN,
	.tells_transactions = true,
	.run = run,
};
