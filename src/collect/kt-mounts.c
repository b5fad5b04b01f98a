/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-mounts.h"

#include <stdbool.h>
#include <string.h>

/* Columns of a line before the optional ones, and behind the " - " that ends those. */
#define COLUMN_DEVICE  2
#define COLUMN_POINT   4
#define COLUMN_OPTIONS 5
#define MIN_COLUMNS    6
#define BEHIND_TYPE    0
#define BEHIND_OPTIONS 2
#define MIN_BEHIND     3

static void
clear_mount(void *data)
{
	KtMount *mount = data;

	g_free(mount->device);
	g_free(mount->point);
	g_free(mount->type);
	g_free(mount->options);
}

/* "rw,relatime" and "rw,vers=4.2": each option once. */
static char *
join_options(const char *mount, const char *filesystem)
{
	g_auto(GStrv) first = g_strsplit(mount, ",", -1);
	g_auto(GStrv) second = g_strsplit(filesystem, ",", -1);
	GString *all = g_string_new(mount);

	for (char **option = second; *option; option++) {
		if (**option && !g_strv_contains((const char *const *)first, *option))
			g_string_append_printf(all, ",%s", *option);
	}
	return g_string_free(all, FALSE);
}

/* Blanks and newlines stand as \040 and so on. */
static bool
parse_line(const char *line, KtMount *mount)
{
	const char *dash = strstr(line, " - ");

	if (!dash)
		return false;
	g_autofree char *head = g_strndup(line, (size_t)(dash - line));
	g_auto(GStrv) before = g_strsplit(head, " ", -1);
	g_auto(GStrv) behind = g_strsplit(dash + strlen(" - "), " ", -1);
	if (g_strv_length(before) < MIN_COLUMNS || g_strv_length(behind) < MIN_BEHIND ||
	    !g_ascii_string_to_unsigned(before[0], 10, 0, UINT32_MAX, &mount->id, NULL))
		return false;
	mount->device = g_strdup(before[COLUMN_DEVICE]);
	mount->point = g_strcompress(before[COLUMN_POINT]);
	mount->type = g_strdup(behind[BEHIND_TYPE]);
	mount->options = join_options(before[COLUMN_OPTIONS], behind[BEHIND_OPTIONS]);
	return true;
}

GArray *
kt_mounts_parse(const char *mountinfo)
{
	GArray *mounts = g_array_new(FALSE, TRUE, sizeof(KtMount));
	g_auto(GStrv) lines = g_strsplit(mountinfo, "\n", -1);

	g_array_set_clear_func(mounts, clear_mount);
	for (char **line = lines; *line; line++) {
		KtMount mount = {0};
		if (parse_line(*line, &mount))
			g_array_append_val(mounts, mount);
	}
	return mounts;
}

const KtMount *
kt_mounts_find(const GArray *mounts, uint64_t id)
{
	for (guint i = 0; i < mounts->len; i++) {
		const KtMount *mount = &g_array_index(mounts, KtMount, i);
		if (id != 0 && mount->id == id)
			return mount;
	}
	return NULL;
}

static bool
is_below(const char *path, const char *point)
{
	size_t length = strlen(point);

	if (g_str_equal(point, "/"))
		return true;
	return strncmp(path, point, length) == 0 && (path[length] == '/' || !path[length]);
}

/* Of two mounts on one point, the later one hides the other. */
const KtMount *
kt_mounts_of_path(const GArray *mounts, const char *path)
{
	const KtMount *found = NULL;

	for (guint i = 0; i < mounts->len; i++) {
		const KtMount *mount = &g_array_index(mounts, KtMount, i);
		if (is_below(path, mount->point) &&
		    (!found || strlen(mount->point) >= strlen(found->point)))
			found = mount;
	}
	return found;
}
