/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-line.h"

#include <string.h>

bool
kt_boot_line_is_clean(const char *key, const char *value)
{
	static const char key_extra[] = "_.-";
	static const char value_extra[] = "_.-,:=/+@%";

	if (!*key)
		return false;
	for (const char *c = key; *c; c++) {
		if (!g_ascii_isalnum(*c) && !strchr(key_extra, *c))
			return false;
	}
	for (const char *c = value; c && *c; c++) {
		if (!g_ascii_isalnum(*c) && !strchr(value_extra, *c))
			return false;
	}
	return true;
}

/* The next word at or behind @cursor; NULL at the end. */
static const char *
next_word(const char *cursor, size_t *ret_length)
{
	cursor += strspn(cursor, " \t\n");
	*ret_length = strcspn(cursor, " \t\n");
	return *ret_length ? cursor : NULL;
}

/* Quotes that close the variable of a configuration file may follow the last argument. */
static bool
is_argument(const char *word, size_t length, const char *key)
{
	size_t key_length = strlen(key);

	if (length && (*word == '"' || *word == '\'')) {
		word++;
		length--;
	}
	if (length < key_length || strncmp(word, key, key_length) != 0)
		return false;
	return length == key_length || strchr("=\"'", word[key_length]);
}

char *
kt_boot_line_get(const char *line, const char *key)
{
	char *value = NULL;
	size_t length = 0;

	for (const char *word = next_word(line, &length); word;
	     word = next_word(word + length, &length)) {
		if (!is_argument(word, length, key))
			continue;
		const char *equals = memchr(word, '=', length);
		g_free(value);
		value = equals ? g_strndup(equals + 1, length - (size_t)(equals + 1 - word))
			       : g_strdup("");
	}
	return value;
}

unsigned
kt_boot_line_count(const char *line, const char *key)
{
	unsigned count = 0;
	size_t length = 0;

	for (const char *word = next_word(line, &length); word;
	     word = next_word(word + length, &length))
		count += is_argument(word, length, key);
	return count;
}

char *
kt_boot_line_without(const char *line, const char *key)
{
	GString *rest = g_string_new(NULL);
	const char *from = line;
	size_t length = 0;

	for (const char *word = next_word(line, &length); word;
	     word = next_word(word + length, &length)) {
		if (!is_argument(word, length, key))
			continue;
		/* The blank in front goes with it. */
		const char *end = word > line && g_ascii_isspace(word[-1]) ? word - 1 : word;
		g_string_append_len(rest, from, end - from);
		from = word + length;
	}
	g_string_append(rest, from);
	return g_string_free(rest, FALSE);
}

static bool
is_kernel_line(const char *line)
{
	static const char *const commands[] = {"linux", "linux16", "linuxefi"};
	size_t length = strcspn(line, " \t");

	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		if (length == strlen(commands[i]) && strncmp(line, commands[i], length) == 0)
			return true;
	}
	return false;
}

/* Debian's recovery entries carry 'single', Ubuntu's 'recovery' (10_linux of grub-common). */
static bool
is_recovery_line(const char *line)
{
	return kt_boot_line_count(line, "single") || kt_boot_line_count(line, "recovery");
}

GPtrArray *
kt_boot_grub_lines(const char *grub_cfg)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit(grub_cfg, "\n", -1);

	for (size_t i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);
		if (is_kernel_line(line) && !is_recovery_line(line))
			g_ptr_array_add(found, g_strdup(line));
	}
	return found;
}

char *
kt_boot_bls_options(const char *entry)
{
	GString *options = g_string_new(NULL);
	g_auto(GStrv) lines = g_strsplit(entry, "\n", -1);

	for (size_t i = 0; lines[i]; i++) {
		const char *line = g_strstrip(lines[i]);
		if (!g_str_has_prefix(line, "options ") && !g_str_has_prefix(line, "options\t"))
			continue;
		g_string_append_printf(
			options, "%s%s", options->len ? " " : "", line + strlen("options "));
	}
	return g_string_free(options, FALSE);
}

/* Length of a quoted value of @key at @word, as in key="value": 0 when it is something else. */
static size_t
quoted_argument(const char *word, const char *key)
{
	size_t key_length = strlen(key);

	if (strncmp(word, key, key_length) != 0 || word[key_length] != '=')
		return 0;
	const char *value = word + key_length + 1;
	if (*value != '"' && *value != '\'')
		return 0;
	size_t length = strcspn(value + 1, "\"' \t\n");
	return value[length + 1] == *value ? key_length + length + 3 : 0;
}

/* A quote of a configuration file stands beside the first or last argument, not in it; one of the
 * value of @key belongs to it. */
static char *
spread_quotes(const char *text, const char *key)
{
	GString *out = g_string_new(NULL);

	for (const char *c = text; *c; c++) {
		bool is_word_start = !out->len || strchr(" \t\n", out->str[out->len - 1]);
		size_t quoted = is_word_start ? quoted_argument(c, key) : 0;
		bool is_quote = *c == '"' || *c == '\'';
		if (quoted) {
			g_string_append_len(out, c, (gssize)quoted);
			c += quoted - 1;
			continue;
		}
		g_string_append_printf(out, is_quote ? " %c " : "%c", *c);
	}
	return g_string_free(out, FALSE);
}

/* Tools write arguments anew with one blank between them, which means the same. */
static void
squeeze_blanks(char *text)
{
	char *out = text;

	for (const char *c = text; *c; c++) {
		bool is_blank = *c == ' ' || *c == '\t';
		bool is_behind_blank = out > text && out[-1] == ' ';
		if (is_blank && is_behind_blank)
			continue;
		if (*c == '\n' && is_behind_blank)
			out--;
		*out++ = is_blank ? ' ' : *c;
	}
	*out = '\0';
}

/* A variable that is made for one argument says nothing without it. */
static void
drop_empty_variable(char *text)
{
	static const char empty[] = "GRUB_CMDLINE_LINUX_DEFAULT= \" \"";
	char *line = strstr(text, empty);

	if (!line || (line > text && line[-1] != '\n'))
		return;
	char *rest = line + strlen(empty);
	rest += *rest == '\n';
	memmove(line, rest, strlen(rest) + 1);
}

static char *
without_key_and_padding(const char *text, const char *key)
{
	g_autofree char *spread = spread_quotes(text, key);
	char *rest = kt_boot_line_without(spread, key);

	squeeze_blanks(rest);
	drop_empty_variable(rest);
	size_t length = strlen(rest);

	while (length > 0 && rest[length - 1] == '#')
		rest[--length] = '\0';
	return rest;
}

bool
kt_boot_text_differs_only_in(const char *a, const char *b, const char *key)
{
	g_autofree char *left = without_key_and_padding(a, key);
	g_autofree char *right = without_key_and_padding(b, key);

	return g_str_equal(left, right);
}
