/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-loader.h"

#include "kt-boot-line.h"
#include "kt-file.h"
#include "kt-spawn.h"

#include <string.h>

/* update-grub with os-prober takes half a minute on a host with many disks. */
#define TOOL_LIMIT_S 180

#define GRUB_CFG    "/boot/grub/grub.cfg"
#define UPDATE_GRUB "/usr/sbin/update-grub"
#define BLS_DIR     "/boot/loader/entries"

static bool
exists(KtRoot *root, const char *path)
{
	uint32_t mode = 0;

	return kt_root_mode(root, path, &mode) == KT_STATE_VALUE;
}

static char *
blob_text(const KtBlob *blob)
{
	size_t length = 0;
	const char *data = blob->bytes ? g_bytes_get_data(blob->bytes, &length) : NULL;

	return g_strndup(data ? data : "", length);
}

/* Debian */

static bool
debian_is_used(KtRoot *root)
{
	return exists(root, "/etc/default/grub") && exists(root, UPDATE_GRUB);
}

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
		g_autofree char *text = blob_text(blob);
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

	return kt_spawn(machine, argv, TOOL_LIMIT_S, error);
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

static const char *
grubby_path(KtRoot *root)
{
	static const char *const paths[] = {"/usr/sbin/grubby", "/sbin/grubby", "/usr/bin/grubby"};

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		if (exists(root, paths[i]))
			return paths[i];
	}
	return NULL;
}

static bool
bls_is_used(KtRoot *root)
{
	g_auto(GStrv) names = NULL;

	if (!grubby_path(root) || kt_root_list(root, BLS_DIR, &names) != KT_STATE_VALUE)
		return false;
	for (size_t i = 0; names[i]; i++) {
		if (g_str_has_suffix(names[i], ".conf"))
			return true;
	}
	return false;
}

static GPtrArray *
bls_files(KtRoot *root, const char *key)
{
	/* What grubby writes besides the entries (grubby-bls 8.40). */
	static const char *const others[] = {
		"/etc/default/grub", "/etc/kernel/cmdline", "/boot/grub2/grubenv"};
	GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) names = NULL;

	if (kt_root_list(root, BLS_DIR, &names) == KT_STATE_VALUE) {
		for (size_t i = 0; names[i]; i++) {
			if (g_str_has_suffix(names[i], ".conf"))
				g_ptr_array_add(files, g_strconcat(BLS_DIR "/", names[i], NULL));
		}
	}
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		g_ptr_array_add(files, g_strdup(others[i]));
	return files;
}

static bool
is_rescue(const char *path)
{
	return strstr(path, "-0-rescue") != NULL;
}

/* "kernelopts=..." of a grubenv block: RHEL 8 entries refer to it. */
static char *
bls_kernelopts(const GPtrArray *blobs)
{
	for (guint i = 0; i < blobs->len; i++) {
		const KtBlob *blob = blobs->pdata[i];
		if (!g_str_has_suffix(blob->path, "/grubenv"))
			continue;
		g_autofree char *text = blob_text(blob);
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
		if (!g_str_has_prefix(blob->path, BLS_DIR "/") || is_rescue(blob->path))
			continue;
		g_autofree char *text = blob_text(blob);
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
		if (blob->exists && is_rescue(blob->path) && !kt_file_put(root, blob, error))
			return false;
	}
	return true;
}

static bool
bls_set(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
	GError **error)
{
	g_autofree char *args =
		value ? g_strdup_printf("--args=%s%s%s", key, *value ? "=" : "", value)
		      : g_strdup_printf("--remove-args=%s", key);
	const char *const argv[] = {grubby_path(machine->root), "--update-kernel=ALL", args, NULL};

	return kt_spawn(machine, argv, TOOL_LIMIT_S, error) &&
	       put_back_rescue(machine->root, before, error);
}

static const KtBootLoader loaders[] = {
	{
		.name = "bls",
		.is_used = bls_is_used,
		.files = bls_files,
		.lines = bls_lines,
		.set = bls_set,
	},
	{
		.name = "grub-debian",
		.is_used = debian_is_used,
		.files = debian_files,
		.lines = debian_lines,
		.set = debian_set,
		.own_file = debian_own_file,
		.own_text = debian_drop_in,
		.regenerate = debian_regenerate,
	},
};

const KtBootLoader *
kt_boot_loader_find(KtRoot *root, GError **error)
{
	for (size_t i = 0; i < G_N_ELEMENTS(loaders); i++) {
		if (loaders[i].is_used(root))
			return &loaders[i];
	}
	kt_throw_hint(error,
		      KT_ERROR_UNSUPPORTED,
		      "add the argument by hand",
		      "the boot loader of this host is not one that kvmtune can edit");
	return NULL;
}
