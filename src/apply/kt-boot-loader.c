/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-loader.h"

#include "kt-boot-choice.h"
#include "kt-boot-line.h"
#include "kt-file.h"
#include "kt-spawn.h"

#include <string.h>

#define GRUB_CFG    "/boot/grub/grub.cfg"
#define UPDATE_GRUB "/usr/sbin/update-grub"
#define BLS_DIR     "/boot/loader/entries"

char *
kt_boot_blob_text(const KtBlob *blob)
{
	size_t length = 0;
	const char *data = blob->bytes ? g_bytes_get_data(blob->bytes, &length) : NULL;

	return g_strndup(data ? data : "", length);
}

const KtBlob *
kt_boot_blob_find(const GPtrArray *blobs, const char *path)
{
	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		if (g_str_equal(blob->path, path))
			return blob;
	}
	return NULL;
}

bool
kt_boot_is_rescue(const char *path)
{
	return strstr(path, "-0-rescue") != NULL;
}

void
kt_boot_add_entries(KtRoot *root, const char *dir, GPtrArray *files)
{
	g_auto(GStrv) names = NULL;

	if (kt_root_list(root, dir, &names) != KT_STATE_VALUE)
		return;
	for (size_t i = 0; names[i]; i++) {
		if (g_str_has_suffix(names[i], ".conf"))
			g_ptr_array_add(files, g_strconcat(dir, "/", names[i], NULL));
	}
}

bool
kt_boot_edit_file(KtMachine *machine, const char *path, KtBootEdit edit, const char *key,
		  const char *value, GError **error)
{
	g_autoptr(KtBlob) blob = kt_file_read(machine->root, path, error);

	if (!blob)
		return false;
	if (!blob->exists)
		return true;
	g_autofree char *old = kt_boot_blob_text(blob);
	g_autofree char *text = edit(old, key, value);
	if (!text)
		return kt_throw_hint(
			error,
			KT_ERROR_UNSUPPORTED,
			"set the argument there by hand",
			"'%s' says with variables or commands of a shell what the kernel gets",
			path);
	if (g_str_equal(old, text))
		return true;
	g_clear_pointer(&blob->bytes, g_bytes_unref);
	blob->bytes = g_bytes_new(text, strlen(text));
	return kt_file_put(machine->root, blob, error);
}

/* Debian */

static char *
debian_own_file(const char *key)
{
	return g_strdup_printf("/etc/default/grub.d/90-kvmtune-%s.cfg", key);
}

static GPtrArray *
debian_files(KtRoot *root, const char *key)
{
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(files, debian_own_file(key));
	g_ptr_array_add(files, g_strdup(GRUB_CFG));
	return files;
}

static GPtrArray *
debian_lines(const GPtrArray *blobs)
{
	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		if (!g_str_equal(blob->path, GRUB_CFG))
			continue;
		g_autofree char *text = kt_boot_blob_text(blob);
		return kt_boot_grub_lines(text);
	}
	return g_ptr_array_new_with_free_func(g_free);
}

#define FILTER "sed -E 's/(^|[[:space:]])%s(=[^[:space:]]*)?([[:space:]]|$)/\\1\\3/g'"

/* The file is sourced by grub-mkconfig. An argument that stands in the variable already is taken
 * out first, so that it never stands there twice. GRUB_CMDLINE_LINUX, which recovery entries have
 * as well and which comes first, is touched only to take an argument away. */
static char *
debian_drop_in(const char *key, const char *value)
{
	g_auto(GStrv) parts = g_strsplit(key, ".", -1);
	g_autofree char *pattern = g_strjoinv("[.]", parts);
	g_autofree char *for_all = g_strdup_printf(
		"GRUB_CMDLINE_LINUX=\"$(printf '%%s' \"$GRUB_CMDLINE_LINUX\" |\n\t" FILTER ")\"\n",
		pattern);
	const char *equals = value && *value ? "=" : "";

	return g_strdup_printf(
		"# Managed by kvmtune, do not edit: 'kvmtune undo' takes it away.\n"
		"%s"
		"GRUB_CMDLINE_LINUX_DEFAULT=\"$(printf '%%s' \"$GRUB_CMDLINE_LINUX_DEFAULT\" |\n"
		"\t" FILTER ")%s%s%s%s\"\n",
		value ? "" : for_all,
		pattern,
		value ? " " : "",
		value ? key : "",
		equals,
		value ? value : "");
}

static bool
debian_regenerate(KtMachine *machine, GError **error)
{
	const char *const argv[] = {UPDATE_GRUB, NULL};

	return kt_spawn(machine, argv, KT_BOOT_TOOL_LIMIT_S, error);
}

