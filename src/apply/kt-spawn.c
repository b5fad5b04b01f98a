/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-spawn.h"

#include "kt-fd.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define MAX_STDERR 65536

/* What the child needs between fork and exec. */
typedef struct Child {
	int root; /* to enter, or -1 */
	int lock; /* to keep, or -1 */
	pid_t parent;
} Child;

/* Only calls that are safe after fork(2). */
static void
prepare(void *data)
{
	const Child *child = data;

	/* Who recovers us must not meet a tool that still writes: it dies with us, and when its own
	 * children are not that quick, the lock is held until they have ended. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != child->parent)
		_exit(126);
	if (child->lock >= 0 && fcntl(child->lock, F_SETFD, 0) != 0)
		_exit(126);
	if (child->root >= 0 && (fchdir(child->root) != 0 || chroot(".") != 0))
		_exit(126);
}

/* Collects what comes on @fd until it is closed; false when the deadline passes first. */
static bool
drain(int fd, int64_t deadline_us, GString *text)
{
	for (;;) {
		int64_t left_ms = (deadline_us - g_get_monotonic_time()) / 1000;
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		char chunk[1024];

		if (left_ms <= 0)
			return false;
		int ready = poll(&wait, 1, (int)MIN(left_ms, 1000));
		if (ready < 0 && errno != EINTR)
			return true;
		if (ready <= 0)
			continue;
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got <= 0)
			return true;
		if (text->len < MAX_STDERR)
			g_string_append_len(text, chunk, got);
	}
}

static const char *
last_line(GString *text)
{
	g_strchomp(text->str);
	const char *newline = strrchr(text->str, '\n');

	return newline ? newline + 1 : text->str;
}

static bool
finish(GPid pid, bool is_done, GString *text, const char *name, GError **error)
{
	int status = 0;

	if (!is_done)
		(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	g_spawn_close_pid(pid);
	if (!is_done)
		return kt_throw(error, KT_ERROR_TIMEOUT, "'%s' did not end in time", name);
	if (g_spawn_check_wait_status(status, NULL))
		return true;
	return kt_throw(error, KT_ERROR_IO, "'%s' failed: %s", name, last_line(text));
}

bool
kt_spawn(const KtMachine *machine, const char *const *argv, unsigned limit_s, GError **error)
{
	const char *env[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	int64_t deadline_us = g_get_monotonic_time() + (int64_t)limit_s * G_USEC_PER_SEC;
	kt_autofd dirfd = kt_root_open_file(machine->root, "/", O_RDONLY | O_DIRECTORY);
	kt_autofd stderr_fd = -1;
	Child child = {
		.root = kt_root_is_live(machine->root) ? -1 : dirfd,
		.lock = machine->lock_fd,
		.parent = getpid(),
	};
	g_autoptr(GError) problem = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	GPid pid = 0;

	if (!kt_root_exists(machine->root, argv[0]))
		return kt_throw(error, KT_ERROR_NOT_FOUND, "'%s' does not exist", argv[0]);
	if (!g_spawn_async_with_pipes("/",
				      (char **)argv,
				      (char **)env,
				      G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL,
				      prepare,
				      &child,
				      &pid,
				      NULL,
				      NULL,
				      &stderr_fd,
				      &problem))
		return kt_throw(error, KT_ERROR_IO, "start '%s': %s", argv[0], problem->message);
	return finish(pid, drain(stderr_fd, deadline_us, text), text, argv[0], error);
}
