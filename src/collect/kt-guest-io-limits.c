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

/* A file of the group, read once for all devices. */
typedef struct Source {
	KtState state;
	uint16_t origin;
	char *text; /* only with VALUE */
} Source;

static Source
source_open(KtRoot *root, KtFacts *facts, const char *group, const char *file)
{
	g_autofree char *path = g_strconcat(group, "/", file, NULL);
	Source source = {.text = NULL};

	source.state = kt_root_read(root, path, &source.text, NULL);
	if (source.state == KT_STATE_VALUE)
		source.origin = kt_facts_origin(facts, path);
	return source;
}

static void
set_from_v2(const Source *source, const char *number, KtIoLimit *limit)
{
	g_autofree char *line = source->text ? line_of(source->text, number) : NULL;

	if (source->state == KT_STATE_VALUE)
		set_v2(limit, line, source->origin);
	else
		set_state(limit, source->state);
}

static void
set_from_v1(const Source *sources, const char *number, KtIoLimit *limit)
{
	for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
		g_autofree char *line = sources[i].text ? line_of(sources[i].text, number) : NULL;
		if (sources[i].state == KT_STATE_VALUE)
			set(member_of(limit, i), line, sources[i].origin);
		else
			member_of(limit, i)->state = sources[i].state;
	}
}

KtIoLimitList
kt_guest_io_limits(KtRoot *root, KtFacts *facts, const char *group, bool is_v1,
		   const KtBlkioDeviceList *devices)
{
	Source sources[G_N_ELEMENTS(members)] = {0};
	KtIoLimitList list = {.state = KT_STATE_VALUE};
	size_t n_sources = is_v1 ? G_N_ELEMENTS(sources) : 1;

	if (devices->n == 0)
		return list;
	list.v = kt_arena_new0(facts->arena, KtIoLimit, devices->n);
	for (size_t i = 0; i < n_sources; i++)
		sources[i] = source_open(root, facts, group, is_v1 ? members[i].v1 : "io.max");
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
			set_from_v1(sources, number, limit);
		else
			set_from_v2(&sources[0], number, limit);
	}
	for (size_t i = 0; i < n_sources; i++)
		g_free(sources[i].text);
	return list;
}
