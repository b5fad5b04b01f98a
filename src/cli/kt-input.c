/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-input.h"

#include "kt-fd.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool
read_all(int fd, const char *what, size_t most, GString *text, GError **error)
{
	char buffer[65536];

	for (;;) {
		ssize_t n = read(fd, buffer, sizeof(buffer));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return kt_throw_errno(error, errno, "read '%s'", what);
		if (n == 0)
			return true;
		if (text->len + (size_t)n > most)
			return kt_throw(error,
					KT_ERROR_LIMIT,
					"'%s' is larger than %zu MiB",
					what,
					most >> 20);
		g_string_append_len(text, buffer, n);
	}
}

const char *
kt_input_name(const char *path)
{
	return g_str_equal(path, "-") ? "standard input" : path;
}

KtJson *
kt_input_read_json(const char *path, size_t most, GError **error)
{
	bool is_stdin = g_str_equal(path, "-");
	const char *what = kt_input_name(path);
	kt_autofd fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	g_autoptr(GString) text = g_string_new(NULL);

	if (fd < 0) {
		kt_throw_errno(error, errno, "open '%s'", what);
		return NULL;
	}
	return read_all(fd, what, most, text, error)
		       ? kt_json_parse(text->str, text->len, what, error)
		       : NULL;
}
