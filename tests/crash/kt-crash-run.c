/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/*
 * The engine behind the verbs of kvmtune, with as few system calls around it as there can be: what
 * the sweeps run. README.md in this folder shows how.
 *
 *   kt-crash-run [--root DIR] [--state-dir DIR] [-c URI] VERB...
 *
 * Every line of output is one fact:
 *   txn 3 applied               state of a transaction
 *   step 3.1 restored 10        outcome of its step 1, and what the place holds now
 *   error stale: step 1: ...    at most one, the last line
 *
 * The exit status is kvmtune's. The transactions are those that the verb acted on.
 */

#include "kt-session.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define USAGE                                                                                      \
	"usage: kt-crash-run [--root DIR] [--state-dir DIR] [-c URI]\n"                            \
	"         apply PLAN [--confirm-within SECONDS] | confirm ID | undo ID | recover |\n"      \
	"         settle | status | verify | timer ID\n"

static void
print_txn(const KtTxn *txn)
{
	printf("txn %u %s\n", txn->id, kt_txn_state_name(txn->state));
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		const KtStepRecord *record = &txn->steps[i];
		g_autofree char *now = record->now ? g_strescape(record->now, NULL) : NULL;
		g_autofree char *detail = record->detail ? g_strescape(record->detail, NULL) : NULL;
		printf("step %u.%u %s %s%s%s\n",
		       txn->id,
		       record->step->id,
		       record->outcome ? kt_outcome_name(record->outcome) : "-",
		       now ? now : "-",
		       detail ? ": " : "",
		       detail ? detail : "");
	}
}

static bool
print_all(GPtrArray *txns)
{
	for (guint i = 0; txns && i < txns->len; i++)
		print_txn(txns->pdata[i]);
	if (txns)
		g_ptr_array_unref(txns);
	return txns != NULL;
}

static bool
print_one(bool ok, KtTxn *txn)
{
	if (txn)
		print_txn(txn);
	kt_txn_free(txn);
	return ok;
}

static KtPlan *
read_plan(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &text, &length, error))
		return NULL;
	g_autoptr(KtJson) json = kt_json_parse(text, length, "plan", error);
	return json ? kt_plan_from_json(json, error) : NULL;
}

static bool
run_apply(KtSession *session, char **words, GError **error)
{
	g_autoptr(KtPlan) plan = words[1] ? read_plan(words[1], error) : NULL;
	KtApplyOptions options = {0};
	KtTxn *txn = NULL;

	if (words[1] && words[2] && words[3] && g_str_equal(words[2], "--confirm-within"))
		options.confirm_within_s = (uint32_t)g_ascii_strtoull(words[3], NULL, 10);
	if (!plan)
		return false;
	bool ok = kt_session_apply(session, plan, &options, NULL, &txn, error);
	return print_one(ok, txn);
}

static bool
run_verb(KtSession *session, char **words, GError **error)
{
	const char *verb = words[0];
	uint32_t id = words[1] ? (uint32_t)g_ascii_strtoull(words[1], NULL, 10) : 0;
	KtTxn *txn = NULL;

	if (g_str_equal(verb, "apply"))
		return run_apply(session, words, error);
	if (g_str_equal(verb, "confirm")) {
		bool ok = kt_session_confirm(session, id, &txn, error);
		return print_one(ok, txn);
	}
	if (g_str_equal(verb, "undo")) {
		bool ok = kt_session_undo(session, id, /* is_dry_run= */ false, &txn, error);
		return print_one(ok, txn);
	}
	if (g_str_equal(verb, "recover"))
		return print_all(kt_session_recover(session, error));
	if (g_str_equal(verb, "status"))
		return print_all(kt_session_history(session, error));
	if (g_str_equal(verb, "verify"))
		return print_all(kt_session_verify(session, id, error));
	if (g_str_equal(verb, "timer"))
		return kt_session_wait_confirm(session, id, error);
	/* Recover, then tell the states of all: one process instead of two. */
	if (g_str_equal(verb, "settle"))
		return print_all(kt_session_recover(session, error)) && puts("--") >= 0 &&
		       print_all(kt_session_history(session, error));
	return kt_throw(error, KT_ERROR_USAGE, "no such verb: '%s'", verb);
}

static bool
run(int argc, char **argv, GError **error)
{
	KtSessionOptions options = {.uri = ""};
	int at = 1;

	for (; at + 1 < argc && argv[at][0] == '-'; at += 2) {
		if (g_str_equal(argv[at], "--root"))
			options.root = argv[at + 1];
		else if (g_str_equal(argv[at], "--state-dir"))
			options.state_dir = argv[at + 1];
		else if (g_str_equal(argv[at], "-c"))
			options.uri = argv[at + 1];
	}
	if (at >= argc)
		return kt_throw(error, KT_ERROR_USAGE, "%s", USAGE);

	g_autoptr(KtSession) session = kt_session_new(&options, error);
	return session && run_verb(session, argv + at, error);
}

int
main(int argc, char **argv)
{
	g_autoptr(GError) error = NULL;

	(void)setlocale(LC_ALL, "C");
	if (run(argc, argv, &error))
		return fflush(stdout) == 0 ? 0 : 3;
	printf("error %s: %s\n", kt_error_name(error), error->message);
	return kt_error_exit_status(error);
}
