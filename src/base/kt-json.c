/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-json.h"

#include <string.h>

KtJson *
kt_json_parse(const char *text, size_t length, const char *what, GError **error)
{
	json_error_t where = {0};
	KtJson *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);

	if (!json)
		kt_throw(error,
			 KT_ERROR_PARSE,
			 "%s: line %d, column %d: %s",
			 what,
			 where.line,
			 where.column,
			 where.text);
	return json;
}

static char *
print(const KtJson *json, size_t flags, const char *tail)
{
	char *text = json_dumps(json, flags | JSON_ENCODE_ANY);

	g_assert(text);
	char *result = g_strconcat(text, tail, NULL);
	free(text); /* allocated by jansson with malloc */
	return result;
}

char *
kt_json_print(const KtJson *json)
{
	return print(json, JSON_INDENT(2), "\n");
}

char *
kt_json_print_compact(const KtJson *json)
{
	return print(json, JSON_COMPACT | JSON_SORT_KEYS, "");
}

static KtJson *
new_string(const char *text)
{
	if (!text)
		return json_null();
	if (g_utf8_validate(text, -1, NULL))
		return json_string_nocheck(text);

	g_autofree char *valid = g_utf8_make_valid(text, -1);
	return json_string_nocheck(valid);
}

void
kt_json_set(KtJson *object, const char *key, KtJson *value)
{
	int rc = json_object_set_new_nocheck(object, key, value);

	g_assert(rc == 0);
}

void
kt_json_set_str(KtJson *object, const char *key, const char *text)
{
	kt_json_set(object, key, new_string(text));
}

void
kt_json_set_u64(KtJson *object, const char *key, uint64_t number)
{
	/* JSON integers are signed in jansson; no counter of a host reaches 2^63. */
	kt_json_set(object, key, json_integer((json_int_t)MIN(number, (uint64_t)INT64_MAX)));
}

void
kt_json_set_bool(KtJson *object, const char *key, bool value)
{
	kt_json_set(object, key, json_boolean(value));
}

void
kt_json_append_str(KtJson *array, const char *text)
{
	int rc = json_array_append_new(array, new_string(text));

	g_assert(rc == 0);
}

static bool
throw_type(GError **error, const char *what, const char *key, const char *type)
{
	return kt_throw(error, KT_ERROR_PARSE, "%s: '%s' must be %s", what, key, type);
}

bool
kt_json_get_str(const KtJson *object, const char *key, const char *what, const char **ret_text,
		GError **error)
{
	const char *text = json_string_value(json_object_get(object, key));

	if (!text)
		return throw_type(error, what, key, "a string");
	*ret_text = text;
	return true;
}

bool
kt_json_get_str_or_null(const KtJson *object, const char *key, const char *what,
			const char **ret_text, GError **error)
{
	const KtJson *value = json_object_get(object, key);

	if (value && !json_is_null(value) && !json_is_string(value))
		return throw_type(error, what, key, "a string or null");
	*ret_text = json_string_value(value);
	return true;
}

bool
kt_json_get_u64(const KtJson *object, const char *key, const char *what, uint64_t *ret_number,
		GError **error)
{
	const KtJson *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return throw_type(error, what, key, "a number from 0");
	*ret_number = (uint64_t)json_integer_value(value);
	return true;
}

bool
kt_json_get_array(const KtJson *object, const char *key, const char *what, const KtJson **ret_array,
		  GError **error)
{
	const KtJson *value = json_object_get(object, key);

	if (!json_is_array(value))
		return throw_type(error, what, key, "an array");
	*ret_array = value;
	return true;
}
