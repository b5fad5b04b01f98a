/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-demo.h"
#include "kt-report-audit.h"
#include "kt-signals.h"

/* What is shown when --with-demo-guest found a host without guests. */
typedef struct Audited {
	KtAudit *audit;
	KtSession *session; /* of the demo guest, or NULL */
	KtDemo *demo;
} Audited;

static void
audited_clear(Audited *audited)
{
	kt_audit_free(audited->audit);
	kt_session_free(audited->session);
	kt_demo_stop(audited->demo);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Audited, audited_clear)

/* A demo guest that does not start is no reason to keep the host's audit back. */
static void
add_demo_guest(KtCli *cli, const KtSelection *selection, Audited *audited)
{
	static const char *const guests[] = {KT_DEMO_GUEST, NULL};
	KtSelection shown = *selection;
	g_autoptr(GError) error = NULL;

	/* Its rival is only there to be compared with. */
	shown.guests = guests;
	kt_signals_init(KT_INTERRUPT_CANCEL, cli->cancellable);
	kt_cli_remark(cli, "no guests here: starting a demo guest for this audit");
	audited->demo = kt_demo_start(&error);
	if (!audited->demo) {
		kt_cli_remark(cli, "no demo guest: %s", error->message);
		return;
	}
	if (g_cancellable_is_cancelled(cli->cancellable))
		return;

	const KtSessionOptions options = {
		.root = cli->options.root,
		.uri = kt_demo_uri(audited->demo),
		.state_dir = cli->options.state_dir,
		.config = cli->options.config_file,
		.is_deep = cli->options.deep,
	};
	audited->session = kt_session_new(&options, &error);
	KtAudit *audit =
		audited->session ? kt_session_audit(audited->session, &shown, &error) : NULL;
	if (!audit) {
		kt_cli_remark(cli, "demo guest: %s", error->message);
		return;
	}
	kt_audit_free(audited->audit);
	audited->audit = audit;
}

static bool
has_finding(const KtAudit *audit, KtSeverity least)
{
	for (KtSeverity s = least; least && s < KT_SEVERITY_N; s++) {
		if (audit->n_findings[s])
			return true;
	}
	return false;
}

static bool
run(KtCli *cli, GError **error)
{
	g_auto(Audited) audited = {0};
	KtSelection selection = {0};
	KtSeverity fail_on = KT_SEVERITY_UNSET;

	if (!kt_cli_selection(cli, /* has_guests= */ true, &selection, error) ||
	    !kt_parse_fail_on(cli->options.fail_on, &fail_on, error))
		return false;
	KtSession *session = kt_cli_session(cli, error);
	audited.audit = session ? kt_session_audit(session, &selection, error) : NULL;
	if (!audited.audit)
		return false;
	if (cli->options.with_demo_guest && audited.audit->facts->guests.n == 0)
		add_demo_guest(cli, &selection, &audited);
	if (g_cancellable_is_cancelled(cli->cancellable))
		return kt_throw(error, KT_ERROR_CANCELLED, "interrupted");

	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_audit_json(audited.audit));
	else
		kt_report_audit(audited.audit, &cli->style, cli->out);
	cli->status = has_finding(audited.audit, fail_on);
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_RULE,
	KT_OPTION_SKIP,
	KT_OPTION_FAIL_ON,
	KT_OPTION_VERBOSE,
	KT_OPTION_DEEP,
	KT_OPTION_IN_GUEST,
	KT_OPTION_WITH_DEMO_GUEST,
	KT_OPTION_UNSET,
};

KT_COMMAND(audit) = {
	.name = "audit",
	.summary = "judge the host and its guests, worst findings first",
	.synopsis = "[DOMAIN...]",
	.description =
		"Reads the host and its guests and says what is not as it should be, with what "
		"shows it and what to do. Guests are named by name, UUID or number, as 'virsh "
		"list' shows them; without any, all are judged. Nothing is changed.",
	.examples = "kvmtune audit\n"
		    "kvmtune audit web1 --verbose\n"
		    "kvmtune audit --json --fail-on=high >audit.json",
	.options = options,
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
