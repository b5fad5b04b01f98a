/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-case.h"

#include <string.h>

/* A finding must be readable on a terminal of 80 columns beside its severity. */
#define MAX_SUMMARY 70

static const char *const case_keys[] = {
	"about",
	"base",
	"set",
	"workload",
	"guest_workload",
	"params",
	"waive",
	"target",
	"expect",
};
static const char *const expect_keys[] = {
	"verdict",
	"severity",
	"changes",
	"summary_contains",
	"evidence_contains",
	"advice_contains",
};
static const char *const change_keys[] = {
	"knob",
	"target",
	"locator",
	"from",
	"to",
	"syntax",
	"persist_key",
	"effect",
};

static KtJson *
load_json(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	gsize length = 0;

	if (!g_file_get_contents(path, &text, &length, error))
		return NULL;
	return kt_json_parse(text, length, path, error);
}

/* A misspelt key would make a case pass that checks nothing. */
static bool
check_keys(const KtJson *object, const char *const *known, size_t n, GError **error)
{
	const char *key = NULL;
	KtJson *value = NULL;

	json_object_foreach ((KtJson *)object, key, value) {
		bool is_known = false;
		for (size_t i = 0; i < n; i++)
			is_known |= g_str_equal(known[i], key);
		if (!is_known)
			return kt_throw(error, KT_ERROR_PARSE, "unknown key '%s'", key);
	}
	return true;
}

KtFacts *
kt_case_load_facts(const char *data_dir, const char *name, GError **error)
{
	g_autofree char *path = g_build_filename(data_dir, name, NULL);
	g_autoptr(KtJson) json = load_json(path, error);
	g_autoptr(KtFacts) facts = kt_facts_new();

	if (!json)
		return NULL;
	if (!kt_facts_merge_json(facts, json, error)) {
		kt_prefix(error, "%s", name);
		return NULL;
	}
	return g_steal_pointer(&facts);
}

static bool
read_workload(const KtJson *json, const char *key, KtWorkload *ret_workload, GError **error)
{
	const char *name = NULL;

	if (!kt_json_get_str_or_null(json, key, "case", &name, error))
		return false;
	if (!name)
		return true;
	*ret_workload = kt_workload_from_name(name);
	if (*ret_workload < KT_WORKLOAD_N)
		return true;
	return kt_throw(error, KT_ERROR_PARSE, "'%s' is no class", name);
}

static bool
read_waiver(const KtJson *item, KtPolicy *policy, GError **error)
{
	const char *practice = json_string_value(item);
	const char *target = "*";
	const char *reason = "because";

	if (json_is_object(item) &&
	    (!kt_json_get_str(item, "practice", "waive", &practice, error) ||
	     !kt_json_get_str(item, "target", "waive", &target, error) ||
	     !kt_json_get_str(item, "reason", "waive", &reason, error)))
		return false;
	if (!practice)
		return kt_throw(error, KT_ERROR_PARSE, "'waive' holds ids or objects");
	kt_policy_add_waiver(policy, practice, target, reason, /* until= */ NULL);
	return true;
}

static bool
read_policy(const KtJson *json, KtPolicy *policy, GError **error)
{
	const KtJson *params = json_object_get(json, "params");
	const KtJson *waive = json_object_get(json, "waive");
	const char *key = NULL;
	KtJson *value = NULL;

	json_object_foreach ((KtJson *)params, key, value)
		g_hash_table_insert(
			policy->params,
			g_strdup(key),
			g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value)));
	for (size_t i = 0; i < json_array_size(waive); i++) {
		if (!read_waiver(json_array_get(waive, i), policy, error))
			return false;
	}
	return read_workload(json, "workload", &policy->host_workload, error) &&
	       read_workload(json, "guest_workload", &policy->guest_workload, error);
}

