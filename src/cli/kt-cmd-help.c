/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-help.h"

static bool
run(KtCli *cli, GError **error)
{
	const KtCommand *command = NULL;

	if (cli->n_args == 0) {
		kt_help_program(cli->out);
		return true;
	}
	command = kt_command_find(cli->args[0]);
	if (command) {
		kt_help_command(command, cli->out);
		return true;
	}
	return kt_throw_hint(error,
			     KT_ERROR_USAGE,
			     "'kvmtune help' lists the verbs",
			     "there is no verb '%s'",
			     cli->args[0]);
}

KT_COMMAND(help) = {
	.name = "help",
	.summary = "the verbs, or what one of them does",
	.synopsis = "[VERB]",
	.description = "The same as --help, in the way of virsh.",
	.max_args = 1,
	.group = KT_VERB_GROUP_HIDDEN,
	.run = run,
};
