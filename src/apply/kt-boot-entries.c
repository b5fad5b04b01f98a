/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-choice.h"
#include "kt-boot-line.h"
#include "kt-boot-loader.h"
#include "kt-spawn.h"

#include <string.h>

/*
 * Loaders whose command lines stand in text files that no tool edits.
 *
 * kernel-install would make the entries anew, and with them each kernel's initial ramdisk, for
 * minutes and with whatever has changed since; what it writes into the options of an entry is the
 * text of /etc/kernel/cmdline, so both are changed as text. A file /etc/kernel/cmdline that is not
 * there is not made: kernel-install then takes the arguments of the running kernel, which are ours
 * after the next boot.
 */

#define CMDLINE "/etc/kernel/cmdline"
#define ZIPL    "/etc/zipl.conf"

static GPtrArray *
entries_files(KtRoot *root, const char *key)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
	const char *dir = kt_boot_entry_dir(root);

	(void)key;
	if (dir)
		kt_boot_add_entries(root, dir, files);
	g_ptr_array_add(files, g_strdup(CMDLINE));
	return files;
}

/* Entries of other systems (Windows, a memory test) start no kernel. */
static bool
is_normal(const char *path, const char *text)
{
	return !g_str_equal(path, CMDLINE) && !kt_boot_is_rescue(path) &&
	       (g_str_has_prefix(text, "linux") || strstr(text, "\nlinux"));
}

static GPtrArray *
entries_lines(const GPtrArray *blobs)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		g_autofree char *text = kt_boot_blob_text(blob);
		if (is_normal(blob->path, text))
			g_ptr_array_add(lines, kt_boot_bls_options(text));
	}
	return lines;
}

static bool
entries_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	    GError **error)
{
	if (!kt_boot_edit_file(machine, CMDLINE, kt_boot_cmdline_with, key, value, error))
		return false;
	for (guint i = 0; i < before->len; i++) {
		const KtBlob *blob = before->pdata[i];
		g_autofree char *text = kt_boot_blob_text(blob);
		if (is_normal(blob->path, text) &&
		    !kt_boot_edit_file(machine, blob->path, kt_boot_entry_with, key, value, error))
			return false;
	}
	return true;
}

const KtBootLoader kt_boot_loader_entries = {
	.name = "entries",
	.files = entries_files,
	.lines = entries_lines,
	.set = entries_set,
};

static GPtrArray *
zipl_files(KtRoot *root, const char *key)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	(void)root;
	(void)key;
	g_ptr_array_add(files, g_strdup(ZIPL));
	return files;
}

static GPtrArray *
zipl_lines(const GPtrArray *blobs)
{
	const KtBlob *blob = kt_boot_blob_find(blobs, ZIPL);
	g_autofree char *text = blob ? kt_boot_blob_text(blob) : g_strdup("");

	return kt_boot_zipl_lines(text);
}

static bool
zipl_install(KtMachine *machine, GError **error)
{
	const char *const argv[] = {kt_boot_first(machine->root, kt_boot_zipl_paths), NULL};

	return kt_spawn(machine, argv, KT_BOOT_TOOL_LIMIT_S, error);
}

static bool
zipl_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	 GError **error)
{
	(void)before;
	return kt_boot_edit_file(machine, ZIPL, kt_boot_zipl_with, key, value, error) &&
	       zipl_install(machine, error);
}

const KtBootLoader kt_boot_loader_zipl = {
	.name = "zipl",
	.files = zipl_files,
	.lines = zipl_lines,
	.set = zipl_set,
	.install = zipl_install,
};
