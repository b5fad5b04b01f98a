/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Levels of virsh --debug as those of GLib; 4 and above show nothing but our own errors. */
static const GLogLevelFlags levels[] = {
	G_LOG_LEVEL_DEBUG,
	G_LOG_LEVEL_INFO,
	G_LOG_LEVEL_MESSAGE,
	G_LOG_LEVEL_WARNING,
	G_LOG_LEVEL_CRITICAL,
};
#define QUIET_LEVEL 4

static GLogLevelFlags shown_level = G_LOG_LEVEL_CRITICAL;

static void
ignore_signal(int number)
{
}

void
kt_output_init(void)
{
	/* A handler, since programs that are started inherit SIG_IGN but no handler. */
	struct sigaction action = {.sa_handler = ignore_signal, .sa_flags = SA_RESTART};

	for (int fd = 0; fd <= 2; fd++) {
		if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
			continue;
		/* Opened the wrong way round: writing to it still fails, as it should. */
		int opened = open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
		g_assert(opened == fd || opened < 0);
	}
	(void)sigaction(SIGPIPE, &action, NULL);
	/* ulimit -f: an error like a full disk, not the end. */
	(void)sigaction(SIGXFSZ, &action, NULL);
}

bool
kt_output_write(const char *text, size_t length, GError **error)
{
	while (length > 0) {
		ssize_t n = write(STDOUT_FILENO, text, length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EPIPE)
			return true;
		if (n < 0)
			return kt_throw(error,
					KT_ERROR_IO,
					"write to standard output: %s",
					g_strerror(errno));
		text += n;
		length -= (size_t)n;
	}
	return true;
}

void
kt_output_message(const char *text)
{
	g_autofree char *clean = kt_text_clean(text);

	(void)fprintf(stderr, KT_PROGRAM ": %s\n", clean);
}

void
kt_output_error(const GError *error)
{
	const char *hint = kt_error_hint(error);

	kt_output_message(error->message);
	if (hint) {
		g_autofree char *clean = kt_text_clean(hint);
		(void)fprintf(stderr, "hint: %s\n", clean);
	}
}

unsigned
kt_output_width(void)
{
	const char *columns = g_getenv("COLUMNS");
	struct winsize size = {0};
	guint64 number = 0;

	if (columns && g_ascii_string_to_unsigned(columns, 10, 1, 10000, &number, NULL))
		return (unsigned)number;
	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col > 0)
		return size.ws_col;
	return KT_PAPER_WIDTH;
}

bool
kt_output_wants_colour(const char *when, bool *ret_wanted, GError **error)
{
	const char *no_color = g_getenv("NO_COLOR");
	bool is_dumb = g_strcmp0(g_getenv("TERM"), "dumb") == 0;

	if (g_strcmp0(when, "always") == 0)
		*ret_wanted = true;
	else if (g_strcmp0(when, "never") == 0)
		*ret_wanted = false;
	else if (!when || g_str_equal(when, "auto"))
		*ret_wanted = isatty(STDOUT_FILENO) && !(no_color && *no_color) && !is_dumb;
	else
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "auto, always or never",
				     "--color: '%s' is no answer to when",
				     when);
	return true;
}

static GLogWriterOutput
write_log(GLogLevelFlags level, const GLogField *fields, gsize n_fields, void *data)
{
	(void)data;
	if ((level & G_LOG_LEVEL_MASK) > shown_level)
		return G_LOG_WRITER_HANDLED;
	for (gsize i = 0; i < n_fields; i++) {
		if (!g_str_equal(fields[i].key, "MESSAGE"))
			continue;
		g_autofree char *text =
			fields[i].length < 0 ? g_strdup(fields[i].value)
					     : g_strndup(fields[i].value, (size_t)fields[i].length);
		kt_output_message(text);
	}
	return G_LOG_WRITER_HANDLED;
}

bool
kt_output_set_debug(const char *level, GError **error)
{
	guint64 number = QUIET_LEVEL;

	if (level && !g_ascii_string_to_unsigned(level, 10, 0, QUIET_LEVEL, &number, NULL))
		return kt_throw_hint(error,
				     KT_ERROR_USAGE,
				     "a number from 0 (all) to 4 (errors only)",
				     "--debug: '%s' is no level",
				     level);
	shown_level = levels[number];
	g_log_set_writer_func(write_log, NULL, NULL);
	return true;
}
