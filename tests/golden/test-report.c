/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Every report over a small host made by hand, whose practices are none of the real ones: what is
 * tested is how things are told, not what is found. */

#include "kt-golden.h"
#include "kt-practice.h"
#include "kt-report-audit.h"
#include "kt-report-guides.h"
#include "kt-report-plan.h"
#include "kt-report-practices.h"
#include "kt-report-status.h"
#include "kt-report-txn.h"
#include "kt-samples.h"

#include <locale.h>
#include <string.h>

typedef struct Look {
	const char *name;
	KtStyle style;
} Look;

static const Look looks[] = {
	{.name = "80", .style = {.width = 80}},
	{.name = "120", .style = {.width = 120}},
	{.name = "colour", .style = {.width = 80, .is_colour = true}},
	{.name = "verbose", .style = {.width = 80, .is_verbose = true}},
};

/* Columns that details begin at: a word that does not fit behind them runs over. */
#define DEEPEST 20

static bool
has_wide_word(const char *line, unsigned width)
{
	g_auto(GStrv) words = g_strsplit(line, " ", -1);

	for (size_t i = 0; words[i]; i++) {
		if (kt_text_columns(words[i]) + DEEPEST > width)
			return true;
	}
	return false;
}

/* Lines of files and wide words may run over; nothing else may. */
static void
check_width(const char *name, const char *text, unsigned width)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (size_t i = 0; lines[i]; i++) {
		g_autofree char *line = g_strstrip(g_strdup(lines[i]));
		bool is_diff = strchr("+-@", *line) != NULL;
		if (is_diff || has_wide_word(line, width) || kt_text_columns(lines[i]) <= width)
			continue;
		g_test_message("%s: wider than %u: %s", name, width, lines[i]);
		g_test_fail();
	}
}

static void
compare(const char *what, const Look *look, const GString *text)
{
	g_autofree char *name = g_strdup_printf("report/%s.%s.txt", what, look->name);

	g_assert_true(g_utf8_validate(text->str, -1, NULL));
	if (!look->style.is_colour)
		check_width(name, text->str, look->style.width);
	kt_golden_compare(name, text->str);
}

static void
compare_json(const char *what, KtJson *json)
{
	g_autofree char *name = g_strdup_printf("report/%s.json", what);
	g_autofree char *text = kt_json_print(json);

	g_assert_nonnull(json_object_get(json, "schema_version"));
	kt_golden_compare(name, text);
	json_decref(json);
}

static void
test_audit(void)
{
	g_autoptr(KtAudit) audit = kt_sample_audit();

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_audit(audit, &looks[i].style, text);
		compare("audit", &looks[i], text);
	}
	compare_json("audit", kt_report_audit_json(audit));
}

static void
test_audit_clean(void)
{
	g_autoptr(KtAudit) audit = kt_sample_audit_clean();
	g_autoptr(GString) text = g_string_new(NULL);

	kt_report_audit(audit, &looks[0].style, text);
	compare("audit-clean", &looks[0], text);
}

static void
test_audit_blind(void)
{
	g_autoptr(KtAudit) audit = kt_sample_audit_blind();
	g_autoptr(GString) text = g_string_new(NULL);

	kt_report_audit(audit, &looks[0].style, text);
	compare("audit-blind", &looks[0], text);
	compare_json("audit-blind", kt_report_audit_json(audit));
}

static void
test_plan(void)
{
	g_autoptr(KtPlan) plan = kt_sample_plan();

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_plan(plan, &looks[i].style, text);
		compare("plan", &looks[i], text);
	}
}

static void
test_plan_empty(void)
{
	g_autoptr(KtPlan) plan = kt_plan_new();
	g_autoptr(GString) text = g_string_new(NULL);

	kt_report_plan(plan, &looks[0].style, text);
	compare("plan-empty", &looks[0], text);
}

