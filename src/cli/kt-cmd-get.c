/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-pending.h"
#include "kt-report-settings.h"

/* Keeps the rows whose key one of the patterns fits. Every pattern has to fit some key. */
static bool
keep_wanted(const KtCli *cli, GPtrArray *rows, GError **error)
{
	for (size_t i = 1; i < cli->n_args; i++) {
		bool is_found = false;
		for (guint j = 0; j < rows->len; j++) {
			const KtSettingRow *row = rows->pdata[j];
			is_found |= g_pattern_match_simple(cli->args[i], row->key);
		}
		if (!is_found)
			return kt_throw_hint(error,
					     KT_ERROR_USAGE,
					     "'kvmtune get DOMAIN --verbose' shows all keys",
					     "the guest has no setting '%s'",
					     cli->args[i]);
	}
	for (guint j = rows->len; j-- > 0 && cli->n_args > 1;) {
		const KtSettingRow *row = rows->pdata[j];
		bool is_wanted = false;
		for (size_t i = 1; i < cli->n_args; i++)
			is_wanted |= g_pattern_match_simple(cli->args[i], row->key);
		if (!is_wanted)
			g_ptr_array_remove_index(rows, j);
	}
	return true;
}

static bool
run(KtCli *cli, GError **error)
{
	KtSession *session = kt_cli_session(cli, error);
	g_autoptr(KtFacts) facts = NULL;
	uint32_t index = 0;

	if (!session)
		return false;
	g_autoptr(GPtrArray) rows =
		kt_session_settings(session, cli->args[0], &facts, &index, error);
	if (!rows || !keep_wanted(cli, rows, error))
		return false;

	const KtGuest *guest = &facts->guests.v[index];
	bool is_all = cli->options.verbose || cli->n_args > 1;
	g_autoptr(GPtrArray) drift = kt_pending_drift(facts, index, kt_session_policy(session));
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_settings_json(guest, rows, drift));
	else
		kt_report_settings(guest, rows, drift, is_all, &cli->style, cli->out);
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_VERBOSE,
	KT_OPTION_IN_GUEST,
	KT_OPTION_UNSET,
};

KT_COMMAND(get) = {
	.name = "get",
	.summary = "a guest's settings: live, configured, effective",
	.synopsis = "DOMAIN [KEY...]",
	.description =
		"Shows what a guest's settings are in the running guest, in its definition (what "
		"the next start brings), and in effect: the affinity of its threads, the weights, "
		"quotas and limits of its control group. What waits for its next start is marked, "
		"and what somebody changed past libvirt stands below. KEY may be a pattern, as 'pin.*'; without any, all settings "
		"that are set are shown, and with --verbose the others too. With --in-guest a "
		"running guest's agent says what its own system sees of them, what that is, and "
		"what is mounted there. Nothing is changed.",
	.examples = "kvmtune get web1\n"
		    "kvmtune get web1 'pin.*' cpu.shares\n"
		    "kvmtune get web1 --in-guest\n"
		    "kvmtune get web1 --json",
	.options = options,
	.min_args = 1,
	.max_args = SIZE_MAX,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
