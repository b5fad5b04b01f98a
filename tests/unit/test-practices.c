/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
/*
 * What every practice owes, whatever it is about: a complete row, no finding out of ignorance, the
 * same answer to the same facts, and changes that end what they were made for, its own finding and
 * without starting another one.
 */
#include "kt-elsewhere.h"
#include "kt-engine.h"
#include "kt-plan-build.h"
#include "kt-predict.h"
#include "kt-test-facts.h"

#include <string.h>

/* Random hosts per test: enough that each practice fires many times, within a few seconds. */
#define N_RANDOM 400

/* Practices that build on each other need a few rounds; a fight never ends. */
#define MAX_ROUNDS 6

typedef struct Row {
	const char *symbol;
	const KtPractice *practice;
} Row;

#define PRACTICE(symbol) extern KT_PRACTICE(symbol);
#define RETIRED(id, reason)
#include "practices.inc"
#undef PRACTICE

static const Row rows[] = {
#define PRACTICE(name) {.symbol = #name, .practice = &kt_practice_##name},
#include "practices.inc"
#undef PRACTICE
};
#undef RETIRED

static bool
ends_like_a_sentence(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && strchr(".?!", text[length - 1]);
}

static void
check_params(const KtPractice *practice)
{
	for (size_t i = 0; i < practice->n_params; i++) {
		const KtParam *param = &practice->params[i];
		g_assert_nonnull(param->name);
		g_assert_cmpuint(param->value, >=, param->min);
		g_assert_cmpuint(param->value, <=, param->max);
		g_assert_nonnull(param->doc);
		for (size_t j = 0; j < i; j++)
			g_assert_cmpstr(param->name, !=, practice->params[j].name);
	}
}

static void
check_after(const KtPractice *practice)
{
	for (size_t i = 0; practice->after && practice->after[i]; i++) {
		const KtPractice *other = kt_practice_find(practice->after[i]);
		if (!other && !kt_practice_retired(practice->after[i]))
			g_error("%s comes after '%s', which is no practice",
				practice->id,
				practice->after[i]);
		g_assert_true(other != practice);
	}
}

static void
test_row(const void *data)
{
	const Row *row = data;
	const KtPractice *practice = row->practice;
	g_autofree char *symbol = g_strdup(practice->id);

	/* The build makes the file's name from the symbol, so this is the file's name, too. */
	g_strdelimit(symbol, ".-", '_');
	g_assert_cmpstr(symbol, ==, row->symbol);
	g_assert_cmpuint(g_strv_length((char **)(void *)practice->sources), >=, 1);
	g_assert_cmpint((int)g_utf8_strlen(practice->title, -1), <=, 60);
	g_assert_false(ends_like_a_sentence(practice->title));
	g_assert_true(ends_like_a_sentence(practice->why));
	g_assert_true(ends_like_a_sentence(practice->cost));
	g_assert_nonnull(practice->since);
	g_assert_nonnull(practice->check_by_hand);
	g_assert_nonnull(practice->effect);
	g_assert_nonnull(practice->evaluate);
	g_assert_true(practice->scope > KT_SCOPE_UNSET && practice->scope < KT_SCOPE_N);
	g_assert_true(practice->severity > KT_SEVERITY_UNSET && practice->severity < KT_SEVERITY_N);
	g_assert_true(practice->risk > KT_RISK_UNSET && practice->risk < KT_RISK_N);
	g_assert_null(kt_practice_retired(practice->id));
	g_assert_true(kt_practice_find(practice->id) == practice);
	check_params(practice);
	check_after(practice);
}

static void
test_elsewhere(void)
{
	for (size_t i = 0; i < kt_n_elsewhere; i++) {
		const KtElsewhere *row = &kt_elsewhere[i];
		g_test_message("%s", row->id);
		if (i > 0)
			g_assert_cmpstr(kt_elsewhere[i - 1].id, <, row->id);
		g_assert_true(kt_elsewhere_find(row->id) == row);
		g_assert_null(kt_practice_find(row->id));
		g_assert_null(kt_practice_retired(row->id));
		g_assert_nonnull(kt_elsewhere_kind_name(row->kind));
		g_assert_cmpuint(strlen(row->home), >, 3);
		g_assert_true(ends_like_a_sentence(row->why));
		g_assert_cmpuint(strlen(row->source), >, 3);
		if (row->kind == KT_ELSEWHERE_PRACTICE)
			g_assert_null(strpbrk(row->home, " ,"));
	}
}

