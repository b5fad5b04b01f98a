/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* kt-edge: runs a program and counts, kills, fails or records it at one of its system calls.
 * README.md in this folder shows how each mode is used. */

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "kt-tracee.h"
#include "kt-tracer.h"

/* Long enough for any single command of kvmtune (30 s is its longest deadline), twice. */
#define DEFAULT_TIMEOUT_S 60

static const char summary[] =
	"Modes:\n"
	"  count         run to the end, say how many calls and edges there were\n"
	"  kill EDGE     SIGKILL at an edge: 2n-1 before call n begins, 2n after it has returned\n"
	"  errno CALL E  call number CALL fails with E (EIO, ENOSPC, ...), or moves only half of its\n"
	"                bytes (E = SHORT)\n"
	"  trace FILE    record every file operation below the --under folders as JSON lines\n"
	"\n"
	"Exit status: that of the program (128 + signal when one ended it), or\n"
	"  120 the edge or call was never reached, 121 timeout, 125 the driver itself failed,\n"
	"  127 the program could not be started";

typedef struct Arguments {
	gboolean writes;
	gboolean io;
	gboolean shorten;
	gboolean sticky;
	gboolean main_thread;
	gboolean plain;
	gboolean quiet;
	int timeout_s;
	char *children;
	char *from;
	char *list;
	char **under;
	char **words;   /* mode and what belongs to it */
	char **command; /* not owned */
} Arguments;

static void
arguments_clear(Arguments *a)
{
	g_free(a->children);
	g_free(a->from);
	g_free(a->list);
	g_strfreev(a->under);
	g_strfreev(a->words);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Arguments, arguments_clear)

static bool
usage_error(GError **error, const char *text)
{
	g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "%s", text);
	return false;
}

static bool
parse_arguments(Arguments *a, char **argv, GError **error)
{
	/* clang-format off */
	const GOptionEntry entries[] = {
		{.long_name = "writes", .arg = G_OPTION_ARG_NONE, .arg_data = &a->writes,
		 .description = "Count only calls that change something outside the process"},
		{.long_name = "io", .arg = G_OPTION_ARG_NONE, .arg_data = &a->io,
		 .description = "Count only calls on files, sockets and processes"},
		{.long_name = "under", .arg = G_OPTION_ARG_FILENAME_ARRAY, .arg_data = &a->under,
		 .description = "Count only calls on files at or below PATH (repeatable)", .arg_description = "PATH"},
		{.long_name = "from", .arg = G_OPTION_ARG_FILENAME, .arg_data = &a->from,
		 .description = "Start counting at the first path that contains TEXT", .arg_description = "TEXT"},
		{.long_name = "main-thread", .arg = G_OPTION_ARG_NONE, .arg_data = &a->main_thread,
		 .description = "Count only the main thread"},
		{.long_name = "children", .arg = G_OPTION_ARG_STRING, .arg_data = &a->children,
		 .description = "ignore (default; they end with the program), count, or leave", .arg_description = "HOW"},
		{.long_name = "short", .arg = G_OPTION_ARG_NONE, .arg_data = &a->shorten,
		 .description = "kill: let the write move half of its bytes first"},
		{.long_name = "sticky", .arg = G_OPTION_ARG_NONE, .arg_data = &a->sticky,
		 .description = "errno: also for all later calls of the same kind"},
		{.long_name = "list", .arg = G_OPTION_ARG_FILENAME, .arg_data = &a->list,
		 .description = "Write number, thread, name, bytes and paths of counted calls", .arg_description = "FILE"},
		{.long_name = "timeout", .arg = G_OPTION_ARG_INT, .arg_data = &a->timeout_s,
		 .description = "Kill the program after this time (default 60, 0: never)", .arg_description = "SECONDS"},
		{.long_name = "plain", .arg = G_OPTION_ARG_NONE, .arg_data = &a->plain,
		 .description = "Do without a seccomp filter (slower)"},
		{.long_name = "quiet", .short_name = 'q', .arg = G_OPTION_ARG_NONE, .arg_data = &a->quiet,
		 .description = "Do not say on standard error what happened"},
		{.long_name = NULL},
	};
	/* clang-format on */
	g_autoptr(GOptionContext) context =
		g_option_context_new("MODE ... -- COMMAND [ARGUMENT...]");
	unsigned split = 0;

	while (argv[split] && strcmp(argv[split], "--") != 0)
		split++;
	a->command = argv[split] ? &argv[split + 1] : &argv[split];
	a->words = g_new0(char *, split + 1);
	for (unsigned i = 0; i < split; i++)
		a->words[i] = g_strdup(argv[i]);

	g_option_context_add_main_entries(context, entries, NULL);
	g_option_context_set_summary(context, summary);
	if (!g_option_context_parse_strv(context, &a->words, error))
		return false;
	if (!a->words[0] || !a->words[1] || !a->command[0])
		return usage_error(error, "need a mode, '--' and a command");
	return true;
}

static bool
parse_number(const char *text, uint64_t *ret_number, GError **error)
{
	guint64 number;

	if (!text)
		return usage_error(error, "this mode needs a number");
	if (!g_ascii_string_to_unsigned(text, 10, 1, UINT32_MAX, &number, error))
		return false;
	*ret_number = number;
	return true;
}

