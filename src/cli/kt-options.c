/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-options.h"

#include <stddef.h>
#include <string.h>

#define MEMBER(name) .offset = offsetof(KtOptions, name)

static const KtOptionRow rows[KT_OPTION_N] = {
	[KT_OPTION_CONNECT] =
		{
			.name = "connect",
			.letter = 'c',
			.arg = "URI",
			.help = "libvirt connection",
			.doc = "Without it VIRSH_DEFAULT_CONNECT_URI, LIBVIRT_DEFAULT_URI and "
			       "qemu:///system (as root, libvirt's own default) count, in this order. An "
			       "empty URI connects to nothing, and so does the default with --root.",
			.is_global = true,
			MEMBER(connect),
		},
	[KT_OPTION_QUIET] =
		{
			.name = "quiet",
			.letter = 'q',
			.help = "no remarks on standard error, only errors",
			.is_global = true,
			MEMBER(quiet),
		},
	[KT_OPTION_DEBUG] =
		{
			.name = "debug",
			.letter = 'd',
			.arg = "LEVEL",
			.help = "messages on standard error: 0 all, 4 errors only",
			.doc = "As in virsh: 0 debug, 1 information, 2 notices, 3 warnings, 4 errors (the "
			       "default).",
			.complete = KT_COMPLETE_WORDS,
			.words = "0 1 2 3 4",
			.is_global = true,
			MEMBER(debug),
		},
	[KT_OPTION_ROOT] =
		{
			.name = "root",
			.arg = "PATH",
			.help = "read a directory or snapshot instead of this host",
			.complete = KT_COMPLETE_FILE,
			.is_global = true,
			MEMBER(root),
		},
	[KT_OPTION_STATE_DIR] =
		{
			.name = "state-dir",
			.arg = "DIR",
			.help = "where transactions are kept",
			.doc = "The default is var/lib/kvmtune below the root.",
			.complete = KT_COMPLETE_DIRECTORY,
			.is_global = true,
			MEMBER(state_dir),
		},
	[KT_OPTION_CONFIG_FILE] =
		{
			.name = "config-file",
			.arg = "FILE",
			.help = "configuration to read, see kvmtune.conf(5)",
			.complete = KT_COMPLETE_FILE,
			.is_global = true,
			MEMBER(config_file),
		},
	[KT_OPTION_DEADLINE] =
		{
			.name = "deadline",
			.arg = "TIME",
			.help = "give up on libvirt after this time (30s)",
			.is_global = true,
			MEMBER(deadline),
		},
	[KT_OPTION_JSON] =
		{
			.name = "json",
			.help = "result and errors as JSON on standard output",
			.is_global = true,
			MEMBER(json),
		},
	[KT_OPTION_COLOR] =
		{
			.name = "color",
			.arg = "WHEN",
			.help = "auto, always or never",
			.doc = "auto colours a terminal, unless NO_COLOR is set or TERM is dumb.",
			.complete = KT_COMPLETE_WORDS,
			.words = "auto always never",
			.is_global = true,
			MEMBER(color),
		},
	[KT_OPTION_HELP] =
		{
			.name = "help",
			.letter = 'h',
			.help = "this text",
			.is_global = true,
			MEMBER(help),
		},
	[KT_OPTION_VERSION] =
		{
			.name = "version",
			.letter = 'V',
			.help = "the version",
			.is_global = true,
			MEMBER(version),
		},
	[KT_OPTION_VERBOSE] =
		{
			.name = "verbose",
			.letter = 'v',
			.help = "say why, show all evidence, fold nothing",
			MEMBER(verbose),
		},
	[KT_OPTION_DEEP] =
		{
			.name = "deep",
			.help = "also read what costs time (memory per node)",
			MEMBER(deep),
		},
	[KT_OPTION_IN_GUEST] =
		{
			.name = "in-guest",
			.help = "also ask the agents that run in guests",
			.doc = "They say which of its CPUs and memory a guest uses, what its "
			       "system is and what is mounted there. Without this nothing is "
			       "asked of a guest. A guest that is silent costs three seconds. One "
			       "with <maxMemory> is marked as tainted (custom-ga-command) until "
			       "it stops, since libvirt has no call of its own for memory blocks.",
			MEMBER(in_guest),
		},
	[KT_OPTION_RULE] =
		{
			.name = "rule",
			.alias = "only",
			.arg = "ID",
			.help = "only these practices: an id or a pattern, 'guest.*'",
			.complete = KT_COMPLETE_PRACTICE,
			.is_list = true,
			MEMBER(rules),
		},
	[KT_OPTION_SKIP] =
		{
			.name = "skip",
			.arg = "ID",
			.help = "leave these practices out",
			.complete = KT_COMPLETE_PRACTICE,
			.is_list = true,
			MEMBER(skip),
		},
	[KT_OPTION_FAIL_ON] =
		{
			.name = "fail-on",
			.arg = "LEVEL",
			.help = "exit status 1 for findings from this severity on",
			.doc = "critical, high, medium, low, info or never, which is the default; error, "
			       "warning and notice stand for high, medium and low.",
			.complete = KT_COMPLETE_WORDS,
			.words = "critical high medium low info never error warning notice",
			MEMBER(fail_on),
		},
	[KT_OPTION_WITH_DEMO_GUEST] =
		{
			.name = "with-demo-guest",
			.help = "start a small guest when there is none",
			.doc = "The guest runs for the time of the audit only, in a private folder.",
			MEMBER(with_demo_guest),
		},
	[KT_OPTION_OUTPUT] =
		{
			.name = "output",
			.letter = 'o',
			.arg = "FILE",
			.help = "write to this file, '-' is standard output",
			.complete = KT_COMPLETE_FILE,
			MEMBER(output),
		},
	[KT_OPTION_ANONYMISE] =
		{
			.name = "anonymise",
			.help = "replace names, addresses and UUIDs as well",
			.doc = "Passwords and keys are never saved, with or without it.",
			MEMBER(anonymise),
		},
	[KT_OPTION_LIVE] =
		{
			.name = "live",
			.help = "only what changes the running host and guests",
			MEMBER(live),
		},
	[KT_OPTION_CONFIG] =
		{
			.name = "config",
			.help = "only what the next boot or guest start uses",
			MEMBER(config),
		},
	[KT_OPTION_LEAST] =
		{
			.name = "least",
			.arg = "LEVEL",
			.help = "leave out findings below this severity",
			.complete = KT_COMPLETE_WORDS,
			.words = "critical high medium low info",
			MEMBER(least),
		},
	[KT_OPTION_MAX_RISK] =
		{
			.name = "max-risk",
			.arg = "RISK",
			.help = "leave out changes above this risk",
			.complete = KT_COMPLETE_WORDS,
			.words = "low medium high",
			MEMBER(max_risk),
		},
	[KT_OPTION_YES] =
		{
			.name = "yes",
			.letter = 'y',
			.help = "do not ask",
			MEMBER(yes),
		},
	[KT_OPTION_DRY_RUN] =
		{
			.name = "dry-run",
			.letter = 'n',
			.help = "check everything, write nothing",
			MEMBER(dry_run),
		},
	[KT_OPTION_CONFIRM_WITHIN] =
		{
			.name = "confirm-within",
			.arg = "TIME",
			.help = "undo unless 'kvmtune confirm' comes in time",
			.doc = "90, 90s, 2m or 1h. A process of its own keeps the deadline: it does not "
			       "depend on this terminal.",
			MEMBER(confirm_within),
		},
	[KT_OPTION_FOR] =
		{
			.name = "for",
			.arg = "TIME",
			.help = "put back after so long: 90s, 10m, 2h",
			.doc = "A process of its own puts it back, also when this terminal is gone; "
			       "after a reboot 'kvmtune recover' does. 'kvmtune confirm' keeps it "
			       "for good.",
			MEMBER(for_time),
		},
	[KT_OPTION_UNTIL] =
		{
			.name = "until",
			.arg = "TIME",
			.help = "put back at 18:30, or '2026-11-22 06:00'",
			MEMBER(until),
		},
	[KT_OPTION_INSTANCE] =
		{
			.name = "instance",
			.arg = "FILE",
			.help = "place what this file describes, '-' is standard input",
			.doc = "The format is told in docs/place-instance-format.md.",
			.complete = KT_COMPLETE_FILE,
			MEMBER(instance),
		},
	[KT_OPTION_BUDGET] =
		{
			.name = "budget",
			.arg = "MS",
			.help = "search for about this many milliseconds (200)",
			.doc = "The budget is counted as work, so that the same input gives the same "
			       "answer; only a machine that needs ten times as long ends earlier, and "
			       "says so.",
			MEMBER(budget),
		},
	[KT_OPTION_MAX_MOVES] =
		{
			.name = "max-moves",
			.arg = "N",
			.help = "move at most this many guests to other nodes",
			MEMBER(max_moves),
		},
	[KT_OPTION_MAX_MOVE_GIB] =
		{
			.name = "max-move-gib",
			.arg = "GIB",
			.help = "move at most this much memory to other nodes",
			MEMBER(max_move_gib),
		},
	[KT_OPTION_HORIZON] =
		{
			.name = "horizon",
			.arg = "TIME",
			.help = "how long a gain counts against a move (1d)",
			.doc = "A guest is moved when what it gains in this time is more than what the "
			       "move costs it. Seconds, or a number with s, m, h or d.",
			MEMBER(horizon),
		},
	[KT_OPTION_WHAT_IF] =
		{
			.name = "what-if",
			.arg = "CHANGE",
			.help = "place as if: add=3x8:32, without-node=1, double=db",
			.doc = "add=[COUNTx]VCPUS:GIB, without-node=ID, double=GUEST, without=GUEST; "
			       "several with commas. No plan is made of it.",
			.is_list = true,
			MEMBER(what_if),
		},
	[KT_OPTION_ADMIT] =
		{
			.name = "admit",
			.arg = "FILE",
			.help = "where the guests of this file would go",
			.doc = "A guest as in docs/place-instance-format.md, or {\"guests\": [...]}. Who "
			       "runs moves only as far as that makes room, unless --horizon says "
			       "otherwise. No plan is made of it.",
			.complete = KT_COMPLETE_FILE,
			MEMBER(admit),
		},
	[KT_OPTION_SVG] =
		{
			.name = "svg",
			.arg = "FILE",
			.help = "also draw the map as a picture into this file",
			.complete = KT_COMPLETE_FILE,
			MEMBER(svg),
		},
	[KT_OPTION_FLEET] =
		{
			.name = "fleet",
			.arg = "FILE",
			.help = "place guests over the many hosts of this file",
			.doc = "The format is told in docs/place-fleet-format.md; the answer is JSON.",
			.complete = KT_COMPLETE_FILE,
			MEMBER(fleet),
		},
	[KT_OPTION_VERDICT] =
		{
			.name = "verdict",
			.arg = "WORD",
			.help = "only claims that are so: wrong, outdated...",
			.doc = "wrong, outdated, depends or right; several with commas.",
			.complete = KT_COMPLETE_WORDS,
			.words = "wrong outdated depends right",
			.is_list = true,
			MEMBER(verdicts),
		},
	[KT_OPTION_TIMEOUT] =
		{
			.name = "timeout",
			.arg = "TIME",
			.help = "time that the guest has to shut down in (5m)",
			.doc = "Seconds, or 90s, 2m, 1h at most.",
			MEMBER(timeout),
		},
	[KT_OPTION_MODE] =
		{
			.name = "mode",
			.arg = "WAY",
			.help = "how it is asked to shut down: acpi or agent",
			.doc = "Without it the agent, when one is connected, and the power button "
			       "when that does not answer.",
			.complete = KT_COMPLETE_WORDS,
			.words = "acpi agent",
			MEMBER(mode),
		},
	[KT_OPTION_FORCE] =
		{
			.name = "force",
			.help = "pull the plug of one that does not shut down",
			.doc = "As a power cut: what the guest has not written yet is lost.",
			MEMBER(force),
		},
	[KT_OPTION_TRY] =
		{
			.name = "try",
			.help = "start it, paused, and end it again at once",
			.doc = "It runs no instruction. libvirt ends it when kvmtune is killed. Refused "
			       "for a guest with a saved state.",
			MEMBER(try_start),
		},
};

