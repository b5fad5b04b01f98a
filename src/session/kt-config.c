/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-config.h"

#include "kt-practice.h"

#include <string.h>

/* A configuration of a few hundred guests and waivers has some 50 KiB. */
#define MAX_CONFIG_BYTES ((size_t)(1024 * 1024))
/* Of a line that is none, in messages. */
#define SHOWN_CHARS 60

typedef struct Reader {
	GKeyFile *file;
	const char *what;
	const char *text;
	KtPolicy *policy;
} Reader;

static bool
is_key(const char *line, const char *key)
{
	size_t length = strlen(key);

	return g_str_has_prefix(line, key) && line[length + strspn(line + length, " \t")] == '=';
}

/* GKeyFile keeps no lines, so the one that decided is looked for again: the last of its name. @key
 * is NULL for the line of the group. 0 when there is none. */
static unsigned
find_line(const Reader *reader, const char *group, const char *key)
{
	g_auto(GStrv) lines = g_strsplit(reader->text, "\n", -1);
	g_autofree char *header = g_strdup_printf("[%s]", group);
	bool is_inside = false;
	unsigned found = 0;

	for (unsigned i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);
		if (*line == '[')
			is_inside = g_str_equal(line, header);
		if (is_inside && (key ? is_key(line, key) : *line == '['))
			found = i + 1;
	}
	return found;
}

/* Where in the file something is wrong, and what to do about it. */
typedef struct Spot {
	const Reader *reader;
	const char *group;
	const char *key; /* NULL = the group's own line */
	const char *hint;
} Spot;

