/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-rules.h"

#include <string.h>

/* Splits "cputune/vcpupin/@cpuset" at '/' into @ret_steps; elements up to and including @element,
 * the record's own, are left out. Returns the attribute part, or NULL. */
static const char *
compile_steps(KtArena *arena, const char *path, const char *element, const char **ret_steps)
{
	size_t n = 0;

	for (const char *at = path; *at;) {
		size_t length = strcspn(at, "/");
		if (*at == '@')
			return at;
		char *step = kt_arena_strndup(arena, at, length);
		if (g_str_equal(step, element))
			n = 0;
		else
			ret_steps[n++] = step;
		g_assert(n <= KT_GUEST_RULE_STEPS);
		ret_steps[n] = NULL;
		at += length + (at[length] == '/');
	}
	return NULL;
}

static void
compile_attributes(KtArena *arena, const char *text, const char **ret_attributes)
{
	size_t n = 0;

	for (const char *at = text; at && *at;) {
		size_t length = strcspn(at, "|");
		g_assert(*at == '@' && n < KT_GUEST_RULE_ATTRIBUTES);
		ret_attributes[n++] = kt_arena_strndup(arena, at + 1, length - 1);
		at += length + (at[length] == '|');
	}
}

/* "[@policy='require' or @policy='force']": the attribute is that of the first comparison. */
static void
compile_condition(KtArena *arena, const char *text, KtGuestRule *rule)
{
	size_t n = 0;

	for (const char *at = strchr(text, '@'); at; at = strchr(at, '@')) {
		size_t length = strcspn(at + 1, "=");
		const char *value = at + 1 + length + strlen("='");
		g_assert(n < KT_GUEST_RULE_ATTRIBUTES);
		rule->condition = kt_arena_strndup(arena, at + 1, length);
		rule->values[n++] = kt_arena_strndup(arena, value, strcspn(value, "'"));
		at = value;
	}
}

/* "count(path)" or "count(path[condition])"; returns the path. */
static const char *
compile_count(KtArena *arena, const char *source, KtGuestRule *rule)
{
	const char *path = source + strlen("count(");
	size_t length = strcspn(path, "[)");

	rule->is_count = true;
	if (path[length] == '[')
		compile_condition(arena, path + length, rule);
	return kt_arena_strndup(arena, path, length);
}

static const KtGuestRules *compile(KtArena *arena, const KtSchema *schema, const char *element);

static void
compile_rule(KtArena *arena, const KtField *field, const char *element, KtGuestRule *rule)
{
	const char *path = field->source;

	rule->field = field;
	if (g_str_has_prefix(path, "count("))
		path = compile_count(arena, path, rule);
	compile_attributes(
		arena, compile_steps(arena, path, element, rule->steps), rule->attributes);
	if (field->type == KT_TYPE_LIST)
		rule->items = compile(arena, field->schema, strrchr(path, '/') + 1);
}

static const KtGuestRules *
compile(KtArena *arena, const KtSchema *schema, const char *element)
{
	KtGuestRules *rules = kt_arena_new0(arena, KtGuestRules, 1);

	rules->v = kt_arena_new0(arena, KtGuestRule, schema->n_fields);
	rules->n = schema->n_fields;
	for (size_t i = 0; i < schema->n_fields; i++)
		compile_rule(arena, &schema->fields[i], element, &rules->v[i]);
	return rules;
}

static const KtSchema *
config_schema(void)
{
	for (size_t i = 0; i < kt_guest_schema.n_fields; i++) {
		const KtField *field = &kt_guest_schema.fields[i];
		if (field->offset == offsetof(KtGuest, live))
			return field->schema;
	}
	g_assert_not_reached();
}

const KtGuestRules *
kt_guest_rules(void)
{
	static const KtGuestRules *rules;

	if (g_once_init_enter(&rules)) {
		/* Never freed: it is as constant as the tables that it is made from. */
		static KtArena *arena;
		arena = kt_arena_new();
		g_once_init_leave(&rules, compile(arena, config_schema(), "domain"));
	}
	return rules;
}
