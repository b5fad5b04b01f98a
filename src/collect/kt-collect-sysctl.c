/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

#define STAT    "/proc/net/stat/nf_conntrack"
#define FILE_NR "/proc/sys/fs/file-nr"
#define LOADAVG "/proc/loadavg"
#define SNMP    "/proc/net/snmp"

/* The position of @name among the words of @line. */
static bool
find_column(char *line, const char *name, size_t *ret_column)
{
	size_t column = 0;

	for (char *word = strsep(&line, " "); word; word = strsep(&line, " ")) {
		if (!*word)
			continue;
		if (g_str_equal(word, name)) {
			*ret_column = column;
			return true;
		}
		column++;
	}
	return false;
}

/* The number in a column, hexadecimal as all of them. */
static bool
read_column(char *line, size_t column, uint64_t *ret_number)
{
	for (char *word = strsep(&line, " "); word; word = strsep(&line, " ")) {
		if (*word && column-- == 0)
			return g_ascii_string_to_unsigned(
				word, 16, 0, UINT32_MAX, ret_number, NULL);
	}
	return false;
}

/* A line of names, then one per possible CPU (net/netfilter/nf_conntrack_standalone.c). */
static KtState
sum_column(char *text, const char *name, uint64_t *ret_sum)
{
	char *cursor = text;
	size_t column = 0;
	uint64_t sum = 0;

	if (!find_column(strsep(&cursor, "\n"), name, &column))
		return KT_STATE_BROKEN;
	for (char *line = strsep(&cursor, "\n"); line; line = strsep(&cursor, "\n")) {
		uint64_t number = 0;
		if (!*line)
			continue;
		if (!read_column(line, column, &number))
			return KT_STATE_BROKEN;
		sum += number;
	}
	*ret_sum = sum;
	return KT_STATE_VALUE;
}

/* The number at the start of @text and what follows it. */
static KtOptU64
leading_number(KtHostJob *job, const char *text, const char *path)
{
	g_autofree char *digits = g_strndup(text, strspn(text, "0123456789"));
	KtOptU64 value = {
		.state = KT_STATE_BROKEN,
		.origin = kt_facts_origin(job->facts, path),
	};

	if (g_ascii_string_to_unsigned(digits, 10, 0, UINT64_MAX, &value.v, NULL))
		value.state = KT_STATE_VALUE;
	return value;
}

/* "0.20 0.18 0.12 1/80 11206" (proc(5)): the number behind the slash are all threads. file-nr
 * starts with the number wanted. */
static KtOptU64
number_in(KtHostJob *job, const char *path, bool is_behind_slash)
{
	g_autofree char *line = NULL;
	KtState state = kt_host_line(job, path, &line);
	const char *slash = is_behind_slash && line ? strchr(line, '/') : NULL;

	if (state != KT_STATE_VALUE)
		return (KtOptU64){.state = state, .origin = kt_facts_origin(job->facts, path)};
	return leading_number(job, is_behind_slash ? (slash ? slash + 1 : "") : line, path);
}

/* "Udp: InDatagrams NoPorts..." and below it "Udp: 812 3..." (net/ipv4/proc.c). */
static KtState
read_udp(char *text, const char *name, uint64_t *ret_number)
{
	char *names = strstr(text, "\nUdp: ");
	char *numbers = names ? strstr(names + 1, "\nUdp: ") : NULL;
	size_t column = 0;

	if (!numbers)
		return KT_STATE_BROKEN;
	numbers[strcspn(numbers + 1, "\n") + 1] = '\0';
	*numbers = '\0';
	if (!find_column(names + 1, name, &column))
		return KT_STATE_BROKEN;
	g_auto(GStrv) words = g_strsplit(numbers + 1, " ", -1);
	if (column >= g_strv_length(words) ||
	    !g_ascii_string_to_unsigned(words[column], 10, 0, UINT64_MAX, ret_number, NULL))
		return KT_STATE_BROKEN;
	return KT_STATE_VALUE;
}

static KtOptU64
udp_number(KtHostJob *job, const char *name)
{
	g_autofree char *text = NULL;
	KtOptU64 value = {.origin = kt_facts_origin(job->facts, SNMP)};

	value.state = kt_host_text(job, SNMP, &text);
	if (value.state == KT_STATE_VALUE)
		value.state = read_udp(text, name, &value.v);
	return value;
}

void
kt_host_collect_sysctl(KtHostJob *job)
{
	g_autofree char *text = NULL;
	KtOptU64 *drop = &job->host->sysctl.conntrack_drop;

	job->host->sysctl.file_nr = number_in(job, FILE_NR, /* is_behind_slash= */ false);
	job->host->sysctl.threads = number_in(job, LOADAVG, /* is_behind_slash= */ true);
	job->host->sysctl.udp_rcvbuf_errors = udp_number(job, "RcvbufErrors");
	drop->origin = kt_facts_origin(job->facts, STAT);
	drop->state = kt_host_text(job, STAT, &text);
	if (drop->state == KT_STATE_VALUE)
		drop->state = sum_column(text, "drop", &drop->v);
}
