/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-status.h"

static bool
run(KtCli *cli, GError **error)
{
	/* No practice has an empty id: facts without judgement. */
	const char *const none[] = {"", NULL};
	const KtSelection selection = {.only = none};
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(KtAudit) audit = session ? kt_session_audit(session, &selection, error) : NULL;
	g_autoptr(GError) problem = NULL;

	if (!audit)
		return false;

	g_autoptr(GPtrArray) txns = kt_session_history(session, &problem);
	if (!txns && !g_error_matches(problem, KT_ERROR, KT_ERROR_DENIED)) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}

	/* What cannot be read back is no reason to say nothing. */
	g_autoptr(GPtrArray) verified = txns ? kt_session_verify(session, 0, NULL) : NULL;
	const KtStatus status = {
		.facts = audit->facts,
		.policy = kt_session_policy(session),
		.txns = txns,
		.verified = verified,
	};
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_status_json(&status));
	else
		kt_report_status(&status, &cli->style, cli->out);
	return true;
}

KT_COMMAND(status) = {
	.name = "status",
	.summary = "the host, its classes, and open transactions",
	.description =
		"Shows topology, workload classes, guests, other programs that tune this host, "
		"transactions that are open, unconfirmed or applied, and how many of their "
		"changes are in force, waiting, or no longer as applied.",
	.group = KT_VERB_GROUP_LOOK,
	.tells_transactions = true,
	.run = run,
};
