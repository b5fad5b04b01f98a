/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-plan-build.h"

#include "kt-expand.h"

#include <string.h>

/* A group under construction. */
typedef struct Draft {
	GPtrArray *practices; /* const KtPractice * */
	GPtrArray *changes;   /* KtChange * */
	const char *title;
	const char *target_title;
	KtSeverity severity;
	KtRisk risk;
	unsigned rank;      /* position of its first practice */
	struct Draft *into; /* merged into another draft */
	bool is_placed;
} Draft;

typedef struct Owner {
	Draft *draft;
	const KtPractice *practice;
	const KtChange *change;
} Owner;

typedef struct Builder {
	const KtAudit *audit;
	const KtPlanOptions *options;
	KtPlan *plan;
	GPtrArray *drafts;  /* Draft * */
	GHashTable *owners; /* place -> Owner * */
	GPtrArray *notes;
} Builder;

static void
draft_free(void *data)
{
	Draft *draft = data;

	g_ptr_array_unref(draft->practices);
	g_ptr_array_unref(draft->changes);
	g_free(draft);
}

static Draft *
root_of(Draft *draft)
{
	while (draft->into)
		draft = draft->into;
	return draft;
}

static char *
place(const KtChange *change)
{
	return g_strdup_printf(
		"%s\n%s\n%s", kt_knob_name(change->knob), change->target, change->locator);
}

static void
merge(Draft *into, Draft *from)
{
	if (into == from)
		return;

	from->into = into;
	for (guint i = 0; i < from->practices->len; i++)
		g_ptr_array_add(into->practices, from->practices->pdata[i]);
	for (guint i = 0; i < from->changes->len; i++)
		g_ptr_array_add(into->changes, from->changes->pdata[i]);
	into->severity = MAX(into->severity, from->severity);
	into->risk = MAX(into->risk, from->risk);
	into->rank = MIN(into->rank, from->rank);
}

static bool
throw_conflict(const Owner *owner, const KtPractice *practice, const KtChange *change,
	       GError **error)
{
	return kt_throw_hint(error,
			     KT_ERROR_CONFLICT,
			     "leave one of them out with --skip, or waive it",
			     "practices '%s' and '%s' want different values at '%s': '%s' and '%s'",
			     owner->practice->id,
			     practice->id,
			     change->locator,
			     owner->change->to ? owner->change->to : "(absent)",
			     change->to ? change->to : "(absent)");
}

static bool
claim(Builder *builder, Draft *draft, const KtPractice *practice, KtChange *change, GError **error)
{
	g_autofree char *key = place(change);
	Owner *owner = g_hash_table_lookup(builder->owners, key);

	if (!owner) {
		owner = kt_arena_new0(builder->plan->arena, Owner, 1);
		*owner = (Owner){.draft = draft, .practice = practice, .change = change};
		g_hash_table_insert(builder->owners, g_steal_pointer(&key), owner);
		g_ptr_array_add(root_of(draft)->changes, change);
		return true;
	}
	if (!kt_syntax_equal(change->syntax, owner->change->to, change->to))
		return throw_conflict(owner, practice, change, error);
	merge(root_of(owner->draft), root_of(draft));
	return true;
}

static bool
is_wanted(const Builder *builder, const KtChange *change)
{
	bool is_lasting = change->effect != KT_EFFECT_LIVE;

	return !(builder->options->is_live_only && is_lasting) &&
	       !(builder->options->is_persistent_only && !is_lasting);
}

static bool
add_result(Builder *builder, const KtResult *result, unsigned rank, GError **error)
{
	Draft *draft = g_new0(Draft, 1);
	KtExpansion expansion = {
		.facts = builder->audit->facts,
		.arena = builder->plan->arena,
		.notes = builder->notes,
	};
	g_autoptr(GPtrArray) changes = g_ptr_array_new();

	draft->practices = g_ptr_array_new();
	draft->changes = g_ptr_array_new();
	draft->title = result->summary ? result->summary : result->practice->title;
	draft->target_title = result->target_title;
	draft->severity = result->severity;
	draft->rank = rank;
	g_ptr_array_add(builder->drafts, draft);
	g_ptr_array_add(draft->practices, (void *)result->practice);

	expansion.changes = changes;
	for (guint i = 0; i < result->changes->len; i++)
		kt_expand(&expansion, result->changes->pdata[i]);
	for (guint i = 0; i < changes->len; i++) {
		KtChange *change = changes->pdata[i];
		if (!is_wanted(builder, change))
			continue;
		root_of(draft)->risk = MAX(root_of(draft)->risk, change->risk);
		if (!claim(builder, draft, result->practice, change, error))
			return false;
	}
	return true;
}

