/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance-private.h"

/* A document with a thousand slips needs no thousand remarks. */
#define MAX_NOTES 20

static const char *
type_name(json_type type)
{
	static const char *const names[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "a list",
		[JSON_STRING] = "a text",
	};

	return (unsigned)type < G_N_ELEMENTS(names) && names[type] ? names[type] : "a number";
}

bool
kt_in_is_integer(const KtJson *value, uint64_t min, uint64_t max)
{
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;

	uint64_t number = (uint64_t)json_integer_value(value);
	return number >= min && number <= max;
}

bool
kt_in_get(const KtInReader *reader, const KtJson *object, const char *key, json_type type,
	  const KtJson **ret_value, GError **error)
{
	const KtJson *value = json_object_get(object, key);

	if (value && json_is_null(value))
		value = NULL;
	if (value && json_typeof(value) != type)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: '%s' has to be %s",
				reader->where,
				key,
				type_name(type));
	*ret_value = value;
	return true;
}

bool
kt_in_number(const KtInReader *reader, const KtJson *object, const KtInNumber *number,
	     uint64_t *ret_value, GError **error)
{
	const KtJson *value = json_object_get(object, number->key);

	if ((!value || json_is_null(value)) && number->is_required)
		return kt_throw(
			error, KT_ERROR_PARSE, "%s: '%s' is missing", reader->where, number->key);
	if (!value || json_is_null(value)) {
		*ret_value = number->value;
		return true;
	}
	if (!kt_in_is_integer(value, number->min, number->max))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: '%s' has to be a whole number from %" G_GUINT64_FORMAT
				" to %" G_GUINT64_FORMAT,
				reader->where,
				number->key,
				number->min,
				number->max);
	*ret_value = (uint64_t)json_integer_value(value);
	return true;
}

bool
kt_in_numbers(const KtInReader *reader, const KtJson *object, const KtInNumber *numbers,
	      void *target, GError **error)
{
	for (const KtInNumber *number = numbers; number->key; number++) {
		uint64_t *member = (uint64_t *)(void *)((char *)target + number->offset);
		if (!kt_in_number(reader, object, number, member, error))
			return false;
	}
	return true;
}

bool
kt_in_permille(const KtInReader *reader, const KtJson *object, const KtInNumber *number,
	       uint64_t *ret_permille, GError **error)
{
	const KtJson *value = json_object_get(object, number->key);

	if (!value || json_is_null(value)) {
		*ret_permille = number->value;
		return true;
	}

	double fraction = json_number_value(value) * 1000;
	if (!json_is_number(value) || !(fraction >= (double)number->min) ||
	    !(fraction <= (double)number->max))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: '%s' has to be a number from %g to %g",
				reader->where,
				number->key,
				(double)number->min / 1000,
				(double)number->max / 1000);
	*ret_permille = (uint64_t)(fraction + 0.5);
	return true;
}

bool
kt_in_bool(const KtInReader *reader, const KtJson *object, const char *key, bool *ret_flag,
	   GError **error)
{
	const KtJson *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return true;
	if (!json_is_boolean(value))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: '%s' has to be true or false",
				reader->where,
				key);
	*ret_flag = json_is_true(value);
	return true;
}

bool
kt_in_word(const KtInReader *reader, const KtJson *object, const char *key,
	   const char *const *words, unsigned *ret_index, GError **error)
{
	const KtJson *value = json_object_get(object, key);
	const char *text = json_string_value(value);

	if (!value || json_is_null(value))
		return true;
	for (unsigned i = 0; words[i]; i++) {
		if (text && g_str_equal(text, words[i])) {
			*ret_index = i;
			return true;
		}
	}

	g_autofree char *list = g_strjoinv("', '", (char **)words);
	return kt_throw(
		error, KT_ERROR_PARSE, "%s: '%s' has to be one of '%s'", reader->where, key, list);
}

bool
kt_in_node(const KtInReader *reader, const KtJson *value, const char *key, uint64_t *ret_node,
	   GError **error)
{
	int node = -1;

	if (kt_in_is_integer(value, 0, INT64_MAX))
		node = kt_instance_find_node(reader->instance, (uint64_t)json_integer_value(value));
	if (node < 0)
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: '%s' has to be the id of a node",
				reader->where,
				key);
	*ret_node = (uint64_t)node;
	return true;
}

void
kt_in_note_unknown(KtInReader *reader, const KtJson *object, const char *const *keys)
{
	const char *key = NULL;
	KtJson *value = NULL;

	json_object_foreach ((KtJson *)object, key, value) {
		if (g_strv_contains(keys, key) || reader->notes->len >= MAX_NOTES)
			continue;
		g_autofree char *note =
			g_strdup_printf("%s: '%.60s' means nothing here", reader->where, key);
		g_ptr_array_add(reader->notes, kt_arena_strdup(reader->instance->arena, note));
	}
}
