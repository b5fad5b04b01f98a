/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-engine.h"

#include "kt-census.h"

/* Weight of a practice in the score by its severity: an engineering rule, each step doubles. */
static const unsigned weights[KT_SEVERITY_N] = {
	[KT_SEVERITY_INFO] = 1,
	[KT_SEVERITY_LOW] = 2,
	[KT_SEVERITY_MEDIUM] = 4,
	[KT_SEVERITY_HIGH] = 8,
	[KT_SEVERITY_CRITICAL] = 16,
};

bool
kt_engine_matches(const char *const *patterns, const char *id)
{
	for (size_t i = 0; patterns[i]; i++) {
		if (g_pattern_match_simple(patterns[i], id))
			return true;
	}
	return false;
}

static KtView
make_view(const KtPractice *practice, const KtFacts *facts, const KtPolicy *policy, KtTarget target)
{
	KtView view = {
		.facts = facts,
		.policy = policy,
		.practice = practice,
		.host = &facts->host,
		.workload = kt_policy_host_workload(policy),
		.target = target,
	};

	if (target.scope == KT_SCOPE_NODE)
		view.node = &facts->host.nodes.v[target.index];
	if (target.scope == KT_SCOPE_BLOCK)
		view.block = &facts->host.blocks.v[target.index];
	if (target.scope < KT_SCOPE_GUEST)
		return view;

	view.guest = &facts->guests.v[target.index];
	view.config = kt_guest_config(view.guest);
	view.live = kt_opt_true(view.guest->is_active) ? &view.guest->live : NULL;
	view.workload = kt_policy_guest_workload(policy, view.guest);
	if (target.scope == KT_SCOPE_GUEST_DISK)
		view.disk = &view.config->disks.v[target.sub];
	if (target.scope == KT_SCOPE_GUEST_NIC)
		view.nic = &view.config->nics.v[target.sub];
	return view;
}

/* Changes and severity belong to findings only; a practice need not clean up after itself. */
static void
settle(KtResult *result, const KtFacts *facts, const KtPolicy *policy)
{
	bool is_judged =
		result->verdict == KT_VERDICT_FINDING || result->verdict == KT_VERDICT_PENDING;

	if (!is_judged)
		result->severity = KT_SEVERITY_UNSET;
	if (result->verdict != KT_VERDICT_FINDING) {
		g_ptr_array_set_size(result->changes, 0);
		return;
	}
	if (!result->severity)
		result->severity = result->practice->severity;
	result->waiver = kt_policy_waiver(policy, facts, result->practice->id, result->target);
	if (!result->waiver)
		return;
	result->verdict = KT_VERDICT_WAIVED;
	g_ptr_array_set_size(result->changes, 0);
}

/* What a target is called; all practices have the same targets. */
typedef struct Names {
	const char *path;
	const char *title;
} Names;

/* Of one audit, or of one evaluation. */
typedef struct Run {
	const KtFacts *facts;
	KtArena *arena;
	const KtPolicy *policy;
	KtCensus counting;
	bool is_counted;
	GHashTable *names; /* packed target -> Names * */
	GPtrArray *none;   /* stands for all arrays that stayed empty: most do, of most results */
} Run;

static void
run_begin(Run *run, const KtFacts *facts, const KtPolicy *policy, KtArena *arena)
{
	*run = (Run){.facts = facts, .arena = arena, .policy = policy};
	run->is_counted = kt_census_take(facts, KT_CENSUS_COUNTING, &run->counting);
	run->names = g_hash_table_new(g_int64_hash, g_int64_equal);
	run->none = g_ptr_array_new();
}

static void
run_end(Run *run)
{
	g_hash_table_unref(run->names);
	g_ptr_array_unref(run->none);
}

/* Indices have 32 bits each in theory, and far fewer in facts: a packed target that is met twice
 * would need 16 million guests with 65536 disks. */
static const Names *
names_of(Run *run, KtTarget target)
{
	int64_t packed =
		(int64_t)((uint64_t)target.scope << 56 | (uint64_t)target.index << 24 | target.sub);
	const Names *known = g_hash_table_lookup(run->names, &packed);

	if (known)
		return known;
	g_autofree char *path = kt_target_path(run->facts, target);
	g_autofree char *title = kt_target_title(run->facts, target);
	Names *names = kt_arena_new0(run->arena, Names, 1);
	int64_t *key = kt_arena_new0(run->arena, int64_t, 1);
	names->path = kt_arena_strdup(run->arena, path);
	names->title = kt_arena_strdup(run->arena, title);
	*key = packed;
	g_hash_table_insert(run->names, key, names);
	return names;
}

static GPtrArray *
settle_array(Run *run, GPtrArray *array)
{
	if (array->len > 0)
		return array;
	g_ptr_array_unref(array);
	return g_ptr_array_ref(run->none);
}

