/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-block-use.h"

#include "kt-mounts.h"

#include <stdbool.h>
#include <string.h>

/* DEVNAME of uevent: "sda1". Free with g_free. */
static char *
name_of(KtRoot *root, const char *dir)
{
	g_autofree char *path = g_strconcat(dir, "/uevent", NULL);
	g_autofree char *text = NULL;

	if (kt_root_read(root, path, &text, NULL) != KT_STATE_VALUE)
		return NULL;
	const char *name = strstr(text, "DEVNAME=");
	if (!name)
		return NULL;
	name += strlen("DEVNAME=");
	return g_strndup(name, strcspn(name, "\n"));
}

static char *
mount_use(const char *name, const char *device, const GArray *mounts)
{
	for (guint i = 0; i < mounts->len; i++) {
		const KtMount *mount = &g_array_index(mounts, KtMount, i);
		if (g_str_equal(mount->device, device))
			return g_strdup_printf("%s is mounted at %s", name, mount->point);
	}
	return NULL;
}

/* /proc/swaps names the node in /dev at the start of a line. */
static bool
is_swap(const char *name, const char *swaps)
{
	g_autofree char *start = g_strconcat("/dev/", name, NULL);
	size_t length = strlen(start);

	for (const char *line = swaps; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, start, length) == 0 && g_ascii_isspace(line[length]))
			return true;
	}
	return false;
}

static char *
own_use(KtRoot *root, const char *dir, const char *name, const GArray *mounts, const char *swaps)
{
	g_autofree char *dev = g_strconcat(dir, "/dev", NULL);
	g_autofree char *holders = g_strconcat(dir, "/holders", NULL);
	g_autofree char *device = NULL;
	g_auto(GStrv) names = NULL;

	if (kt_root_read_line(root, dev, &device) == KT_STATE_VALUE) {
		char *use = mount_use(name, device, mounts);
		if (use)
			return use;
	}
	if (is_swap(name, swaps))
		return g_strdup_printf("%s is swap", name);
	if (kt_root_list(root, holders, &names) == KT_STATE_VALUE && names[0])
		return g_strdup_printf("%s belongs to %s", name, names[0]);
	return NULL;
}

char *
kt_block_use(KtRoot *root, const char *dir, const GArray *mounts, const char *swaps)
{
	g_autofree char *name = name_of(root, dir);
	g_auto(GStrv) names = NULL;

	if (!name)
		return NULL;
	char *use = own_use(root, dir, name, mounts, swaps);
	if (use || kt_root_list(root, dir, &names) != KT_STATE_VALUE)
		return use;
	/* Partitions are directories that begin with the name of the disk. */
	for (size_t i = 0; names[i]; i++) {
		g_autofree char *part = g_strconcat(dir, "/", names[i], NULL);
		if (!g_str_has_prefix(names[i], name))
			continue;
		use = own_use(root, part, names[i], mounts, swaps);
		if (use)
			return use;
	}
	return NULL;
}