/* By name as errno(3) writes it. */
static bool
parse_errno(KtTracer *t, const char *name, GError **error)
{
	if (!name)
		return usage_error(error, "this mode needs the name of an error");
	if (!strcmp(name, "SHORT")) {
		t->shorten = true;
		return true;
	}
	/* 133 (EHWPOISON) is the last one in uapi/asm-generic/errno.h. */
	for (int number = 1; number <= 133; number++) {
		if (g_strcmp0(strerrorname_np(number), name) == 0) {
			t->error = number;
			return true;
		}
	}
	return usage_error(error, "this error name is not known");
}

static bool
open_for_writing(const char *path, FILE **ret_file, GError **error)
{
	*ret_file = fopen(path, "we");
	if (*ret_file)
		return true;
	g_set_error(error,
		    G_FILE_ERROR,
		    g_file_error_from_errno(errno),
		    "cannot write '%s': %s",
		    path,
		    g_strerror(errno));
	return false;
}

static bool
parse_trace(KtTracer *t, const Arguments *a, GError **error)
{
	if (!a->words[2])
		return usage_error(error, "trace needs a file to write");
	if (!t->under)
		return usage_error(error, "trace needs at least one --under folder");
	t->mode = KT_MODE_TRACE;
	t->class = KT_CLASS_WRITES;
	t->log->prefixes = t->under;
	return open_for_writing(a->words[2], &t->log->out, error);
}

static bool
parse_mode(KtTracer *t, const Arguments *a, GError **error)
{
	const char *mode = a->words[1];

	if (!strcmp(mode, "trace"))
		return parse_trace(t, a, error);
	t->log = NULL;
	if (!strcmp(mode, "count")) {
		t->mode = KT_MODE_COUNT;
		return true;
	}
	if (!strcmp(mode, "kill")) {
		t->mode = KT_MODE_KILL;
		return parse_number(a->words[2], &t->point, error);
	}
	if (!strcmp(mode, "errno")) {
		t->mode = KT_MODE_ERRNO;
		return parse_number(a->words[2], &t->point, error) &&
		       parse_errno(t, a->words[3], error);
	}
	return usage_error(error, "the mode is count, kill, errno or trace");
}

static bool
parse_children(const char *text, KtChildren *ret_children, GError **error)
{
	static const char *const names[] = {
		[KT_CHILDREN_IGNORE] = "ignore",
		[KT_CHILDREN_COUNT] = "count",
		[KT_CHILDREN_LEAVE] = "leave",
	};

	for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
		if (g_str_equal(text ? text : "ignore", names[i])) {
			*ret_children = (KtChildren)i;
			return true;
		}
	}
	return usage_error(error, "--children is ignore, count or leave");
}

static bool
configure(KtTracer *t, Arguments *a, GError **error)
{
	if (a->writes)
		t->class = KT_CLASS_WRITES;
	else if (a->io)
		t->class = KT_CLASS_IO;
	t->shorten = a->shorten;
	t->sticky = a->sticky;
	t->main_thread = a->main_thread;
	t->timeout_s = (unsigned)MAX(a->timeout_s, 0);
	t->from = a->from;
	for (char **path = a->under; path && *path; path++) {
		char *canonical = kt_path_canonical(*path);

		g_free(*path);
		*path = canonical;
	}
	t->under = a->under;
	if (!parse_children(a->children, &t->children, error))
		return false;
	/* A process with our filter but without us would see its calls fail with ENOSYS. */
	t->plain = a->plain || t->children == KT_CHILDREN_LEAVE;
	if (a->list && !open_for_writing(a->list, &t->list, error))
		return false;
	return parse_mode(t, a, error);
}

static void
report(const KtTracer *t)
{
	if (t->timed_out) {
		fprintf(stderr, "kt-edge: killed after %u s without an end\n", t->timeout_s);
	} else if (t->mode == KT_MODE_KILL && t->reached) {
		fprintf(stderr,
			"kt-edge: killed at edge %" PRIu64 ": %s call %" PRIu64 ", %s\n",
			t->point,
			t->shorten     ? "half of"
			: t->point % 2 ? "before"
				       : "after",
			(t->point + 1) / 2,
			t->point_text);
	} else if (t->mode == KT_MODE_ERRNO && t->reached) {
		fprintf(stderr,
			"kt-edge: %s at call %" PRIu64 ", %s; exit status %d\n",
			t->shorten ? "half" : strerrorname_np(t->error),
			t->point,
			t->point_text,
			t->status);
	} else if (t->mode == KT_MODE_KILL || t->mode == KT_MODE_ERRNO) {
		fprintf(stderr,
			"kt-edge: not reached: only %" PRIu64 " calls; exit status %d\n",
			t->calls,
			t->status);
	} else {
		fprintf(stderr,
			"kt-edge: %" PRIu64 " calls, %" PRIu64 " edges; exit status %d\n",
			t->calls,
			2 * t->calls,
			t->status);
	}
}

static bool
close_file(FILE *file)
{
	return !file || fclose(file) == 0;
}

int
main(int argc, char **argv)
{
	g_auto(Arguments) a = {.timeout_s = DEFAULT_TIMEOUT_S};
	g_autoptr(GError) error = NULL;
	KtFslog log = {.out = NULL};
	KtTracer t = {.log = &log};
	int status = KT_EXIT_FAILED;

	if (parse_arguments(&a, argv, &error) && configure(&t, &a, &error))
		status = kt_tracer_run(&t, a.command, &error);
	if (!close_file(t.list) || !close_file(log.out)) {
		perror("kt-edge: cannot write");
		status = KT_EXIT_FAILED;
	}
	if (error)
		fprintf(stderr, "kt-edge: %s\n", error->message);
	else if (!a.quiet)
		report(&t);
	kt_tracer_clear(&t);
	return status;
}
