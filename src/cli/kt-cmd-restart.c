/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-restart.h"
#include "kt-session-restart.h"
#include "kt-signals.h"

/* As libvirt-guests gives a guest when its host goes down (SHUTDOWN_TIMEOUT). */
#define DEFAULT_TIMEOUT_S 300
/* A guest that needs longer installs updates or hangs: somebody has to look. */
#define MAX_TIMEOUT_S 3600

static bool
read_options(const KtOptions *options, KtRestartOptions *ret_options, GError **error)
{
	*ret_options = (KtRestartOptions){
		.timeout_s = DEFAULT_TIMEOUT_S,
		.is_forced = options->force,
	};
	if (g_strcmp0(options->mode, "agent") == 0)
		ret_options->mode = KT_SHUTDOWN_MODE_AGENT;
	else if (g_strcmp0(options->mode, "acpi") == 0)
		ret_options->mode = KT_SHUTDOWN_MODE_ACPI;
	else if (options->mode)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "acpi or agent; without it the agent when there is one",
				     "--mode: '%s' is no way to shut down",
				     options->mode);
	return !options->timeout || kt_parse_duration(options->timeout,
						      "--timeout",
						      MAX_TIMEOUT_S,
						      &ret_options->timeout_s,
						      error);
}

static void
put_plan(KtCli *cli, const GPtrArray *list, const KtRestartOptions *options)
{
	for (guint i = 0; i < list->len; i++)
		kt_report_restart_plan(list->pdata[i],
				       options->timeout_s,
				       options->is_forced,
				       &cli->style,
				       cli->out);
}

/* One after the other; the first that does not go well is the last. */
static bool
restart_all(KtCli *cli, const GPtrArray *list, const KtRestartOptions *options, GError **error)
{
	for (guint i = 0; i < list->len; i++) {
		KtRestart *restart = list->pdata[i];
		kt_cli_remark(cli, "%s: waiting for it to shut down", restart->name);
		bool ok =
			kt_session_restart(cli->session, restart, options, cli->cancellable, error);
		if (!cli->options.json) {
			kt_report_restart(restart, &cli->style, cli->out);
			ok = kt_cli_flush(cli, ok ? error : NULL) && ok;
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool
confirm(KtCli *cli, const GPtrArray *list, bool *ret_yes, GError **error)
{
	g_autofree char *question =
		list->len == 1 ? g_strdup("Restart it?")
			       : g_strdup_printf("Restart these %u guests?", list->len);

	*ret_yes = cli->options.yes;
	return cli->options.yes || kt_cli_ask(cli, question, ret_yes, error);
}

static bool
run(KtCli *cli, GError **error)
{
	KtRestartOptions options = {0};
	g_autoptr(GError) problem = NULL;
	bool is_wanted = false;

	if (!read_options(&cli->options, &options, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(GPtrArray) list =
		session ? kt_session_restart_look(
				  session, (const char *const *)cli->args, &options, error)
			: NULL;
	if (!list)
		return false;
	if (!cli->options.json)
		put_plan(cli, list, &options);
	if (cli->options.dry_run) {
		if (cli->options.json)
			kt_cli_put_json(cli, kt_report_restarts_json(list, true, NULL));
		else
			g_string_append(cli->out, "Nothing was done (--dry-run).\n");
		return true;
	}
	if (!confirm(cli, list, &is_wanted, error))
		return false;
	if (!is_wanted) {
		g_string_append(cli->out, "Nothing was done.\n");
		return true;
	}
	if (!cli->options.json && !kt_cli_flush(cli, error))
		return false;

	kt_signals_init(KT_INTERRUPT_CANCEL, cli->cancellable);
	bool ok = restart_all(cli, list, &options, &problem);
	if (cli->options.json) {
		kt_cli_put_json(cli, kt_report_restarts_json(list, false, problem));
		cli->has_told_error = problem != NULL;
	}
	if (problem)
		g_propagate_error(error, g_steal_pointer(&problem));
	return ok;
}

static const KtOptionId options[] = {
	KT_OPTION_TIMEOUT,
	KT_OPTION_MODE,
	KT_OPTION_FORCE,
	KT_OPTION_YES,
	KT_OPTION_DRY_RUN,
	KT_OPTION_UNSET,
};

KT_COMMAND(restart) = {
	.name = "restart",
	.summary = "shut guests down and start them as defined",
	.synopsis = "DOMAIN...",
	.description =
		"Makes true what waits for a guest's next start: says what that is, asks the guest "
		"to shut down, waits, starts it and reads back. A guest that does not go down is "
		"left alone. One that would not start again, has a saved state, is transient or "
		"busy with a job is refused; if its definition does not start after all, it runs "
		"again as before. Status 3: refused or still running; 5: runs as before; 6: is off.",
	.examples = "kvmtune restart web1\n"
		    "kvmtune restart web1 db1 --mode acpi --timeout 2m --yes\n"
		    "kvmtune restart web1 --dry-run",
	.options = options,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_CHANGE,
	.run = run,
};