static bool
debian_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	   GError **error)
{
	g_autofree char *path = debian_own_file(key);
	g_autofree char *text = debian_drop_in(key, value);
	g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
	const KtBlob blob = {.path = path, .exists = true, .bytes = bytes, .mode = 0644};

	return kt_file_put(machine->root, &blob, error) && debian_regenerate(machine, error);
}

/* Boot Loader Specification with grubby */

static GPtrArray *
bls_files(KtRoot *root, const char *key)
{
	/* What grubby writes besides the entries (grubby-bls 8.40). */
	static const char *const others[] = {
		"/etc/default/grub", "/etc/kernel/cmdline", "/boot/grub2/grubenv"};
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

	kt_boot_add_entries(root, BLS_DIR, files);
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		g_ptr_array_add(files, g_strdup(others[i]));
	return files;
}

/* "kernelopts=..." of a grubenv block: RHEL 8 entries refer to it. */
static char *
bls_kernelopts(const GPtrArray *blobs)
{
	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		if (!g_str_has_suffix(blob->path, "/grubenv"))
			continue;
		g_autofree char *text = kt_boot_blob_text(blob);
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
		for (size_t j = 0; lines[j]; j++) {
			if (g_str_has_prefix(lines[j], "kernelopts="))
				return g_strdup(lines[j] + strlen("kernelopts="));
		}
	}
	return g_strdup("");
}

static GPtrArray *
bls_lines(const GPtrArray *blobs)
{
	GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *kernelopts = bls_kernelopts(blobs);

	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		if (!g_str_has_prefix(blob->path, BLS_DIR "/") || kt_boot_is_rescue(blob->path))
			continue;
		g_autofree char *text = kt_boot_blob_text(blob);
		g_autofree char *options = kt_boot_bls_options(text);
		g_auto(GStrv) pieces = g_strsplit(options, "$kernelopts", -1);
		g_ptr_array_add(lines, g_strjoinv(kernelopts, pieces));
	}
	return lines;
}

static bool
put_back_rescue(KtRoot *root, const GPtrArray *before, GError **error)
{
	for (guint i = 0; i < before->len; i++) {
		const KtBlob *blob = before->pdata[i];
		if (blob->exists && kt_boot_is_rescue(blob->path) &&
		    !kt_file_put(root, blob, error))
			return false;
	}
	return true;
}

/* The firmware of s390x knows no entries: zipl writes them into the boot record. */
static bool
bls_install(KtMachine *machine, GError **error)
{
	const char *zipl = kt_boot_first(machine->root, kt_boot_zipl_paths);
	const char *const argv[] = {zipl, NULL};

	return !zipl || kt_spawn(machine, argv, KT_BOOT_TOOL_LIMIT_S, error);
}

static bool
bls_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	GError **error)
{
	g_autofree char *args =
		value ? g_strdup_printf("--args=%s%s%s", key, *value ? "=" : "", value)
		      : g_strdup_printf("--remove-args=%s", key);
	const char *grubby = kt_boot_first(machine->root, kt_boot_grubby_paths);
	const char *const argv[] = {grubby, "--update-kernel=ALL", args, NULL};

	return kt_spawn(machine, argv, KT_BOOT_TOOL_LIMIT_S, error) &&
	       put_back_rescue(machine->root, before, error) && bls_install(machine, error);
}

static const KtBootLoader bls = {
	.name = "bls",
	.files = bls_files,
	.lines = bls_lines,
	.set = bls_set,
	.install = bls_install,
};

static const KtBootLoader grub_debian = {
	.name = "grub-debian",
	.files = debian_files,
	.lines = debian_lines,
	.set = debian_set,
	.own_file = debian_own_file,
	.own_text = debian_drop_in,
	.regenerate = debian_regenerate,
};

static const KtBootLoader *const loaders[] = {
	&kt_boot_loader_ostree,
	&bls,
	&kt_boot_loader_entries,
	&kt_boot_loader_transactional,
	&grub_debian,
	&kt_boot_loader_grub2,
	&kt_boot_loader_zipl,
};

const KtBootLoader *
kt_boot_loader_find(KtRoot *root, GError **error)
{
	const char *name = NULL;
	const char *path = NULL;

	if (kt_boot_choice(root, &name, &path) != KT_STATE_VALUE)
		name = NULL;
	for (size_t i = 0; name && i < G_N_ELEMENTS(loaders); i++) {
		if (g_str_equal(loaders[i]->name, name))
			return loaders[i];
	}
	kt_throw_hint(error,
		      KT_ERROR_UNSUPPORTED,
		      "add the argument by hand",
		      "the boot loader of this host is not one that kvmtune can edit");
	return NULL;
}
