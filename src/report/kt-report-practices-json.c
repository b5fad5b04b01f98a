/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-elsewhere.h"
#include "kt-report-audit.h"
#include "kt-report-practices.h"

static KtJson *
strings_to_json(const char *const *strings)
{
	KtJson *array = json_array();

	for (size_t i = 0; strings && strings[i]; i++)
		kt_json_append_str(array, strings[i]);
	return array;
}

static KtJson *
params_to_json(const KtPractice *practice)
{
	KtJson *array = json_array();

	for (size_t i = 0; i < practice->n_params; i++) {
		const KtParam *param = &practice->params[i];
		KtJson *json = json_object();
		kt_json_set_str(json, "name", param->name);
		kt_json_set_u64(json, "default", param->value);
		kt_json_set_u64(json, "min", param->min);
		kt_json_set_u64(json, "max", param->max);
		kt_json_set_str(json, "unit", param->unit);
		kt_json_set_str(json, "doc", param->doc);
		json_array_append_new(array, json);
	}
	return array;
}

static KtJson *
practice_to_json(const KtPractice *practice)
{
	KtJson *json = json_object();

	kt_json_set_str(json, "id", practice->id);
	kt_json_set_str(json, "title", practice->title);
	kt_json_set_str(json, "why", practice->why);
	kt_json_set_str(json, "cost", practice->cost);
	kt_json_set_str(json, "scope", kt_scope_name(practice->scope));
	kt_json_set_str(json, "severity", kt_severity_name(practice->severity));
	kt_json_set_str(json, "risk", kt_risk_name(practice->risk));
	kt_json_set_str(json, "since", practice->since);
	kt_json_set(json, "after", strings_to_json(practice->after));
	kt_json_set(json, "params", params_to_json(practice));
	kt_json_set_str(json, "check_by_hand", practice->check_by_hand);
	kt_json_set_str(json, "effect", practice->effect);
	kt_json_set(json, "sources", strings_to_json(practice->sources));
	return json;
}

static KtJson *
document(const char *kind)
{
	KtJson *json = json_object();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", kind);
	return json;
}

static KtJson *
elsewhere_to_json(const KtElsewhere *row)
{
	KtJson *json = json_object();

	kt_json_set_str(json, "id", row->id);
	kt_json_set_str(json, "kind", kt_elsewhere_kind_name(row->kind));
	kt_json_set_str(json, "home", row->home);
	kt_json_set(json, "is_awaited", json_boolean(kt_elsewhere_is_awaited(row)));
	kt_json_set_str(json, "why", row->why);
	kt_json_set_str(json, "source", row->source);
	return json;
}

KtJson *
kt_report_practices_json(const GPtrArray *practices, const GPtrArray *elsewhere)
{
	KtJson *json = document("kvmtune-practices");
	KtJson *array = json_array();
	KtJson *others = json_array();

	for (guint i = 0; i < practices->len; i++)
		json_array_append_new(array, practice_to_json(practices->pdata[i]));
	for (guint i = 0; i < elsewhere->len; i++)
		json_array_append_new(others, elsewhere_to_json(elsewhere->pdata[i]));
	kt_json_set(json, "practices", array);
	kt_json_set(json, "elsewhere", others);
	return json;
}

KtJson *
kt_report_elsewhere_json(const KtElsewhere *row)
{
	KtJson *json = document("kvmtune-elsewhere");

	kt_json_set(json, "elsewhere", elsewhere_to_json(row));
	return json;
}

KtJson *
kt_report_explain_json(const KtPractice *practice, const KtAudit *audit)
{
	KtJson *json = document("kvmtune-practice");
	KtJson *results = audit ? json_array() : json_null();

	kt_json_set(json, "practice", practice_to_json(practice));
	for (guint i = 0; audit && i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->practice == practice)
			json_array_append_new(results, kt_report_result_json(result));
	}
	kt_json_set(json, "results", results);
	return json;
}
