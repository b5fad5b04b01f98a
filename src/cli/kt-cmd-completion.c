/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-completion.h"

static bool
run(KtCli *cli, GError **error)
{
	if (kt_completion_write(cli->args[0], cli->out))
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_USAGE,
			     "bash, zsh or fish",
			     "there is no completion for '%s'",
			     cli->args[0]);
}

KT_COMMAND(completion) = {
	.name = "completion",
	.summary = "print the completion script of a shell",
	.synopsis = "bash|zsh|fish",
	.description = "Prints a script that completes verbs, options, practices, guests and "
		       "transactions.",
	.examples = ". <(kvmtune completion bash)",
	.min_args = 1,
	.max_args = 1,
	.words = "bash zsh fish",
	.complete = KT_COMPLETE_WORDS,
	.group = KT_VERB_GROUP_OTHER,
	.run = run,
};
