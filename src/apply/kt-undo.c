/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-undo.h"

#include "kt-actuator.h"
#include "kt-clock.h"
#include "kt-fault.h"
#include "kt-put-back.h"

bool
kt_undo_is_due(const KtMachine *machine, const KtLog *log)
{
	return kt_log_state(log) == KT_TXN_INTERRUPTED ||
	       kt_log_is_overdue(log, machine->boot_id, kt_clock_boottime_us());
}

/* The newest step is put back first. */
static const char *
first_failure(const KtTxn *txn)
{
	for (uint32_t i = txn->n_steps; i-- > 0;) {
		if (txn->steps[i].outcome == KT_OUTCOME_FAILED && txn->steps[i].detail)
			return txn->steps[i].detail;
	}
	return "unknown";
}

static bool
throw_incomplete(const KtLog *log, KtTxn *txn, GError **error)
{
	g_autofree char *problem = kt_log_problem(log);

	txn->problem = kt_arena_strdup(txn->arena, problem);
	return kt_throw_hint(error,
			     KT_ERROR_INCOMPLETE,
			     "mend the cause and run 'kvmtune recover'",
			     "transaction %u: %s; the first failure was: %s",
			     log->id,
			     problem,
			     first_failure(txn));
}

static bool
finish(KtLog *log, KtTxn *txn, GError **error)
{
	g_autoptr(GError) problem = NULL;

	(void)KT_FAULT("undo-before-end");
	bool is_closed = kt_log_put(log, kt_entry_new(KT_PHASE_UNDONE, /* step= */ 0), &problem);
	txn->state = is_closed ? kt_log_state(log) : KT_TXN_INTERRUPTED;
	if (log->n_failed)
		return throw_incomplete(log, txn, error);
	if (is_closed)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_IO,
			     "make room or mend the disk, then run 'kvmtune recover'",
			     "transaction %u: all is put back, but that could not be noted: %s",
			     log->id,
			     problem->message);
}

/* What is tried again is told anew. */
static KtTxn *
begin(const KtMachine *machine, const KtLog *log)
{
	KtTxn *txn = kt_log_to_txn(log, machine->boot_id, kt_clock_boottime_us());

	txn->problem = NULL;
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		if (txn->steps[i].outcome == KT_OUTCOME_FAILED)
			txn->steps[i].detail = NULL;
	}
	return txn;
}

bool
kt_undo_run(KtMachine *machine, KtLog *log, KtTxn **ret_txn, GError **error)
{
	KtTxn *txn = begin(machine, log);
	/* What never ended needs no announcement: without its end it is being put back anyway. */
	bool needs_begin = log->is_ended && (!log->is_undoing || log->is_undone);

	*ret_txn = txn;
	log->is_resumed = !needs_begin;
	/* Half an undo would be harder to mend by hand than none. */
	if (!kt_put_back_check(log, error))
		return kt_prefix(error, "transaction %u", log->id);
	if (needs_begin && !kt_log_put(log, kt_entry_new(KT_PHASE_UNDO, /* step= */ 0), error))
		return kt_prefix(error, "nothing was put back");
	txn->state = KT_TXN_INTERRUPTED;
	if (log->plan->n_steps)
		(void)kt_put_back(
			machine, log, 0, log->plan->n_steps - 1, KT_OUTCOME_RESTORED, txn);
	return finish(log, txn, error);
}

bool
kt_undo_has_foreign(const KtLog *log)
{
	for (uint32_t i = 0; i < log->plan->n_steps; i++) {
		const KtEntry *entry = log->steps[i].put_back;
		if (entry &&
		    kt_outcome_from_name(kt_entry_get(entry, "outcome")) == KT_OUTCOME_FOREIGN)
			return true;
	}
	return false;
}

bool
kt_undo_is_stuck(const KtLog *log)
{
	return log->n_failed > 0;
}

