/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-predict-private.h"
#include "kt-shell-text.h"

#include <string.h>

/* Configuration files, and the assignments of those that systemd-sysctl reads. */

static void
put_config_file(KtFacts *facts, const KtChange *change)
{
	KtConfigFileList *files = &facts->host.config_files;
	KtConfigFile *items = kt_arena_new0(facts->arena, KtConfigFile, files->n + 1);
	KtConfigFile file = {
		.path = {.v = kt_arena_strdup(facts->arena, change->locator),
			 .state = KT_STATE_VALUE},
		.text = {.v = kt_arena_strdup(facts->arena, change->to), .state = KT_STATE_VALUE},
		/* kvmtune makes no files but its own. */
		.is_own = {.v = true, .state = KT_STATE_VALUE},
	};
	bool is_placed = change->to == NULL;
	uint32_t n = 0;

	for (uint32_t i = 0; i < files->n; i++) {
		if (!kt_opt_is(files->v[i].path, change->locator)) {
			items[n++] = files->v[i];
			continue;
		}
		file.is_own = files->v[i].is_own;
		if (!is_placed)
			items[n++] = file;
		is_placed = true;
	}
	if (!is_placed)
		items[n++] = file;
	files->v = items;
	files->n = n;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool
is_sysctl_file(const char *path)
{
	return g_str_equal(path, "/etc/sysctl.conf") ||
	       (strstr(path, "/sysctl.d/") && g_str_has_suffix(path, ".conf"));
}

/* With dots, whichever separator was used: the first one decides (sysctl.d(5)). */
static void
normalize_key(char *key)
{
	const char *first = strpbrk(key, "./");

	if (!first || *first == '.')
		return;
	for (char *at = key; *at; at++) {
		if (*at == '/')
			*at = '.';
		else if (*at == '.')
			*at = '/';
	}
}

/* "-net.core.x = 1  " -> key and value; false for a line that assigns nothing. */
static bool
split_line(char *line, const char **ret_key, const char **ret_value)
{
	char *key = g_strstrip(line);
	char *equals = strchr(key, '=');

	if (*key == '#' || *key == ';' || !equals)
		return false;
	*equals = '\0';
	if (*key == '-')
		key++;
	g_strstrip(key);
	if (!*key)
		return false;
	normalize_key(key);
	*ret_key = key;
	*ret_value = g_strstrip(equals + 1);
	return true;
}

static KtOptStr
known_text(KtFacts *facts, const char *text)
{
	return (KtOptStr){.v = kt_arena_strdup(facts->arena, text), .state = KT_STATE_VALUE};
}

static void
append_lines(KtFacts *facts, const KtChange *change, GArray *lines)
{
	g_auto(GStrv) texts = g_strsplit(change->to ? change->to : "", "\n", /* max_tokens= */ -1);

	for (size_t i = 0; texts[i]; i++) {
		const char *key = NULL;
		const char *value = NULL;
		if (!split_line(texts[i], &key, &value))
			continue;
		KtSysctlLine line = {
			.file = known_text(facts, change->locator),
			.line = {.v = i + 1, .state = KT_STATE_VALUE},
			.key = known_text(facts, key),
			.value = known_text(facts, value),
		};
		g_array_append_val(lines, line);
	}
}

/* Files are applied in the order of their names: the new lines go before the first line of a file
 * that sorts behind theirs, or where the old ones stood. */
static void
put_sysctl_lines(KtFacts *facts, const KtChange *change)
{
	KtSysctlLineList *old = &facts->host.sysctl_lines;
	g_autoptr(GArray) lines =
		g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(KtSysctlLine));
	bool is_done = false;

	for (uint32_t i = 0; i < old->n; i++) {
		const KtSysctlLine *line = &old->v[i];
		bool is_same = kt_opt_is(line->file, change->locator);
		bool is_behind = kt_known(line->file) &&
				 strcmp(base_name(line->file.v), base_name(change->locator)) > 0;
		if (!is_done && (is_same || is_behind)) {
			append_lines(facts, change, lines);
			is_done = true;
		}
		if (!is_same)
			g_array_append_val(lines, *line);
	}
	if (!is_done)
		append_lines(facts, change, lines);

	old->n = lines->len;
	old->v = kt_arena_new0(facts->arena, KtSysctlLine, lines->len);
	if (lines->len)
		memcpy(old->v, lines->data, sizeof(KtSysctlLine) * lines->len);
}

static void
put_banned(KtFacts *facts, const char *text)
{
	KtOptCpuset *banned = &facts->host.irqbalance.banned;
	KtCpuset *cpus = kt_arena_new0(facts->arena, KtCpuset, 1);

	banned->state = kt_shell_get_cpus(text, KT_IRQBALANCE_BANNED, cpus);
	banned->v = banned->state == KT_STATE_VALUE ? cpus : NULL;
}

bool
kt_predict_file(KtFacts *facts, const KtChange *change)
{
	KtHost *host = &facts->host;

	if (host->config_files.state != KT_STATE_VALUE)
		return false;

	put_config_file(facts, change);
	if (is_sysctl_file(change->locator) && host->sysctl_lines.state == KT_STATE_VALUE)
		put_sysctl_lines(facts, change);
	if (kt_opt_is(host->irqbalance.file, change->locator) && change->to)
		put_banned(facts, change->to);
	return true;
}
