/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-fd.h"
#include "kt-report-why.h"
#include "kt-session-why.h"
#include "kt-start-log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* As much of standard input as is looked at; more is read and left aside, so that nobody who
 * writes it is cut off. */
static bool
read_input(GString *text, GError **error)
{
	char chunk[4096];
	ssize_t n = 0;

	do {
		n = read(STDIN_FILENO, chunk, sizeof(chunk));
		if (n < 0 && errno != EINTR)
			return kt_throw_errno(error, errno, "read standard input");
		if (n > 0 && text->len < KT_START_LOG_MAX_BYTES)
			g_string_append_len(text, chunk, n);
	} while (n != 0);
	return true;
}

static KtWhy *
look(KtCli *cli, GError **error)
{
	if (!g_str_equal(cli->args[0], "-")) {
		KtSession *session = kt_cli_session(cli, error);
		return session ? kt_session_why(
					 session, cli->args[0], cli->options.try_start, error)
			       : NULL;
	}
	g_autoptr(GString) text = g_string_new(NULL);
	if (cli->options.try_start) {
		kt_throw(error, KT_ERROR_USAGE, "--try wants a guest");
		return NULL;
	}
	return read_input(text, error) ? kt_session_why_text(text->str, text->len) : NULL;
}

static bool
run(KtCli *cli, GError **error)
{
	g_autoptr(KtWhy) why = look(cli, error);

	if (!why)
		return false;
	if (cli->options.json)
		kt_cli_put_json(cli, kt_report_why_json(why));
	else
		kt_report_why(why, &cli->style, cli->out);
	cli->status = kt_why_has_cause(why) ? 1 : 0;
	return true;
}

static const KtOptionId options[] = {
	KT_OPTION_TRY,
	KT_OPTION_UNSET,
};

KT_COMMAND(why) = {
	.name = "why",
	.summary = "why a guest does not start, and what mends it",
	.synopsis = "DOMAIN|-",
	.description =
		"Looks at the log of the guest's last start, at its definition, and at what "
		"libvirt makes of that, and names the practices that explain it, with what they "
		"find here. Nothing is started, unless --try asks for it. With '-' it explains "
		"messages on standard input. A message that it does not know is shown as it is. "
		"Exit status 1: something keeps the guest from starting.",
	.examples = "kvmtune why web1\n"
		    "virsh start web1 2>&1 | kvmtune why -\n"
		    "kvmtune why web1 --try",
	.options = options,
	.min_args = 1,
	.max_args = 1,
	.complete = KT_COMPLETE_DOMAIN,
	.group = KT_VERB_GROUP_LOOK,
	.run = run,
};
