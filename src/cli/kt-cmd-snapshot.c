/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-report-audit.h"

#include <unistd.h>

static bool
run(KtCli *cli, GError **error)
{
	const char *path = cli->options.output ? cli->options.output : "-";
	bool is_stdout = g_str_equal(path, "-");

	if (is_stdout && isatty(STDOUT_FILENO))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "name a file with -o",
				     "a snapshot is nothing for a terminal");
	KtSession *session = kt_cli_session(cli, error);
	if (!session || !kt_session_snapshot(session, path, cli->options.anonymise, error))
		return false;
	if (is_stdout)
		return true;
	if (!cli->options.json) {
		kt_cli_remark(cli, "saved; look at it with: kvmtune audit --root '%s'", path);
		return true;
	}

	KtJson *json = json_object();
	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-snapshot-saved");
	kt_json_set_str(json, "path", path);
	kt_json_set_bool(json, "is_anonymised", cli->options.anonymise);
	kt_cli_put_json(cli, json);
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_OUTPUT,
	KT_OPTION_ANONYMISE,
	KT_OPTION_DEEP,
	KT_OPTION_IN_GUEST,
	KT_OPTION_UNSET,
};

KT_COMMAND(snapshot) = {
	.name = "snapshot",
	.summary = "save what an audit reads, to judge it elsewhere",
	.description =
		"Saves every file and answer that an audit reads, without passwords and keys. "
		"'kvmtune audit --root FILE' then gives the same findings on any machine.",
	.examples = "kvmtune snapshot -o host.tar.gz\n"
		    "kvmtune snapshot --anonymise -o report-a-bug.tar.gz",
	.options = options,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
