/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-setting.h"

#include "kt-cpuset.h"
#include "kt-memory-wish.h"

#include <string.h>

/* Does @key fit @pattern? What the '*' stands for, else "". */
static bool
matches(const char *pattern, const char *key, char **ret_of)
{
	const char *star = strchr(pattern, '*');

	if (!star) {
		*ret_of = NULL;
		return g_str_equal(pattern, key);
	}
	size_t head = (size_t)(star - pattern);
	size_t tail = strlen(star + 1);
	size_t length = strlen(key);
	if (length <= head + tail || strncmp(pattern, key, head) != 0 ||
	    !g_str_has_suffix(key, star + 1))
		return false;
	*ret_of = g_strndup(key + head, length - head - tail);
	return true;
}

/* Keys of the same first word, or all first words. */
static char *
suggest(const char *key)
{
	g_autofree char *head = g_strndup(key, strcspn(key, "."));
	GString *keys = g_string_new(NULL);

	for (size_t i = 0; i < kt_n_settings; i++) {
		if (g_str_has_prefix(kt_settings[i].key, head))
			g_string_append_printf(
				keys, "%s%s", keys->len ? ", " : "", kt_settings[i].key);
	}
	if (!keys->len)
		g_string_append(keys, "'kvmtune get DOMAIN' shows all keys");
	return g_string_free(keys, FALSE);
}

const KtSetting *
kt_setting_find(const char *key, char **ret_of, GError **error)
{
	for (size_t i = 0; i < kt_n_settings; i++) {
		if (matches(kt_settings[i].key, key, ret_of))
			return &kt_settings[i];
	}
	g_autofree char *hint = suggest(key);
	kt_throw_hint(error, KT_ERROR_USAGE, hint, "there is no setting '%s'", key);
	return NULL;
}

char *
kt_setting_fill(const char *pattern, const char *of)
{
	const char *star = pattern ? strchr(pattern, '*') : NULL;

	if (!star)
		return g_strdup(pattern);
	return g_strdup_printf("%.*s%s%s", (int)(star - pattern), pattern, of, star + 1);
}

static bool
parse_number(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	guint64 number = 0;

	if (!g_ascii_string_to_unsigned(text, 10, setting->min, setting->max, &number, NULL))
		return kt_throw(error,
				KT_ERROR_USAGE,
				"%s: '%s' is no number from %" G_GUINT64_FORMAT
				" to %" G_GUINT64_FORMAT,
				setting->key,
				text,
				setting->min,
				setting->max);
	*ret_value = g_strdup_printf("%" G_GUINT64_FORMAT, number);
	return true;
}

/* As virsh takes sizes: without a unit KiB; k, M, G, T with or without iB are powers of 1024. */
static bool
parse_size(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	uint64_t kib = 0;

	if (!kt_parse_kib(text, &kib) || kib < setting->min || kib > setting->max)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "a number of KiB, or one with k, M, G or T",
				     "%s: '%s' is no size that it can have",
				     setting->key,
				     text);
	*ret_value = g_strdup_printf("%" G_GUINT64_FORMAT, kib);
	return true;
}

static bool
parse_memory(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	bool is_virtio = setting->kind == KT_SETTING_VIRTIO_MEM;
	g_autoptr(GError) problem = NULL;
	KtMemoryWish wish = {0};

	if (!kt_memory_wish_parse(text, is_virtio, &wish, &problem))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     kt_error_hint(problem),
				     "%s: %s",
				     setting->key,
				     problem->message);
	*ret_value = kt_memory_wish_print(&wish, is_virtio);
	return true;
}

/* One line for people. */
static bool
parse_text(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	bool is_line = g_utf8_validate(text, -1, NULL) && strlen(text) <= KT_SETTING_TEXT_BYTES;

	for (const char *c = text; is_line && *c; c++)
		is_line = !g_ascii_iscntrl(*c);
	if (!is_line)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "up to " G_STRINGIFY(KT_SETTING_TEXT_BYTES) " bytes of UTF-8",
				     "%s: this is no line of text",
				     setting->key);
	*ret_value = g_strdup(text);
	return true;
}

static bool
parse_list(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	KtCpuset set = {0};

	if (!kt_cpuset_parse_list(text, &set, error))
		return kt_prefix(error, "%s", setting->key);
	if (kt_cpuset_is_empty(&set))
		return kt_throw(error, KT_ERROR_USAGE, "%s: the list is empty", setting->key);
	*ret_value = kt_cpuset_to_list(&set);
	return true;
}

static bool
parse_word(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	g_auto(GStrv) words = g_strsplit(setting->words, " ", -1);

	if (g_strv_contains((const char *const *)words, text)) {
		*ret_value = g_strdup(text);
		return true;
	}
	return kt_throw_hint(
		error, KT_ERROR_USAGE, setting->words, "%s cannot be '%s'", setting->key, text);
}

/* What stands in XML as it is must not be able to be anything but a name. */
static bool
parse_name(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	for (const char *c = text; *c; c++) {
		if (!g_ascii_isalnum(*c) && !strchr("._-+", *c))
			return kt_throw(
				error, KT_ERROR_USAGE, "%s: '%s' is no name", setting->key, text);
	}
	*ret_value = g_strdup(text);
	return true;
}

static bool
parse_presence(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	bool is_yes = g_str_equal(text, "yes") || g_str_equal(text, "on");
	bool is_no = g_str_equal(text, "no") || g_str_equal(text, "off");

	if (!is_yes && !is_no)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "yes or no",
				     "%s cannot be '%s'",
				     setting->key,
				     text);
	*ret_value = is_yes ? g_strdup_printf("<%s/>", strrchr(setting->xml, '/') + 1) : NULL;
	return true;
}

typedef bool (*Parser)(const KtSetting *setting, const char *text, char **ret_value,
		       GError **error);

static const Parser parsers[] = {
	[KT_SETTING_NUMBER] = parse_number,
	[KT_SETTING_SIZE] = parse_size,
	[KT_SETTING_CPUS] = parse_list,
	[KT_SETTING_NODES] = parse_list,
	[KT_SETTING_WORD] = parse_word,
	[KT_SETTING_NAME] = parse_name,
	[KT_SETTING_PRESENCE] = parse_presence,
	[KT_SETTING_DIMM] = parse_memory,
	[KT_SETTING_VIRTIO_MEM] = parse_memory,
	[KT_SETTING_TEXT] = parse_text,
};
G_STATIC_ASSERT(G_N_ELEMENTS(parsers) == KT_SETTING_N);

bool
kt_setting_parse(const KtSetting *setting, const char *text, char **ret_value, GError **error)
{
	bool is_absent = setting->absent && g_str_equal(text, setting->absent);

	if (!*text)
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "'default' takes the setting away",
				     "%s has no value",
				     setting->key);
	if (is_absent || g_str_equal(text, "default")) {
		*ret_value = NULL;
		return true;
	}
	return parsers[setting->kind](setting, text, ret_value, error);
}
