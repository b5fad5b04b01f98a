/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-boot-choice.h"

#include "kt-shell-text.h"

#include <string.h>

#define GRUB "/etc/default/grub"
#define ZIPL "/etc/zipl.conf"

/* systemd-boot reads those of the boot partition, whose mount point differs (bootctl(1)). */
static const char *const entry_dirs[] = {
	"/boot/loader/entries",
	"/efi/loader/entries",
	"/boot/efi/loader/entries",
};
const char *const kt_boot_grubby_paths[] = {"/usr/sbin/grubby",
					    "/sbin/grubby",
					    "/usr/bin/grubby",
					    NULL};
const char *const kt_boot_zipl_paths[] = {"/usr/sbin/zipl", "/sbin/zipl", NULL};
const char *const kt_boot_mkconfig_paths[] = {"/usr/sbin/grub2-mkconfig",
					      "/usr/bin/grub2-mkconfig",
					      NULL};

const char *
kt_boot_first(KtRoot *root, const char *const *paths)
{
	for (; *paths; paths++) {
		if (kt_root_exists(root, *paths))
			return *paths;
	}
	return NULL;
}

static KtState
has_entries(KtRoot *root, const char *dir)
{
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(root, dir, &names);

	if (state != KT_STATE_VALUE)
		return state;
	for (size_t i = 0; names[i]; i++) {
		if (g_str_has_suffix(names[i], ".conf"))
			return KT_STATE_VALUE;
	}
	return KT_STATE_ABSENT;
}

const char *
kt_boot_entry_dir(KtRoot *root)
{
	for (size_t i = 0; i < G_N_ELEMENTS(entry_dirs); i++) {
		if (has_entries(root, entry_dirs[i]) == KT_STATE_VALUE)
			return entry_dirs[i];
	}
	return NULL;
}

/* systemd-boot has its settings beside its entries (loader.conf(5)). */
static bool
has_systemd_boot(KtRoot *root)
{
	const char *entries = kt_boot_entry_dir(root);
	g_autofree char *dir = entries ? g_path_get_dirname(entries) : NULL;
	g_autofree char *settings = dir ? g_strconcat(dir, "/loader.conf", NULL) : NULL;

	return settings && kt_root_exists(root, settings);
}

static bool
has_word(const char *text, const char *key, const char *word)
{
	g_autofree char *value = NULL;

	if (kt_shell_get(text, key, &value) != KT_SHELL_VALUE)
		return false;
	g_auto(GStrv) words = g_strsplit(value, " ", /* max_tokens= */ 100);
	return g_strv_contains((const char *const *)words, word);
}

/* Only Debian's grub-mkconfig reads /etc/default/grub.d; others have an update-grub, too. */
static bool
is_debian(KtRoot *root)
{
	const char *const paths[] = {"/etc/os-release", "/usr/lib/os-release"};

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autofree char *text = NULL;
		if (kt_root_read(root, paths[i], &text, NULL) == KT_STATE_VALUE)
			return has_word(text, "ID", "debian") ||
			       has_word(text, "ID_LIKE", "debian");
	}
	return true;
}

static KtState
choose(const char *name, const char *path, const char **ret_name, const char **ret_path)
{
	*ret_name = name;
	*ret_path = path;
	return KT_STATE_VALUE;
}

/* What is left: GRUB with its settings in one file, or none. */
static KtState
choose_grub(KtRoot *root, const char **ret_name, const char **ret_path)
{
	uint32_t mode = 0;
	KtState state = kt_root_mode(root, GRUB, &mode);

	if (state == KT_STATE_ABSENT && kt_root_exists(root, ZIPL) &&
	    kt_boot_first(root, kt_boot_zipl_paths))
		return choose("zipl", ZIPL, ret_name, ret_path);
	if (state == KT_STATE_ABSENT)
		return choose("none", GRUB, ret_name, ret_path);
	*ret_path = GRUB;
	if (state != KT_STATE_VALUE)
		return state;
	if (kt_root_exists(root, "/usr/sbin/transactional-update"))
		return choose("transactional", GRUB, ret_name, ret_path);
	if (is_debian(root) && kt_root_exists(root, "/usr/sbin/update-grub"))
		return choose("grub-debian", GRUB, ret_name, ret_path);
	if (kt_boot_first(root, kt_boot_mkconfig_paths))
		return choose("grub2", GRUB, ret_name, ret_path);
	return choose("grub-other", GRUB, ret_name, ret_path);
}

KtState
kt_boot_choice(KtRoot *root, const char **ret_name, const char **ret_path)
{
	static const char ostree[] = "/run/ostree-booted";
	const char *entries = entry_dirs[0];
	bool has_grubby = kt_boot_first(root, kt_boot_grubby_paths) != NULL;
	KtState state = has_grubby ? has_entries(root, entries) : KT_STATE_ABSENT;

	/* An image-based system makes its entries anew with each image. */
	if (kt_root_exists(root, ostree))
		return choose(kt_root_exists(root, "/usr/bin/rpm-ostree") ? "ostree" : "none",
			      ostree,
			      ret_name,
			      ret_path);
	*ret_path = entries;
	if (state == KT_STATE_VALUE)
		return choose("bls", entries, ret_name, ret_path);
	if (state != KT_STATE_ABSENT)
		return state;
	if (has_systemd_boot(root))
		return choose("entries", kt_boot_entry_dir(root), ret_name, ret_path);
	return choose_grub(root, ret_name, ret_path);
}
