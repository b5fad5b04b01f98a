/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-start-log.h"

#include <stdbool.h>
#include <string.h>

/* "2026-11-21 11:00:00.123+0000" */
#define STAMP_CHARS 28

typedef struct Text {
	const char *at;
	const char *end;
} Text;

/* The next line, cut and cleaned; NULL at the end. Free with g_free. */
static char *
next_line(Text *text)
{
	if (text->at >= text->end)
		return NULL;

	const char *newline = memchr(text->at, '\n', (size_t)(text->end - text->at));
	const char *stop = newline ? newline : text->end;
	size_t length = MIN((size_t)(stop - text->at), (size_t)KT_START_LOG_MAX_LINE);
	g_autofree char *raw = g_strndup(text->at, length);
	/* A NUL in it would hide the rest. */
	for (size_t i = 0; i < length; i++)
		raw[i] = (guchar)text->at[i] < ' ' || text->at[i] == 0x7f ? ' ' : text->at[i];
	text->at = newline ? newline + 1 : text->end;
	char *line = g_utf8_make_valid(raw, -1);
	return g_strstrip(line);
}

static bool
is_stamped(const char *line)
{
	return strlen(line) > STAMP_CHARS && g_ascii_isdigit(line[0]) && line[4] == '-' &&
	       line[7] == '-' && line[10] == ' ' && line[13] == ':';
}

static bool
has_stamp_and(const char *line, const char *words)
{
	return is_stamped(line) && strstr(line + STAMP_CHARS, words);
}

static void
add(GPtrArray *messages, const char *message)
{
	if (!*message || messages->len >= KT_START_LOG_MAX_LINES)
		return;
	for (guint i = 0; i < messages->len; i++) {
		if (g_str_equal(messages->pdata[i], message))
			return;
	}
	g_ptr_array_add(messages, g_strdup(message));
}

/* The environment and the arguments that libvirt starts QEMU with: all lines but the last of them
 * end in a backslash. */
static bool
is_command_line(const char *line, bool *is_inside)
{
	bool goes_on = g_str_has_suffix(line, "\\");
	bool is_one = goes_on || *is_inside;

	*is_inside = goes_on;
	return is_one;
}

static void
begin_start(KtStartLog *log, const char *line)
{
	g_free(log->started);
	g_clear_pointer(&log->reason, g_free);
	log->started = g_strndup(line, STAMP_CHARS);
	g_ptr_array_set_size(log->messages, 0);
}

static void
end_start(KtStartLog *log, const char *line)
{
	const char *reason = strstr(line, "reason=");

	g_free(log->reason);
	log->reason = reason ? g_strndup(reason + strlen("reason="),
					 strcspn(reason + strlen("reason="), " ,"))
			     : g_strdup("unknown");
}

KtStartLog *
kt_start_log_parse(const char *text, size_t length)
{
	KtStartLog *log = g_new0(KtStartLog, 1);
	size_t skipped = length > KT_START_LOG_MAX_BYTES ? length - KT_START_LOG_MAX_BYTES : 0;
	Text rest = {.at = text + skipped, .end = text + length};
	bool is_inside = false;

	log->messages = g_ptr_array_new_with_free_func(g_free);
	for (char *line = next_line(&rest); line; line = next_line(&rest)) {
		if (has_stamp_and(line, ": starting up")) {
			begin_start(log, line);
			is_inside = false;
		} else if (has_stamp_and(line, ": shutting down")) {
			end_start(log, line);
		} else if (!is_command_line(line, &is_inside) && log->started) {
			add(log->messages, line);
		}
		g_free(line);
	}
	return log;
}

GPtrArray *
kt_start_log_messages(const char *text, size_t length)
{
	GPtrArray *messages = g_ptr_array_new_with_free_func(g_free);
	Text rest = {.at = text, .end = text + MIN(length, KT_START_LOG_MAX_BYTES)};
	bool is_inside = false;

	for (char *line = next_line(&rest); line; line = next_line(&rest)) {
		if (!is_command_line(line, &is_inside))
			add(messages, line);
		g_free(line);
	}
	return messages;
}

void
kt_start_log_free(KtStartLog *log)
{
	if (!log)
		return;
	g_free(log->started);
	g_free(log->reason);
	g_ptr_array_unref(log->messages);
	g_free(log);
}
