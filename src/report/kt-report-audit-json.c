/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-audit.h"

#include "kt-practice.h"

static void
set_opt_str(KtJson *json, const char *key, KtOptStr opt)
{
	kt_json_set_str(json, key, kt_known(opt) ? opt.v : NULL);
}

static void
set_opt_u64(KtJson *json, const char *key, KtOptU64 opt)
{
	if (kt_known(opt))
		kt_json_set_u64(json, key, opt.v);
	else
		kt_json_set(json, key, json_null());
}

static void
set_opt_bool(KtJson *json, const char *key, KtOptBool opt)
{
	kt_json_set(json, key, kt_known(opt) ? json_boolean(opt.v) : json_null());
}

static void
set_time(KtJson *json, const char *key, KtOptI64 time_us)
{
	g_autoptr(GDateTime) time =
		kt_known(time_us) ? g_date_time_new_from_unix_utc(time_us.v / G_USEC_PER_SEC)
				  : NULL;
	g_autofree char *text = time ? g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

	kt_json_set_str(json, key, text);
}

KtJson *
kt_report_host_json(const KtHost *host)
{
	KtJson *json = json_object();

	set_opt_str(json, "hostname", host->system.hostname);
	set_opt_str(json, "distribution", host->system.distribution_name);
	set_opt_str(json, "kernel", host->system.kernel);
	set_opt_str(json, "architecture", host->system.architecture);
	if (kt_known(host->cpu.online))
		kt_json_set_u64(json, "cpus", kt_cpuset_count(host->cpu.online.v));
	else
		kt_json_set(json, "cpus", json_null());
	if (host->nodes.state == KT_STATE_VALUE)
		kt_json_set_u64(json, "nodes", host->nodes.n);
	else
		kt_json_set(json, "nodes", json_null());
	set_opt_u64(json, "sockets", host->cpu.packages);
	set_opt_u64(json, "cores", host->cpu.cores);
	set_opt_bool(json, "is_smt_active", host->cpu.smt_active);
	set_opt_u64(json, "memory_kib", host->memory.total_kib);
	return json;
}

static KtJson *
guests_to_json(const KtGuestList *guests)
{
	if (guests->state != KT_STATE_VALUE)
		return json_null();

	KtJson *array = json_array();
	for (uint32_t i = 0; i < guests->n; i++) {
		const KtGuest *guest = &guests->v[i];
		KtJson *json = json_object();
		set_opt_str(json, "name", guest->name);
		set_opt_str(json, "uuid", guest->uuid);
		set_opt_str(json, "state", guest->state);
		json_array_append_new(array, json);
	}
	return array;
}

static KtJson *
verdicts_to_json(const KtAudit *audit)
{
	KtJson *json = json_object();

	for (KtVerdict v = KT_VERDICT_OK; v < KT_VERDICT_N; v++)
		kt_json_set_u64(json, kt_verdict_name(v), audit->n_verdicts[v]);
	return json;
}

static KtJson *
findings_to_json(const KtAudit *audit)
{
	KtJson *json = json_object();

	for (KtSeverity s = KT_SEVERITY_CRITICAL; s > KT_SEVERITY_UNSET; s--)
		kt_json_set_u64(json, kt_severity_name(s), audit->n_findings[s]);
	return json;
}

static KtJson *
evidence_to_json(const GPtrArray *evidence)
{
	KtJson *array = json_array();

	for (guint i = 0; i < evidence->len; i++) {
		const KtEvidence *item = evidence->pdata[i];
		KtJson *json = json_object();
		kt_json_set_str(json, "text", item->text);
		kt_json_set_str(json, "origin", *item->origin ? item->origin : NULL);
		json_array_append_new(array, json);
	}
	return array;
}

static KtJson *
changes_to_json(const GPtrArray *changes)
{
	KtJson *array = json_array();

	for (guint i = 0; i < changes->len; i++) {
		const KtChange *change = changes->pdata[i];
		KtJson *json = json_object();
		/* A parameter that only a boot can set has no live knob. */
		kt_json_set_str(json, "knob", change->knob ? kt_knob_name(change->knob) : NULL);
		kt_json_set_str(json, "target", change->target);
		kt_json_set_str(json, "locator", change->locator);
		kt_json_set_str(json, "from", change->from);
		kt_json_set_str(json, "to", change->to);
		kt_json_set_str(json, "effect", kt_effect_name(change->effect));
		kt_json_set_str(json, "risk", kt_risk_name(change->risk));
		kt_json_set_bool(json, "is_kept_over_boots", change->persist > KT_PERSIST_NONE);
		json_array_append_new(array, json);
	}
	return array;
}

KtJson *
kt_report_result_json(const KtResult *result)
{
	KtJson *json = json_object();
	KtJson *advice = json_array();

	kt_json_set_str(json, "practice", result->practice->id);
	kt_json_set_str(json, "title", result->practice->title);
	kt_json_set_str(json, "target", result->target_path);
	kt_json_set_str(json, "target_title", result->target_title);
	kt_json_set_str(json, "verdict", kt_verdict_name(result->verdict));
	kt_json_set_str(
		json, "severity", result->severity ? kt_severity_name(result->severity) : NULL);
	kt_json_set_str(json, "summary", result->summary);
	kt_json_set(json, "evidence", evidence_to_json(result->evidence));
	kt_json_set(json, "changes", changes_to_json(result->changes));
	for (guint i = 0; i < result->advice->len; i++)
		kt_json_append_str(advice, result->advice->pdata[i]);
	kt_json_set(json, "advice", advice);
	kt_json_set_str(json, "waiver", result->waiver);
	return json;
}

KtJson *
kt_report_audit_json(const KtAudit *audit)
{
	const KtFactsMeta *meta = &audit->facts->meta;
	KtJson *json = json_object();
	KtJson *results = json_array();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-audit");
	set_opt_str(json, "tool_version", meta->tool_version);
	set_time(json, "collected", meta->collected_us);
	set_opt_str(json, "root", meta->root);
	set_opt_str(json, "uri", meta->uri);
	set_opt_str(json, "libvirt_problem", meta->libvirt_problem);
	set_opt_bool(json, "is_privileged", meta->is_privileged);
	kt_json_set(json, "host", kt_report_host_json(&audit->facts->host));
	kt_json_set(json, "guests", guests_to_json(&audit->facts->guests));
	kt_json_set_u64(json, "score", audit->score);
	kt_json_set(json, "verdicts", verdicts_to_json(audit));
	kt_json_set(json, "findings", findings_to_json(audit));
	for (guint i = 0; i < audit->results->len; i++)
		json_array_append_new(results, kt_report_result_json(audit->results->pdata[i]));
	kt_json_set(json, "results", results);
	return json;
}
