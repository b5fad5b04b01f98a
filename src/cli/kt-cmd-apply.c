/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-planning.h"
#include "kt-report-plan.h"

/* A day: who has not confirmed by then has gone home. */
#define MAX_CONFIRM_S (24 * 60 * 60)

/* A plan from a file was reviewed; one made just now is shown, and asked about. */
static bool
is_wanted(KtCli *cli, const KtPlan *plan, bool *ret_wanted, GError **error)
{
	bool is_reviewed = cli->n_args > 0 || cli->options.yes || cli->options.dry_run;

	*ret_wanted = true;
	if (is_reviewed || plan->n_steps == 0)
		return true;
	if (!cli->options.json) {
		kt_report_plan(plan, &cli->style, cli->out);
		g_string_append_c(cli->out, '\n');
	}

	g_autofree char *touches = kt_report_plan_touches(plan);
	g_autofree char *question = g_strdup_printf("Change %s?", touches);
	return kt_cli_ask(cli, question, ret_wanted, error);
}

static bool
run(KtCli *cli, GError **error)
{
	const char *path = cli->n_args ? cli->args[0] : NULL;
	uint32_t confirm_s = 0;
	bool is_yes = false;

	if (cli->options.confirm_within && !kt_parse_duration(cli->options.confirm_within,
							      "--confirm-within",
							      MAX_CONFIRM_S,
							      &confirm_s,
							      error))
		return false;

	g_autoptr(KtPlan) plan = path ? kt_planning_read(path, error)
				      : kt_planning_make(cli, /* has_guests= */ false, error);
	if (!plan || !is_wanted(cli, plan, &is_yes, error))
		return false;
	if (!is_yes)
		return kt_throw(error, KT_ERROR_CANCELLED, "nothing was changed");
	return kt_planning_apply(cli, plan, confirm_s, error);
}

static const KtOptionId options[] = {
	KT_OPTION_YES,
	KT_OPTION_DRY_RUN,
	KT_OPTION_CONFIRM_WITHIN,
	KT_OPTION_LIVE,
	KT_OPTION_CONFIG,
	KT_OPTION_RULE,
	KT_OPTION_SKIP,
	KT_OPTION_LEAST,
	KT_OPTION_MAX_RISK,
	KT_OPTION_IN_GUEST,
	KT_OPTION_UNSET,
};

KT_COMMAND(apply) = {
	.name = "apply",
	.summary = "carry out a plan; all of it can be undone",
	.synopsis = "[FILE|-]",
	.description =
		"Carries out the plan in FILE, or makes one now, shows it and asks. What was there "
		"is on disk before anything is written; a group that fails is put back. A plan "
		"that the machine no longer fits is refused. No guest is stopped.",
	.examples = "kvmtune apply\n"
		    "kvmtune apply host.plan --confirm-within 2m\n"
		    "kvmtune plan --json | kvmtune apply -",
	.options = options,
	.max_args = 1,
	.complete = KT_COMPLETE_FILE,
	.group = KT_VERB_GROUP_CHANGE,
	.run = run,
};