static bool
add_results(Builder *builder, GError **error)
{
	const GPtrArray *results = builder->audit->results;

	for (guint i = 0; i < results->len; i++) {
		const KtResult *result = results->pdata[i];
		if (result->verdict != KT_VERDICT_FINDING || result->changes->len == 0)
			continue;
		if (result->severity < builder->options->least)
			continue;
		if (!add_result(builder, result, i, error))
			return false;
	}
	return true;
}

static bool
has_practice(const Draft *draft, const char *id)
{
	for (guint i = 0; i < draft->practices->len; i++) {
		const KtPractice *practice = draft->practices->pdata[i];
		if (g_str_equal(practice->id, id))
			return true;
	}
	return false;
}

/* Is there an unplaced draft that a practice of @draft assumes? */
static bool
must_wait(const Builder *builder, const Draft *draft)
{
	for (guint i = 0; i < draft->practices->len; i++) {
		const KtPractice *practice = draft->practices->pdata[i];
		for (size_t j = 0; practice->after && practice->after[j]; j++) {
			for (guint k = 0; k < builder->drafts->len; k++) {
				const Draft *other = builder->drafts->pdata[k];
				if (other != draft && !other->into && !other->is_placed &&
				    has_practice(other, practice->after[j]))
					return true;
			}
		}
	}
	return false;
}

static bool
goes_before(const Draft *a, const Draft *b)
{
	if (a->risk != b->risk)
		return a->risk < b->risk;
	return a->rank < b->rank;
}

/* The next draft to place. A cycle of .after (a defect of the rows) is broken by rank. */
static Draft *
pick(const Builder *builder)
{
	Draft *best = NULL;
	Draft *best_waiting = NULL;

	for (guint i = 0; i < builder->drafts->len; i++) {
		Draft *draft = builder->drafts->pdata[i];
		if (draft->into || draft->is_placed || draft->changes->len == 0)
			continue;
		Draft **slot = must_wait(builder, draft) ? &best_waiting : &best;
		if (!*slot || goes_before(draft, *slot))
			*slot = draft;
	}
	return best ? best : best_waiting;
}

static int
compare_changes(const void *a, const void *b)
{
	/* Live first: when it fails nothing lasting was touched. */
	static const int order[KT_KNOB_N] = {
		[KT_KNOB_VALUE] = 1,
		[KT_KNOB_DOMAIN_LIVE] = 2,
		[KT_KNOB_FILE] = 3,
		[KT_KNOB_DOMAIN_XML] = 4,
		[KT_KNOB_BOOT_ARG] = 5,
	};
	const KtChange *left = *(const KtChange *const *)a;
	const KtChange *right = *(const KtChange *const *)b;

	return order[left->knob] - order[right->knob];
}

static char *
join_practices(const Draft *draft)
{
	GString *ids = g_string_new(NULL);

	for (guint i = 0; i < draft->practices->len; i++) {
		const KtPractice *practice = draft->practices->pdata[i];
		bool is_listed = false;
		for (guint j = 0; j < i; j++)
			is_listed |= draft->practices->pdata[j] == practice;
		if (!is_listed)
			g_string_append_printf(ids, "%s%s", ids->len ? " " : "", practice->id);
	}
	return g_string_free(ids, FALSE);
}

static const char *
step_title(const Builder *builder, const KtChange *change)
{
	const char *uuid = change->target + strlen("guest/");
	const KtGuest *guest = NULL;

	if (!g_str_has_prefix(change->target, "guest/"))
		return "host";
	guest = kt_facts_find_guest(builder->audit->facts, uuid);
	return guest && kt_known(guest->name)
		       ? kt_arena_printf(builder->plan->arena, "guest %s", guest->name.v)
		       : change->target;
}

static KtEdit
make_edit(KtArena *arena, const KtChange *change)
{
	return (KtEdit){
		.locator = kt_arena_strdup(arena, change->locator),
		.from = kt_arena_strdup(arena, change->from),
		.to = kt_arena_strdup(arena, change->to),
		.syntax = change->syntax ? change->syntax : KT_SYNTAX_PLAIN,
	};
}

/* Edits of one guest's XML within a group are one step: the definition is replaced once. */
static KtStep *
step_to_extend(GArray *steps, const KtChange *change, uint32_t group)
{
	for (guint i = 0; change->knob == KT_KNOB_DOMAIN_XML && i < steps->len; i++) {
		KtStep *step = &g_array_index(steps, KtStep, i);
		if (step->group == group && step->knob == change->knob &&
		    g_str_equal(step->target, change->target))
			return step;
	}
	return NULL;
}

static void
extend(KtArena *arena, KtStep *step, const KtChange *change)
{
	KtEdit *edits = kt_arena_new0(arena, KtEdit, step->n_edits + 1);

	if (step->n_edits)
		memcpy(edits, step->edits, sizeof(KtEdit) * step->n_edits);
	edits[step->n_edits] = make_edit(arena, change);
	step->edits = edits;
	step->n_edits++;
	step->risk = MAX(step->risk, change->risk);
}