static bool throw_at(const Spot *spot, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

static bool
throw_at(const Spot *spot, GError **error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *problem = g_strdup_vprintf(format, args);
	va_end(args);
	return kt_throw_hint(error,
			     KT_ERROR_CONFIG,
			     spot->hint,
			     "%s:%u: %s",
			     spot->reader->what,
			     find_line(spot->reader, spot->group, spot->key),
			     problem);
}

static bool
throw_unknown(const Reader *reader, const char *group, const char *key, const char *hint,
	      GError **error)
{
	return throw_at(&(Spot){.reader = reader, .group = group, .key = key, .hint = hint},
			error,
			"[%s] has no key '%s'",
			group,
			key);
}

static char *
get(const Reader *reader, const char *group, const char *key)
{
	char *text = g_key_file_get_string(reader->file, group, key, NULL);

	return text ? g_strstrip(text) : NULL;
}

static bool
parse_workload(const Reader *reader, const char *group, const char *key, const char *text,
	       KtWorkload *ret_workload, GError **error)
{
	KtWorkload workload = kt_workload_from_name(text);

	if (workload >= KT_WORKLOAD_N)
		return throw_at(
			&(Spot){.reader = reader,
				.group = group,
				.key = key,
				.hint = "classes are general, latency, throughput and dense"},
			error,
			"'%s' of '%s' is no workload class",
			text,
			key);
	*ret_workload = workload;
	return true;
}

static bool
read_main(const Reader *reader, const char *group, const char *key, const char *text,
	  GError **error)
{
	if (g_str_equal(key, "workload"))
		return parse_workload(
			reader, group, key, text, &reader->policy->host_workload, error);
	if (g_str_equal(key, "guest_workload"))
		return parse_workload(
			reader, group, key, text, &reader->policy->guest_workload, error);
	return throw_unknown(reader, group, key, "keys are workload and guest_workload", error);
}

static bool
read_guest(const Reader *reader, const char *group, const char *key, const char *text,
	   GError **error)
{
	KtWorkload workload = KT_WORKLOAD_UNSET;

	if (!parse_workload(reader, group, key, text, &workload, error))
		return false;
	g_hash_table_replace(reader->policy->guests, g_strdup(key), GINT_TO_POINTER(workload));
	return true;
}

static const KtParam *
find_param(const char *key)
{
	const char *slash = strchr(key, '/');
	g_autofree char *id = slash ? g_strndup(key, (size_t)(slash - key)) : NULL;
	const KtPractice *practice = id ? kt_practice_find(id) : NULL;

	for (size_t i = 0; practice && i < practice->n_params; i++) {
		if (g_str_equal(practice->params[i].name, slash + 1))
			return &practice->params[i];
	}
	return NULL;
}

static bool
read_param(const Reader *reader, const char *group, const char *key, const char *text,
	   GError **error)
{
	const KtParam *param = find_param(key);
	guint64 value = 0;

	if (!param)
		return throw_unknown(reader,
				     group,
				     key,
				     "'kvmtune explain ID' lists the parameters of a practice",
				     error);
	if (!g_ascii_string_to_unsigned(text, 10, param->min, param->max, &value, NULL))
		return throw_at(
			&(Spot){.reader = reader,
				.group = group,
				.key = key,
				.hint = "'kvmtune explain ID' says what the parameters of a practice do"},
			error,
			"'%s' of '%s' is no number from %" G_GUINT64_FORMAT
			" to %" G_GUINT64_FORMAT,
			text,
			key,
			param->min,
			param->max);
	g_hash_table_replace(reader->policy->params, g_strdup(key), g_strdup(text));
	return true;
}

static bool
is_date(const char *text)
{
	g_autofree char *noon = g_strconcat(text, "T12:00:00Z", NULL);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(noon, NULL);
	g_autofree char *again = time ? g_date_time_format(time, "%Y-%m-%d") : NULL;

	/* ISO 8601 has other spellings of a day, which do not sort as text. */
	return g_strcmp0(text, again) == 0;
}

static bool
check_waiver_keys(const Reader *reader, const char *group, GError **error)
{
	g_auto(GStrv) keys = g_key_file_get_keys(reader->file, group, NULL, NULL);

	for (size_t i = 0; keys && keys[i]; i++) {
		if (!g_str_equal(keys[i], "reason") && !g_str_equal(keys[i], "until"))
			return throw_unknown(
				reader, group, keys[i], "keys are reason and until", error);
	}
	return true;
}

/* "waive ID" or "waive ID TARGET" */
static bool
read_waiver(const Reader *reader, const char *group, GError **error)
{
	g_auto(GStrv) words = g_strsplit(group, " ", 3);
	g_autofree char *reason = get(reader, group, "reason");
	g_autofree char *until = get(reader, group, "until");

	if (!check_waiver_keys(reader, group, error))
		return false;
	if (!words[1] || !kt_practice_find(words[1]))
		return throw_at(&(Spot){.reader = reader,
					.group = group,
					.key = NULL,
					.hint = "'kvmtune practices' lists the ids"},
				error,
				"[%s] names no practice",
				group);
	if (!reason || !*reason)
		return throw_at(&(Spot){.reader = reader,
					.group = group,
					.key = NULL,
					.hint = "add 'reason = ' and why, for whoever asks later"},
				error,
				"[%s] needs a reason",
				group);
	if (until && !is_date(until))
		return throw_at(&(Spot){.reader = reader,
					.group = group,
					.key = "until",
					.hint = "write it as 2027-06-30"},
				error,
				"'%s' of [%s] is no date",
				until,
				group);
	kt_policy_add_waiver(reader->policy, words[1], words[2] ? words[2] : "*", reason, until);
	return true;
}

static bool
read_group(const Reader *reader, const char *group, GError **error)
{
	static const struct {
		const char *name;
		bool (*read)(const Reader *, const char *, const char *, const char *, GError **);
	} rows[] = {
		{.name = "kvmtune", .read = read_main},
		{.name = "guests", .read = read_guest},
		{.name = "params", .read = read_param},
	};

	if (g_str_has_prefix(group, "waive "))
		return read_waiver(reader, group, error);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!g_str_equal(group, rows[i].name))
			continue;
		g_auto(GStrv) keys = g_key_file_get_keys(reader->file, group, NULL, NULL);
		for (size_t j = 0; keys && keys[j]; j++) {
			g_autofree char *text = get(reader, group, keys[j]);
			if (!rows[i].read(reader, group, keys[j], text ? text : "", error))
				return false;
		}
		return true;
	}
	return throw_at(&(Spot){.reader = reader,
				.group = group,
				.key = NULL,
				.hint = "groups are [kvmtune], [guests], [params] and [waive ID]"},
			error,
			"unknown group [%s]",
			group);
}

