/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-shell-text.h"

#include <string.h>

#define SYSCTL_DIR "/etc/sysctl.d"

/* The drop-ins that kvmtune writes, and nobody else. */
static const struct {
	const char *dir;
	const char *prefix;
	const char *suffix;
} own_files[] = {
	{.dir = "/etc/default/grub.d", .prefix = "90-kvmtune-", .suffix = ".cfg"},
	{.dir = "/etc/modprobe.d", .prefix = "zz-kvmtune-", .suffix = ".conf"},
	{.dir = "/etc/modules-load.d", .prefix = "kvmtune-", .suffix = ".conf"},
	{.dir = SYSCTL_DIR, .prefix = "80-kvmtune-", .suffix = ".conf"},
	{.dir = "/etc/systemd/system/system.slice.d", .prefix = "80-kvmtune-", .suffix = ".conf"},
	{.dir = "/etc/systemd/system/user.slice.d", .prefix = "80-kvmtune-", .suffix = ".conf"},
	{.dir = "/etc/tmpfiles.d", .prefix = "20-kvmtune-", .suffix = ".conf"},
	{.dir = "/etc/udev/rules.d", .prefix = "61-kvmtune-", .suffix = ".rules"},
};

static bool
is_own_name(size_t row, const char *name)
{
	size_t fixed = strlen(own_files[row].prefix) + strlen(own_files[row].suffix);

	return strlen(name) > fixed && g_str_has_prefix(name, own_files[row].prefix) &&
	       g_str_has_suffix(name, own_files[row].suffix);
}

bool
kt_host_is_own_file(const char *path)
{
	g_autofree char *dir = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);

	for (size_t i = 0; i < G_N_ELEMENTS(own_files); i++) {
		if (g_str_equal(dir, own_files[i].dir) && is_own_name(i, name))
			return true;
	}
	return false;
}

void
kt_host_add_config_file(KtHostJob *job, const char *path, KtState state, const char *text)
{
	KtConfigFile file = {
		.path = kt_host_str(job, path, path),
		.is_own = kt_host_bool(job, kt_host_is_own_file(path), path),
	};

	if (state == KT_STATE_VALUE)
		file.text = kt_host_str(job, text, path);
	else
		file.text = (KtOptStr){.state = state, .origin = file.path.origin};
	g_array_append_val(job->config_files, file);
}

/* Returns DENIED or BROKEN when there may be files that nobody could see. */
static KtState
add_own_files(KtHostJob *job, size_t row)
{
	g_auto(GStrv) names = NULL;
	KtState state = kt_root_list(job->root, own_files[row].dir, &names);

	for (size_t i = 0; names && names[i]; i++) {
		if (!is_own_name(row, names[i]))
			continue;
		g_autofree char *path = g_strconcat(own_files[row].dir, "/", names[i], NULL);
		g_autofree char *text = NULL;
		KtState text_state = kt_host_text(job, path, &text);
		kt_host_add_config_file(job, path, text_state, text);
	}
	return state == KT_STATE_ABSENT ? KT_STATE_VALUE : state;
}

/* Files of others that hold lines which guides left there, from so many assignments on. */
static const struct {
	const char *path;
	const char *key;
	unsigned n;
} leftovers[] = {
	{.path = "/etc/default/grub", .key = "GRUB_CMDLINE_LINUX", .n = 2},
	{.path = "/etc/default/grub", .key = "GRUB_CMDLINE_LINUX_DEFAULT", .n = 2},
	{.path = "/etc/default/qemu-kvm", .key = "KVM_HUGEPAGES", .n = 1},
};

static bool
has_file(const KtHostJob *job, const char *path)
{
	for (guint i = 0; i < job->config_files->len; i++) {
		if (kt_opt_is(g_array_index(job->config_files, KtConfigFile, i).path, path))
			return true;
	}
	return false;
}

static void
add_leftovers(KtHostJob *job)
{
	for (size_t i = 0; i < G_N_ELEMENTS(leftovers); i++) {
		const char *path = leftovers[i].path;
		g_autofree char *text = NULL;
		KtState state = KT_STATE_ABSENT;
		if (!has_file(job, path))
			state = kt_host_text(job, path, &text);
		bool has_lines = text && kt_shell_count(text, leftovers[i].key) >= leftovers[i].n;
		if (state != KT_STATE_ABSENT && (!text || has_lines))
			kt_host_add_config_file(job, path, state, text);
	}
}

static int
compare_files(const void *a, const void *b)
{
	return strcmp(((const KtConfigFile *)a)->path.v, ((const KtConfigFile *)b)->path.v);
}

void
kt_host_collect_config_files(KtHostJob *job)
{
	KtState state = KT_STATE_VALUE;

	for (size_t i = 0; i < G_N_ELEMENTS(own_files); i++) {
		/* Those were read with all other sysctl files. */
		if (g_str_equal(own_files[i].dir, SYSCTL_DIR))
			continue;
		KtState one = add_own_files(job, i);
		if (state == KT_STATE_VALUE)
			state = one;
	}
	add_leftovers(job);
	g_array_sort(job->config_files, compare_files);
	kt_host_set_list(
		job, &job->host->config_files, g_array_ref(job->config_files), state, "/etc");
}
