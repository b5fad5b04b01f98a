/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-audit.h"
#include "kt-report-txn.h"

KtJson *
kt_report_error_json(const GError *error)
{
	if (!error)
		return json_null();

	KtJson *json = json_object();
	kt_json_set_str(json, "code", kt_error_name(error));
	kt_json_set_str(json, "message", error->message);
	kt_json_set_str(json, "hint", kt_error_hint(error));
	kt_json_set_u64(json, "exit_status", (uint64_t)kt_error_exit_status(error));
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

KtJson *
kt_report_txns_json(const GPtrArray *txns)
{
	KtJson *json = document("kvmtune-transactions");
	KtJson *array = json_array();

	for (guint i = 0; i < txns->len; i++)
		json_array_append_new(array, kt_txn_to_json(txns->pdata[i]));
	kt_json_set(json, "transactions", array);
	return json;
}

KtJson *
kt_report_txn_json(const KtTxn *txn, bool is_dry_run, const GError *error)
{
	KtJson *json = document("kvmtune-transaction");

	kt_json_set_bool(json, "is_dry_run", is_dry_run);
	kt_json_set(json, "transaction", txn ? kt_txn_to_json(txn) : json_null());
	kt_json_set(json, "error", kt_report_error_json(error));
	return json;
}
