/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-text.h"

#include "kt-boot-line.h"
#include "kt-shell-text.h"

#include <stdint.h>
#include <string.h>

#define FOR_ALL "GRUB_CMDLINE_LINUX"
#define NORMAL  "GRUB_CMDLINE_LINUX_DEFAULT"

/* What kt_boot_line_without() takes for the space between arguments. */
static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

char *
kt_boot_line_with(const char *line, const char *key, const char *value)
{
	g_autofree char *rest = kt_boot_line_without(line, key);
	bool is_first = !rest[strspn(rest, " \t\n")];
	size_t length = strlen(rest);

	/* What was in front goes with the blank behind it. */
	const char *start = rest;
	while (is_blank(*start) && !is_blank(*line))
		start++;
	if (!value)
		return g_strdup(start);
	while (length > 0 && is_blank(rest[length - 1]))
		rest[--length] = '\0';
	return g_strdup_printf("%s%s%s%s%s",
			       is_first ? "" : start,
			       is_first ? "" : " ",
			       key,
			       *value ? "=" : "",
			       value);
}

static bool
is_options(const char *line)
{
	return g_str_has_prefix(line, "options") && strchr(" \t", line[strlen("options")]);
}

/* Several lines are one command line: the argument goes to the last of them. */
char *
kt_boot_entry_with(const char *text, const char *key, const char *value)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	size_t last = SIZE_MAX;

	for (size_t i = 0; lines[i]; i++) {
		if (!is_options(lines[i]) || !lines[i][strlen("options")])
			continue;
		char *line = kt_boot_line_without(lines[i], key);
		g_free(lines[i]);
		lines[i] = line;
		last = i;
	}
	if (value && last != SIZE_MAX) {
		char *line = kt_boot_line_with(lines[last], key, value);
		g_free(lines[last]);
		lines[last] = line;
	}
	return g_strjoinv("\n", lines);
}

char *
kt_boot_cmdline_with(const char *text, const char *key, const char *value)
{
	g_autofree char *rest = kt_boot_line_without(text, key);
	size_t length = strlen(rest);

	if (!value)
		return g_steal_pointer(&rest);
	while (length > 0 && is_blank(rest[length - 1]))
		length--;
	g_autofree char *line = g_strndup(rest, length);
	g_autofree char *with = kt_boot_line_with(line, key, value);
	return g_strconcat(with, rest + length, NULL);
}

/* Where the value of a line "  parameters = ..." begins, or NULL. */
static const char *
zipl_value(const char *line)
{
	const char *at = line + strspn(line, " \t");

	if (!g_str_has_prefix(at, "parameters"))
		return NULL;
	at += strlen("parameters");
	at += strspn(at, " \t");
	if (*at != '=')
		return NULL;
	at++;
	return at + strspn(at, " \t");
}

/* The value between its quotes. */
static char *
zipl_inner(const char *value, size_t *ret_quote)
{
	size_t length = strlen(value);

	while (length > 0 && g_ascii_isspace(value[length - 1]))
		length--;
	*ret_quote = length >= 2 && strchr("\"'", *value) && value[length - 1] == *value;
	return g_strndup(value + *ret_quote, length - 2 * *ret_quote);
}

char *
kt_boot_zipl_with(const char *text, const char *key, const char *value)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (size_t i = 0; lines[i]; i++) {
		const char *start = zipl_value(lines[i]);
		size_t quote = 0;
		if (!start)
			continue;
		g_autofree char *old = zipl_inner(start, &quote);
		g_autofree char *inner = kt_boot_line_with(old, key, value);
		const char *end = start + strlen(old) + 2 * quote;
		char *line = g_strdup_printf("%.*s%.*s%s%.*s%s",
					     (int)(start - lines[i]),
					     lines[i],
					     (int)quote,
					     start,
					     inner,
					     (int)quote,
					     start,
					     end);
		g_free(lines[i]);
		lines[i] = line;
	}
	return g_strjoinv("\n", lines);
}

GPtrArray *
kt_boot_zipl_lines(const char *text)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (size_t i = 0; lines[i]; i++) {
		const char *start = zipl_value(lines[i]);
		size_t quote = 0;
		if (start)
			g_ptr_array_add(found, zipl_inner(start, &quote));
	}
	return found;
}

/* @text with the argument in the variable @name changed or taken away. */
static char *
with_variable(const char *text, const char *name, const char *key, const char *value)
{
	g_autofree char *line = NULL;
	KtShellState state = kt_shell_get(text, name, &line);

	if (state == KT_SHELL_COMPLEX)
		return NULL;
	if (state == KT_SHELL_ABSENT && !value)
		return g_strdup(text);
	g_autofree char *changed = kt_boot_line_with(line ? line : "", key, value);
	return line && g_str_equal(changed, line) ? g_strdup(text)
						  : kt_shell_set(text, name, changed);
}

char *
kt_boot_grub_with(const char *text, const char *key, const char *value)
{
	g_autofree char *for_all = NULL;
	KtShellState state = kt_shell_get(text, FOR_ALL, &for_all);

	if (state == KT_SHELL_COMPLEX)
		return NULL;
	bool is_for_all = for_all && kt_boot_line_count(for_all, key) > 0;
	g_autofree char *half = with_variable(text, FOR_ALL, key, is_for_all ? value : NULL);
	return half ? with_variable(half, NORMAL, key, is_for_all ? NULL : value) : NULL;
}

char *
kt_boot_grub_line(const char *text)
{
	g_autofree char *for_all = NULL;
	g_autofree char *normal = NULL;

	if (kt_shell_get(text, FOR_ALL, &for_all) == KT_SHELL_COMPLEX ||
	    kt_shell_get(text, NORMAL, &normal) == KT_SHELL_COMPLEX)
		return NULL;
	return g_strdup_printf("%s %s", for_all ? for_all : "", normal ? normal : "");
}
