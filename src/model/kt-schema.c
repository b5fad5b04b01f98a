/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-schema.h"

/* Lists longer than this come from broken or hostile input, not from a host. */
#define MAX_LIST 262144

static const void *
member_const(const KtField *field, const void *record)
{
	return (const char *)record + field->offset;
}

static void *
member(const KtField *field, void *record)
{
	return (char *)record + field->offset;
}

static KtJson *
state_to_json(KtState state)
{
	KtJson *object = json_object();

	kt_json_set_str(object, "state", kt_state_name(state));
	return object;
}

static KtJson *
cpuset_to_json(const KtCpuset *set)
{
	g_autofree char *list = kt_cpuset_to_list(set);

	return json_string_nocheck(list);
}

static KtJson *
text_to_json(const char *text)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);

	return json_string_nocheck(valid);
}

static KtJson *
list_to_json(const KtSchema *schema, const KtAnyList *list)
{
	KtJson *array = json_array();

	for (uint32_t i = 0; i < list->n; i++)
		json_array_append_new(
			array,
			kt_schema_to_json(schema,
					  (const char *)list->v + (size_t)i * schema->size));
	return array;
}

static KtState
member_state(const KtField *field, const void *at)
{
	switch (field->type) {
	case KT_TYPE_BOOL:
		return ((const KtOptBool *)at)->state;
	case KT_TYPE_U64:
		return ((const KtOptU64 *)at)->state;
	case KT_TYPE_I64:
		return ((const KtOptI64 *)at)->state;
	case KT_TYPE_STR:
		return ((const KtOptStr *)at)->state;
	case KT_TYPE_CPUSET:
		return ((const KtOptCpuset *)at)->state;
	case KT_TYPE_LIST:
		return ((const KtAnyList *)at)->state;
	case KT_TYPE_RECORD:
		return KT_STATE_VALUE;
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
}

static KtJson *
value_to_json(const KtField *field, const void *at)
{
	switch (field->type) {
	case KT_TYPE_BOOL:
		return json_boolean(((const KtOptBool *)at)->v);
	case KT_TYPE_U64:
		return json_integer(
			(json_int_t)MIN(((const KtOptU64 *)at)->v, (uint64_t)INT64_MAX));
	case KT_TYPE_I64:
		return json_integer(((const KtOptI64 *)at)->v);
	case KT_TYPE_STR:
		return text_to_json(((const KtOptStr *)at)->v);
	case KT_TYPE_CPUSET:
		return cpuset_to_json(((const KtOptCpuset *)at)->v);
	case KT_TYPE_LIST:
		return list_to_json(field->schema, at);
	case KT_TYPE_RECORD:
		return kt_schema_to_json(field->schema, at);
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
}

KtJson *
kt_schema_to_json(const KtSchema *schema, const void *record)
{
	KtJson *object = json_object();

	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		const void *at = member_const(field, record);
		KtState state = member_state(field, at);

		if (state == KT_STATE_UNSET)
			continue;
		kt_json_set(object,
			    field->name,
			    state == KT_STATE_VALUE ? value_to_json(field, at)
						    : state_to_json(state));
	}
	return object;
}

static bool
throw_type(GError **error, const KtField *field, const char *type)
{
	return kt_throw(error, KT_ERROR_PARSE, "'%s' must be %s", field->name, type);
}

static bool
cpuset_from_json(const KtField *field, const KtJson *json, KtArena *arena, KtOptCpuset *ret_set,
		 GError **error)
{
	const char *text = json_string_value(json);
	KtCpuset *set = kt_arena_new0(arena, KtCpuset, 1);

	if (!text)
		return throw_type(error, field, "a CPU list");
	if (!kt_cpuset_parse_list(text, set, error))
		return kt_prefix(error, "'%s'", field->name);
	ret_set->v = set;
	ret_set->state = KT_STATE_VALUE;
	return true;
}

static bool
list_patch(const KtField *field, const KtJson *json, KtArena *arena, KtAnyList *list,
	   GError **error)
{
	const char *key = NULL;
	KtJson *item = NULL;

	json_object_foreach ((KtJson *)json, key, item) {
		guint64 index = 0;
		if (!g_ascii_string_to_unsigned(key, 10, 0, UINT32_MAX, &index, NULL) ||
		    index >= list->n)
			return kt_throw(
				error, KT_ERROR_PARSE, "'%s' has no item '%s'", field->name, key);
		if (!kt_schema_from_json(field->schema,
					 item,
					 arena,
					 (char *)list->v + index * field->schema->size,
					 error))
			return kt_prefix(error, "%s/%s", field->name, key);
	}
	return true;
}

static bool
list_from_json(const KtField *field, const KtJson *json, KtArena *arena, KtAnyList *list,
	       GError **error)
{
	size_t n = json_array_size(json);

	if (json_is_object(json))
		return list_patch(field, json, arena, list, error);
	if (!json_is_array(json))
		return throw_type(error, field, "an array");
	if (n > MAX_LIST)
		return kt_throw(error,
				KT_ERROR_LIMIT,
				"'%s' has more than %d items",
				field->name,
				MAX_LIST);

	char *items = kt_arena_alloc(arena, n * field->schema->size);
	for (size_t i = 0; i < n; i++) {
		if (!kt_schema_from_json(field->schema,
					 json_array_get(json, i),
					 arena,
					 items + i * field->schema->size,
					 error))
			return kt_prefix(error, "%s/%zu", field->name, i);
	}
	list->v = items;
	list->n = (uint32_t)n;
	list->state = KT_STATE_VALUE;
	return true;
}

/* {"state": "denied"} stands for a value that is not known. */
static bool
state_from_json(const KtJson *json, KtState *ret_state)
{
	const char *name = json_string_value(json_object_get(json, "state"));

	if (!name || json_object_size(json) != 1)
		return false;
	*ret_state = kt_state_from_name(name);
	return *ret_state < KT_STATE_N && *ret_state != KT_STATE_VALUE;
}

static void
set_state(const KtField *field, void *at, KtState state)
{
	switch (field->type) {
	case KT_TYPE_BOOL:
		((KtOptBool *)at)->state = state;
		break;
	case KT_TYPE_U64:
		((KtOptU64 *)at)->state = state;
		break;
	case KT_TYPE_I64:
		((KtOptI64 *)at)->state = state;
		break;
	case KT_TYPE_STR:
		((KtOptStr *)at)->state = state;
		break;
	case KT_TYPE_CPUSET:
		((KtOptCpuset *)at)->state = state;
		break;
	case KT_TYPE_LIST:
		*(KtAnyList *)at = (KtAnyList){.state = state};
		break;
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		break;
	}
}

void
kt_schema_set_origin(const KtSchema *schema, uint16_t origin, void *record)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		void *at = (char *)record + field->offset;
		switch (field->type) {
		case KT_TYPE_BOOL:
			((KtOptBool *)at)->origin = origin;
			break;
		case KT_TYPE_U64:
			((KtOptU64 *)at)->origin = origin;
			break;
		case KT_TYPE_I64:
			((KtOptI64 *)at)->origin = origin;
			break;
		case KT_TYPE_STR:
			((KtOptStr *)at)->origin = origin;
			break;
		case KT_TYPE_CPUSET:
			((KtOptCpuset *)at)->origin = origin;
			break;
		case KT_TYPE_LIST:
			((KtAnyList *)at)->origin = origin;
			break;
		case KT_TYPE_RECORD:
			kt_schema_set_origin(field->schema, origin, at);
			break;
		case KT_TYPE_UNSET:
		case KT_TYPE_N:
		default:
			break;
		}
	}
}