static bool
read_facts(const char *data_dir, KtCase *kase, GError **error)
{
	const KtJson *set = json_object_get(kase->json, "set");
	const char *base = NULL;

	if (!kt_json_get_str_or_null(kase->json, "base", "case", &base, error))
		return false;
	kase->facts = kt_case_load_facts(data_dir, base ? base : "base.json", error);
	if (!kase->facts || (set && !kt_facts_merge_json(kase->facts, set, error)))
		return false;
	kt_facts_sort_images(kase->facts);
	return true;
}

static bool
read_expect(KtCase *kase, GError **error)
{
	const KtJson *changes = NULL;

	kase->expect = json_object_get(kase->json, "expect");
	if (!json_is_object(kase->expect))
		return kt_throw(error, KT_ERROR_PARSE, "'expect' must be an object");
	if (!check_keys(kase->expect, expect_keys, G_N_ELEMENTS(expect_keys), error))
		return false;

	changes = json_object_get(kase->expect, "changes");
	for (size_t i = 0; i < json_array_size(changes); i++) {
		if (!check_keys(json_array_get(changes, i),
				change_keys,
				G_N_ELEMENTS(change_keys),
				error))
			return false;
	}
	return true;
}

KtCase *
kt_case_load(const char *data_dir, const char *path, GError **error)
{
	g_autoptr(KtCase) kase = g_new0(KtCase, 1);
	const char *about = NULL;

	kase->policy = kt_policy_new();
	kase->json = load_json(path, error);
	if (!kase->json)
		return NULL;
	if (!check_keys(kase->json, case_keys, G_N_ELEMENTS(case_keys), error) ||
	    !kt_json_get_str(kase->json, "about", "case", &about, error) ||
	    !kt_json_get_str_or_null(kase->json, "target", "case", &kase->target, error) ||
	    !read_facts(data_dir, kase, error) || !read_policy(kase->json, kase->policy, error) ||
	    !read_expect(kase, error))
		return NULL;
	return g_steal_pointer(&kase);
}

void
kt_case_free(KtCase *kase)
{
	if (!kase)
		return;

	kt_facts_unref(kase->facts);
	kt_policy_free(kase->policy);
	json_decref(kase->json);
	g_free(kase);
}

static void G_GNUC_PRINTF(2, 3) differ(GString *report, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(report, format, args);
	va_end(args);
	g_string_append_c(report, '\n');
}

static const char *
show(const char *text)
{
	return text ? text : "(absent)";
}

static const char *
expected_text(const KtJson *expect, const char *key)
{
	return json_string_value(json_object_get(expect, key));
}

static void
check_text(GString *report, const KtJson *expect, const char *key, const char *actual)
{
	if (json_object_get(expect, key) && g_strcmp0(expected_text(expect, key), actual) != 0)
		differ(report,
		       "%s: expected '%s', got '%s'",
		       key,
		       show(expected_text(expect, key)),
		       show(actual));
}

static void
check_change(GString *report, const KtJson *expect, const KtChange *change)
{
	check_text(report, expect, "knob", kt_knob_name(change->knob));
	check_text(report, expect, "target", change->target);
	check_text(report, expect, "locator", change->locator);
	check_text(report, expect, "from", change->from);
	check_text(report, expect, "to", change->to);
	check_text(report, expect, "syntax", kt_syntax_name(change->syntax));
	check_text(report, expect, "persist_key", change->persist_key);
	check_text(report, expect, "effect", kt_effect_name(change->effect));
}

static void
check_changes(GString *report, const KtJson *expect, const GPtrArray *changes)
{
	const KtJson *wanted = json_object_get(expect, "changes");

	if (!wanted)
		return;
	for (size_t i = 0; i < json_array_size(wanted) && i < changes->len; i++)
		check_change(report, json_array_get(wanted, i), changes->pdata[i]);
	if (json_array_size(wanted) == changes->len)
		return;
	differ(report, "changes: expected %zu, got %u:", json_array_size(wanted), changes->len);
	for (guint i = 0; i < changes->len; i++) {
		const KtChange *change = changes->pdata[i];
		differ(report,
		       "  %s: '%s' -> '%s'",
		       change->locator,
		       show(change->from),
		       show(change->to));
	}
}

