/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-choice.h"
#include "kt-boot-line.h"
#include "kt-boot-loader.h"
#include "kt-spawn.h"

#include <string.h>

/*
 * GRUB 2 without drop-ins and without entries: a variable of /etc/default/grub is changed in place,
 * and the distribution's tool makes the menu of it.
 */

#define GRUB     "/etc/default/grub"
#define TU       "/usr/sbin/transactional-update"
#define GRUB_CFG "/boot/grub2/grub.cfg"
/* openEuler and old Red Hat systems have the menu itself there, not a stub that leads to it. */
#define OPENEULER_CFG "/boot/efi/EFI/openEuler/grub.cfg"

/* Where /etc/grub2.cfg leads to: "../boot/grub2/grub.cfg". */
static char *
link_target(KtRoot *root, const char *link)
{
	g_autofree char *target = NULL;

	if (kt_root_link(root, link, &target) != KT_STATE_VALUE)
		return NULL;
	return g_canonicalize_filename(target, "/etc");
}

static char *
menu_file(KtRoot *root)
{
	bool is_efi = kt_root_exists(root, "/sys/firmware/efi");
	g_autofree char *target = is_efi ? link_target(root, "/etc/grub2-efi.cfg") : NULL;

	if (!target)
		target = link_target(root, "/etc/grub2.cfg");
	if (target && kt_root_exists(root, target))
		return g_steal_pointer(&target);
	return g_strdup(is_efi && kt_root_exists(root, OPENEULER_CFG) ? OPENEULER_CFG : GRUB_CFG);
}

static GPtrArray *
grub2_files(KtRoot *root, const char *key)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	(void)key;
	g_ptr_array_add(files, g_strdup(GRUB));
	g_ptr_array_add(files, menu_file(root));
	return files;
}

static GPtrArray *
grub2_lines(const GPtrArray *blobs)
{
	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		if (g_str_equal(blob->path, GRUB))
			continue;
		g_autofree char *text = kt_boot_blob_text(blob);
		return kt_boot_grub_lines(text);
	}
	return g_ptr_array_new_with_free_func(g_free);
}

static bool
grub2_regenerate(KtMachine *machine, GError **error)
{
	g_autofree char *menu = menu_file(machine->root);
	const char *const argv[] = {
		kt_boot_first(machine->root, kt_boot_mkconfig_paths), "-o", menu, NULL};

	return kt_spawn(machine, argv, KT_BOOT_TOOL_LIMIT_S, error);
}

static bool
grub2_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	  GError **error)
{
	(void)before;
	return kt_boot_edit_file(machine, GRUB, kt_boot_grub_with, key, value, error) &&
	       grub2_regenerate(machine, error);
}

const KtBootLoader kt_boot_loader_grub2 = {
	.name = "grub2",
	.files = grub2_files,
	.lines = grub2_lines,
	.set = grub2_set,
	.regenerate = grub2_regenerate,
};

/* The menu is part of the snapshot that is booted next, which is not mounted: what it will say is
 * read from its source. */
static GPtrArray *
transactional_files(KtRoot *root, const char *key)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	(void)root;
	(void)key;
	g_ptr_array_add(files, g_strdup(GRUB));
	return files;
}

static GPtrArray *
transactional_lines(const GPtrArray *blobs)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	const KtBlob *blob = kt_boot_blob_find(blobs, GRUB);
	g_autofree char *text = blob ? kt_boot_blob_text(blob) : g_strdup("");
	char *line = kt_boot_grub_line(text);

	if (line)
		g_ptr_array_add(lines, line);
	return lines;
}

/* --continue: a snapshot that waits for the next boot already keeps what is in it. */
static bool
transactional_install(KtMachine *machine, GError **error)
{
	const char *const argv[] = {TU, "--non-interactive", "--continue", "grub.cfg", NULL};

	return kt_spawn(machine, argv, KT_BOOT_IMAGE_LIMIT_S, error);
}

static bool
transactional_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
		  GError **error)
{
	(void)before;
	return kt_boot_edit_file(machine, GRUB, kt_boot_grub_with, key, value, error) &&
	       transactional_install(machine, error);
}

const KtBootLoader kt_boot_loader_transactional = {
	.name = "transactional",
	.files = transactional_files,
	.lines = transactional_lines,
	.set = transactional_set,
	.install = transactional_install,
};
