/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * One error domain for the whole program.
 *
 * A message is lower case, has no full stop and quotes names in 'single quotes'. Advice does not
 * belong into the message: it is the *hint*, carried beside it (extended GError), and is printed
 * on a line of its own. Every code has one exit status (kt-error.inc).
 *
 * Calling sequence: `return kt_throw_errno(error, errno, "open '%s'", path);` sets the error and
 * yields false in one expression.
 */

#include <glib.h>
#include <stdbool.h>

typedef enum KtErrorCode {
	KT_ERROR_UNSET = 0,
#define KT_ERROR_ROW(id, name, status, doc) KT_ERROR_##id,
#include "kt-error.inc"
#undef KT_ERROR_ROW
	KT_ERROR_N,
} KtErrorCode;

#define KT_ERROR       (kt_error_quark())
#define KT_WARN_UNUSED G_GNUC_WARN_UNUSED_RESULT

GQuark kt_error_quark(void);

/* Sets @error and returns false. */
bool kt_throw(GError **error, KtErrorCode code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Same, with a hint: one sentence that tells the administrator what to do. @hint is copied. */
bool kt_throw_hint(GError **error, KtErrorCode code, const char *hint, const char *format, ...)
	G_GNUC_PRINTF(4, 5);

/* "<message>: <strerror>", with a hint where one fits every case. The code is derived from
 * @errno_value: EACCES/EPERM/EROFS become DENIED, ENOENT NOT_FOUND, all others IO. */
bool kt_throw_errno(GError **error, int errno_value, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Puts "<prefix>: " in front of the message of *@error; returns false. */
bool kt_prefix(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The hint, or NULL. Borrowed from @error. */
const char *kt_error_hint(const GError *error);

/* Replaces the hint of @error, which must be of the domain KT_ERROR. */
void kt_error_set_hint(GError *error, const char *hint);

/* The documented exit status; errors of foreign domains (GOption, GKeyFile) count as usage. */
int kt_error_exit_status(const GError *error);

/* "stale", "rolled-back"...; "usage" for foreign domains. */
const char *kt_error_name(const GError *error);

/* Rows for documentation and tests: name, exit status and meaning of @code; false past the end. */
bool kt_error_row(KtErrorCode code, const char **ret_name, int *ret_status, const char **ret_doc);
