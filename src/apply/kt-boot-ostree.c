/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-line.h"
#include "kt-boot-loader.h"
#include "kt-spawn.h"

#include <string.h>

/*
 * Image-based systems: rpm-ostree makes a new deployment, with an entry of its own, for each change
 * of the arguments. The old one stays below it in the boot menu.
 */

#define ENTRIES "/boot/loader/entries"

static GPtrArray *
ostree_files(KtRoot *root, const char *key)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	(void)key;
	kt_boot_add_entries(root, ENTRIES, files);
	return files;
}

/* "version 2" of an entry: libostree writes the highest number into the one that is booted next
 * (ostree-sysroot-deploy.c, install_deployment_kernel()). */
static uint64_t
version_of(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	uint64_t version = 0;

	for (size_t i = 0; lines[i]; i++) {
		if (g_str_has_prefix(lines[i], "version "))
			version = g_ascii_strtoull(lines[i] + strlen("version "), NULL, 10);
	}
	return version;
}

static GPtrArray *
ostree_lines(const GPtrArray *blobs)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *newest = NULL;
	uint64_t highest = 0;

	for (guint i = 0; i < blobs->len; i++) {
		g_autofree char *text = kt_boot_blob_text(blobs->pdata[i]);
		uint64_t version = version_of(text);
		if (newest && version <= highest)
			continue;
		highest = version;
		g_free(newest);
		newest = kt_boot_bls_options(text);
	}
	if (newest)
		g_ptr_array_add(lines, g_steal_pointer(&newest));
	return lines;
}

static char *
option(const char *name, const char *key, const char *value)
{
	return g_strdup_printf("--%s=%s%s%s", name, key, *value ? "=" : "", value);
}

static bool
ostree_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	   GError **error)
{
	g_autoptr(GPtrArray) lines = ostree_lines(before);
	g_autofree char *old = lines->len ? kt_boot_line_get(lines->pdata[0], key) : NULL;
	g_autofree char *drop = old ? option("delete-if-present", key, old) : NULL;
	g_autofree char *add = value ? option("append-if-missing", key, value) : NULL;
	const char *const argv[] = {
		"/usr/bin/rpm-ostree", "kargs", drop ? drop : add, drop ? add : NULL, NULL};

	return g_strcmp0(old, value) == 0 || kt_spawn(machine, argv, KT_BOOT_IMAGE_LIMIT_S, error);
}

const KtBootLoader kt_boot_loader_ostree = {
	.name = "ostree",
	.files = ostree_files,
	.lines = ostree_lines,
	.set = ostree_set,
	.is_sealed = true,
};
