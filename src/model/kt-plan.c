/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-plan.h"

#include <string.h>

KtPlan *
kt_plan_new(void)
{
	KtPlan *plan = g_new0(KtPlan, 1);

	plan->arena = kt_arena_new();
	return plan;
}

void
kt_plan_free(KtPlan *plan)
{
	if (!plan)
		return;

	kt_arena_free(plan->arena);
	g_free(plan);
}

static KtJson *
edit_to_json(const KtEdit *edit)
{
	KtJson *json = json_object();

	kt_json_set_str(json, "locator", edit->locator);
	kt_json_set_str(json, "from", edit->from);
	kt_json_set_str(json, "to", edit->to);
	kt_json_set_str(json, "syntax", kt_syntax_name(edit->syntax));
	return json;
}

static KtJson *
step_to_json(const KtStep *step)
{
	KtJson *json = json_object();
	KtJson *edits = json_array();

	kt_json_set_u64(json, "id", step->id);
	kt_json_set_u64(json, "group", step->group);
	kt_json_set_str(json, "knob", kt_knob_name(step->knob));
	kt_json_set_str(json, "target", step->target);
	kt_json_set_str(json, "title", step->title);
	kt_json_set_str(json, "effect", kt_effect_name(step->effect));
	kt_json_set_str(json, "risk", kt_risk_name(step->risk));
	for (uint32_t i = 0; i < step->n_edits; i++)
		json_array_append_new(edits, edit_to_json(&step->edits[i]));
	kt_json_set(json, "edits", edits);
	return json;
}

static KtJson *
group_to_json(const KtGroup *group)
{
	KtJson *json = json_object();

	kt_json_set_u64(json, "id", group->id);
	kt_json_set_str(json, "title", group->title);
	kt_json_set_str(json, "practices", group->practices);
	kt_json_set_str(json, "severity", kt_severity_name(group->severity));
	kt_json_set_str(json, "risk", kt_risk_name(group->risk));
	return json;
}

