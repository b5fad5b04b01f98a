/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-dropins.h"

#include <string.h>

/*
 * What files beside those of sysctl set at boot: values in /sys and /proc that systemd-tmpfiles(8)
 * writes, tmpfiles.d(5), and options of modules, modprobe.d(5).
 */

static const char *const tmpfiles_dirs[] = {
	"/etc/tmpfiles.d",
	"/run/tmpfiles.d",
	"/usr/local/lib/tmpfiles.d",
	"/usr/lib/tmpfiles.d",
	NULL,
};

static const char *const modprobe_dirs[] = {
	"/etc/modprobe.d",
	"/run/modprobe.d",
	"/usr/local/lib/modprobe.d",
	"/usr/lib/modprobe.d",
	"/lib/modprobe.d",
	NULL,
};

typedef struct Scan Scan;

typedef void ParseLine(Scan *scan, char *line);

struct Scan {
	KtHostJob *job;
	ParseLine *parse;
	GArray *lines; /* of KtBootLine */
	KtState state; /* of the whole list */
	/* Where the line stands that is read now. */
	const char *path;
	uint64_t number;
};

static void
add(Scan *scan, const char *place, const char *value)
{
	KtBootLine line = {
		.file = kt_host_str(scan->job, scan->path, scan->path),
		.line = kt_host_u64(scan->job, scan->number, scan->path),
		.place = kt_host_str(scan->job, place, scan->path),
		.value = kt_host_str(scan->job, value, scan->path),
	};

	if (scan->lines->len < KT_HOST_MAX_ITEMS)
		g_array_append_val(scan->lines, line);
}

/* The next word of @cursor, or NULL. */
static char *
next_word(char **cursor)
{
	*cursor += strspn(*cursor, " \t");
	return **cursor ? strsep(cursor, " \t") : NULL;
}

/* "w /sys/kernel/mm/ksm/run - - - - 1": the argument is the rest of the line. */
static void
parse_tmpfiles(Scan *scan, char *line)
{
	char *cursor = line;
	const char *type = next_word(&cursor);
	const char *path = type && *type == 'w' && cursor ? next_word(&cursor) : NULL;

	if (!path || !(g_str_has_prefix(path, "/sys/") || g_str_has_prefix(path, "/proc/")))
		return;
	for (int i = 0; i < 4; i++) {
		if (!cursor || !next_word(&cursor))
			return;
	}
	if (cursor)
		add(scan, path, g_strstrip(cursor));
}

/* "options kvm halt_poll_ns=0 ignore_msrs=1": one line of facts per option. */
static void
parse_modprobe(Scan *scan, char *line)
{
	char *cursor = line;
	const char *verb = next_word(&cursor);
	char *module = verb && g_str_equal(verb, "options") && cursor ? next_word(&cursor) : NULL;

	if (!module)
		return;
	/* The two are the same in names of modules. */
	g_strdelimit(module, "-", '_');
	while (cursor) {
		char *option = next_word(&cursor);
		char *equals = option ? strchr(option, '=') : NULL;
		if (!option)
			return;
		if (!equals)
			continue;
		*equals = '\0';
		g_autofree char *place = g_strconcat(module, ".", option, NULL);
		add(scan, place, equals + 1);
	}
}

static void
scan_file(const char *path, void *data)
{
	Scan *scan = data;
	g_autofree char *text = NULL;
	KtState state = kt_host_text(scan->job, path, &text);

	if (state != KT_STATE_VALUE) {
		if (state != KT_STATE_ABSENT)
			scan->state = state;
		return;
	}

	g_autofree char *valid = g_utf8_make_valid(text, -1);
	char *cursor = valid;
	scan->path = path;
	for (scan->number = 1; cursor; scan->number++)
		scan->parse(scan, g_strstrip(strsep(&cursor, "\n")));
}

static void
scan_folders(Scan *scan, const char *const *dirs, ParseLine *parse)
{
	scan->parse = parse;
	KtState state = kt_dropins_visit(scan->job->root, dirs, scan_file, scan);
	if (scan->state == KT_STATE_VALUE)
		scan->state = state;
}

void
kt_host_collect_boot_files(KtHostJob *job)
{
	Scan scan = {
		.job = job,
		.lines = g_array_new(FALSE, TRUE, sizeof(KtBootLine)),
		.state = KT_STATE_VALUE,
	};

	scan_folders(&scan, tmpfiles_dirs, parse_tmpfiles);
	scan_folders(&scan, modprobe_dirs, parse_modprobe);
	kt_host_set_list(job, &job->host->boot_lines, scan.lines, scan.state, "/etc/tmpfiles.d");
}