static void
test_txns(void)
{
	g_autoptr(GPtrArray) txns = kt_sample_txns();
	g_autoptr(GError) error = NULL;

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		for (guint j = 0; j < txns->len; j++) {
			kt_report_txn(txns->pdata[j], KT_TELLING_RUN, &looks[i].style, text);
			g_string_append_c(text, '\n');
		}
		compare("transactions", &looks[i], text);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_history(txns, &looks[i].style, text);
		compare("history", &looks[i], text);
	}
	compare_json("transactions", kt_report_txns_json(txns));

	kt_throw_hint(&error, KT_ERROR_STALE, "make a new plan", "step 2 is stale");
	compare_json("transaction",
		     kt_report_txn_json(txns->pdata[0], /* is_dry_run= */ false, error));
	compare_json("transaction-none", kt_report_txn_json(NULL, /* is_dry_run= */ true, NULL));
}

static void
test_history_empty(void)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	g_autoptr(GString) text = g_string_new(NULL);

	kt_report_history(none, &looks[0].style, text);
	compare("history-empty", &looks[0], text);
}

static void
test_telling(void)
{
	g_autoptr(GPtrArray) txns = kt_sample_txns();
	g_autoptr(GString) text = g_string_new(NULL);

	kt_report_txn(txns->pdata[0], KT_TELLING_DRY_RUN, &looks[0].style, text);
	g_string_append_c(text, '\n');
	kt_report_txn(txns->pdata[0], KT_TELLING_VERIFY, &looks[0].style, text);
	compare("telling", &looks[0], text);
}

static void
test_practices(void)
{
	g_autoptr(GPtrArray) practices = kt_sample_practices();

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_practices(practices, &looks[i].style, text);
		compare("practices", &looks[i], text);
	}

	/* One of each kind is enough. */
	g_autoptr(GPtrArray) elsewhere = g_ptr_array_new();
	for (size_t i = 0; i < kt_n_elsewhere && elsewhere->len < 3; i++)
		g_ptr_array_add(elsewhere, (void *)&kt_elsewhere[i]);
	compare_json("practices", kt_report_practices_json(practices, elsewhere));
}

static void
test_guides(void)
{
	/* Practices that this version judges, and none that later ones may. */
	static const char *const patterns[] = {"host.tcp-tw-recycle", "host.swappiness", NULL};
	g_autoptr(GPtrArray) sayings = kt_sayings(patterns, 0);

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_guides(sayings, &looks[i].style, text);
		compare("guides", &looks[i], text);
	}
	compare_json("guides", kt_report_guides_json(sayings));
}

static void
test_explain(void)
{
	g_autoptr(KtAudit) audit = kt_sample_audit();
	const KtResult *result = audit->results->pdata[0];

	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_explain(result->practice, audit, &looks[i].style, text);
		compare("explain", &looks[i], text);
	}
	compare_json("explain", kt_report_explain_json(result->practice, audit));
	compare_json("explain-alone", kt_report_explain_json(result->practice, NULL));
}

static void
test_status(void)
{
	g_autoptr(KtAudit) audit = kt_sample_audit();
	g_autoptr(GPtrArray) txns = kt_sample_txns();
	g_autoptr(KtPolicy) policy = kt_policy_new();
	KtStatus status = {.facts = audit->facts, .policy = policy, .txns = txns, .verified = txns};

	policy->host_workload = KT_WORKLOAD_LATENCY;
	for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
		g_autoptr(GString) text = g_string_new(NULL);
		kt_report_status(&status, &looks[i].style, text);
		compare("status", &looks[i], text);
	}
	compare_json("status", kt_report_status_json(&status));
}

int
main(int argc, char **argv)
{
	/* Widths of characters beyond ASCII; the results must not depend on the user's locale. */
	setlocale(LC_CTYPE, "C.UTF-8");
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/report/audit", test_audit);
	g_test_add_func("/report/audit/clean", test_audit_clean);
	g_test_add_func("/report/audit/blind", test_audit_blind);
	g_test_add_func("/report/plan", test_plan);
	g_test_add_func("/report/plan/empty", test_plan_empty);
	g_test_add_func("/report/transactions", test_txns);
	g_test_add_func("/report/history/empty", test_history_empty);
	g_test_add_func("/report/telling", test_telling);
	g_test_add_func("/report/practices", test_practices);
	g_test_add_func("/report/guides", test_guides);
	g_test_add_func("/report/explain", test_explain);
	g_test_add_func("/report/status", test_status);
	return g_test_run();
}