/* Every other host is a variation of the well-kept one that the cases start from. */
static KtFacts *
random_facts(int number)
{
	static KtJson *base;
	const char *dir = g_getenv("KVMTUNE_TEST_DATA");

	if (!base) {
		g_autofree char *path = g_build_filename(
			dir ? dir : "tests/unit", "..", "cases", "base.json", NULL);
		g_autofree char *text = NULL;
		g_autoptr(GError) error = NULL;
		gsize length = 0;
		g_file_get_contents(path, &text, &length, &error);
		g_assert_no_error(error);
		base = kt_json_parse(text, length, path, &error);
		g_assert_no_error(error);
	}
	return number % 2 ? kt_test_facts_random_from(base) : kt_test_facts_random();
}

static KtAudit *
audit_of(KtFacts *facts, KtWorkload workload)
{
	g_autoptr(KtPolicy) policy = kt_policy_new();

	policy->host_workload = workload;
	return kt_engine_run(facts, policy, /* selection= */ NULL);
}

static KtWorkload
random_workload(void)
{
	return (KtWorkload)g_test_rand_int_range(KT_WORKLOAD_GENERAL, KT_WORKLOAD_N);
}

static char *
show_facts(const KtFacts *facts)
{
	g_autoptr(KtJson) json = kt_facts_to_json(facts);

	return kt_json_print_compact(json);
}

static void
assert_no_finding(KtFacts *facts, const char *what)
{
	for (int i = KT_WORKLOAD_GENERAL; i < KT_WORKLOAD_N; i++) {
		g_autoptr(KtAudit) audit = audit_of(facts, (KtWorkload)i);
		for (guint j = 0; j < audit->results->len; j++) {
			const KtResult *result = audit->results->pdata[j];
			if (result->verdict == KT_VERDICT_FINDING ||
			    result->verdict == KT_VERDICT_PENDING)
				g_error("%s on %s finds something although %s: %s",
					result->practice->id,
					result->target_path,
					what,
					result->summary);
		}
	}
}

/* A fact that is not known never leads to a finding. */
static void
test_knows_nothing(void)
{
	static const KtState states[] = {
		KT_STATE_UNSET,
		KT_STATE_ABSENT,
		KT_STATE_DENIED,
		KT_STATE_BROKEN,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
		g_autoptr(KtFacts) bare = kt_test_facts_in_state(states[i], /* has_items= */ false);
		g_autoptr(KtFacts) items = kt_test_facts_in_state(states[i], /* has_items= */ true);
		g_autofree char *what =
			g_strdup_printf("everything is %s", kt_state_name(states[i]));
		assert_no_finding(bare, what);
		assert_no_finding(items, what);
	}
}

static void
describe_result(GString *text, const KtResult *result)
{
	g_string_append_printf(text,
			       "%s %s %s %s %s\n",
			       result->practice->id,
			       result->target_path,
			       kt_verdict_name(result->verdict),
			       kt_severity_name(result->severity),
			       result->summary ? result->summary : "");
	for (guint i = 0; i < result->evidence->len; i++)
		g_string_append_printf(
			text, "  %s\n", ((const KtEvidence *)result->evidence->pdata[i])->text);
	for (guint i = 0; i < result->changes->len; i++) {
		const KtChange *change = result->changes->pdata[i];
		g_string_append_printf(text,
				       "  %s %s: %s -> %s\n",
				       kt_knob_name(change->knob),
				       change->locator,
				       change->from ? change->from : "(absent)",
				       change->to ? change->to : "(absent)");
	}
}

static char *
describe(const KtAudit *audit)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < audit->results->len; i++)
		describe_result(text, audit->results->pdata[i]);
	return g_string_free(text, FALSE);
}

static void
test_same_answer(void)
{
	for (int i = 0; i < N_RANDOM; i++) {
		g_autoptr(KtFacts) facts = random_facts(i);
		g_autofree char *before = kt_facts_digest(facts);
		KtWorkload workload = random_workload();
		g_autoptr(KtAudit) one = audit_of(facts, workload);
		g_autoptr(KtAudit) two = audit_of(facts, workload);
		g_autofree char *one_text = describe(one);
		g_autofree char *two_text = describe(two);
		g_autofree char *after = kt_facts_digest(facts);
		g_assert_cmpstr(one_text, ==, two_text);
		g_assert_cmpstr(before, ==, after);
	}
}

