/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-detach.h"

#include "kt-clock.h"
#include "kt-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define SELF    "/proc/self/exe"
#define LOOK_MS 50

static void
add_pair(GPtrArray *argv, const char *option, const char *value)
{
	if (!value)
		return;
	g_ptr_array_add(argv, g_strdup(option));
	g_ptr_array_add(argv, g_strdup(value));
}

GPtrArray *
kt_detach_argv(const KtSessionOptions *options)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	char *self = g_file_read_link(SELF, NULL);
	/* The child starts in another directory. */
	g_autofree char *root = options->root ? g_canonicalize_filename(options->root, NULL) : NULL;
	g_autofree char *state =
		options->state_dir ? g_canonicalize_filename(options->state_dir, NULL) : NULL;
	g_autofree char *config =
		options->config ? g_canonicalize_filename(options->config, NULL) : NULL;

	g_ptr_array_add(argv, self ? self : g_strdup("kvmtune"));
	add_pair(argv, "--root", root);
	add_pair(argv, "--state-dir", state);
	add_pair(argv, "--config-file", config);
	add_pair(argv, "-c", options->uri);
	return argv;
}

/* Runs in the child between fork and exec. */
static void
detach(void *data)
{
	(void)setsid();
}

bool
kt_detach_spawn(const GPtrArray *argv, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (g_spawn_async("/",
			  (char **)argv->pdata,
			  NULL,
			  G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
			  detach,
			  NULL,
			  NULL,
			  &problem))
		return true;
	return kt_throw(error,
			KT_ERROR_IO,
			"start '%s': %s",
			(const char *)argv->pdata[0],
			problem->message);
}

bool
kt_detach_lock(uint32_t wait_ms, int *ret_fd, GError **error)
{
	int64_t until_us = kt_clock_boottime_us() + (int64_t)wait_ms * 1000;
	kt_autofd fd = open(SELF, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return kt_throw_errno(error, errno, "open '%s'", SELF);
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return kt_throw_errno(error, errno, "lock '%s'", SELF);
		if (kt_clock_boottime_us() > until_us)
			return kt_throw(error, KT_ERROR_BUSY, "another kvmtune holds the lock");
		(void)g_poll(NULL, 0, LOOK_MS);
	}
	*ret_fd = fd;
	fd = -1;
	return true;
}
