/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-demo.h"
#include "kt-report-audit.h"
#include "kt-report-plan.h"
#include "kt-report-txn.h"
#include "kt-signals.h"

/* The tour: what it has and what it shows. */
typedef struct Tour {
	KtCli *cli;
	KtSession *session;
	KtJson *json;
	unsigned n; /* stations so far */
	uint32_t txn_id;
} Tour;

/* Only the demo guest: the tour must not touch the host that it runs on. */
static const char *const practices[] = {"guest.*", NULL};
static const char *const guests[] = {KT_DEMO_GUEST, NULL};
static const KtSelection selection = {.only = practices, .guests = guests};

/* A title as the command that a person would type, and a sentence. Shown before the work. */
static bool
begin(Tour *tour, const char *command, const char *text, GError **error)
{
	KtPaper paper = kt_paper_init(tour->cli->out, &tour->cli->style);

	if (g_cancellable_is_cancelled(tour->cli->cancellable))
		return kt_throw(error, KT_ERROR_CANCELLED, "interrupted");
	tour->n++;
	if (tour->cli->options.json)
		return true;
	if (tour->n > 1)
		g_string_append_c(tour->cli->out, '\n');
	kt_paper_flow(&paper, KT_INK_HEADING, "=== %u. %s", tour->n, command);
	kt_paper_end_line(&paper);
	kt_paper_flow(&paper, KT_INK_FAINT, "%s", text);
	kt_paper_end_line(&paper);
	g_string_append_c(tour->cli->out, '\n');
	return kt_cli_flush(tour->cli, error);
}

static bool
put_txn(Tour *tour, const char *key, const KtTxn *txn, KtTelling telling, GError **error)
{
	if (tour->cli->options.json)
		kt_json_set(tour->json, key, kt_txn_to_json(txn));
	else
		kt_report_txn(txn, telling, &tour->cli->style, tour->cli->out);
	return tour->cli->options.json || kt_cli_flush(tour->cli, error);
}

static bool
show_audit(Tour *tour, GError **error)
{
	if (!begin(tour,
		   "kvmtune audit " KT_DEMO_GUEST,
		   "Reads the guest and says what is not as it should be.",
		   error))
		return false;

	g_autoptr(KtAudit) audit = kt_session_audit(tour->session, &selection, error);
	if (!audit)
		return false;
	if (tour->cli->options.json)
		kt_json_set(tour->json, "audit", kt_report_audit_json(audit));
	else
		kt_report_audit(audit, &tour->cli->style, tour->cli->out);
	return tour->cli->options.json || kt_cli_flush(tour->cli, error);
}

static KtPlan *
show_plan(Tour *tour, GError **error)
{
	const KtPlanOptions options = {.tool_version = KT_VERSION};

	if (!begin(tour,
		   "kvmtune plan " KT_DEMO_GUEST,
		   "Shows as a diff what would be written. Still nothing has changed.",
		   error))
		return NULL;

	g_autoptr(KtAudit) audit = kt_session_audit(tour->session, &selection, error);
	g_autoptr(KtPlan) plan = audit ? kt_plan_build(audit, &options, error) : NULL;
	if (!plan)
		return NULL;
	if (tour->cli->options.json)
		kt_json_set(tour->json, "plan", kt_plan_to_json(plan));
	else
		kt_report_plan(plan, &tour->cli->style, tour->cli->out);
	if (!tour->cli->options.json && !kt_cli_flush(tour->cli, error))
		return NULL;
	return g_steal_pointer(&plan);
}

static bool
show_apply(Tour *tour, const KtPlan *plan, GError **error)
{
	const KtApplyOptions options = {.is_dry_run = false};
	KtTxn *txn = NULL;

	if (!begin(tour,
		   "kvmtune apply",
		   "Writes it: first down on disk what was there before, then the change, then it is "
		   "read back.",
		   error))
		return false;

	bool ok = kt_session_apply(
		tour->session, plan, &options, tour->cli->cancellable, &txn, error);
	if (txn) {
		tour->txn_id = txn->id;
		ok = put_txn(tour, "apply", txn, KT_TELLING_RUN, ok ? error : NULL) && ok;
	}
	kt_txn_free(txn);
	return ok;
}

static bool
show_verify(Tour *tour, GError **error)
{
	if (!begin(tour, "kvmtune verify", "Reads everything again: does it still hold?", error))
		return false;

	g_autoptr(GPtrArray) txns = kt_session_verify(tour->session, /* id= */ 0, error);
	for (guint i = 0; txns && i < txns->len; i++) {
		if (!put_txn(tour, "verify", txns->pdata[i], KT_TELLING_VERIFY, error))
			return false;
	}
	return txns != NULL;
}

static bool
show_undo(Tour *tour, GError **error)
{
	KtTxn *txn = NULL;

	if (!begin(tour, "kvmtune undo", "Puts back what was there before.", error))
		return false;

	bool ok = kt_session_undo(tour->session, /* id= */ 0, /* is_dry_run= */ false, &txn, error);
	if (txn)
		ok = put_txn(tour, "undo", txn, KT_TELLING_RUN, ok ? error : NULL) && ok;
	kt_txn_free(txn);
	return ok;
}

static bool
show_all(Tour *tour, GError **error)
{
	if (!show_audit(tour, error))
		return false;

	g_autoptr(KtPlan) plan = show_plan(tour, error);
	if (!plan)
		return false;
	if (plan->n_steps == 0)
		return true;
	if (!show_apply(tour, plan, error))
		return false;
	/* A guest in which there is nothing to improve has nothing to verify either. */
	return tour->txn_id == 0 || (show_verify(tour, error) && show_undo(tour, error));
}

static void
put_end(Tour *tour)
{
	if (tour->cli->options.json) {
		kt_cli_put_json(tour->cli, json_incref(tour->json));
		return;
	}
	g_string_append(
		tour->cli->out,
		"\nThe demo guest is gone, and nothing of it is left. Now: kvmtune audit\n");
}

static bool
run(KtCli *cli, GError **error)
{
	Tour tour = {.cli = cli};

	kt_signals_init(KT_INTERRUPT_CANCEL, cli->cancellable);
	kt_cli_remark(cli, "starting the demo guest; the first time this takes some seconds");
	g_autoptr(KtDemo) demo = kt_demo_start(error);
	if (!demo)
		return false;

	const KtSessionOptions options = {
		.uri = kt_demo_uri(demo),
		.state_dir = kt_demo_state_dir(demo),
		.config = cli->options.config_file,
	};
	g_autoptr(KtSession) session = kt_session_new(&options, error);
	g_autoptr(KtJson) json = json_object();
	if (!session)
		return false;
	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-demo");
	tour.session = session;
	tour.json = json;
	if (!show_all(&tour, error))
		return false;
	put_end(&tour);
	return true;
}

KT_COMMAND(demo) = {
	.name = "demo",
	.summary = "a tour of five minutes with a guest of its own",
	.description =
		"Starts a small guest in a private folder, audits it, plans, applies, verifies, "
		"undoes, and cleans up. Needs QEMU and libvirt's driver for it, but no running "
		"libvirtd. Neither the host nor any other guest is changed.",
	.group = KT_VERB_GROUP_OTHER,
	.run = run,
};