bool
kt_undo_retry(KtMachine *machine, KtLog *log, KtTxn **ret_txn, GError **error)
{
	if (!log->is_ended || log->is_undoing)
		return kt_undo_run(machine, log, ret_txn, error);

	KtTxn *txn = begin(machine, log);
	*ret_txn = txn;
	for (uint32_t i = log->plan->n_steps; i-- > 0;) {
		if (txn->steps[i].outcome == KT_OUTCOME_FAILED)
			(void)kt_put_back(machine, log, i, i, KT_OUTCOME_ROLLED_BACK, txn);
	}
	txn->state = kt_log_state(log);
	return log->n_failed ? throw_incomplete(log, txn, error) : true;
}

static void
tell(KtTxn *txn, uint32_t index, KtOutcome outcome, const char *now, const char *detail)
{
	g_autofree char *text = now ? kt_mark_describe(now) : NULL;

	txn->steps[index].outcome = outcome;
	txn->steps[index].now = kt_arena_strdup(txn->arena, text);
	txn->steps[index].detail = kt_arena_strdup(txn->arena, detail);
}

KtTxn *
kt_undo_preview(KtMachine *machine, KtLog *log)
{
	KtTxn *txn = kt_log_to_txn(log, machine->boot_id, kt_clock_boottime_us());

	for (uint32_t i = 0; i < txn->n_steps; i++) {
		g_autofree char *now = NULL;
		g_autofree char *detail = NULL;
		KtOutcome outcome = kt_put_back_preview(machine, log, i, &now, &detail);
		tell(txn, i, outcome, now, detail);
	}
	return txn;
}

/* What is configured but waits for a boot, or for the start of a guest that has run since before
 * the change. */
static bool
is_waiting(KtMachine *machine, const KtLog *log, const KtStepLog *record, const KtStep *step,
	   const KtReading *now)
{
	const char *run = kt_entry_get(record->intent, "context");

	if (step->effect == KT_EFFECT_BOOT)
		return kt_log_is_same_boot(log, machine->boot_id);
	return step->effect == KT_EFFECT_GUEST_START && run && g_strcmp0(run, now->context) == 0 &&
	       kt_log_is_same_boot(log, machine->boot_id);
}

static KtOutcome
verify_step(KtMachine *machine, KtLog *log, uint32_t index, char **ret_now, char **ret_detail)
{
	const KtStep *step = &log->plan->steps[index];
	const KtStepLog *record = &log->steps[index];
	g_autoptr(GError) error = NULL;

	if (!record->done || record->put_back)
		return KT_OUTCOME_UNSET;

	g_autoptr(KtReading) now = kt_actuator(step->knob)->read(machine, step, &error);
	if (!now) {
		*ret_detail = g_strdup(error->message);
		return KT_OUTCOME_UNREADABLE;
	}
	*ret_now = g_strdup(now->mark);
	if (kt_reading_matches_to(now, step))
		return is_waiting(machine, log, record, step, now) ? KT_OUTCOME_PENDING
								   : KT_OUTCOME_HOLDS;

	const char *context = kt_entry_get(record->intent, "context");
	bool is_live = step->effect == KT_EFFECT_LIVE;
	bool is_other_run = is_live && context && g_strcmp0(context, now->context) != 0;
	bool is_other_boot =
		step->effect == KT_EFFECT_LIVE && !kt_log_is_same_boot(log, machine->boot_id);
	return is_other_run || is_other_boot ? KT_OUTCOME_GONE : KT_OUTCOME_DIFFERS;
}

KtTxn *
kt_undo_verify(KtMachine *machine, KtLog *log,
	       bool (*is_superseded)(const KtStep *step, void *data), void *data)
{
	KtTxn *txn = kt_log_to_txn(log, machine->boot_id, kt_clock_boottime_us());

	for (uint32_t i = 0; i < txn->n_steps; i++) {
		g_autofree char *now = NULL;
		g_autofree char *detail = NULL;
		KtOutcome outcome = KT_OUTCOME_UNSET;

		if (!is_superseded || !is_superseded(txn->steps[i].step, data))
			outcome = verify_step(machine, log, i, &now, &detail);
		tell(txn, i, outcome, now, detail);
	}
	return txn;
}