KtJson *
kt_plan_to_json(const KtPlan *plan)
{
	KtJson *json = json_object();
	KtJson *groups = json_array();
	KtJson *steps = json_array();
	KtJson *notes = json_array();

	kt_json_set_u64(json, "schema_version", KT_PLAN_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-plan");
	kt_json_set_str(json, "tool_version", plan->tool_version);
	kt_json_set_str(json, "created", plan->created);
	kt_json_set_str(json, "hostname", plan->hostname);
	kt_json_set_str(json, "boot_id", plan->boot_id);
	kt_json_set_str(json, "uri", plan->uri);
	kt_json_set_str(json, "facts_digest", plan->facts_digest);
	for (uint32_t i = 0; i < plan->n_groups; i++)
		json_array_append_new(groups, group_to_json(&plan->groups[i]));
	for (uint32_t i = 0; i < plan->n_steps; i++)
		json_array_append_new(steps, step_to_json(&plan->steps[i]));
	for (uint32_t i = 0; i < plan->n_notes; i++)
		kt_json_append_str(notes, plan->notes[i]);
	kt_json_set(json, "groups", groups);
	kt_json_set(json, "steps", steps);
	kt_json_set(json, "notes", notes);
	return json;
}

/* Reads members of one object; the first failure sticks, so a reader needs one check at its end. */
typedef struct Reader {
	const KtJson *json;
	KtArena *arena;
	const char *what;
	GError *error;
} Reader;

static const char *
read_str(Reader *reader, const char *key)
{
	const char *text = NULL;

	if (reader->error ||
	    !kt_json_get_str(reader->json, key, reader->what, &text, &reader->error))
		return "";
	return kt_arena_strdup(reader->arena, text);
}

static const char *
read_str_or_null(Reader *reader, const char *key)
{
	const char *text = NULL;

	if (reader->error ||
	    !kt_json_get_str_or_null(reader->json, key, reader->what, &text, &reader->error))
		return NULL;
	return kt_arena_strdup(reader->arena, text);
}

static uint32_t
read_id(Reader *reader, const char *key)
{
	uint64_t number = 0;

	if (reader->error ||
	    !kt_json_get_u64(reader->json, key, reader->what, &number, &reader->error))
		return 0;
	if (number == 0 || number > KT_PLAN_MAX_STEPS)
		kt_throw(&reader->error,
			 KT_ERROR_LIMIT,
			 "%s: '%s' must be from 1 to %d",
			 reader->what,
			 key,
			 KT_PLAN_MAX_STEPS);
	return (uint32_t)number;
}

static int
read_word(Reader *reader, const char *key, int n, int value)
{
	if (!reader->error && value >= n)
		kt_throw(&reader->error,
			 KT_ERROR_PARSE,
			 "%s: '%s' is no known '%s'",
			 reader->what,
			 json_string_value(json_object_get(reader->json, key)),
			 key);
	return value;
}

#define READ_WORD(reader, key, type, TYPE)                                                         \
	read_word((reader),                                                                        \
		  (key),                                                                           \
		  KT_##TYPE##_N,                                                                   \
		  (int)kt_##type##_from_name(read_str((reader), (key))))

static bool
finish(Reader *reader, GError **error)
{
	if (!reader->error)
		return true;
	g_propagate_error(error, reader->error);
	return false;
}

static bool
is_clean_path(const char *path)
{
	return *path == '/' && !strstr(path, "/../") && !g_str_has_suffix(path, "/..");
}

static bool
check_locator(const KtStep *step, const KtEdit *edit, const char *what, GError **error)
{
	bool is_path = step->knob == KT_KNOB_VALUE || step->knob == KT_KNOB_FILE;

	if (!*edit->locator || (is_path && !is_clean_path(edit->locator)))
		return kt_throw(error, KT_ERROR_PARSE, "%s: bad locator '%s'", what, edit->locator);
	if (step->knob == KT_KNOB_VALUE && !g_str_has_prefix(edit->locator, "/sys/") &&
	    !g_str_has_prefix(edit->locator, "/proc/sys/"))
		return kt_throw(error,
				KT_ERROR_PARSE,
				"%s: '%s' is not below /sys or /proc/sys",
				what,
				edit->locator);
	if (step->knob == KT_KNOB_FILE && !g_str_has_prefix(edit->locator, "/etc/"))
		return kt_throw(
			error, KT_ERROR_PARSE, "%s: '%s' is not below /etc", what, edit->locator);
	if (step->knob == KT_KNOB_VALUE && !edit->to)
		return kt_throw(error, KT_ERROR_PARSE, "%s: a value cannot be made absent", what);
	return true;
}

static bool
edit_from_json(const KtStep *step, const KtJson *json, KtArena *arena, const char *what,
	       KtEdit *edit, GError **error)
{
	Reader reader = {.json = json, .arena = arena, .what = what};

	edit->locator = read_str(&reader, "locator");
	edit->from = read_str_or_null(&reader, "from");
	edit->to = read_str_or_null(&reader, "to");
	edit->syntax = (KtSyntax)READ_WORD(&reader, "syntax", syntax, SYNTAX);
	return finish(&reader, error) && check_locator(step, edit, what, error);
}

static bool
step_from_json(const KtJson *json, KtArena *arena, uint32_t id, KtStep *step, GError **error)
{
	g_autofree char *what = g_strdup_printf("step %u", id);
	Reader reader = {.json = json, .arena = arena, .what = what};
	const KtJson *edits = NULL;

	step->id = read_id(&reader, "id");
	step->group = read_id(&reader, "group");
	step->knob = (KtKnob)READ_WORD(&reader, "knob", knob, KNOB);
	step->effect = (KtEffect)READ_WORD(&reader, "effect", effect, EFFECT);
	step->risk = (KtRisk)READ_WORD(&reader, "risk", risk, RISK);
	step->target = read_str(&reader, "target");
	step->title = read_str(&reader, "title");
	if (!finish(&reader, error) || !kt_json_get_array(json, "edits", what, &edits, error))
		return false;
	if (step->id != id)
		return kt_throw(error, KT_ERROR_PARSE, "%s: has the id %u", what, step->id);

	size_t n = json_array_size(edits);
	if (n == 0 || n > KT_PLAN_MAX_STEPS || (n > 1 && step->knob != KT_KNOB_DOMAIN_XML))
		return kt_throw(error, KT_ERROR_PARSE, "%s: wrong number of edits", what);
	step->edits = kt_arena_new0(arena, KtEdit, n);
	step->n_edits = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		if (!edit_from_json(
			    step, json_array_get(edits, i), arena, what, &step->edits[i], error))
			return false;
	}
	return true;
}

static bool
group_from_json(const KtJson *json, KtArena *arena, uint32_t id, KtGroup *group, GError **error)
{
	g_autofree char *what = g_strdup_printf("group %u", id);
	Reader reader = {.json = json, .arena = arena, .what = what};

	group->id = read_id(&reader, "id");
	group->title = read_str(&reader, "title");
	group->practices = read_str(&reader, "practices");
	group->severity = (KtSeverity)READ_WORD(&reader, "severity", severity, SEVERITY);
	group->risk = (KtRisk)READ_WORD(&reader, "risk", risk, RISK);
	if (!finish(&reader, error))
		return false;
	if (group->id != id)
		return kt_throw(error, KT_ERROR_PARSE, "%s: has the id %u", what, group->id);
	return true;
}

static bool
steps_from_json(const KtJson *json, KtPlan *plan, GError **error)
{
	const KtJson *steps = NULL;

	if (!kt_json_get_array(json, "steps", "plan", &steps, error))
		return false;

	size_t n = json_array_size(steps);
	if (n > KT_PLAN_MAX_STEPS)
		return kt_throw(
			error, KT_ERROR_LIMIT, "plan has more than %d steps", KT_PLAN_MAX_STEPS);
	plan->steps = kt_arena_new0(plan->arena, KtStep, n);
	plan->n_steps = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		KtStep *step = &plan->steps[i];
		if (!step_from_json(json_array_get(steps, i), plan->arena, i + 1, step, error))
			return false;
		if (!kt_plan_group(plan, step->group))
			return kt_throw(
				error, KT_ERROR_PARSE, "step %u: no group %u", i + 1, step->group);
		if (i > 0 && step->group < plan->steps[i - 1].group)
			return kt_throw(
				error, KT_ERROR_PARSE, "step %u: group out of order", i + 1);
	}
	return true;
}

