/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-planning.h"

#include "kt-input.h"
#include "kt-signals.h"

#include <errno.h>
#include <string.h>

/* KT_PLAN_MAX_STEPS steps of some KiB. */
#define MAX_PLAN_BYTES ((size_t)64 * 1024 * 1024)

static bool
read_options(const KtOptions *options, KtPlanOptions *ret_options, GError **error)
{
	*ret_options = (KtPlanOptions){
		.tool_version = KT_VERSION,
		.is_live_only = options->live && !options->config,
		.is_persistent_only = options->config && !options->live,
	};
	if (options->least) {
		ret_options->least = kt_severity_from_name(options->least);
		if (ret_options->least == KT_SEVERITY_N)
			return kt_throw_hint(error,
					     KT_ERROR_USAGE,
					     "critical, high, medium, low or info",
					     "--least: '%s' is no severity",
					     options->least);
	}
	if (options->max_risk) {
		ret_options->most = kt_risk_from_name(options->max_risk);
		if (ret_options->most == KT_RISK_N)
			return kt_throw_hint(error,
					     KT_ERROR_USAGE,
					     "low, medium or high",
					     "--max-risk: '%s' is no risk",
					     options->max_risk);
	}
	return true;
}

KtPlan *
kt_planning_make(KtCli *cli, bool has_guests, GError **error)
{
	KtPlanOptions options = {0};
	KtSelection selection = {0};

	if (!read_options(&cli->options, &options, error) ||
	    !kt_cli_selection(cli, has_guests, &selection, error))
		return NULL;

	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(KtAudit) audit = session ? kt_session_audit(session, &selection, error) : NULL;
	if (!audit)
		return NULL;
	kt_cli_remark_guests(cli, audit, &selection);
	return kt_plan_build(audit, &options, error);
}

KtPlan *
kt_planning_read(const char *path, GError **error)
{
	const char *what = kt_input_name(path);
	g_autoptr(KtJson) json = kt_input_read_json(path, MAX_PLAN_BYTES, error);
	KtPlan *plan = json ? kt_plan_from_json(json, error) : NULL;
	if (json && !plan)
		kt_prefix(error, "%s", what);
	if (!plan && error && !kt_error_hint(*error))
		kt_error_set_hint(*error, "plans are made by 'kvmtune plan -o FILE'");
	return plan;
}

/* GLib's message names its temporary file. */
static int
errno_of(const GError *problem)
{
	static const int numbers[] = {EACCES, EPERM, EROFS, ENOSPC, ENOENT, ENOTDIR, EISDIR};

	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		if (g_error_matches(
			    problem, G_FILE_ERROR, (int)g_file_error_from_errno(numbers[i])))
			return numbers[i];
	}
	return EIO;
}

bool
kt_planning_write(const KtPlan *plan, const char *path, GError **error)
{
	g_autoptr(KtJson) json = kt_plan_to_json(plan);
	g_autofree char *text = kt_json_print(json);
	g_autoptr(GError) problem = NULL;

	if (g_file_set_contents_full(path,
				     text,
				     (gssize)strlen(text),
				     G_FILE_SET_CONTENTS_CONSISTENT,
				     0600,
				     &problem))
		return true;
	return kt_throw_errno(error, errno_of(problem), "write '%s'", path);
}

bool
kt_planning_apply(KtCli *cli, const KtPlan *plan, uint32_t confirm_s, GError **error)
{
	const KtApplyOptions options = {
		.is_dry_run = cli->options.dry_run,
		.confirm_within_s = confirm_s,
	};
	g_autoptr(GError) problem = NULL;
	KtTxn *txn = NULL;
	KtSession *session = kt_cli_session(cli, error);

	if (!session)
		return false;
	if (!cli->options.dry_run)
		kt_signals_init(KT_INTERRUPT_CANCEL, cli->cancellable);
	bool ok = kt_session_apply(session, plan, &options, cli->cancellable, &txn, &problem);
	kt_cli_put_txn(cli, txn, problem);
	kt_txn_free(txn);
	if (!ok)
		g_propagate_error(error, g_steal_pointer(&problem));
	return ok;
}