static void
add_steps(Builder *builder, const Draft *draft, uint32_t group, GArray *steps)
{
	KtArena *arena = builder->plan->arena;

	g_ptr_array_sort(draft->changes, compare_changes);
	for (guint i = 0; i < draft->changes->len; i++) {
		const KtChange *change = draft->changes->pdata[i];
		KtStep *step = step_to_extend(steps, change, group);
		if (!step) {
			KtStep new_step = {
				.id = steps->len + 1,
				.group = group,
				.knob = change->knob,
				.effect = change->effect,
				.risk = change->risk,
				.target = kt_arena_strdup(arena, change->target),
				.title = step_title(builder, change),
			};
			g_array_append_val(steps, new_step);
			step = &g_array_index(steps, KtStep, steps->len - 1);
		}
		extend(arena, step, change);
	}
}

static bool
is_too_risky(Builder *builder, const Draft *draft)
{
	if (!builder->options->most || draft->risk <= builder->options->most)
		return false;

	g_autofree char *ids = join_practices(draft);
	g_ptr_array_add(builder->notes,
			kt_arena_printf(builder->plan->arena,
					"%s left out: risk %s is above the limit",
					ids,
					kt_risk_name(draft->risk)));
	return true;
}

static const char *
group_title(KtArena *arena, const Draft *draft)
{
	if (g_str_equal(draft->target_title, "host"))
		return kt_arena_strdup(arena, draft->title);
	return kt_arena_printf(arena, "%s: %s", draft->target_title, draft->title);
}

static void
place_drafts(Builder *builder, GArray *groups, GArray *steps)
{
	KtArena *arena = builder->plan->arena;

	for (Draft *draft = pick(builder); draft; draft = pick(builder)) {
		draft->is_placed = true;
		if (is_too_risky(builder, draft))
			continue;
		g_autofree char *ids = join_practices(draft);
		KtGroup group = {
			.id = groups->len + 1,
			.title = group_title(arena, draft),
			.practices = kt_arena_strdup(arena, ids),
			.severity = draft->severity,
			.risk = draft->risk ? draft->risk : KT_RISK_LOW,
		};
		g_array_append_val(groups, group);
		add_steps(builder, draft, group.id, steps);
	}
}

static void
describe(KtPlan *plan, const KtFacts *facts, const char *tool_version)
{
	g_autofree char *digest = kt_facts_digest(facts);
	const KtFactsMeta *meta = &facts->meta;
	g_autoptr(GDateTime) time =
		kt_known(meta->collected_us)
			? g_date_time_new_from_unix_utc(meta->collected_us.v / G_USEC_PER_SEC)
			: NULL;
	g_autofree char *created = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

	plan->tool_version = kt_arena_strdup(plan->arena, tool_version);
	plan->created = kt_arena_strdup(plan->arena, created);
	plan->hostname = kt_arena_strdup(plan->arena, facts->host.system.hostname.v);
	plan->boot_id = kt_arena_strdup(plan->arena, facts->host.system.boot_id.v);
	plan->uri = kt_arena_strdup(plan->arena, meta->uri.v);
	plan->facts_digest = kt_arena_strdup(plan->arena, digest);
}

static void
finish(Builder *builder, const GArray *groups, const GArray *steps)
{
	KtPlan *plan = builder->plan;

	plan->n_groups = groups->len;
	plan->groups = kt_arena_new0(plan->arena, KtGroup, groups->len);
	plan->n_steps = steps->len;
	plan->steps = kt_arena_new0(plan->arena, KtStep, steps->len);
	plan->n_notes = builder->notes->len;
	plan->notes = kt_arena_new0(plan->arena, const char *, builder->notes->len);
	if (groups->len)
		memcpy(plan->groups, groups->data, sizeof(KtGroup) * groups->len);
	if (steps->len)
		memcpy(plan->steps, steps->data, sizeof(KtStep) * steps->len);
	if (builder->notes->len)
		memcpy(plan->notes, builder->notes->pdata, sizeof(char *) * builder->notes->len);
}

KtPlan *
kt_plan_build(const KtAudit *audit, const KtPlanOptions *options, GError **error)
{
	static const KtPlanOptions defaults = {.least = KT_SEVERITY_UNSET};
	g_autoptr(KtPlan) plan = kt_plan_new();
	g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func(draft_free);
	g_autoptr(GHashTable) owners = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) notes = g_ptr_array_new();
	g_autoptr(GArray) groups =
		g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(KtGroup));
	g_autoptr(GArray) steps =
		g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(KtStep));
	Builder builder = {
		.audit = audit,
		.options = options ? options : &defaults,
		.plan = plan,
		.drafts = drafts,
		.owners = owners,
		.notes = notes,
	};

	describe(plan, audit->facts, builder.options->tool_version);
	if (!add_results(&builder, error))
		return NULL;
	place_drafts(&builder, groups, steps);
	finish(&builder, groups, steps);
	return g_steal_pointer(&plan);
}
