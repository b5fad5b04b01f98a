/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-cgroup.h"

#include <string.h>

/* Where every distribution and systemd mount the hierarchies. */
#define MOUNT "/sys/fs/cgroup"
/* mm/page_counter.h: PAGE_COUNTER_MAX pages of 64 KiB at most, which is what no limit reads as. */
#define V1_UNLIMITED (UINT64_C(0x7fffffffffff0000))

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
has_name(const char *controllers, const char *controller)
{
	g_auto(GStrv) names = g_strsplit(controllers, ",", -1);

	return g_strv_contains((const char *const *)names, controller);
}

/* The line that says where the controller has the process: v1 wins, for in a hybrid setup the v2
 * hierarchy has no controllers. */
static bool
find_line(char *text, const char *controller, Line *ret_line)
{
	char *rest = text;
	bool is_found = false;

	for (char *at = strsep(&rest, "\n"); at; at = strsep(&rest, "\n")) {
		Line line = {NULL};
		if (!split_line(at, &line))
			continue;
		if (has_name(line.controllers, controller)) {
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

/* v1 hierarchies without a group for the emulator have QEMU in the guest's own: "qemu-1-NAME" with
 * ".libvirt-qemu" behind it, or a scope of systemd. NULL when it is neither. */
static char *
own_group(const char *path)
{
	g_autofree char *name = g_path_get_basename(path);

	return g_str_has_suffix(name, ".libvirt-qemu") || g_str_has_prefix(name, "machine-qemu")
		       ? g_strdup(path)
		       : NULL;
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
hierarchy(KtRoot *root, const Line *line, const char *controller)
{
	uint32_t mode = 0;

	if (!*line->controllers)
		return g_strdup(MOUNT);
	g_autofree char *own = g_strconcat(MOUNT "/", line->controllers, NULL);
	if (kt_root_mode(root, own, &mode) == KT_STATE_VALUE)
		return g_steal_pointer(&own);
	return g_strconcat(MOUNT "/", controller, NULL);
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
	if (!find_line(text, "cpu", &line))
		return shares;
	g_autofree char *group = guest_group(line.path);
	if (!group)
		return shares;

	bool is_v1 = *line.controllers != '\0';
	g_autofree char *mount = hierarchy(root, &line, "cpu");
	g_autofree char *file =
		g_strconcat(mount, group, is_v1 ? "/cpu.shares" : "/cpu.weight", NULL);
	shares.origin = kt_facts_origin(facts, file);
	shares.state = kt_root_read_u64(root, file, &shares.v);
	*ret_thread_list =
		g_strconcat(mount, line.path, is_v1 ? "/tasks" : "/cgroup.threads", NULL);
	return shares;
}

/* Path of the first of @files (of v1 or v2) in the guest's group that is there; NULL when there is
 * no such group. Free with g_free. */
static char *
find_file(KtRoot *root, char *text, const char *controller, const char *const *v1,
	  const char *const *v2)
{
	Line line = {NULL};
	uint32_t mode = 0;

	if (!find_line(text, controller, &line))
		return NULL;
	bool is_v1 = *line.controllers != '\0';
	g_autofree char *group = guest_group(line.path);
	if (!group && is_v1)
		group = own_group(line.path);
	if (!group)
		return NULL;
	g_autofree char *mount = hierarchy(root, &line, controller);
	for (const char *const *file = is_v1 ? v1 : v2; *file; file++) {
		g_autofree char *path = g_strconcat(mount, group, "/", *file, NULL);
		if (kt_root_mode(root, path, &mode) == KT_STATE_VALUE)
			return g_steal_pointer(&path);
	}
	return NULL;
}

static char *
read_cgroup(KtRoot *root, uint64_t pid, KtState *ret_state)
{
	g_autofree char *path = g_strdup_printf("/proc/%" G_GUINT64_FORMAT "/cgroup", pid);
	char *text = NULL;

	*ret_state = kt_root_read(root, path, &text, NULL);
	return text;
}

KtOptU64
kt_guest_cgroup_io_weight(KtRoot *root, KtFacts *facts, uint64_t pid)
{
	/* Linux: block/bfq-cgroup.c, block/blk-iocost.c; libvirt writes bfq's where it is. */
	static const char *const v1[] = {"blkio.bfq.weight", "blkio.weight", NULL};
	static const char *const v2[] = {"io.bfq.weight", "io.weight", NULL};
	KtOptU64 weight = {.state = KT_STATE_ABSENT};
	g_autofree char *text = read_cgroup(root, pid, &weight.state);
	g_autofree char *line = NULL;

	if (weight.state != KT_STATE_VALUE)
		return weight;
	weight.state = KT_STATE_ABSENT;
	g_autofree char *path = find_file(root, text, "blkio", v1, v2);
	if (!path)
		return weight;
	weight.origin = kt_facts_origin(facts, path);
	weight.state = kt_root_read(root, path, &line, NULL);
	if (weight.state != KT_STATE_VALUE)
		return weight;
	/* "100", or "default 100" and lines of devices. */
	const char *number = g_str_has_prefix(line, "default ") ? line + strlen("default ") : line;
	g_autofree char *digits = g_strndup(number, strcspn(number, "\n"));
	if (!g_ascii_string_to_unsigned(digits, 10, 0, UINT32_MAX, &weight.v, NULL))
		weight.state = KT_STATE_BROKEN;
	return weight;
}

KtOptU64
kt_guest_cgroup_memory_limit(KtRoot *root, KtFacts *facts, uint64_t pid)
{
	static const char *const v1[] = {"memory.limit_in_bytes", NULL};
	static const char *const v2[] = {"memory.max", NULL};
	KtOptU64 limit = {.state = KT_STATE_ABSENT};
	g_autofree char *text = read_cgroup(root, pid, &limit.state);
	g_autofree char *line = NULL;
	guint64 bytes = 0;

	if (limit.state != KT_STATE_VALUE)
		return limit;
	limit.state = KT_STATE_ABSENT;
	g_autofree char *path = find_file(root, text, "memory", v1, v2);
	if (!path)
		return limit;
	limit.origin = kt_facts_origin(facts, path);
	limit.state = kt_root_read_line(root, path, &line);
	if (limit.state != KT_STATE_VALUE)
		return limit;
	if (g_str_equal(line, "max"))
		limit.state = KT_STATE_ABSENT;
	else if (!g_ascii_string_to_unsigned(line, 10, 0, INT64_MAX, &bytes, NULL))
		limit.state = KT_STATE_BROKEN;
	else if (bytes >= V1_UNLIMITED)
		limit.state = KT_STATE_ABSENT;
	else
		limit.v = bytes / 1024;
	return limit;
}
