/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-help.h"
#include "kt-output.h"
#include "kt-report-audit.h"
#include "kt-report-txn.h"
#include "kt-signals.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

static bool
throw_unknown_verb(GError **error, const char *name)
{
	const char *nearest = kt_command_suggest(name);
	g_autofree char *hint = nearest ? g_strdup_printf("did you mean '%s'?", nearest)
					: g_strdup("'kvmtune --help' lists the verbs");

	return kt_throw_hint(error, KT_ERROR_USAGE, hint, "there is no verb '%s'", name);
}

static bool
check_args(const KtCli *cli, GError **error)
{
	const KtCommand *command = cli->command;
	g_autofree char *hint = g_strdup_printf("see 'kvmtune %s --help'", command->name);

	if (cli->n_args < command->min_args)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     hint,
				     "%s wants %s",
				     command->name,
				     command->synopsis);
	if (cli->n_args > command->max_args)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     hint,
				     "'%s' is one argument too many for %s",
				     cli->args[command->max_args],
				     command->name);
	return true;
}

static bool
set_style(KtCli *cli, GError **error)
{
	cli->style.width = kt_output_width();
	cli->style.is_verbose = cli->options.verbose;
	return kt_output_wants_colour(cli->options.color, &cli->style.is_colour, error) &&
	       kt_output_set_debug(cli->options.debug, error);
}

/* Without a verb: help and version are results, nothing at all is a mistake. */
static bool
run_without_verb(KtCli *cli, const char *const *argv, GError **error)
{
	if (!kt_options_parse(&cli->options, argv, NULL, &cli->args, error))
		return false;
	if (cli->options.version) {
		g_string_append(cli->out, KT_PROGRAM " " KT_VERSION "\n");
		return true;
	}
	if (cli->options.help) {
		kt_help_program(cli->out);
		return true;
	}
	return kt_throw_hint(error, KT_ERROR_USAGE, "see 'kvmtune --help'", "a verb is missing");
}

static bool
run_verb(KtCli *cli, const char *const *argv, size_t verb, GError **error)
{
	g_autoptr(GPtrArray) rest = g_ptr_array_new();

	cli->command = kt_command_find(argv[verb]);
	if (!cli->command)
		return throw_unknown_verb(error, argv[verb]);
	for (size_t i = 0; argv[i]; i++) {
		if (i != verb)
			g_ptr_array_add(rest, (void *)argv[i]);
	}
	g_ptr_array_add(rest, NULL);
	if (!kt_options_parse(&cli->options,
			      (const char *const *)rest->pdata,
			      cli->command->options,
			      &cli->args,
			      error))
		return false;
	if (cli->options.help) {
		kt_help_command(cli->command, cli->out);
		return true;
	}
	if (cli->options.version) {
		g_string_append(cli->out, KT_PROGRAM " " KT_VERSION "\n");
		return true;
	}
	cli->n_args = g_strv_length(cli->args);
	if (!check_args(cli, error) || !set_style(cli, error))
		return false;
	kt_signals_init(cli->command->interrupt, cli->cancellable);
	return cli->command->run(cli, error);
}

/* When the command line itself is wrong, nobody has read --json yet. */
static bool
wants_json(const KtCli *cli, const char *const *argv)
{
	for (size_t i = 0; argv[i] && !g_str_equal(argv[i], "--"); i++) {
		if (g_str_equal(argv[i], "--json"))
			return true;
	}
	return cli->options.json;
}

static void
tell_error(KtCli *cli, const char *const *argv, const GError *error)
{
	kt_output_error(error);
	if (!wants_json(cli, argv) || cli->has_told_error)
		return;

	KtJson *json = json_object();
	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-error");
	kt_json_set(json, "error", kt_report_error_json(error));
	g_string_truncate(cli->out, 0);
	kt_cli_put_json(cli, json);
}

static int
run(KtCli *cli, const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GError) output_error = NULL;
	size_t verb = 0;
	bool ok = kt_options_find_verb(argv, &verb, &error);

	if (ok)
		ok = argv[verb] ? run_verb(cli, argv, verb, &error)
				: run_without_verb(cli, argv, &error);
	if (!ok)
		tell_error(cli, argv, error);

	int status = ok ? cli->status : kt_error_exit_status(error);
	if (kt_cli_flush(cli, &output_error))
		return status;
	/* What happened to the machine matters more than that nobody could read it. */
	kt_output_error(output_error);
	return status ? status : kt_error_exit_status(output_error);
}

int
main(int argc, char **argv)
{
	KtCli cli = {0};

	kt_output_init();
	/* Widths of characters; messages stay as they are, and numbers keep their points. */
	if (!setlocale(LC_CTYPE, "") || !g_get_charset(NULL))
		(void)setlocale(LC_CTYPE, "C.UTF-8");
	cli.out = g_string_new(NULL);
	cli.cancellable = g_cancellable_new();

	int status = run(&cli, (const char *const *)argv + (argc > 0));

	kt_session_free(cli.session);
	g_object_unref(cli.cancellable);
	g_string_free(cli.out, TRUE);
	g_strfreev(cli.args);
	kt_options_clear(&cli.options);
	/* Threads of libvirt (its event loop, guests of the embedded driver) may still run: what
	 * exit(3) would tear down under them is left to the kernel. All output is flushed above. */
	(void)fflush(NULL);
	_exit(status);
}
