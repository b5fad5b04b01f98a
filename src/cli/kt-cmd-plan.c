/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-planning.h"
#include "kt-report-plan.h"

static bool
run(KtCli *cli, GError **error)
{
	const char *path = cli->options.output;
	bool is_stdout = path && g_str_equal(path, "-");
	g_autoptr(KtPlan) plan = kt_planning_make(cli, /* has_guests= */ true, error);

	if (!plan)
		return false;
	if (path && !is_stdout && !kt_planning_write(plan, path, error))
		return false;
	if (cli->options.json || is_stdout) {
		kt_cli_put_json(cli, kt_plan_to_json(plan));
		return true;
	}
	kt_report_plan(plan, &cli->style, cli->out);
	if (plan->n_steps == 0)
		return true;
	if (path)
		g_string_append_printf(cli->out, "\nNext: kvmtune apply %s\n", path);
	else
		g_string_append(cli->out,
				"\nNext: kvmtune apply (asks first), or plan -o FILE, review, and "
				"apply FILE\n");
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_OUTPUT,
	KT_OPTION_LIVE,
	KT_OPTION_CONFIG,
	KT_OPTION_RULE,
	KT_OPTION_SKIP,
	KT_OPTION_LEAST,
	KT_OPTION_MAX_RISK,
	KT_OPTION_IN_GUEST,
	KT_OPTION_UNSET,
};

KT_COMMAND(plan) = {
	.name = "plan",
	.summary = "show as a diff what would be changed",
	.synopsis = "[DOMAIN...]",
	.description =
		"Audits, and shows what apply would write, where, and when it takes effect. With "
		"-o the plan is saved as JSON: to be reviewed, kept, and applied exactly as it "
		"stands. Nothing is changed.",
	.examples = "kvmtune plan\n"
		    "kvmtune plan --rule 'host.*' --max-risk low -o host.plan\n"
		    "kvmtune apply host.plan",
	.options = options,
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_CHANGE,
	.run = run,
};
