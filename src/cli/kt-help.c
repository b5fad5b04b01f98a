/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-help.h"

#include "kt-docs.h"

#include <string.h>

#define COLUMN        15
#define OPTION_COLUMN 29

static const char *const group_titles[KT_VERB_GROUP_N] = {
	[KT_VERB_GROUP_LOOK] = "Looking (changes nothing)",
	[KT_VERB_GROUP_CHANGE] = "Changing, and putting back",
	[KT_VERB_GROUP_OTHER] = "Other",
};

static char *
option_usage(const KtOptionRow *row)
{
	GString *text = g_string_new(NULL);

	if (row->letter)
		g_string_append_printf(text, "-%c, ", row->letter);
	g_string_append_printf(text, "--%s", row->name);
	if (row->alias)
		g_string_append_printf(text, ", --%s", row->alias);
	if (row->arg)
		g_string_append_printf(text, " %s", row->arg);
	return g_string_free(text, FALSE);
}

/* "-c URI, -q, ... --json": the global options on as few lines as possible. */
static void
put_globals(KtPaper *paper)
{
	kt_paper_end_line(paper);
	paper->indent = 2;
	kt_paper_flow(paper, KT_INK_UNSET, "Options of every verb, before or after it:");
	for (KtOptionId id = KT_OPTION_UNSET + 1; id < KT_OPTION_N; id++) {
		const KtOptionRow *row = kt_option_row(id);
		if (!row->is_global)
			continue;
		g_autofree char *letter =
			row->letter ? g_strdup_printf("-%c|", row->letter) : g_strdup("");
		kt_paper_flow(paper,
			      KT_INK_UNSET,
			      " [%s--%s%s%s]",
			      letter,
			      row->name,
			      row->arg ? "=" : "",
			      row->arg ? row->arg : "");
	}
	kt_paper_end_line(paper);
}

static char *
usage(const KtCommand *command)
{
	return g_strdup_printf(KT_PROGRAM " %s%s%s%s",
			       command->name,
			       command->options ? " [OPTION...]" : "",
			       command->synopsis ? " " : "",
			       command->synopsis ? command->synopsis : "");
}

static void
put_verb(KtPaper *paper, const KtCommand *command)
{
	kt_paper_end_line(paper);
	kt_paper_tab(paper, 2);
	kt_paper_verbatim(paper, KT_INK_UNSET, command->name);
	kt_paper_tab(paper, COLUMN);
	paper->indent = COLUMN;
	kt_paper_flow(paper, KT_INK_UNSET, "%s", command->summary);
}

/* The page fits a terminal of 24 lines: what is rarely typed shares one. */
void
kt_help_program(GString *out)
{
	KtPaper paper = kt_paper_init(out, NULL);
	KtVerbGroup group = KT_VERB_GROUP_UNSET;
	g_autoptr(GString) others = g_string_new(NULL);

	kt_paper_flow(&paper, KT_INK_UNSET, "usage: " KT_PROGRAM " VERB [OPTION...] [ARGUMENT...]");
	for (size_t i = 0; i < kt_n_commands; i++) {
		const KtCommand *command = kt_commands[i];
		if (command->group == KT_VERB_GROUP_OTHER)
			g_string_append_printf(
				others, "%s%s", others->len ? ", " : "", command->name);
		if (command->group >= KT_VERB_GROUP_OTHER)
			continue;
		if (command->group != group) {
			group = command->group;
			kt_paper_end_line(&paper);
			kt_paper_flow(&paper, KT_INK_UNSET, "%s", group_titles[group]);
		}
		put_verb(&paper, command);
	}
	kt_paper_end_line(&paper);
	paper.indent = 0;
	kt_paper_flow(&paper,
		      KT_INK_UNSET,
		      "Also: %s. Every verb takes -c URI, --json and others: '" KT_PROGRAM
		      " VERB --help', man " KT_PROGRAM ".",
		      others->str);
	kt_paper_end_line(&paper);
}

void
kt_help_command(const KtCommand *command, GString *out)
{
	KtPaper paper = kt_paper_init(out, NULL);
	g_autofree char *line = usage(command);

	kt_paper_flow(&paper, KT_INK_UNSET, "usage: %s", line);
	kt_paper_gap(&paper);
	kt_paper_paragraph(&paper, 0, command->description);
	if (command->options)
		kt_paper_gap(&paper);
	for (size_t i = 0; command->options && command->options[i]; i++) {
		const KtOptionRow *row = kt_option_row(command->options[i]);
		g_autofree char *option = option_usage(row);
		kt_paper_tab(&paper, row->letter ? 2 : 6);
		kt_paper_verbatim(&paper, KT_INK_UNSET, option);
		kt_paper_tab(&paper, OPTION_COLUMN);
		paper.indent = OPTION_COLUMN;
		kt_paper_flow(&paper, KT_INK_UNSET, "%s", row->help);
		kt_paper_end_line(&paper);
	}
	kt_paper_gap(&paper);
	put_globals(&paper);
}

static void
put_markdown_option(GString *out, const KtOptionRow *row)
{
	g_autofree char *option = option_usage(row);
	g_autofree char *doc = row->doc ? kt_docs_sentences(row->doc) : g_strdup("");

	g_string_append_printf(out, "- `%s`: %s%s\n", option, row->help, *doc ? "." : "");
	if (*doc) {
		g_auto(GStrv) lines = g_strsplit(doc, "\n", -1);
		for (size_t i = 0; lines[i]; i++)
			g_string_append_printf(out, "  %s\n", lines[i]);
	}
}

