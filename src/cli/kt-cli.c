/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-output.h"
#include "kt-report-txn.h"
#include "kt-session-restart.h"
#include "kt-suggest.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* An hour: libvirt that needs longer hangs. */
#define MAX_DEADLINE_S 3600

void
kt_cli_remark(const KtCli *cli, const char *format, ...)
{
	va_list args;

	if (cli->options.quiet)
		return;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	kt_output_message(text);
}

void
kt_cli_remark_guests(const KtCli *cli, const KtAudit *audit, const KtSelection *selection)
{
	bool is_wanted = false;

	for (size_t i = 0; i < kt_n_practices; i++)
		is_wanted |= kt_practices[i]->scope >= KT_SCOPE_GUEST &&
			     (!selection->only ||
			      kt_engine_matches(selection->only, kt_practices[i]->id));
	if (is_wanted && kt_known(audit->facts->meta.libvirt_problem))
		kt_cli_remark(cli, "the guests could not be read: 'kvmtune status' says why");
}

bool
kt_cli_flush(KtCli *cli, GError **error)
{
	bool ok = kt_output_write(cli->out->str, cli->out->len, error);

	g_string_truncate(cli->out, 0);
	return ok;
}

void
kt_cli_put_json(KtCli *cli, KtJson *json)
{
	g_autofree char *text = kt_json_print(json);

	g_string_append(cli->out, text);
	json_decref(json);
}

/* Another host's files do not belong to the guests of this one's libvirt. */
static const char *
default_uri(const KtOptions *options)
{
	const char *virsh = g_getenv("VIRSH_DEFAULT_CONNECT_URI");

	if (options->connect)
		return options->connect;
	if (options->root && !g_str_equal(options->root, "/"))
		return "";
	return virsh && *virsh ? virsh : NULL;
}

/* Reading the journals is cheap; what cannot be read (no root) is no reason to stop. */
static void
warn_of_transactions(KtCli *cli)
{
	g_autoptr(GPtrArray) txns = kt_session_history(cli->session, NULL);

	for (guint i = 0; txns && i < txns->len; i++) {
		g_autofree char *warning = kt_report_txn_warning(txns->pdata[i]);
		if (warning)
			kt_output_message(warning);
	}

	g_autoptr(GPtrArray) lost = kt_session_restart_lost(cli->session);
	for (guint i = 0; i < lost->len; i++) {
		g_autofree char *name = kt_text_clean(lost->pdata[i]);
		g_autofree char *warning = g_strdup_printf(
			"the restart of '%s' was interrupted: run 'kvmtune recover'", name);
		kt_output_message(warning);
	}
}

KtSession *
kt_cli_session(KtCli *cli, GError **error)
{
	uint32_t deadline_s = 0;

	if (cli->session)
		return cli->session;
	if (cli->options.deadline &&
	    !kt_parse_duration(
		    cli->options.deadline, "--deadline", MAX_DEADLINE_S, &deadline_s, error))
		return NULL;

	const KtSessionOptions options = {
		.root = cli->options.root,
		.uri = default_uri(&cli->options),
		.state_dir = cli->options.state_dir,
		.config = cli->options.config_file,
		.is_deep = cli->options.deep,
		.is_inside = cli->options.in_guest,
		.deadline_ms = deadline_s * 1000,
	};
	cli->session = kt_session_new(&options, error);
	if (cli->session && !cli->command->tells_transactions)
		warn_of_transactions(cli);
	return cli->session;
}

static bool
check_ids(char **ids, const char *option, GError **error)
{
	g_autoptr(GPtrArray) known = g_ptr_array_new();

	for (size_t i = 0; i < kt_n_practices; i++)
		g_ptr_array_add(known, (void *)kt_practices[i]->id);
	for (size_t i = 0; ids && ids[i]; i++) {
		const char *const pattern[] = {ids[i], NULL};
		bool is_hit = false;
		for (guint j = 0; j < known->len; j++)
			is_hit |= kt_engine_matches(pattern, known->pdata[j]);
		if (is_hit)
			continue;
		const char *nearest = kt_suggest(ids[i], known);
		g_autofree char *hint = nearest ? g_strdup_printf("did you mean '%s'?", nearest)
						: g_strdup("'kvmtune practices' lists them");
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     hint,
				     "%s: there is no practice '%s'",
				     option,
				     ids[i]);
	}
	return true;
}

bool
kt_cli_selection(KtCli *cli, bool has_guests, KtSelection *ret_selection, GError **error)
{
	if (!check_ids(cli->options.rules, "--rule", error) ||
	    !check_ids(cli->options.skip, "--skip", error))
		return false;

	*ret_selection = (KtSelection){
		.only = (const char *const *)cli->options.rules,
		.skip = (const char *const *)cli->options.skip,
		.guests = has_guests && cli->n_args ? (const char *const *)cli->args : NULL,
	};
	return true;
}

bool
kt_cli_transaction_arg(const KtCli *cli, uint32_t *ret_id, GError **error)
{
	guint64 number = 0;

	if (cli->n_args > 0 &&
	    !g_ascii_string_to_unsigned(cli->args[0], 10, 1, UINT32_MAX, &number, NULL))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "'kvmtune history' lists the transactions",
				     "'%s' is no number of a transaction",
				     cli->args[0]);
	*ret_id = (uint32_t)number;
	return true;
}

bool
kt_cli_ask(KtCli *cli, const char *question, bool *ret_yes, GError **error)
{
	char answer[16] = "";

	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO) || cli->options.json)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "say --yes to go ahead, or --dry-run to only check",
				     "there is no terminal to ask on");
	if (!kt_cli_flush(cli, error))
		return false;
	(void)fprintf(stderr, "%s [y/N] ", question);
	if (!fgets(answer, sizeof(answer), stdin))
		(void)fputc('\n', stderr);
	g_strstrip(answer);
	*ret_yes = g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0;
	return true;
}

void
kt_cli_put_txn(KtCli *cli, const KtTxn *txn, const GError *error)
{
	bool is_dry_run = cli->options.dry_run;

	if (cli->options.json) {
		kt_cli_put_json(cli, kt_report_txn_json(txn, is_dry_run, error));
		cli->has_told_error = error != NULL;
		return;
	}
	if (!txn)
		return;
	kt_report_txn(txn, is_dry_run ? KT_TELLING_DRY_RUN : KT_TELLING_RUN, &cli->style, cli->out);
}
