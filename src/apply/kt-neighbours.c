/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-neighbours.h"

#include <string.h>
#include <sys/stat.h>

static const struct {
	const char *value;
	const char *neighbour;
} rows[] = {
#define NEIGHBOUR(value_pattern, neighbour_pattern)                                                \
	{.value = (value_pattern), .neighbour = (neighbour_pattern)},
#include "neighbours.inc"
#undef NEIGHBOUR
};

/* The text that '*' of @pattern stands for in @path; "" without a '*', NULL without a match. */
static char *
match(const char *pattern, const char *path)
{
	const char *star = strchr(pattern, '*');

	if (!star)
		return g_str_equal(pattern, path) ? g_strdup("") : NULL;

	size_t head = (size_t)(star - pattern);
	size_t tail = strlen(star + 1);
	size_t length = strlen(path);
	if (length < head + tail || strncmp(pattern, path, head) != 0 ||
	    !g_str_has_suffix(path, star + 1))
		return NULL;
	g_autofree char *part = g_strndup(path + head, length - head - tail);
	return strchr(part, '/') ? NULL : g_steal_pointer(&part);
}

static char *
substitute(const char *pattern, const char *part)
{
	g_auto(GStrv) pieces = g_strsplit(pattern, "*", 2);

	return pieces[1] ? g_strconcat(pieces[0], part, pieces[1], NULL) : g_strdup(pattern);
}

static void
read_one(KtRoot *root, const char *path, GPtrArray *neighbours)
{
	g_autofree char *value = NULL;
	uint32_t mode = 0;

	if (kt_root_mode(root, path, &mode) != KT_STATE_VALUE || !(mode & S_IWUSR) ||
	    kt_root_read_line(root, path, &value) != KT_STATE_VALUE)
		return;

	KtNeighbour *neighbour = g_new0(KtNeighbour, 1);
	neighbour->path = g_strdup(path);
	neighbour->value = g_steal_pointer(&value);
	g_ptr_array_add(neighbours, neighbour);
}

static void
read_dir(KtRoot *root, const char *dir, GPtrArray *neighbours)
{
	g_auto(GStrv) names = NULL;

	if (kt_root_list(root, dir, &names) != KT_STATE_VALUE)
		return;
	for (size_t i = 0; names[i]; i++) {
		g_autofree char *path = g_strconcat(dir, names[i], NULL);
		read_one(root, path, neighbours);
	}
}

void
kt_neighbours_read(KtRoot *root, const char *path, GPtrArray *neighbours)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *part = match(rows[i].value, path);
		if (!part)
			continue;
		g_autofree char *found = substitute(rows[i].neighbour, part);
		if (g_str_has_suffix(found, "/"))
			read_dir(root, found, neighbours);
		else
			read_one(root, found, neighbours);
	}
}
