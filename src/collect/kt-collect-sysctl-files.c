/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-dropins.h"

#include <string.h>

/*
 * What stands in sysctl files, in the order in which systemd-sysctl(8) applies it.
 * /etc/sysctl.conf itself is read by sysctl(8) of procps only, and last; where systemd boots it
 * counts through a link to it, such as 99-sysctl.conf.
 */

#define SYSCTL_CONF "/etc/sysctl.conf"

static const char *const dirs[] = {
	"/etc/sysctl.d",
	"/run/sysctl.d",
	"/usr/local/lib/sysctl.d",
	"/usr/lib/sysctl.d",
	"/lib/sysctl.d",
	NULL,
};

/* Assignments that a practice wants gone: their file may have to be replaced. */
static const char *const unwanted_keys[] = {
	"net.ipv4.tcp_tw_recycle",
};

typedef struct Scan {
	KtHostJob *job;
	GArray *lines; /* of KtSysctlLine */
	KtState state; /* of the whole list */
	bool has_conf; /* sysctl.conf was among the files */
} Scan;

/* "net.ipv4.conf.eth0/1.forwarding" and "net/ipv4/conf/eth0.1/forwarding" are one key: the first
 * separator decides (sysctl.d(5)). Dots it is from here on. */
static void
normalize_key(char *key)
{
	char *first = strpbrk(key, "./");

	if (!first || *first == '.')
		return;
	for (char *at = first; *at; at++) {
		if (*at == '/')
			*at = '.';
		else if (*at == '.')
			*at = '/';
	}
}

/* Cuts @line into key and value; false when it assigns nothing. */
static bool
parse_assignment(char *line, char **ret_key, char **ret_value)
{
	char *key = g_strstrip(line);
	char *equals = strchr(key, '=');

	if (*key == '#' || *key == ';' || !equals)
		return false;
	*equals = '\0';
	if (*key == '-')
		key++;
	key = g_strstrip(key);
	key += strspn(key, "/");
	if (!*key)
		return false;
	normalize_key(key);
	*ret_key = key;
	*ret_value = g_strstrip(equals + 1);
	return true;
}

static bool
is_unwanted(const char *key)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unwanted_keys); i++) {
		if (g_str_equal(key, unwanted_keys[i]))
			return true;
	}
	return false;
}

/* Returns whether an unwanted key is assigned. */
static bool
parse_lines(Scan *scan, const char *path, const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text, -1);
	KtOptStr file = kt_host_str(scan->job, path, path);
	char *cursor = valid;
	bool has_unwanted = false;

	for (uint64_t number = 1; cursor; number++) {
		char *key = NULL;
		char *value = NULL;
		if (!parse_assignment(strsep(&cursor, "\n"), &key, &value))
			continue;
		if (scan->lines->len > KT_HOST_MAX_ITEMS)
			break;
		KtSysctlLine line = {
			.file = file,
			.line = kt_host_u64(scan->job, number, path),
			.key = kt_host_str(scan->job, key, path),
			.value = kt_host_str(scan->job, value, path),
		};
		g_array_append_val(scan->lines, line);
		has_unwanted = has_unwanted || is_unwanted(key);
	}
	return has_unwanted;
}

static void
scan_file(Scan *scan, const char *path)
{
	g_autofree char *text = NULL;
	size_t length = 0;
	KtState state = kt_root_read(scan->job->root, path, &text, &length);
	bool has_unwanted = false;

	if (state == KT_STATE_VALUE && strlen(text) != length)
		state = KT_STATE_BROKEN;
	if (state == KT_STATE_VALUE)
		has_unwanted = parse_lines(scan, path, text);
	else if (state != KT_STATE_ABSENT)
		scan->state = state;

	/* Other bytes than UTF-8 would not survive JSON, and a plan could not put them back. */
	if (state == KT_STATE_VALUE && !g_utf8_validate_len(text, length, NULL))
		state = KT_STATE_BROKEN;
	if (kt_host_is_own_file(path) || (has_unwanted && g_str_has_prefix(path, "/etc/")))
		kt_host_add_config_file(scan->job, path, state, text);
}

static void
visit(const char *path, void *data)
{
	Scan *scan = data;

	scan->has_conf |= g_str_equal(path, SYSCTL_CONF);
	scan_file(scan, path);
}

void
kt_host_collect_sysctl_files(KtHostJob *job)
{
	Scan scan = {
		.job = job,
		.lines = g_array_new(FALSE, TRUE, sizeof(KtSysctlLine)),
		.state = KT_STATE_VALUE,
	};
	KtState state = kt_dropins_visit(job->root, dirs, ".conf", visit, &scan);

	if (scan.state == KT_STATE_VALUE)
		scan.state = state;
	if (!scan.has_conf && !kt_opt_is(job->host->system.init, "systemd"))
		scan_file(&scan, SYSCTL_CONF);
	kt_host_set_list(job, &job->host->sysctl_lines, scan.lines, scan.state, "/etc/sysctl.d");
}
