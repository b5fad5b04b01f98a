/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-io-limits.h"

#include <string.h>

/* The members of a limit, and what they are called in the two versions. */
static const struct {
	size_t offset;
	const char *v1;
	const char *v2;
} members[] = {
	{.offset = offsetof(KtIoLimit, read_bytes_sec),
	 .v1 = "blkio.throttle.read_bps_device",
	 .v2 = "rbps="},
	{.offset = offsetof(KtIoLimit, write_bytes_sec),
	 .v1 = "blkio.throttle.write_bps_device",
	 .v2 = "wbps="},
	{.offset = offsetof(KtIoLimit, read_iops_sec),
	 .v1 = "blkio.throttle.read_iops_device",
	 .v2 = "riops="},
	{.offset = offsetof(KtIoLimit, write_iops_sec),
	 .v1 = "blkio.throttle.write_iops_device",
	 .v2 = "wiops="},
};

static KtOptU64 *
member_of(KtIoLimit *limit, size_t i)
{
	return (KtOptU64 *)((char *)limit + members[i].offset);
}

/* "254:0" of "/dev/vda", or of a link to it; NULL when nobody can tell. */
static char *
number_of(KtRoot *root, const char *path)
{
	g_autofree char *target = NULL;
	g_autofree char *folder = g_path_get_dirname(path);
	g_autofree char *device = kt_root_link(root, path, &target) == KT_STATE_VALUE
					  ? g_canonicalize_filename(target, folder)
					  : g_strdup(path);
	g_autofree char *name = g_path_get_basename(device);
	g_autofree char *file = g_strconcat("/sys/class/block/", name, "/dev", NULL);
	char *number = NULL;

	return kt_root_read_line(root, file, &number) == KT_STATE_VALUE ? number : NULL;
}

/* What stands behind "254:0 " in @text; NULL: the device has no line. Free with g_free. */
static char *
line_of(const char *text, const char *number)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", /* max_tokens= */ -1);
	size_t length = strlen(number);

	for (size_t i = 0; lines[i]; i++) {
		if (g_str_has_prefix(lines[i], number) && lines[i][length] == ' ')
			return g_strdup(lines[i] + length + 1);
	}
	return NULL;
}

/* "max" is no limit, and so is what is not there. */
static void
set(KtOptU64 *opt, const char *word, uint16_t origin)
{
	opt->state = KT_STATE_VALUE;
	opt->origin = origin;
	if (word && !g_str_equal(word, "max") &&
	    !g_ascii_string_to_unsigned(word, 10, 0, INT64_MAX, &opt->v, NULL))
		opt->state = KT_STATE_BROKEN;
}

/* "rbps=1048576 wbps=max riops=max wiops=max" */
static void
set_v2(KtIoLimit *limit, const char *line, uint16_t origin)
{
	g_auto(GStrv) words = g_strsplit(line ? line : "", " ", /* max_tokens= */ 16);

	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		const char *word = NULL;
		for (size_t j = 0; words[j]; j++) {
			if (g_str_has_prefix(words[j], members[i].v2))
				word = words[j] + strlen(members[i].v2);
		}
		set(member_of(limit, i), word, origin);
	}
}

static void
set_state(KtIoLimit *limit, KtState state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++)
		member_of(limit, i)->state = state;
}

typedef struct Group {
	KtRoot *root;
	KtFacts *facts;
	const char *folder;
} Group;

static void
read_v2(const Group *group, const char *number, KtIoLimit *limit)
{
	g_autofree char *path = g_strconcat(group->folder, "/io.max", NULL);
	g_autofree char *text = NULL;
	KtState state = kt_root_read(group->root, path, &text, NULL);
	g_autofree char *line = state == KT_STATE_VALUE ? line_of(text, number) : NULL;

	if (state == KT_STATE_VALUE)
		set_v2(limit, line, kt_facts_origin(group->facts, path));
	else
		set_state(limit, state);
}

static void
read_v1(const Group *group, const char *number, KtIoLimit *limit)
{
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		g_autofree char *path = g_strconcat(group->folder, "/", members[i].v1, NULL);
		g_autofree char *text = NULL;
		KtOptU64 *member = member_of(limit, i);
		member->state = kt_root_read(group->root, path, &text, NULL);
		if (member->state != KT_STATE_VALUE)
			continue;
		g_autofree char *line = line_of(text, number);
		set(member, line, kt_facts_origin(group->facts, path));
	}
}

KtIoLimitList
kt_guest_io_limits(KtRoot *root, KtFacts *facts, const char *group, bool is_v1,
		   const KtBlkioDeviceList *devices)
{
	const Group place = {.root = root, .facts = facts, .folder = group};
	KtIoLimitList list = {.state = KT_STATE_VALUE};

	if (devices->n == 0)
		return list;
	list.v = kt_arena_new0(facts->arena, KtIoLimit, devices->n);
	for (uint32_t i = 0; i < devices->n; i++) {
		const KtOptStr path = devices->v[i].path;
		KtIoLimit *limit = &list.v[list.n];
		if (!kt_known(path))
			continue;
		g_autofree char *number = number_of(root, path.v);
		limit->path = path;
		list.n++;
		if (!number)
			set_state(limit, KT_STATE_BROKEN);
		else if (is_v1)
			read_v1(&place, number, limit);
		else
			read_v2(&place, number, limit);
	}
	return list;
}