static void
put_markdown_command(GString *out, const KtCommand *command)
{
	g_autofree char *line = usage(command);
	g_autofree char *description = kt_docs_sentences(command->description);

	g_string_append_printf(out, "\n### %s\n\n`%s`\n\n%s\n", command->name, line, description);
	if (command->options)
		g_string_append_c(out, '\n');
	for (size_t i = 0; command->options && command->options[i]; i++)
		put_markdown_option(out, kt_option_row(command->options[i]));
	if (command->examples)
		g_string_append_printf(out, "\n```sh\n%s\n```\n", command->examples);
}

void
kt_help_markdown(GString *out)
{
	KtVerbGroup group = KT_VERB_GROUP_UNSET;

	kt_docs_head(out, "Commands", "commands");
	g_string_append(out,
			"\nResults go to standard output, everything else to standard error.\n"
			"Text is for people and may change; `--json` is for programs and has a "
			"`schema_version`.\n"
			"\n## Options of every verb\n\n");
	for (KtOptionId id = KT_OPTION_UNSET + 1; id < KT_OPTION_N; id++) {
		if (kt_option_row(id)->is_global)
			put_markdown_option(out, kt_option_row(id));
	}
	for (size_t i = 0; i < kt_n_commands; i++) {
		if (kt_commands[i]->group == KT_VERB_GROUP_HIDDEN)
			continue;
		if (kt_commands[i]->group != group) {
			group = kt_commands[i]->group;
			g_string_append_printf(out, "\n## %s\n", group_titles[group]);
		}
		put_markdown_command(out, kt_commands[i]);
	}
}

static void
put_rst_option(GString *out, const KtOptionRow *row)
{
	GString *names = g_string_new(NULL);

	if (row->letter)
		g_string_append_printf(names,
				       "-%c%s%s, ",
				       row->letter,
				       row->arg ? " " : "",
				       row->arg ? row->arg : "");
	g_string_append_printf(
		names, "--%s%s%s", row->name, row->arg ? "=" : "", row->arg ? row->arg : "");
	if (row->alias)
		g_string_append_printf(names,
				       ", --%s%s%s",
				       row->alias,
				       row->arg ? "=" : "",
				       row->arg ? row->arg : "");
	g_string_append_printf(out, "%s\n  %s%s", names->str, row->help, row->doc ? ".\n" : "\n");
	if (row->doc)
		g_string_append_printf(out, "  %s\n", row->doc);
	g_string_append_c(out, '\n');
	g_string_free(names, TRUE);
}

static void
put_rst_command(GString *out, const KtCommand *command)
{
	g_autofree char *line = usage(command);
	g_autofree char *description = kt_docs_sentences(command->description);

	g_string_append_printf(out, "``%s``\n", line);
	for (size_t i = 0; i < strlen(line) + 4; i++)
		g_string_append_c(out, '~');
	g_string_append_printf(out, "\n\n%s\n\n", description);
	for (size_t i = 0; command->options && command->options[i]; i++)
		put_rst_option(out, kt_option_row(command->options[i]));
}

static void
put_rst_statuses(GString *out)
{
	static const struct {
		int status;
		const char *doc;
	} rows[] = {
		{.status = 0,
		 .doc = "done; for **audit** also when there are findings below --fail-on"},
		{.status = 1,
		 .doc = "findings at or above --fail-on; **verify** found a difference; the plan is "
			"stale or contradicts itself; **restart**: not all has become true; **why**: something keeps the guest from "
			"starting"},
		{.status = 2, .doc = "the command line or the configuration is wrong"},
		{.status = 3,
		 .doc = "something could not be connected to, read or written, or was refused; "
			"**restart**: a guest did not shut down in time and still runs"},
		{.status = 4, .doc = "missing permission"},
		{.status = 5,
		 .doc = "a change failed, and what had been changed was put back; **restart**: a "
			"guest runs as before, because its definition did not start"},
		{.status = 6,
		 .doc = "putting back was not complete, or a journal is damaged: look at it; "
			"**restart**: a guest is off and could not be started"},
		{.status = 130,
		 .doc = "interrupted; what had been changed was put back; **restart**: the guest "
			"still runs, but was asked to shut down"},
	};

	g_string_append(out, "EXIT STATUS\n===========\n\n");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		g_string_append_printf(out, "%d\n  %s\n\n", rows[i].status, rows[i].doc);
}

void
kt_help_rst(GString *out)
{
	KtVerbGroup group = KT_VERB_GROUP_UNSET;

	g_string_append(out,
			".. Generated by 'kvmtune dump man', do not edit.\n\n"
			"OPTIONS\n=======\n\n"
			"These may stand before or after every verb.\n\n");
	for (KtOptionId id = KT_OPTION_UNSET + 1; id < KT_OPTION_N; id++) {
		if (kt_option_row(id)->is_global)
			put_rst_option(out, kt_option_row(id));
	}
	g_string_append(out, "COMMANDS\n========\n\n");
	for (size_t i = 0; i < kt_n_commands; i++) {
		if (kt_commands[i]->group == KT_VERB_GROUP_HIDDEN)
			continue;
		if (kt_commands[i]->group != group) {
			group = kt_commands[i]->group;
			const char *title = group_titles[group];
			g_string_append_printf(out, "%s\n", title);
			for (const char *p = title; *p; p++)
				g_string_append_c(out, '-');
			g_string_append(out, "\n\n");
		}
		put_rst_command(out, kt_commands[i]);
	}
	put_rst_statuses(out);
}