/* What people read: no finding without reason, summary and way out, on random facts as well. */
static void
test_manners(void)
{
	for (int i = 0; i < N_RANDOM; i++) {
		g_autoptr(KtFacts) facts = random_facts(i);
		g_autoptr(KtAudit) audit = audit_of(facts, random_workload());
		for (guint j = 0; j < audit->results->len; j++) {
			const KtResult *result = audit->results->pdata[j];
			if (result->verdict != KT_VERDICT_FINDING)
				continue;
			const char *summary =
				result->summary ? result->summary : result->practice->title;
			if (g_utf8_strlen(summary, -1) > 70 || strchr(summary, '\n'))
				g_error("%s: longer than 70 columns: %s",
					result->practice->id,
					summary);
			if (result->evidence->len == 0)
				g_error("%s: no evidence for: %s", result->practice->id, summary);
			if (result->changes->len == 0 && result->advice->len == 0)
				g_error("%s: nothing to do about: %s",
					result->practice->id,
					summary);
			g_assert_cmpint(result->severity, <=, (int)result->practice->severity);
		}
	}
}

static KtPlan *
plan_of(const KtAudit *audit, const KtFacts *facts)
{
	g_autoptr(GError) error = NULL;
	KtPlan *plan = kt_plan_build(audit, /* options= */ NULL, &error);

	if (!plan) {
		g_autofree char *text = show_facts(facts);
		g_error("no plan: %s\n%s", error->message, text);
	}
	return plan;
}

static KtChange
change_of(const KtStep *step, const KtEdit *edit, bool is_back)
{
	return (KtChange){
		.knob = step->knob,
		.syntax = edit->syntax,
		.effect = step->effect,
		.target = step->target,
		.locator = edit->locator,
		.from = edit->from,
		.to = is_back ? edit->from : edit->to,
	};
}

/* False when one of the steps cannot be predicted. */
static bool
predict_plan(KtFacts *facts, const KtPlan *plan)
{
	bool is_complete = true;

	for (uint32_t i = 0; i < plan->n_steps; i++) {
		const KtStep *step = &plan->steps[i];
		for (uint32_t j = 0; j < step->n_edits; j++) {
			KtChange change = change_of(step, &step->edits[j], /* is_back= */ false);
			is_complete &= kt_predict(facts, &change);
		}
	}
	return is_complete;
}

/* `from` is what the facts say: making it true changes nothing. The other way round it would be
 * refused as drift, on a machine where nothing has drifted. */
static void
check_from(const KtFacts *facts, const KtPlan *plan)
{
	for (uint32_t i = 0; i < plan->n_steps; i++) {
		const KtStep *step = &plan->steps[i];
		for (uint32_t j = 0; j < step->n_edits; j++) {
			KtChange change = change_of(step, &step->edits[j], /* is_back= */ true);
			g_autoptr(KtFacts) copy = kt_facts_copy(facts);
			g_autofree char *before = show_facts(copy);
			if (!kt_predict(copy, &change))
				continue;
			g_autofree char *after = show_facts(copy);
			if (!g_str_equal(before, after))
				g_error("%s: '%s' is not what the facts say\n%s\n%s",
					change.locator,
					change.from ? change.from : "(absent)",
					before,
					after);
		}
	}
}

static KtResult *
judge_again(const KtResult *result, const KtFacts *facts, KtWorkload workload, KtArena *arena)
{
	g_autoptr(KtPolicy) policy = kt_policy_new();

	policy->host_workload = workload;
	return kt_engine_evaluate(result->practice, facts, policy, result->target, arena);
}

static void
result_free_arrays(const KtResult *result)
{
	g_ptr_array_unref(result->evidence);
	g_ptr_array_unref(result->advice);
	g_ptr_array_unref(result->changes);
}

/* A plan with this one result. */
static KtPlan *
plan_of_one(const KtAudit *audit, KtResult *result, const KtFacts *facts)
{
	g_autoptr(GPtrArray) one = g_ptr_array_new();
	KtAudit part = *audit;

	g_ptr_array_add(one, result);
	part.results = one;
	return plan_of(&part, facts);
}

