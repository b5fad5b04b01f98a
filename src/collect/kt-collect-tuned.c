/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

/*
 * What tuned sets when it starts, which is after all files of the boot were read: tuned.conf(5).
 *
 * Sysctls of a profile give way to those of /etc/sysctl.d, which tuned reads again behind its own,
 * unless reapply_sysctl is off (tuned-main.conf(5)): only then they are told here. Values that
 * tuned computes ("${...}", ">4096") are left out.
 */

#define ACTIVE "/etc/tuned/active_profile"
#define MAIN   "/etc/tuned/tuned-main.conf"
#define THP    "/sys/kernel/mm/transparent_hugepage/"

typedef struct Scan {
	KtHostJob *job;
	GArray *lines; /* of KtBootLine; a later one of the same place stands for an earlier one */
	KtState state;
	bool has_sysctls; /* those of a profile win */
	GPtrArray *seen;  /* names of profiles: one that includes itself has no end */
} Scan;

/* Where the line stands that is read now. */
typedef struct Place {
	const char *path;
	uint64_t number;
	char *section;
	char *type; /* plugin of the section; NULL: of the section's name */
} Place;

static void
put(Scan *scan, const Place *at, const char *place, const char *value)
{
	KtBootLine line = kt_host_boot_line(scan->job, at->path, at->number, place, value);

	for (guint i = 0; i < scan->lines->len; i++) {
		KtBootLine *old = &g_array_index(scan->lines, KtBootLine, i);
		if (!kt_opt_is(old->place, place))
			continue;
		*old = line;
		return;
	}
	if (scan->lines->len < KT_HOST_MAX_ITEMS)
		g_array_append_val(scan->lines, line);
}

/* Where the value of @key of @plugin goes, or NULL. */
static const char *
place_of(const Scan *scan, const char *plugin, const char *key)
{
	static const struct {
		const char *plugin;
		const char *key;
		const char *place;
	} rows[] = {
		{.plugin = "disk", .key = "elevator", .place = KT_PLACE_SCHEDULER},
		{.plugin = "vm", .key = "transparent_hugepages", .place = THP "enabled"},
		{.plugin = "vm", .key = "transparent_hugepage", .place = THP "enabled"},
		{.plugin = "vm", .key = "transparent_hugepage.defrag", .place = THP "defrag"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (g_str_equal(rows[i].plugin, plugin) && g_str_equal(rows[i].key, key))
			return rows[i].place;
	}
	if (g_str_equal(plugin, "sysfs") && g_str_has_prefix(key, "/sys/"))
		return key;
	return scan->has_sysctls && g_str_equal(plugin, "sysctl") ? key : NULL;
}

static void
put_assignment(Scan *scan, const Place *at, const char *key, const char *value)
{
	const char *place = place_of(scan, at->type ? at->type : at->section, key);

	if (place && *value && !strchr("<>=", *value) && !strstr(value, "${"))
		put(scan, at, place, value);
}

static void scan_profile(Scan *scan, const char *name);

/* "[section]", "key = value", "# comment". */
static void
scan_line(Scan *scan, Place *at, char *line)
{
	char *equals = strchr(line, '=');
	char *end = strchr(line, ']');

	if (*line == '[' && end) {
		g_free(at->section);
		g_clear_pointer(&at->type, g_free);
		at->section = g_strndup(line + 1, (size_t)(end - line - 1));
		return;
	}
	if (!*line || strchr("#;", *line) || !equals || !at->section)
		return;
	*equals = '\0';
	const char *key = g_strstrip(line);
	const char *value = g_strstrip(equals + 1);
	if (g_str_equal(key, "include") && g_str_equal(at->section, "main")) {
		g_auto(GStrv) names = g_strsplit_set(value, " ,", /* max_tokens= */ 16);
		for (size_t i = 0; names[i]; i++)
			scan_profile(scan, names[i]);
	} else if (g_str_equal(key, "type")) {
		g_free(at->type);
		at->type = g_strdup(value);
	} else {
		put_assignment(scan, at, key, value);
	}
}

static void
scan_text(Scan *scan, const char *path, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	Place at = {.path = path};
	char *cursor = valid;

	for (at.number = 1; cursor; at.number++)
		scan_line(scan, &at, g_strstrip(strsep(&cursor, "\n")));
	g_free(at.section);
	g_free(at.type);
}

static void
scan_profile(Scan *scan, const char *name)
{
	/* tuned 2.23 and newer look in "profiles" first. */
	static const char *const dirs[] = {"/etc/tuned/profiles/",
					   "/etc/tuned/",
					   "/usr/lib/tuned/profiles/",
					   "/usr/lib/tuned/"};

	if (!*name || *name == '.' || strchr(name, '/') ||
	    g_ptr_array_find_with_equal_func(scan->seen, name, g_str_equal, NULL))
		return;
	g_ptr_array_add(scan->seen, g_strdup(name));
	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *path = g_strconcat(dirs[i], name, "/tuned.conf", NULL);
		g_autofree char *text = NULL;
		KtState state = kt_host_text(scan->job, path, &text);
		if (state == KT_STATE_ABSENT)
			continue;
		if (state == KT_STATE_VALUE)
			scan_text(scan, path, text);
		else
			scan->state = state;
		return;
	}
}

/* On by default; python's configparser knows these words for off. */
static bool
is_reapply_off(KtHostJob *job)
{
	static const char *const off[] = {"0", "no", "false", "off", NULL};
	g_autofree char *text = NULL;
	bool is_off = false;

	if (kt_host_text(job, MAIN, &text) != KT_STATE_VALUE)
		return false;
	g_auto(GStrv) lines = g_strsplit(text, "\n", /* max_tokens= */ -1);
	for (size_t i = 0; lines[i]; i++) {
		g_auto(GStrv) parts = g_strsplit(g_strstrip(lines[i]), "=", 2);
		if (g_strv_length(parts) != 2 ||
		    !g_str_equal(g_strstrip(parts[0]), "reapply_sysctl"))
			continue;
		g_autofree char *word = g_ascii_strdown(g_strstrip(parts[1]), -1);
		is_off = g_strv_contains(off, word);
	}
	return is_off;
}

void
kt_host_collect_tuned(KtHostJob *job)
{
	Scan scan = {
		.job = job,
		.lines = g_array_new(FALSE, TRUE, sizeof(KtBootLine)),
		.state = KT_STATE_VALUE,
	};
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *line = NULL;
	KtState state = kt_root_read_line(job->root, ACTIVE, &line);

	scan.seen = seen;
	if (state == KT_STATE_VALUE) {
		g_auto(GStrv) names = g_strsplit(line, " ", /* max_tokens= */ 16);
		scan.has_sysctls = is_reapply_off(job);
		for (size_t i = 0; names[i]; i++)
			scan_profile(&scan, names[i]);
	} else if (state != KT_STATE_ABSENT) {
		scan.state = state;
	}
	kt_host_set_list(job, &job->host->tuned_lines, scan.lines, scan.state, ACTIVE);
}
