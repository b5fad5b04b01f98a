/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-shell-text.h"

#include <string.h>

/* The value of an assignment: from @start to @end, quotes included. */
typedef struct Span {
	const char *start;
	const char *end;
	bool is_complex;
} Span;

/* Where the text behind "KEY=" begins, or NULL when @line is no such assignment. */
static const char *
assigned(const char *line, const char *key)
{
	line += strspn(line, " \t");
	if (g_str_has_prefix(line, "export ") || g_str_has_prefix(line, "export\t"))
		line += strlen("export ") + strspn(line + strlen("export "), " \t");
	if (!g_str_has_prefix(line, key))
		return NULL;
	line += strlen(key);
	if (*line == '=')
		return line + 1;
	return g_str_has_prefix(line, "+=") ? line + 2 : NULL;
}

static Span
span_of(const char *line, const char *key)
{
	const char *start = assigned(line, key);
	Span span = {.start = start, .end = start, .is_complex = start[-2] == '+'};
	char quote = *start == '"' || *start == '\'' ? *start : '\0';

	if (quote) {
		span.end = start + 1 + strcspn(start + 1, quote == '"' ? "\"\n" : "'\n");
		span.is_complex |= *span.end != quote;
		span.end += *span.end == quote;
	} else {
		span.end = start + strcspn(start, " \t\r\n;");
	}
	/* Behind it only a comment may stand: "a""b" and "a"b go on, and a; b is another command.
	 */
	const char *rest = span.end + strspn(span.end, " \t\r");
	span.is_complex |= *rest && *rest != '\n' && (*rest != '#' || rest == span.end);
	for (const char *c = start; c < span.end && quote != '\''; c++)
		span.is_complex |= strchr("$`\\", *c) != NULL;
	for (const char *c = start; c < span.end && !quote; c++)
		span.is_complex |= strchr("\"'", *c) != NULL;
	return span;
}

static const char *
next_line(const char *line)
{
	const char *newline = strchr(line, '\n');

	return newline && newline[1] ? newline + 1 : NULL;
}

/* The last assignment, or NULL. */
static const char *
last_line(const char *text, const char *key)
{
	const char *found = NULL;

	for (const char *line = text; line; line = next_line(line)) {
		if (assigned(line, key))
			found = line;
	}
	return found;
}

KtShellState
kt_shell_get(const char *text, const char *key, char **ret_value)
{
	const char *line = last_line(text, key);

	if (!line)
		return KT_SHELL_ABSENT;
	Span span = span_of(line, key);
	if (span.is_complex)
		return KT_SHELL_COMPLEX;
	bool is_quoted = *span.start == '"' || *span.start == '\'';
	*ret_value = g_strndup(span.start + is_quoted,
			       (gsize)(span.end - span.start) - 2 * (gsize)is_quoted);
	return KT_SHELL_VALUE;
}

KtState
kt_shell_get_cpus(const char *text, const char *key, KtCpuset *ret_cpus)
{
	g_autofree char *value = NULL;
	KtShellState state = kt_shell_get(text, key, &value);

	if (state == KT_SHELL_ABSENT || (state == KT_SHELL_VALUE && !*value))
		return KT_STATE_ABSENT;
	return state == KT_SHELL_VALUE && kt_cpuset_parse_list(value, ret_cpus, NULL)
		       ? KT_STATE_VALUE
		       : KT_STATE_BROKEN;
}

unsigned
kt_shell_count(const char *text, const char *key)
{
	unsigned n = 0;

	for (const char *line = text; line; line = next_line(line))
		n += assigned(line, key) != NULL;
	return n;
}

/* The line behind the comment that shows how to set @key; the end of the text without one. */
static const char *
place_for(const char *text, const char *key)
{
	for (const char *line = text; line; line = next_line(line)) {
		const char *shown = line + strspn(line, "# \t");
		if (*line != '#' || !assigned(shown, key))
			continue;
		const char *next = strchr(line, '\n');
		return next ? next + 1 : line + strlen(line);
	}
	return text + strlen(text);
}

char *
kt_shell_set(const char *text, const char *key, const char *value)
{
	const char *line = last_line(text, key);
	GString *out = NULL;

	if (strpbrk(value, "\"'$`\\\n"))
		return NULL;
	if (line) {
		Span span = span_of(line, key);
		if (span.is_complex)
			return NULL;
		out = g_string_new_len(text, span.start - text);
		g_string_append_printf(out, "\"%s\"%s", value, span.end);
		return g_string_free(out, FALSE);
	}
	const char *place = place_for(text, key);
	bool is_open = place > text && place[-1] != '\n';
	out = g_string_new_len(text, place - text);
	g_string_append_printf(out, "%s%s=\"%s\"\n%s", is_open ? "\n" : "", key, value, place);
	return g_string_free(out, FALSE);
}