static bool
groups_from_json(const KtJson *json, KtPlan *plan, GError **error)
{
	const KtJson *groups = NULL;

	if (!kt_json_get_array(json, "groups", "plan", &groups, error))
		return false;

	size_t n = json_array_size(groups);
	if (n > KT_PLAN_MAX_STEPS)
		return kt_throw(
			error, KT_ERROR_LIMIT, "plan has more than %d groups", KT_PLAN_MAX_STEPS);
	plan->groups = kt_arena_new0(plan->arena, KtGroup, n);
	plan->n_groups = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		if (!group_from_json(
			    json_array_get(groups, i), plan->arena, i + 1, &plan->groups[i], error))
			return false;
	}
	return true;
}

static bool
notes_from_json(const KtJson *json, KtPlan *plan, GError **error)
{
	const KtJson *notes = NULL;

	if (!kt_json_get_array(json, "notes", "plan", &notes, error))
		return false;

	size_t n = MIN(json_array_size(notes), KT_PLAN_MAX_STEPS);
	plan->notes = kt_arena_new0(plan->arena, const char *, n);
	plan->n_notes = (uint32_t)n;
	for (uint32_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(notes, i));
		plan->notes[i] = kt_arena_strdup(plan->arena, text ? text : "");
	}
	return true;
}

static bool
check_kind(const KtJson *json, GError **error)
{
	uint64_t version = 0;
	const char *kind = NULL;

	if (!kt_json_get_str(json, "kind", "plan", &kind, error))
		return false;
	if (!g_str_equal(kind, "kvmtune-plan"))
		return kt_throw(error, KT_ERROR_PARSE, "this is a '%s', not a plan", kind);
	if (!kt_json_get_u64(json, "schema_version", "plan", &version, error))
		return false;
	if (version != KT_PLAN_SCHEMA_VERSION)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "make the plan again with this version of kvmtune",
				     "plan has schema version %" G_GUINT64_FORMAT ", not %d",
				     version,
				     KT_PLAN_SCHEMA_VERSION);
	return true;
}

KtPlan *
kt_plan_from_json(const KtJson *json, GError **error)
{
	g_autoptr(KtPlan) plan = kt_plan_new();
	Reader reader = {.json = json, .arena = plan->arena, .what = "plan"};

	if (!check_kind(json, error))
		return NULL;

	plan->tool_version = read_str_or_null(&reader, "tool_version");
	plan->created = read_str_or_null(&reader, "created");
	plan->hostname = read_str_or_null(&reader, "hostname");
	plan->boot_id = read_str_or_null(&reader, "boot_id");
	plan->uri = read_str_or_null(&reader, "uri");
	plan->facts_digest = read_str_or_null(&reader, "facts_digest");
	if (!finish(&reader, error) || !groups_from_json(json, plan, error) ||
	    !steps_from_json(json, plan, error) || !notes_from_json(json, plan, error))
		return NULL;
	return g_steal_pointer(&plan);
}

const KtGroup *
kt_plan_group(const KtPlan *plan, uint32_t id)
{
	return id > 0 && id <= plan->n_groups ? &plan->groups[id - 1] : NULL;
}