static bool
number_from_json(const KtField *field, const KtJson *json, void *at, GError **error)
{
	if (!json_is_integer(json))
		return throw_type(error, field, "a whole number");
	if (field->type == KT_TYPE_I64) {
		((KtOptI64 *)at)->v = json_integer_value(json);
		return true;
	}
	if (json_integer_value(json) < 0)
		return throw_type(error, field, "a number from 0");
	((KtOptU64 *)at)->v = (uint64_t)json_integer_value(json);
	return true;
}

static bool
text_from_json(const KtField *field, const KtJson *json, KtArena *arena, KtOptStr *ret_text,
	       GError **error)
{
	if (!json_is_string(json))
		return throw_type(error, field, "a string");
	ret_text->v = kt_arena_strdup(arena, json_string_value(json));
	return true;
}

static bool
bool_from_json(const KtField *field, const KtJson *json, KtOptBool *ret_value, GError **error)
{
	if (!json_is_boolean(json))
		return throw_type(error, field, "true or false");
	ret_value->v = json_is_true(json);
	return true;
}

static bool
value_from_json(const KtField *field, const KtJson *json, KtArena *arena, void *at, GError **error)
{
	switch (field->type) {
	case KT_TYPE_BOOL:
		return bool_from_json(field, json, at, error);
	case KT_TYPE_U64:
	case KT_TYPE_I64:
		return number_from_json(field, json, at, error);
	case KT_TYPE_STR:
		return text_from_json(field, json, arena, at, error);
	case KT_TYPE_CPUSET:
		return cpuset_from_json(field, json, arena, at, error);
	case KT_TYPE_LIST:
		return list_from_json(field, json, arena, at, error);
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		g_assert_not_reached();
	}
}

static bool
field_from_json(const KtField *field, const KtJson *json, KtArena *arena, void *record,
		GError **error)
{
	void *at = member(field, record);
	KtState state = KT_STATE_UNSET;

	if (field->type == KT_TYPE_RECORD) {
		if (kt_schema_from_json(field->schema, json, arena, at, error))
			return true;
		return kt_prefix(error, "%s", field->name);
	}
	if (state_from_json(json, &state)) {
		set_state(field, at, state);
		return true;
	}
	if (!value_from_json(field, json, arena, at, error))
		return false;
	if (field->type != KT_TYPE_LIST)
		set_state(field, at, KT_STATE_VALUE);
	return true;
}

static const KtField *
find_field(const KtSchema *schema, const char *name)
{
	for (size_t i = 0; i < schema->n_fields; i++) {
		if (g_str_equal(schema->fields[i].name, name))
			return &schema->fields[i];
	}
	return NULL;
}

bool
kt_schema_from_json(const KtSchema *schema, const KtJson *json, KtArena *arena, void *record,
		    GError **error)
{
	const char *key = NULL;
	KtJson *value = NULL;

	if (!json_is_object(json))
		return kt_throw(
			error, KT_ERROR_PARSE, "an object is expected for %s", schema->name);

	json_object_foreach ((KtJson *)json, key, value) {
		const KtField *field = find_field(schema, key);
		if (!field)
			return kt_throw(
				error, KT_ERROR_PARSE, "'%s' is no fact of %s", key, schema->name);
		if (!field_from_json(field, value, arena, record, error))
			return false;
	}
	return true;
}
