/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-completion.h"
#include "kt-report-audit.h"

static bool
run(KtCli *cli, GError **error)
{
	g_autoptr(GString) script = g_string_new(NULL);

	if (!kt_completion_write(cli->args[0], script))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "bash, zsh or fish",
				     "there is no completion for '%s'",
				     cli->args[0]);
	if (!cli->options.json) {
		g_string_append_len(cli->out, script->str, (gssize)script->len);
		return true;
	}

	KtJson *json = json_object();
	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-completion");
	kt_json_set_str(json, "shell", cli->args[0]);
	kt_json_set_str(json, "script", script->str);
	kt_cli_put_json(cli, json);
	return true;
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