static KtResult *
evaluate(Run *run, const KtPractice *practice, KtTarget target)
{
	KtResult *result = kt_arena_new0(run->arena, KtResult, 1);
	g_autoptr(KtSink) sink = kt_sink_new(run->facts, run->arena, result, practice->risk);
	const Names *names = names_of(run, target);
	KtView view = make_view(practice, run->facts, run->policy, target);

	view.counting = run->is_counted ? &run->counting : NULL;
	result->practice = practice;
	result->target = target;
	result->target_path = names->path;
	result->target_title = names->title;
	result->evidence = g_ptr_array_new();
	result->advice = g_ptr_array_new();
	result->changes = g_ptr_array_new();
	result->verdict = practice->evaluate(&view, sink);
	settle(result, run->facts, run->policy);
	result->evidence = settle_array(run, result->evidence);
	result->advice = settle_array(run, result->advice);
	result->changes = settle_array(run, result->changes);
	return result;
}

KtResult *
kt_engine_evaluate(const KtPractice *practice, const KtFacts *facts, const KtPolicy *policy,
		   KtTarget target, KtArena *arena)
{
	Run run = {0};

	run_begin(&run, facts, policy, arena);
	KtResult *result = evaluate(&run, practice, target);
	run_end(&run);
	return result;
}

static void
count(KtAudit *audit, const KtResult *result, unsigned *kept, unsigned *judged)
{
	audit->n_verdicts[result->verdict]++;
	if (result->verdict == KT_VERDICT_OK) {
		*kept += weights[result->practice->severity];
		*judged += weights[result->practice->severity];
	}
	if (result->verdict == KT_VERDICT_FINDING) {
		audit->n_findings[result->severity]++;
		/* An info finding is a remark, not a mark. */
		if (result->severity > KT_SEVERITY_INFO)
			*judged += weights[result->severity];
	}
}

/* One practice of an audit. */
typedef struct Turn {
	KtAudit *audit;
	Run *run;
	const KtSelection *selection;
	const KtPractice *practice;
} Turn;

static void
judge(const Turn *turn, KtTarget target)
{
	g_ptr_array_add(turn->audit->results, evaluate(turn->run, turn->practice, target));
}

static bool
is_selected(const Turn *turn, const KtGuest *guest)
{
	const char *const *names = turn->selection ? turn->selection->guests : NULL;

	if (!names)
		return true;
	for (size_t i = 0; names[i]; i++) {
		if (kt_guest_is(guest, names[i]))
			return true;
	}
	return false;
}

static uint32_t
count_in_guest(const KtGuest *guest, KtScope scope)
{
	if (scope == KT_SCOPE_GUEST_DISK)
		return kt_guest_config(guest)->disks.n;
	if (scope == KT_SCOPE_GUEST_NIC)
		return kt_guest_config(guest)->nics.n;
	return 1;
}

static void
judge_guests(const Turn *turn)
{
	const KtGuestList *guests = &turn->audit->facts->guests;
	KtScope scope = turn->practice->scope;

	for (uint32_t i = 0; i < guests->n; i++) {
		if (!is_selected(turn, &guests->v[i]))
			continue;
		for (uint32_t j = 0; j < count_in_guest(&guests->v[i], scope); j++)
			judge(turn, (KtTarget){.scope = scope, .index = i, .sub = j});
	}
}

static void
judge_all(const Turn *turn)
{
	const KtHost *host = &turn->audit->facts->host;
	KtScope scope = turn->practice->scope;
	uint32_t n = 1;

	if (scope >= KT_SCOPE_GUEST) {
		judge_guests(turn);
		return;
	}
	if (scope == KT_SCOPE_NODE)
		n = host->nodes.n;
	if (scope == KT_SCOPE_BLOCK)
		n = host->blocks.n;
	for (uint32_t i = 0; i < n; i++)
		judge(turn, (KtTarget){.scope = scope, .index = i});
}

KtAudit *
kt_engine_run(KtFacts *facts, const KtPolicy *policy, const KtSelection *selection)
{
	KtAudit *audit = g_new0(KtAudit, 1);
	unsigned kept = 0;
	unsigned judged = 0;
	Run run = {0};

	audit->facts = kt_facts_ref(facts);
	audit->arena = kt_arena_new();
	audit->results = g_ptr_array_new();
	run_begin(&run, facts, policy, audit->arena);
	for (size_t i = 0; i < kt_n_practices; i++) {
		const KtPractice *practice = kt_practices[i];
		if (selection && selection->only &&
		    !kt_engine_matches(selection->only, practice->id))
			continue;
		if (selection && selection->skip &&
		    kt_engine_matches(selection->skip, practice->id))
			continue;
		judge_all(&(Turn){
			.audit = audit,
			.run = &run,
			.selection = selection,
			.practice = practice,
		});
	}
	run_end(&run);
	for (guint i = 0; i < audit->results->len; i++)
		count(audit, audit->results->pdata[i], &kept, &judged);
	audit->score = judged ? kept * 100 / judged : 100;
	return audit;
}
