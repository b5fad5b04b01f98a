/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* KT_ERROR_CANCELLED in kt-error.inc; a handler cannot ask. */
#define STATUS_INTERRUPTED 130

static volatile sig_atomic_t how;
static volatile sig_atomic_t n_signals;
static int wake_up[2] = {-1, -1};

static void
say(const char *text)
{
	ssize_t n = write(STDERR_FILENO, text, strlen(text));

	/* There is nobody left to tell. */
	(void)n;
}

static void
handle(int number)
{
	int saved = errno;

	(void)number;
	n_signals = n_signals + 1;
	if (how == KT_INTERRUPT_UNSET || n_signals > 1) {
		say(KT_PROGRAM ": interrupted\n");
		_exit(STATUS_INTERRUPTED);
	}
	if (how == KT_INTERRUPT_FINISH)
		say(KT_PROGRAM ": this is finished first; interrupt again to stop it here\n");
	else
		(void)!write(wake_up[1], "", 1);
	errno = saved;
}

/* g_cancellable_cancel() takes locks, so a handler must not call it. */
static void *
wait_for_signal(void *data)
{
	GCancellable *cancellable = data;
	char byte = 0;

	while (read(wake_up[0], &byte, 1) < 0 && errno == EINTR)
		continue;
	say(KT_PROGRAM ": interrupted, leaving things as they were; again to stop at once\n");
	g_cancellable_cancel(cancellable);
	g_object_unref(cancellable);
	return NULL;
}

void
kt_signals_init(KtInterrupt interrupt, GCancellable *cancellable)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};

	if (interrupt == KT_INTERRUPT_CANCEL) {
		if (pipe2(wake_up, O_CLOEXEC) == 0)
			g_thread_unref(g_thread_new(
				"signals", wait_for_signal, g_object_ref(cancellable)));
		else
			interrupt = KT_INTERRUPT_UNSET;
	}
	how = (sig_atomic_t)interrupt;
	for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
		struct sigaction before = {0};
		/* nohup and the like: what was ignored stays ignored. */
		if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
			(void)sigaction(numbers[i], &action, NULL);
	}
}
