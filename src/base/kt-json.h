/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * JSON in and out: the only place that parses it.
 *
 * Input limits: nesting as jansson's (2048), no duplicate keys, size as given by the caller's
 * reader. Output is deterministic: keys in the order they were set, indent 2, final newline.
 */

#include "kt-error.h"

#include <jansson.h>
#include <stdint.h>

typedef json_t KtJson;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtJson, json_decref)

/* Parses @text of @length bytes. Error PARSE names line and column; @what says which document. */
KtJson *kt_json_parse(const char *text, size_t length, const char *what, GError **error)
	KT_WARN_UNUSED;

/* Text with a final newline; free with g_free. */
char *kt_json_print(const KtJson *json);

/* One line without newline, keys sorted: for digests and journals. Free with g_free. */
char *kt_json_print_compact(const KtJson *json);

/* Setters that cannot fail on valid UTF-8; other bytes become U+FFFD. NULL text becomes null. */
void kt_json_set_str(KtJson *object, const char *key, const char *text);
void kt_json_set_u64(KtJson *object, const char *key, uint64_t number);
void kt_json_set_bool(KtJson *object, const char *key, bool value);
/* Takes @value. */
void kt_json_set(KtJson *object, const char *key, KtJson *value);
/* Array item; NULL becomes null. */
void kt_json_append_str(KtJson *array, const char *text);

/* Members with a type check; the error (PARSE) names @key and @what. Strings are borrowed. */
bool kt_json_get_str(const KtJson *object, const char *key, const char *what, const char **ret_text,
		     GError **error) KT_WARN_UNUSED;
/* null and a missing key give NULL. */
bool kt_json_get_str_or_null(const KtJson *object, const char *key, const char *what,
			     const char **ret_text, GError **error) KT_WARN_UNUSED;
bool kt_json_get_u64(const KtJson *object, const char *key, const char *what, uint64_t *ret_number,
		     GError **error) KT_WARN_UNUSED;
/* The array is borrowed. */
bool kt_json_get_array(const KtJson *object, const char *key, const char *what,
		       const KtJson **ret_array, GError **error) KT_WARN_UNUSED;
