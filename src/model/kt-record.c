/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-record.h"

static const char *const state_names[KT_TXN_N] = {
	[KT_TXN_UNSET] = "none", /* nothing was begun */
	[KT_TXN_RUNNING] = "running",
	[KT_TXN_INTERRUPTED] = "interrupted",
	[KT_TXN_UNCONFIRMED] = "unconfirmed",
	[KT_TXN_APPLIED] = "applied",
	[KT_TXN_UNDONE] = "undone",
	[KT_TXN_INCOMPLETE] = "incomplete",
	[KT_TXN_DAMAGED] = "damaged",
};

static const char *const outcome_names[KT_OUTCOME_N] = {
	[KT_OUTCOME_UNSET] = "not-reached",
	[KT_OUTCOME_APPLIED] = "applied",
	[KT_OUTCOME_ALREADY] = "already",
	[KT_OUTCOME_STALE] = "stale",
	[KT_OUTCOME_FAILED] = "failed",
	[KT_OUTCOME_ROLLED_BACK] = "rolled-back",
	[KT_OUTCOME_SKIPPED] = "skipped",
	[KT_OUTCOME_RESTORED] = "restored",
	[KT_OUTCOME_UNCHANGED] = "unchanged",
	[KT_OUTCOME_FOREIGN] = "foreign",
	[KT_OUTCOME_GONE] = "gone",
	[KT_OUTCOME_HOLDS] = "holds",
	[KT_OUTCOME_PENDING] = "pending",
	[KT_OUTCOME_DIFFERS] = "differs",
	[KT_OUTCOME_UNREADABLE] = "unreadable",
};

const char *
kt_txn_state_name(KtTxnState state)
{
	g_return_val_if_fail(state < KT_TXN_N, "unset");
	return state_names[state];
}

const char *
kt_outcome_name(KtOutcome outcome)
{
	g_return_val_if_fail(outcome < KT_OUTCOME_N, "unset");
	return outcome_names[outcome];
}

KtOutcome
kt_outcome_from_name(const char *name)
{
	for (KtOutcome outcome = KT_OUTCOME_UNSET; outcome < KT_OUTCOME_N; outcome++) {
		if (g_strcmp0(outcome_names[outcome], name) == 0)
			return outcome;
	}
	return KT_OUTCOME_N;
}

KtTxn *
kt_txn_new(uint32_t id)
{
	KtTxn *txn = g_new0(KtTxn, 1);

	txn->arena = kt_arena_new();
	txn->id = id;
	return txn;
}

void
kt_txn_free(KtTxn *txn)
{
	if (!txn)
		return;

	kt_plan_free(txn->plan);
	kt_arena_free(txn->arena);
	g_free(txn);
}

void
kt_txn_set_plan(KtTxn *txn, KtPlan *plan)
{
	txn->plan = plan;
	txn->n_steps = plan->n_steps;
	txn->steps = kt_arena_new0(txn->arena, KtStepRecord, plan->n_steps);
	for (uint32_t i = 0; i < plan->n_steps; i++)
		txn->steps[i].step = &plan->steps[i];
}

unsigned
kt_txn_count(const KtTxn *txn, KtOutcome outcome)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < txn->n_steps; i++)
		count += txn->steps[i].outcome == outcome;
	return count;
}

static KtJson *
step_to_json(const KtStepRecord *record)
{
	KtJson *json = json_object();
	KtJson *locators = json_array();

	kt_json_set_u64(json, "id", record->step->id);
	kt_json_set_u64(json, "group", record->step->group);
	kt_json_set_str(json, "knob", kt_knob_name(record->step->knob));
	kt_json_set_str(json, "target", record->step->target);
	for (uint32_t i = 0; i < record->step->n_edits; i++)
		kt_json_append_str(locators, record->step->edits[i].locator);
	kt_json_set(json, "locators", locators);
	kt_json_set_str(json, "outcome", kt_outcome_name(record->outcome));
	kt_json_set_str(json, "before", record->before);
	kt_json_set_str(json, "now", record->now);
	kt_json_set_str(json, "detail", record->detail);
	return json;
}

KtJson *
kt_txn_to_json(const KtTxn *txn)
{
	KtJson *json = json_object();
	KtJson *steps = json_array();

	kt_json_set_u64(json, "id", txn->id);
	kt_json_set_str(json, "state", kt_txn_state_name(txn->state));
	kt_json_set_str(json, "created", txn->created);
	kt_json_set_str(json, "problem", txn->problem);
	if (txn->state == KT_TXN_UNCONFIRMED)
		kt_json_set(json,
			    "confirm_left_s",
			    json_integer(txn->confirm_left_us / G_USEC_PER_SEC));
	for (uint32_t i = 0; i < txn->n_steps; i++)
		json_array_append_new(steps, step_to_json(&txn->steps[i]));
	kt_json_set(json, "steps", steps);
	return json;
}
