/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-error.h"

#include <errno.h>

/* GLib finds the private part of an extended error by arithmetic, in a macro; compilers cannot see
 * that it is aligned and there. */
#pragma GCC diagnostic ignored "-Wcast-align"
#pragma GCC diagnostic ignored "-Wnull-dereference"

typedef struct KtErrorPrivate {
	char *hint;
} KtErrorPrivate;

static void
kt_error_private_init(KtErrorPrivate *priv)
{
	priv->hint = NULL;
}

static void
kt_error_private_copy(const KtErrorPrivate *src, KtErrorPrivate *dest)
{
	dest->hint = g_strdup(src->hint);
}

static void
kt_error_private_clear(KtErrorPrivate *priv)
{
	g_clear_pointer(&priv->hint, g_free);
}

G_DEFINE_EXTENDED_ERROR(KtError, kt_error)

static const struct {
	const char *name;
	int status;
	const char *doc;
} rows[KT_ERROR_N] = {
#define KT_ERROR_ROW(id, row_name, row_status, row_doc)                                            \
	[KT_ERROR_##id] = {.name = (row_name), .status = (row_status), .doc = (row_doc)},
#include "kt-error.inc"
#undef KT_ERROR_ROW
};

G_GNUC_PRINTF(4, 0)
static void
throw_valist(GError **error, KtErrorCode code, const char *hint, const char *format, va_list args)
{
	if (!error)
		return;

	*error = g_error_new_valist(KT_ERROR, code, format, args);
	if (hint)
		kt_error_set_hint(*error, hint);
}

bool
kt_throw(GError **error, KtErrorCode code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	throw_valist(error, code, NULL, format, args);
	va_end(args);
	return false;
}

bool
kt_throw_hint(GError **error, KtErrorCode code, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	throw_valist(error, code, hint, format, args);
	va_end(args);
	return false;
}

typedef struct ErrnoRow {
	int errno_value;
	KtErrorCode code;
	const char *hint;
} ErrnoRow;

/* The last row is that of all others. */
static const ErrnoRow errno_rows[] = {
	{.errno_value = EACCES, .code = KT_ERROR_DENIED, .hint = "run it as root"},
	{.errno_value = EPERM,
	 .code = KT_ERROR_DENIED,
	 .hint = "run it as root; what root may not do either, the kernel forbids (lockdown)"},
	{.errno_value = EROFS,
	 .code = KT_ERROR_DENIED,
	 .hint = "the file system is mounted read-only, as in a container"},
	{.errno_value = ENOENT, .code = KT_ERROR_NOT_FOUND},
	{.errno_value = ENOSPC, .code = KT_ERROR_IO, .hint = "make room on that file system"},
	{.errno_value = EDQUOT, .code = KT_ERROR_IO, .hint = "make room, or raise the quota"},
	{.errno_value = EMFILE, .code = KT_ERROR_IO, .hint = "raise 'ulimit -n'"},
	{.errno_value = EIO, .code = KT_ERROR_IO, .hint = "the disk may be damaged: see 'dmesg'"},
	{.code = KT_ERROR_IO},
};

bool
kt_throw_errno(GError **error, int errno_value, const char *format, ...)
{
	g_autofree char *what = NULL;
	const ErrnoRow *row = errno_rows;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	while (row->errno_value && row->errno_value != errno_value)
		row++;
	return kt_throw_hint(error, row->code, row->hint, "%s: %s", what, g_strerror(errno_value));
}

bool
kt_prefix(GError **error, const char *format, ...)
{
	va_list args;

	if (!error || !*error)
		return false;

	g_autofree char *prefix = NULL;
	va_start(args, format);
	prefix = g_strdup_vprintf(format, args);
	va_end(args);
	g_prefix_error(error, "%s: ", prefix);
	return false;
}

const char *
kt_error_hint(const GError *error)
{
	if (!error || error->domain != KT_ERROR)
		return NULL;

	return kt_error_get_private(error)->hint;
}

void
kt_error_set_hint(GError *error, const char *hint)
{
	g_return_if_fail(error && error->domain == KT_ERROR);

	KtErrorPrivate *priv = kt_error_get_private(error);
	char *copy = g_strdup(hint);
	g_free(priv->hint);
	priv->hint = copy;
}

int
kt_error_exit_status(const GError *error)
{
	if (!error)
		return 0;
	if (error->domain != KT_ERROR || error->code <= KT_ERROR_UNSET || error->code >= KT_ERROR_N)
		return rows[KT_ERROR_USAGE].status;

	return rows[error->code].status;
}

const char *
kt_error_name(const GError *error)
{
	if (error->domain != KT_ERROR || error->code <= KT_ERROR_UNSET || error->code >= KT_ERROR_N)
		return rows[KT_ERROR_USAGE].name;

	return rows[error->code].name;
}

bool
kt_error_row(KtErrorCode code, const char **ret_name, int *ret_status, const char **ret_doc)
{
	if (code <= KT_ERROR_UNSET || code >= KT_ERROR_N)
		return false;

	*ret_name = rows[code].name;
	*ret_status = rows[code].status;
	*ret_doc = rows[code].doc;
	return true;
}