/* Other conditions may remain that nobody can change, but not the one that was acted on. */
static void
check_fixed_point(const KtAudit *audit, KtResult *result, KtWorkload workload)
{
	g_autoptr(KtFacts) facts = kt_facts_copy(audit->facts);
	g_autoptr(KtPlan) plan = plan_of_one(audit, result, facts);
	g_autoptr(KtArena) arena = kt_arena_new();

	check_from(facts, plan);
	/* A note says what had to be left out of the plan. */
	if (plan->n_steps == 0 || plan->n_notes > 0 || !predict_plan(facts, plan))
		return;

	const KtResult *again = judge_again(result, facts, workload, arena);
	bool is_unchanged =
		again->verdict == KT_VERDICT_FINDING &&
		(again->changes->len > 0 || g_strcmp0(again->summary, result->summary) == 0);
	if (is_unchanged) {
		g_autoptr(GString) text = g_string_new(NULL);
		g_autofree char *before = show_facts(audit->facts);
		describe_result(text, result);
		describe_result(text, again);
		g_error("class %s: the practice is not content with its own changes:\n%s%s",
			kt_workload_name(workload),
			text->str,
			before);
	}
	result_free_arrays(again);
}

static void
test_fixed_point(void)
{
	for (int i = 0; i < N_RANDOM; i++) {
		g_autoptr(KtFacts) facts = random_facts(i);
		KtWorkload workload = random_workload();
		g_autoptr(KtAudit) audit = audit_of(facts, workload);
		for (guint j = 0; j < audit->results->len; j++) {
			KtResult *result = audit->results->pdata[j];
			if (result->verdict == KT_VERDICT_FINDING && result->changes->len > 0)
				check_fixed_point(audit, result, workload);
		}
	}
}

/* Applies all that all practices want, again and again: it must come to rest. */
static void
check_peace(KtFacts *start, KtWorkload workload)
{
	g_autoptr(KtFacts) facts = kt_facts_copy(start);

	for (int round = 0; round < MAX_ROUNDS; round++) {
		g_autoptr(KtAudit) audit = audit_of(facts, workload);
		g_autoptr(KtPlan) plan = plan_of(audit, facts);
		if (plan->n_steps == 0)
			return;
		g_autofree char *before = kt_facts_digest(facts);
		(void)predict_plan(facts, plan);
		g_autofree char *after = kt_facts_digest(facts);
		/* All that is left is what cannot be predicted. */
		if (g_str_equal(before, after))
			return;
	}

	g_autoptr(KtAudit) audit = audit_of(facts, workload);
	g_autofree char *text = describe(audit);
	g_autofree char *json = show_facts(start);
	g_error("class %s: practices fight each other:\n%s%s",
		kt_workload_name(workload),
		text,
		json);
}

static void
test_peace(void)
{
	for (int i = 0; i < N_RANDOM; i++) {
		g_autoptr(KtFacts) facts = random_facts(i);

		check_peace(facts, random_workload());
	}
}

/* A random host on which nothing fires proves nothing: every practice with findings at all must
 * have had some. */
static void
test_random_facts_reach_all(void)
{
	g_autofree unsigned *n_findings = g_new0(unsigned, kt_n_practices);

	for (int i = 0; i < 4 * N_RANDOM; i++) {
		g_autoptr(KtFacts) facts = random_facts(i);
		g_autoptr(KtAudit) audit = audit_of(facts, random_workload());
		for (guint j = 0; j < audit->results->len; j++) {
			const KtResult *result = audit->results->pdata[j];
			for (size_t k = 0; k < kt_n_practices; k++)
				n_findings[k] += kt_practices[k] == result->practice &&
						 result->verdict == KT_VERDICT_FINDING;
		}
	}
	for (size_t i = 0; i < kt_n_practices; i++) {
		g_test_message("%s: %u findings", kt_practices[i]->id, n_findings[i]);
		if (n_findings[i] == 0)
			g_error("no random host makes %s find something: its facts need values in "
				"kt-test-facts.c",
				kt_practices[i]->id);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/practices/row/%s", rows[i].practice->id);
		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/practices/elsewhere", test_elsewhere);
	g_test_add_func("/practices/knows-nothing", test_knows_nothing);
	g_test_add_func("/practices/same-answer", test_same_answer);
	g_test_add_func("/practices/manners", test_manners);
	g_test_add_func("/practices/fixed-point", test_fixed_point);
	g_test_add_func("/practices/peace", test_peace);
	g_test_add_func("/practices/random-facts-reach-all", test_random_facts_reach_all);
	return g_test_run();
}