/* The mistakes that GKeyFile refuses, with their line. */
static bool
check_lines(const Reader *reader, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(reader->text, "\n", -1);
	bool has_group = false;

	for (unsigned i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);
		bool is_group = *line == '[' && g_str_has_suffix(line, "]");
		has_group |= is_group;
		if (*line == '\0' || *line == '#' || is_group ||
		    (has_group && *line != '[' && *line != '=' && strchr(line, '=')))
			continue;

		g_autofree char *shown =
			g_utf8_substring(line, 0, MIN(g_utf8_strlen(line, -1), SHOWN_CHARS));
		return kt_throw_hint(error,
				     KT_ERROR_CONFIG,
				     "lines are '[group]', 'key = value' below a group, or begin "
				     "with '#'",
				     "%s:%u: '%s' is none of these",
				     reader->what,
				     i + 1,
				     shown);
	}
	return true;
}

bool
kt_config_parse(const char *text, size_t length, const char *what, KtPolicy *policy, GError **error)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) problem = NULL;
	g_autofree char *copy = g_strndup(text, length);
	const Reader reader = {.file = file, .what = what, .text = copy, .policy = policy};

	if (length > MAX_CONFIG_BYTES)
		return kt_throw_hint(error,
				     KT_ERROR_CONFIG,
				     "no configuration needs that much: is it the right file?",
				     "%s: larger than %zu bytes",
				     what,
				     MAX_CONFIG_BYTES);
	if (memchr(text, '\0', length) || !g_utf8_validate(text, (gssize)length, NULL))
		return kt_throw_hint(error,
				     KT_ERROR_CONFIG,
				     "save it as plain text",
				     "%s: is not UTF-8 text",
				     what);
	if (!check_lines(&reader, error))
		return false;
	if (!g_key_file_load_from_data(file, text, length, G_KEY_FILE_NONE, &problem))
		return kt_throw(error, KT_ERROR_CONFIG, "%s: %s", what, problem->message);

	g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);
	for (size_t i = 0; groups[i]; i++) {
		if (!read_group(&reader, groups[i], error))
			return false;
	}
	return true;
}

static bool
load_one(KtRoot *root, const char *path, KtPolicy *policy, GError **error)
{
	g_autofree char *text = NULL;
	size_t length = 0;
	KtState state = kt_root_read(root, path, &text, &length);

	if (state == KT_STATE_ABSENT)
		return true;
	if (state == KT_STATE_DENIED)
		return kt_throw_hint(error,
				     KT_ERROR_CONFIG,
				     "run as root, or let this user read it",
				     "'%s' cannot be read: permission denied",
				     path);
	if (state != KT_STATE_VALUE)
		return kt_throw_hint(error,
				     KT_ERROR_CONFIG,
				     "a configuration is a plain text file",
				     "'%s' cannot be read: it is a directory, too large or damaged",
				     path);
	return kt_config_parse(text, length, path, policy, error);
}

bool
kt_config_load(KtRoot *root, const char *path, KtPolicy *policy, GError **error)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *dir = g_build_filename(parent, "conf.d", NULL);
	g_auto(GStrv) names = NULL;

	if (!load_one(root, path, policy, error))
		return false;
	if (kt_root_list(root, dir, &names) != KT_STATE_VALUE)
		return true;
	for (size_t i = 0; names[i]; i++) {
		g_autofree char *file = g_build_filename(dir, names[i], NULL);
		if (g_str_has_suffix(names[i], ".conf") && !load_one(root, file, policy, error))
			return false;
	}
	return true;
}
