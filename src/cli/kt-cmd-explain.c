/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-practices.h"
#include "kt-suggest.h"

static const KtPractice *
find(const char *id, GError **error)
{
	const KtPractice *practice = kt_practice_find(id);
	const char *reason = kt_practice_retired(id);
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	if (practice)
		return practice;
	if (reason) {
		kt_throw_hint(error, KT_ERROR_USAGE, reason, "practice '%s' is no longer used", id);
		return NULL;
	}
	for (size_t i = 0; i < kt_n_practices; i++)
		g_ptr_array_add(known, (void *)kt_practices[i]->id);
	for (size_t i = 0; i < kt_n_elsewhere; i++)
		g_ptr_array_add(known, (void *)kt_elsewhere[i].id);
	const char *nearest = kt_suggest(id, known);
	g_autofree char *hint = nearest ? g_strdup_printf("did you mean '%s'?", nearest)
					: g_strdup("'kvmtune practices' lists them");
	kt_throw_hint(error, KT_ERROR_USAGE, hint, "there is no practice '%s'", id);
	return NULL;
}

/* The page is useful without the host as well. */
static KtAudit *
audit_one(KtCli *cli, const char *id)
{
	const char *const only[] = {id, NULL};
	const KtSelection selection = {.only = only};
	g_autoptr(GError) error = NULL;
	KtSession *session = kt_cli_session(cli, &error);
	KtAudit *audit = session ? kt_session_audit(session, &selection, &error) : NULL;

	if (!audit)
		kt_cli_remark(cli, "this host could not be judged: %s", error->message);
	else
		kt_cli_remark_guests(cli, audit, &selection);
	return audit;
}

static void
put_elsewhere(KtCli *cli, const KtElsewhere *row)
{
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_elsewhere_json(row));
	else
		kt_report_elsewhere(row, &cli->style, cli->out);
}

static bool
run(KtCli *cli, GError **error)
{
	const KtElsewhere *row = kt_elsewhere_find(cli->args[0]);

	if (row) {
		put_elsewhere(cli, row);
		return true;
	}

	const KtPractice *practice = find(cli->args[0], error);
	if (!practice)
		return false;

	g_autoptr(KtAudit) audit = audit_one(cli, practice->id);
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_explain_json(practice, audit));
	else
		kt_report_explain(practice, audit, &cli->style, cli->out);
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_VERBOSE,
	KT_OPTION_UNSET,
};

KT_COMMAND(explain) = {
	.name = "explain",
	.summary = "all about one practice, and what is so here",
	.synopsis = "ID",
	.description =
		"Says what is so on this host, why it matters, what it costs and when not to do "
		"it, how to check by hand, and the sources.",
	.examples = "kvmtune explain host.swappiness",
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.complete = KT_COMPLETE_PRACTICE,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
