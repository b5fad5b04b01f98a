/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-embed-guard.h"

#include <fcntl.h>
#include <ftw.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"
#define MAX_FDS 32
#define POLL_US 20000
#define POLLS   500 /* 10 s for a killed QEMU to be gone */

static bool
is_our_qemu(const char *pid, const char *root)
{
	g_autofree char *path = g_strdup_printf("/proc/%s/cmdline", pid);
	g_autofree char *cmdline = NULL;
	gsize length = 0;

	return g_file_get_contents(path, &cmdline, &length, NULL) &&
	       memmem(cmdline, length, root, strlen(root)) != NULL;
}

static void
kill_qemu(const char *pid, const char *root)
{
	if (!is_our_qemu(pid, root))
		return;
	(void)kill((pid_t)g_ascii_strtoll(pid, NULL, 10), SIGKILL);
	for (int i = 0; i < POLLS && is_our_qemu(pid, root); i++)
		g_usleep(POLL_US);
}

/* QEMU's command line names files below the root. */
static void
kill_all(const char *root)
{
	GDir *dir = g_dir_open("/proc", 0, NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir)) {
		if (g_ascii_isdigit(*name) && g_ascii_strtoll(name, NULL, 10) != getpid())
			kill_qemu(name, root);
	}
	if (dir)
		g_dir_close(dir);
}

static int
remove_group(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	if (type == FTW_DP)
		(void)rmdir(path);
	return 0;
}

static int
remove_any(const char *path, const struct stat *info, int type, struct FTW *walk)
{
	(void)remove(path);
	return 0;
}

/* Named by libvirt's virDomainDriverGenerateMachineName(): "qemu-embed-", eight digits of the
 * SHA-256 of the root, "-ID-NAME...". Returns how many are still there. */
static int
remove_groups(const char *controller, const char *root)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, root, -1);
	g_autofree char *prefix = g_strdup_printf("qemu-embed-%.8s-", hash);
	g_autofree char *machine = g_build_filename(CGROUPS, controller, "machine", NULL);
	GDir *dir = g_dir_open(machine, 0, NULL);
	int n_left = 0;

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir)) {
		g_autofree char *path = g_build_filename(machine, name, NULL);
		if (!g_str_has_prefix(name, prefix))
			continue;
		(void)nftw(path, remove_group, MAX_FDS, FTW_DEPTH | FTW_PHYS);
		n_left += g_file_test(path, G_FILE_TEST_EXISTS);
	}
	if (dir)
		g_dir_close(dir);
	return n_left;
}

static int
remove_all_groups(const char *root)
{
	GDir *dir = g_dir_open(CGROUPS, 0, NULL);
	int n_left = remove_groups("", root);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir))
		n_left += remove_groups(name, root);
	if (dir)
		g_dir_close(dir);
	return n_left;
}

static void
clean(const char *root)
{
	kill_all(root);
	/* A group is busy until init has reaped the process. */
	for (int i = 0; i < POLLS && remove_all_groups(root) > 0; i++)
		g_usleep(POLL_US);
	(void)nftw(root, remove_any, MAX_FDS, FTW_DEPTH | FTW_PHYS);
}

pid_t
kt_embed_guard(const char *root, int *ret_fd)
{
	int ends[2] = {-1, -1};

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid_t pid = fork();
	if (pid != 0) {
		(void)close(ends[0]);
		*ret_fd = ends[1];
		return pid;
	}

	char byte = 0;
	(void)setsid();
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)close(ends[1]);
	while (read(ends[0], &byte, 1) > 0)
		;
	clean(root);
	_exit(0);
}
