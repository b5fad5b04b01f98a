/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-command.h"
#include "kt-docs.h"
#include "kt-help.h"

static const struct {
	const char *name;
	void (*write)(GString *out);
} documents[] = {
	{.name = "commands", .write = kt_help_markdown},
	{.name = "errors", .write = kt_docs_errors},
	{.name = "facts", .write = kt_docs_facts},
	{.name = "guides", .write = kt_docs_guides},
	{.name = "man", .write = kt_help_rst},
	{.name = "practices", .write = kt_docs_practices},
	{.name = "practices-man", .write = kt_docs_practices_man},
	{.name = "settings", .write = kt_docs_settings},
};

static const char synopsis[] = "commands|errors|facts|guides|man|practices|practices-man|settings";

static bool
run(KtCli *cli, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
		if (!g_str_equal(documents[i].name, cli->args[0]))
			continue;
		documents[i].write(cli->out);
		return true;
	}
	return kt_throw_hint(
		error, KT_ERROR_USAGE, synopsis, "there is no document '%s'", cli->args[0]);
}

KT_COMMAND(dump) = {
	.name = "dump",
	.summary = "write a document from the rows",
	.synopsis = synopsis,
	.description = "Writes the documents that are generated from the program.",
	.min_args = 1,
	.max_args = 1,
	.group = KT_VERB_GROUP_HIDDEN,
	.run = run,
};
