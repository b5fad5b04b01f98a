/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cgroup.h"

#include <string.h>

/* Where every distribution and systemd mount the hierarchies. */
#define MOUNT "/sys/fs/cgroup"

/* /proc/PID/cgroup, cgroups(7): "ID:controllers:path", with ID 0 and no controllers for v2. */
typedef struct Line {
	const char *id;
	const char *controllers;
	const char *path;
} Line;

static bool
split_line(char *text, Line *ret_line)
{
	char *rest = text;

	ret_line->id = strsep(&rest, ":");
	ret_line->controllers = strsep(&rest, ":");
	ret_line->path = rest;
	return rest != NULL;
}

static bool
has_cpu(const char *controllers)
{
	g_auto(GStrv) names = g_strsplit(controllers, ",", -1);

	return g_strv_contains((const char *const *)names, "cpu");
}

/* The line that says where the CPU controller has the process: v1 wins, for in a hybrid setup the
 * v2 hierarchy has no controllers. */
static bool
find_line(char *text, Line *ret_line)
{
	char *rest = text;
	bool is_found = false;

	for (char *at = strsep(&rest, "\n"); at; at = strsep(&rest, "\n")) {
		Line line = {NULL};
		if (!split_line(at, &line))
			continue;
		if (has_cpu(line.controllers)) {
			*ret_line = line;
			return true;
		}
		if (!*line.controllers) {
			*ret_line = line;
			is_found = true;
		}
	}
	return is_found;
}

/* libvirt's vircgroup.c: QEMU runs in "emulator" below the guest's group, on hosts with systemd
 * with a "libvirt" in between. NULL when the process is in no such group. */
static char *
guest_group(const char *path)
{
	g_autofree char *group = g_strdup(path);
	bool is_libvirt = false;

	if (g_str_has_suffix(group, "/emulator")) {
		*strrchr(group, '/') = '\0';
		is_libvirt = true;
	}
	if (g_str_has_suffix(group, "/libvirt")) {
		*strrchr(group, '/') = '\0';
		is_libvirt = true;
	}
	return is_libvirt ? g_steal_pointer(&group) : NULL;
}

/* v1 hierarchies are mounted under the names of their controllers; "cpu" is a link to it. */
static char *
hierarchy(KtRoot *root, const Line *line)
{
	uint32_t mode = 0;

	if (!*line->controllers)
		return g_strdup(MOUNT);
	g_autofree char *own = g_strconcat(MOUNT "/", line->controllers, NULL);
	if (kt_root_mode(root, own, &mode) == KT_STATE_VALUE)
		return g_steal_pointer(&own);
	return g_strdup(MOUNT "/cpu");
}

KtOptU64
kt_guest_cgroup_shares(KtRoot *root, KtFacts *facts, uint64_t pid, char **ret_thread_list)
{
	g_autofree char *path = g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/cgroup", pid);
	g_autofree char *text = NULL;
	KtOptU64 shares = {.state = kt_root_read(root, path, &text, NULL),
			   .origin = kt_facts_origin(facts, path)};
	Line line = {NULL};

	if (shares.state != KT_STATE_VALUE)
		return shares;
	shares.state = KT_STATE_ABSENT;
	if (!find_line(text, &line))
		return shares;
	g_autofree char *group = guest_group(line.path);
	if (!group)
		return shares;

	bool is_v1 = *line.controllers != '\0';
	g_autofree char *mount = hierarchy(root, &line);
	g_autofree char *file =
		g_strconcat(mount, group, is_v1 ? "/cpu.shares" : "/cpu.weight", NULL);
	shares.origin = kt_facts_origin(facts, file);
	shares.state = kt_root_read_u64(root, file, &shares.v);
	*ret_thread_list =
		g_strconcat(mount, line.path, is_v1 ? "/tasks" : "/cgroup.threads", NULL);
	return shares;
}
