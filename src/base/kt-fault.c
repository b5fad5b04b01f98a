/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-fault.h"

#ifdef KT_FAULT_INJECTION

#include <fcntl.h>
#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
log_passage(const char *name)
{
	const char *path = g_getenv("KVMTUNE_FAULT_LOG");

	if (!path)
		return;

	g_autofree char *line = g_strconcat(name, "\n", NULL);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0)
		return;
	ssize_t written = write(fd, line, strlen(line));
	(void)written;
	(void)close(fd);
}

static int
act(const char *action, guint64 wanted, guint64 passage)
{
	if (passage == wanted && g_str_equal(action, "kill"))
		(void)kill(getpid(), SIGKILL);
	if (passage == wanted && g_str_equal(action, "stop"))
		(void)kill(getpid(), SIGSTOP);
	if (passage == wanted || (passage > wanted && g_str_has_suffix(action, "+")))
		return (int)g_ascii_strtoll(action, NULL, 10);
	return 0;
}

int
kt_fault(const char *name)
{
	static guint64 passages;
	const char *spec = g_getenv("KVMTUNE_FAULT");

	log_passage(name);
	if (!spec)
		return 0;

	g_auto(GStrv) parts = g_strsplit(spec, ":", 3);
	if (g_strv_length(parts) != 3)
		return 0;
	if (!g_str_equal(parts[0], "*") && !g_str_equal(parts[0], name))
		return 0;
	passages++;
	return act(parts[2], g_ascii_strtoull(parts[1], NULL, 10), passages);
}

bool
kt_mutant(const char *name)
{
	return g_strcmp0(g_getenv("KVMTUNE_MUTANT"), name) == 0;
}

#endif
