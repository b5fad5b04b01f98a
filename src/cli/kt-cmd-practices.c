/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-practices.h"

static bool
is_asked(const KtCli *cli, const char *id)
{
	return cli->n_args == 0 || kt_engine_matches((const char *const *)cli->args, id);
}

static bool
run(KtCli *cli, GError **error)
{
	g_autoptr(GPtrArray) practices = g_ptr_array_new();
	g_autoptr(GPtrArray) elsewhere = g_ptr_array_new();

	for (size_t i = 0; i < kt_n_practices; i++) {
		if (is_asked(cli, kt_practices[i]->id))
			g_ptr_array_add(practices, (void *)kt_practices[i]);
	}
	for (size_t i = 0; i < kt_n_elsewhere; i++) {
		if (is_asked(cli, kt_elsewhere[i].id))
			g_ptr_array_add(elsewhere, (void *)&kt_elsewhere[i]);
	}
	if (practices->len == 0 && !(cli->options.json && elsewhere->len))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "'kvmtune practices' lists all",
				     "no practice is called '%s'",
				     cli->args[0]);
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_practices_json(practices, elsewhere));
	else
		kt_report_practices(practices, &cli->style, cli->out);
	return true;
}

KT_COMMAND(practices) = {
	.name = "practices",
	.summary = "list what is looked for",
	.synopsis = "[ID...]",
	.description =
		"Lists the practices with the highest severity of their findings and the risk of "
		"their changes. An ID may be a pattern: 'guest.*'. With --json also those ids that "
		"are no practice of their own, and what they are instead.",
	.examples = "kvmtune practices 'guest.*'",
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_PRACTICE,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
