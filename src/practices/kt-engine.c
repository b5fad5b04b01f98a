/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-engine.h"

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

KtResult *
kt_engine_evaluate(const KtPractice *practice, const KtFacts *facts, const KtPolicy *policy,
		   KtTarget target, KtArena *arena)
{
	KtResult *result = kt_arena_new0(arena, KtResult, 1);
	g_autoptr(KtSink) sink = kt_sink_new(facts, arena, result, practice->risk);
	g_autofree char *path = kt_target_path(facts, target);
	g_autofree char *title = kt_target_title(facts, target);
	KtView view = make_view(practice, facts, policy, target);

	result->practice = practice;
	result->target = target;
	result->target_path = kt_arena_strdup(arena, path);
	result->target_title = kt_arena_strdup(arena, title);
	result->evidence = g_ptr_array_new();
	result->advice = g_ptr_array_new();
	result->changes = g_ptr_array_new();
	result->verdict = practice->evaluate(&view, sink);
	settle(result, facts, policy);
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

typedef struct Run {
	KtAudit *audit;
	const KtPolicy *policy;
	const KtSelection *selection;
	const KtPractice *practice;
} Run;

static void
judge(const Run *run, KtTarget target)
{
	KtAudit *audit = run->audit;

	g_ptr_array_add(
		audit->results,
		kt_engine_evaluate(run->practice, audit->facts, run->policy, target, audit->arena));
}

static bool
is_selected(const Run *run, const KtGuest *guest)
{
	const char *const *names = run->selection ? run->selection->guests : NULL;

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
judge_guests(const Run *run)
{
	const KtGuestList *guests = &run->audit->facts->guests;
	KtScope scope = run->practice->scope;

	for (uint32_t i = 0; i < guests->n; i++) {
		if (!is_selected(run, &guests->v[i]))
			continue;
		for (uint32_t j = 0; j < count_in_guest(&guests->v[i], scope); j++)
			judge(run, (KtTarget){.scope = scope, .index = i, .sub = j});
	}
}

static void
judge_all(const Run *run)
{
	const KtHost *host = &run->audit->facts->host;
	KtScope scope = run->practice->scope;
	uint32_t n = 1;

	if (scope >= KT_SCOPE_GUEST) {
		judge_guests(run);
		return;
	}
	if (scope == KT_SCOPE_NODE)
		n = host->nodes.n;
	if (scope == KT_SCOPE_BLOCK)
		n = host->blocks.n;
	for (uint32_t i = 0; i < n; i++)
		judge(run, (KtTarget){.scope = scope, .index = i});
}

KtAudit *
kt_engine_run(KtFacts *facts, const KtPolicy *policy, const KtSelection *selection)
{
	KtAudit *audit = g_new0(KtAudit, 1);
	unsigned kept = 0;
	unsigned judged = 0;

	audit->facts = kt_facts_ref(facts);
	audit->arena = kt_arena_new();
	audit->results = g_ptr_array_new();
	for (size_t i = 0; i < kt_n_practices; i++) {
		const KtPractice *practice = kt_practices[i];
		if (selection && selection->only &&
		    !kt_engine_matches(selection->only, practice->id))
			continue;
		if (selection && selection->skip &&
		    kt_engine_matches(selection->skip, practice->id))
			continue;
		judge_all(&(Run){
			.audit = audit,
			.policy = policy,
			.selection = selection,
			.practice = practice,
		});
	}
	for (guint i = 0; i < audit->results->len; i++)
		count(audit, audit->results->pdata[i], &kept, &judged);
	audit->score = judged ? kept * 100 / judged : 100;
	return audit;
}