static void
check_part(GString *report, const char *key, const char *part, const char *text)
{
	if (part && !strstr(text, part))
		differ(report, "%s: '%s' is not in:\n%s", key, part, text);
}

static void
check_contains(GString *report, const KtJson *expect, const char *key, const char *text)
{
	const KtJson *wanted = json_object_get(expect, key);

	check_part(report, key, json_string_value(wanted), text);
	for (size_t i = 0; i < json_array_size(wanted); i++)
		check_part(report, key, json_string_value(json_array_get(wanted, i)), text);
}

static char *
join_evidence(const KtResult *result)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < result->evidence->len; i++) {
		const KtEvidence *evidence = result->evidence->pdata[i];
		g_string_append_printf(text, "%s\n", evidence->text);
	}
	return g_string_free(text, FALSE);
}

static char *
join_advice(const KtResult *result)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < result->advice->len; i++)
		g_string_append_printf(text, "%s\n", (const char *)result->advice->pdata[i]);
	return g_string_free(text, FALSE);
}

/* What every finding owes its reader, whatever the case asks for. */
static void
check_manners(GString *report, const KtResult *result)
{
	const char *summary = result->summary ? result->summary : result->practice->title;

	if (result->verdict != KT_VERDICT_FINDING)
		return;
	if (g_utf8_strlen(summary, -1) > MAX_SUMMARY || strchr(summary, '\n'))
		differ(report, "summary is longer than %d columns: %s", MAX_SUMMARY, summary);
	if (result->evidence->len == 0)
		differ(report, "a finding without evidence");
	if (result->changes->len == 0 && result->advice->len == 0)
		differ(report, "a finding that says nothing about what to do");
}

static void
check_result(GString *report, const KtJson *expect, const KtResult *result)
{
	g_autofree char *evidence = join_evidence(result);
	g_autofree char *advice = join_advice(result);

	check_text(report, expect, "verdict", kt_verdict_name(result->verdict));
	check_text(report, expect, "severity", kt_severity_name(result->severity));
	if (result->verdict == KT_VERDICT_FINDING && !json_object_get(expect, "severity"))
		differ(report,
		       "severity: got '%s', the case names none",
		       kt_severity_name(result->severity));
	check_changes(report, expect, result->changes);
	check_contains(report, expect, "summary_contains", result->summary ? result->summary : "");
	check_contains(report, expect, "evidence_contains", evidence);
	check_contains(report, expect, "advice_contains", advice);
	check_manners(report, result);
	if (result->verdict == KT_VERDICT_UNKNOWN && result->evidence->len == 0)
		differ(report, "unknown, and no evidence says what was missing");
	if (report->len)
		differ(report,
		       "it said: %s\n%s%s",
		       result->summary ? result->summary : "(nothing)",
		       evidence,
		       advice);
}

static const KtResult *
find_result(const KtAudit *audit, const char *target)
{
	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (!target || g_str_equal(result->target_path, target))
			return result;
	}
	return NULL;
}

char *
kt_case_check(const KtCase *kase, const KtPractice *practice)
{
	const char *const only[] = {practice->id, NULL};
	const KtSelection selection = {.only = only};
	g_autoptr(KtAudit) audit = kt_engine_run(kase->facts, kase->policy, &selection);
	const KtResult *result = find_result(audit, kase->target);
	bool is_none = g_strcmp0(expected_text(kase->expect, "verdict"), "none") == 0;
	GString *report = g_string_new(NULL);

	if (!kase->target && audit->results->len > 1)
		differ(report, "the practice has %u targets: name one", audit->results->len);
	else if (!result && !is_none)
		differ(report, "no such target: '%s'", show(kase->target));
	else if (result && is_none)
		differ(report, "'%s' is a target", result->target_path);
	else if (result)
		check_result(report, kase->expect, result);
	return g_string_free(report, report->len == 0);
}