const KtOptionRow *
kt_option_row(KtOptionId id)
{
	g_return_val_if_fail(id > KT_OPTION_UNSET && id < KT_OPTION_N, &rows[KT_OPTION_HELP]);
	return &rows[id];
}

static void
add_entry(GArray *entries, const KtOptionRow *row, const char *name, char letter,
	  KtOptions *options)
{
	GOptionArg arg = G_OPTION_ARG_NONE;

	if (row->arg)
		arg = row->is_list ? G_OPTION_ARG_STRING_ARRAY : G_OPTION_ARG_STRING;
	GOptionEntry entry = {
		.long_name = name,
		.short_name = letter,
		.arg = arg,
		.arg_data = (char *)options + row->offset,
		.description = row->help,
		.arg_description = row->arg,
	};
	g_array_append_val(entries, entry);
}

static bool
is_listed(const KtOptionId *ids, KtOptionId id)
{
	for (size_t i = 0; ids && ids[i]; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

static GOptionContext *
new_context(KtOptions *options, const KtOptionId *ids)
{
	GOptionContext *context = g_option_context_new(NULL);
	g_autoptr(GArray) entries = g_array_new(
		/* zero_terminated= */ TRUE, /* clear= */ TRUE, sizeof(GOptionEntry));

	for (KtOptionId id = KT_OPTION_UNSET + 1; id < KT_OPTION_N; id++) {
		const KtOptionRow *row = &rows[id];
		if (!row->is_global && !is_listed(ids, id))
			continue;
		add_entry(entries, row, row->name, row->letter, options);
		if (row->alias)
			add_entry(entries, row, row->alias, '\0', options);
	}
	g_option_context_add_main_entries(context, (GOptionEntry *)(void *)entries->data, NULL);
	g_option_context_set_help_enabled(context, FALSE);
	return context;
}

static bool
throw_option(GError **error, const GError *problem)
{
	g_autofree char *text = g_strdup(problem->message);

	*text = g_ascii_tolower(*text);
	return kt_throw_hint(error, KT_ERROR_USAGE, "see 'kvmtune --help'", "%s", text);
}

/* GOption wants the name of the program first and changes what it is given. */
static char **
with_program(const char *const *argv)
{
	size_t n = g_strv_length((char **)argv);
	char **copy = g_new0(char *, n + 2);

	copy[0] = g_strdup("kvmtune");
	for (size_t i = 0; i < n; i++)
		copy[i + 1] = g_strdup(argv[i]);
	return copy;
}

/* GOption leaves "--" in, when what follows it looks like an option. */
static char **
without_separator(char **args)
{
	size_t n = g_strv_length(args);
	char **copy = g_new0(char *, n + 1);
	bool is_seen = false;

	for (size_t i = 0, j = 0; i < n; i++) {
		if (!is_seen && g_str_equal(args[i], "--"))
			is_seen = true;
		else
			copy[j++] = g_strdup(args[i]);
	}
	return copy;
}

/* "a,b" given for a list is two items. */
static void
split_list(char ***list)
{
	if (!*list)
		return;

	g_autofree char *joined = g_strjoinv(",", *list);
	g_strfreev(*list);
	*list = g_strsplit(joined, ",", -1);
}

bool
kt_options_parse(KtOptions *options, const char *const *argv, const KtOptionId *ids,
		 char ***ret_args, GError **error)
{
	g_autoptr(GOptionContext) context = new_context(options, ids);
	g_autoptr(GError) problem = NULL;
	g_auto(GStrv) args = with_program(argv);

	if (!g_option_context_parse_strv(context, &args, &problem))
		return throw_option(error, problem);

	*ret_args = without_separator(args + 1);
	split_list(&options->rules);
	split_list(&options->skip);
	split_list(&options->what_if);
	split_list(&options->verdicts);
	return true;
}

bool
kt_options_find_verb(const char *const *argv, size_t *ret_index, GError **error)
{
	g_auto(KtOptions) options = {0};
	g_autoptr(GOptionContext) context = new_context(&options, NULL);
	g_autoptr(GError) problem = NULL;
	g_auto(GStrv) args = with_program(argv);

	g_option_context_set_strict_posix(context, TRUE);
	if (!g_option_context_parse_strv(context, &args, &problem))
		return throw_option(error, problem);

	size_t n = g_strv_length((char **)argv);
	size_t index = n - (g_strv_length(args) - 1);
	*ret_index = index < n && g_str_equal(argv[index], "--") ? index + 1 : index;
	return true;
}

void
kt_options_clear(KtOptions *options)
{
	for (KtOptionId id = KT_OPTION_UNSET + 1; id < KT_OPTION_N; id++) {
		void *member = (char *)options + rows[id].offset;
		if (rows[id].is_list)
			g_strfreev(*(char ***)member);
		else if (rows[id].arg)
			g_free(*(char **)member);
	}
	*options = (KtOptions){0};
}
