/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-dropins.h"

#include <string.h>

/*
 * What files beside those of sysctl set at boot: values in /sys and /proc that systemd-tmpfiles(8)
 * writes, tmpfiles.d(5), options of modules, modprobe.d(5), and attributes of disks' queues that
 * rules of udev set, udev(7).
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

static const char *const udev_dirs[] = {
	"/etc/udev/rules.d",
	"/run/udev/rules.d",
	"/usr/local/lib/udev/rules.d",
	"/usr/lib/udev/rules.d",
	"/lib/udev/rules.d",
	NULL,
};

/* How names of kvmtune's own rules begin; those before them cannot win. */
#define OWN_RULES "61-kvmtune-"

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

KtBootLine
kt_host_boot_line(KtHostJob *job, const char *path, uint64_t number, const char *place,
		  const char *value)
{
	return (KtBootLine){
		.file = kt_host_str(job, path, path),
		.line = kt_host_u64(job, number, path),
		.place = kt_host_str(job, place, path),
		.value = kt_host_str(job, value, path),
	};
}

static void
add(Scan *scan, const char *place, const char *value)
{
	KtBootLine line = kt_host_boot_line(scan->job, scan->path, scan->number, place, value);

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

/* 'KERNEL=="sd*", ATTR{queue/scheduler}="bfq"': assignments of a line, "=" or ":=". Which disks it
 * matches is not told. */
static void
parse_udev(Scan *scan, char *line)
{
	static const char attribute[] = "ATTR{queue/";

	for (char *at = strstr(line, attribute); *line != '#' && at; at = strstr(at, attribute)) {
		char *brace = strchr(at, '}');
		char *value = brace ? brace + 1 + strspn(brace + 1, ":") : NULL;
		char *end = value && g_str_has_prefix(value, "=\"") ? strchr(value + 2, '"') : NULL;
		if (!brace)
			return;
		g_autofree char *place = g_strndup(at, (size_t)(brace + 1 - at));
		g_autofree char *text =
			end ? g_strndup(value + 2, (size_t)(end - value - 2)) : NULL;
		if (text)
			add(scan, place, text);
		at = brace;
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

/* Rules of udev that come after kvmtune's: only they can win. */
static void
scan_later_rules(const char *path, void *data)
{
	g_autofree char *name = g_path_get_basename(path);

	if (strcmp(name, OWN_RULES) > 0 && !g_str_has_prefix(name, OWN_RULES))
		scan_file(path, data);
}

static void
scan_folders(Scan *scan, const char *const *dirs, const char *suffix, KtDropinVisit *visit)
{
	KtState state = kt_dropins_visit(scan->job->root, dirs, suffix, visit, scan);
	if (scan->state == KT_STATE_VALUE)
		scan->state = state;
}

static Scan
scan_begin(KtHostJob *job, ParseLine *parse)
{
	return (Scan){
		.job = job,
		.parse = parse,
		.lines = g_array_new(FALSE, TRUE, sizeof(KtBootLine)),
		.state = KT_STATE_VALUE,
	};
}

void
kt_host_collect_boot_files(KtHostJob *job)
{
	Scan boot = scan_begin(job, parse_tmpfiles);
	Scan rules = scan_begin(job, parse_udev);

	scan_folders(&boot, tmpfiles_dirs, ".conf", scan_file);
	boot.parse = parse_modprobe;
	scan_folders(&boot, modprobe_dirs, ".conf", scan_file);
	kt_host_set_list(job, &job->host->boot_lines, boot.lines, boot.state, "/etc/tmpfiles.d");
	scan_folders(&rules, udev_dirs, ".rules", scan_later_rules);
	kt_host_set_list(
		job, &job->host->udev_lines, rules.lines, rules.state, "/etc/udev/rules.d");
}
