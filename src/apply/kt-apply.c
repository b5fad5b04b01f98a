/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-apply.h"

#include "kt-actuator.h"
#include "kt-clock.h"
#include "kt-fault.h"
#include "kt-image.h"
#include "kt-put-back.h"

static KtPlan *
copy_plan(const KtPlan *plan)
{
	g_autoptr(KtJson) json = kt_plan_to_json(plan);

	return kt_plan_from_json(json, NULL);
}

static void
tell(KtTxn *txn, KtStepRecord *record, KtOutcome outcome, const KtReading *reading)
{
	record->outcome = outcome;
	if (!reading)
		return;
	g_autofree char *text = kt_mark_describe(reading->mark);
	record->now = kt_arena_strdup(txn->arena, text);
}

static bool
throw_stale(const KtStep *step, const KtReading *reading, GError **error)
{
	for (uint32_t i = 0; i < step->n_edits; i++) {
		const KtEdit *edit = &step->edits[i];
		const char *now = reading->values->pdata[i];
		if (kt_syntax_equal(edit->syntax, edit->from, now))
			continue;
		bool is_long = step->knob == KT_KNOB_FILE;
		return kt_throw_hint(error,
				     KT_ERROR_STALE,
				     "make a new plan with 'kvmtune plan'",
				     "step %u: '%s' of %s is %s, the plan saw %s",
				     step->id,
				     edit->locator,
				     step->title,
				     is_long ? "different"
				     : now   ? now
					     : "(absent)",
				     is_long      ? "another text"
				     : edit->from ? edit->from
						  : "(absent)");
	}
	return false;
}

/* A guest that is not there any more is a change like others: the plan is stale. */
static bool
throw_unreadable(KtTxn *txn, KtStepRecord *record, GError *problem, GError **error)
{
	bool is_gone = g_error_matches(problem, KT_ERROR, KT_ERROR_NOT_FOUND);

	tell(txn, record, KT_OUTCOME_UNREADABLE, NULL);
	record->detail = kt_arena_strdup(txn->arena, problem->message);
	if (is_gone)
		kt_throw_hint(error,
			      KT_ERROR_STALE,
			      "make a new plan with 'kvmtune plan'",
			      "%s",
			      problem->message);
	else
		g_propagate_error(error, g_error_copy(problem));
	return kt_prefix(error, "step %u", record->step->id);
}

/* The state that a step is in before it is applied. */
static bool
check_step(KtMachine *machine, KtTxn *txn, KtStepRecord *record, GError **error)
{
	const KtStep *step = record->step;
	g_autoptr(GError) problem = NULL;
	g_autoptr(KtReading) reading = kt_actuator(step->knob)->read(machine, step, &problem);

	if (!reading)
		return throw_unreadable(txn, record, problem, error);
	if (kt_reading_matches_to(reading, step)) {
		tell(txn, record, KT_OUTCOME_ALREADY, reading);
		return true;
	}
	if (kt_reading_matches_from(reading, step)) {
		tell(txn, record, KT_OUTCOME_UNSET, reading);
		return true;
	}
	tell(txn, record, KT_OUTCOME_STALE, reading);
	return throw_stale(step, reading, error);
}

KtTxn *
kt_apply_check(KtMachine *machine, const KtPlan *plan, GError **error)
{
	KtTxn *txn = kt_txn_new(/* id= */ 0);

	kt_txn_set_plan(txn, copy_plan(plan));
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		/* All steps are told, the first problem is the error. */
		bool is_first = error && !*error;
		(void)check_step(machine, txn, &txn->steps[i], is_first ? error : NULL);
	}
	return txn;
}

static KtEntry *
make_done(const KtStep *step, const KtReading *after)
{
	KtEntry *entry = kt_entry_new(KT_PHASE_DONE, step->id);

	kt_entry_set(entry, "after", after->mark);
	kt_image_save_neighbours(after, entry);
	return entry;
}

static bool
put_intent(KtLog *log, const KtStep *step, const KtReading *before, GError **error)
{
	g_autoptr(KtEntry) intent = kt_entry_new(KT_PHASE_INTENT, step->id);

	return kt_image_save(log->dirfd, before, intent, error) &&
	       kt_log_put(log, g_steal_pointer(&intent), error);
}

static bool
throw_mismatch(const KtStep *step, const KtReading *after, GError **error)
{
	const char *now = after->values->pdata[0];

	return kt_throw(error,
			KT_ERROR_VERIFY,
			"'%s' of %s reads back as %s, not as %s",
			step->edits[0].locator,
			step->title,
			step->knob == KT_KNOB_FILE ? "another text"
			: now                      ? now
						   : "(absent)",
			step->knob == KT_KNOB_FILE ? "planned"
			: step->edits[0].to        ? step->edits[0].to
						   : "(absent)");
}

static bool
write_and_read_back(KtMachine *machine, KtLog *log, KtTxn *txn, KtStepRecord *record,
		    const KtReading *before, GError **error)
{
	const KtStep *step = record->step;
	const KtActuator *actuator = kt_actuator(step->knob);

	if (!actuator->write(machine, step, before, error))
		return false;
	(void)KT_FAULT("apply-after-write");

	g_autoptr(KtReading) after = actuator->read(machine, step, error);
	if (!after)
		return false;
	tell(txn, record, KT_OUTCOME_APPLIED, after);
	if (!kt_reading_matches_to(after, step))
		return throw_mismatch(step, after, error);
	return kt_log_put(log, make_done(step, after), error);
}

static bool
apply_step(KtMachine *machine, KtLog *log, KtTxn *txn, KtStepRecord *record, GError **error)
{
	const KtStep *step = record->step;
	g_autoptr(KtReading) before = kt_actuator(step->knob)->read(machine, step, error);

	if (!before)
		return false;
	if (kt_reading_matches_to(before, step)) {
		tell(txn, record, KT_OUTCOME_ALREADY, before);
		return true;
	}
	if (!kt_reading_matches_from(before, step)) {
		tell(txn, record, KT_OUTCOME_STALE, before);
		return throw_stale(step, before, error);
	}

	g_autofree char *text = kt_mark_describe(before->mark);
	record->before = kt_arena_strdup(txn->arena, text);
	if (KT_MUTANT("write-before-intent"))
		return write_and_read_back(machine, log, txn, record, before, error) &&
		       put_intent(log, step, before, error);
	return put_intent(log, step, before, error) &&
	       write_and_read_back(machine, log, txn, record, before, error);
}

static uint32_t
group_end(const KtTxn *txn, uint32_t first)
{
	uint32_t last = first;

	while (last + 1 < txn->n_steps &&
	       txn->steps[last + 1].step->group == txn->steps[first].step->group)
		last++;
	return last;
}

static void
skip_rest(KtTxn *txn, uint32_t first, uint32_t last)
{
	for (uint32_t i = first; i <= last; i++) {
		if (txn->steps[i].outcome == KT_OUTCOME_UNSET)
			txn->steps[i].outcome = KT_OUTCOME_SKIPPED;
	}
}

/* Outcome of the whole run, collected while it goes. */
typedef struct Progress {
	unsigned n_failed_groups;
	bool is_cancelled;
	GError *first;
} Progress;

static void
fail_step(KtTxn *txn, KtStepRecord *record, const GError *error)
{
	const char *hint = kt_error_hint(error);

	if (record->outcome != KT_OUTCOME_STALE)
		record->outcome = KT_OUTCOME_FAILED;
	record->detail = hint ? kt_arena_printf(txn->arena, "%s (%s)", error->message, hint)
			      : kt_arena_strdup(txn->arena, error->message);
}

/* A step that failed before its write keeps FAILED; put-back would call it UNCHANGED. */
static void
roll_back(const KtApplyRun *run, KtLog *log, KtTxn *txn, uint32_t first, uint32_t last)
{
	g_autofree KtOutcome *told = g_new0(KtOutcome, txn->n_steps);

	for (uint32_t i = first; i <= last; i++)
		told[i] = txn->steps[i].outcome;
	(void)kt_put_back(run->machine, log, first, last, KT_OUTCOME_ROLLED_BACK, txn);
	for (uint32_t i = first; i <= last; i++) {
		if (told[i] == KT_OUTCOME_FAILED && txn->steps[i].outcome == KT_OUTCOME_UNCHANGED)
			txn->steps[i].outcome = KT_OUTCOME_FAILED;
	}
	skip_rest(txn, first, last);
}

static void
apply_group(const KtApplyRun *run, KtLog *log, KtTxn *txn, uint32_t first, uint32_t last,
	    Progress *progress)
{
	for (uint32_t i = first; i <= last; i++) {
		g_autoptr(GError) error = NULL;

		if (g_cancellable_is_cancelled(run->cancellable)) {
			progress->is_cancelled = true;
			return;
		}
		if (apply_step(run->machine, log, txn, &txn->steps[i], &error))
			continue;
		fail_step(txn, &txn->steps[i], error);
		progress->n_failed_groups++;
		if (!progress->first)
			progress->first = g_steal_pointer(&error);
		roll_back(run, log, txn, first, last);
		return;
	}
}

/* Later steps may have moved what earlier ones set. */
static void
verify_groups(const KtApplyRun *run, KtLog *log, KtTxn *txn, Progress *progress)
{
	for (uint32_t first = 0; first < txn->n_steps; first = group_end(txn, first) + 1) {
		uint32_t last = group_end(txn, first);
		for (uint32_t i = first; i <= last; i++) {
			KtStepRecord *record = &txn->steps[i];
			g_autoptr(GError) error = NULL;
			if (record->outcome != KT_OUTCOME_APPLIED)
				continue;
			g_autoptr(KtReading) now =
				kt_actuator(record->step->knob)
					->read(run->machine, record->step, &error);
			if (now && kt_reading_matches_to(now, record->step))
				continue;
			if (now)
				throw_mismatch(record->step, now, &error);
			fail_step(txn, record, error);
			progress->n_failed_groups++;
			if (!progress->first)
				progress->first = g_steal_pointer(&error);
			roll_back(run, log, txn, first, last);
			break;
		}
	}
}

static bool
close_log(KtLog *log, KtTxn *txn, GError **error)
{
	bool stands = kt_txn_count(txn, KT_OUTCOME_APPLIED) > 0;

	(void)KT_FAULT("apply-before-end");
	return kt_log_put(
		log, kt_entry_new(stands ? KT_PHASE_END : KT_PHASE_UNDONE, /* step= */ 0), error);
}

static bool
throw_stuck(const KtLog *log, const char *reason, GError **error)
{
	g_autofree char *problem = kt_log_problem(log);

	return kt_throw_hint(error,
			     KT_ERROR_INCOMPLETE,
			     "mend the cause and run 'kvmtune recover'",
			     "%s; the first failure was: %s",
			     problem,
			     reason);
}

static bool
throw_result(const Progress *progress, const KtLog *log, const KtTxn *txn, GError **error)
{
	const char *foreign = kt_txn_count(txn, KT_OUTCOME_FOREIGN)
				      ? " but for what somebody else has changed since"
				      : "";

	if (log->n_failed)
		return throw_stuck(
			log, progress->first ? progress->first->message : "interrupted", error);
	if (progress->is_cancelled)
		return kt_throw(error,
				KT_ERROR_CANCELLED,
				"interrupted; everything was put back%s",
				foreign);
	if (!progress->n_failed_groups)
		return true;
	return kt_throw_hint(
		error,
		KT_ERROR_ROLLED_BACK,
		kt_error_hint(progress->first),
		"%u of %u groups failed and were put back%s; the first failure was: %s",
		progress->n_failed_groups,
		txn->plan->n_groups,
		foreign,
		progress->first->message);
}

/* Without an end record the transaction would be undone at the next start: better now, while
 * somebody is looking. */
static bool
give_up(const KtApplyRun *run, KtLog *log, KtTxn *txn, const GError *cause, GError **error)
{
	g_autoptr(GError) problem = NULL;

	(void)kt_put_back(run->machine, log, 0, txn->n_steps - 1, KT_OUTCOME_ROLLED_BACK, txn);
	/* It may have been for a moment only. */
	bool is_closed = kt_log_put(log, kt_entry_new(KT_PHASE_UNDONE, /* step= */ 0), &problem);
	txn->state = is_closed ? kt_log_state(log) : KT_TXN_INTERRUPTED;
	if (log->n_failed)
		return throw_stuck(log, cause->message, error);
	return kt_throw_hint(error,
			     KT_ERROR_ROLLED_BACK,
			     is_closed ? "make room or mend the disk, then apply again"
				       : "make room or mend the disk, then run 'kvmtune recover'",
			     "the journal could not be completed, so everything was put back: %s",
			     cause->message);
}

static bool
handle_unclosed(const KtApplyRun *run, KtLog *log, KtTxn *txn, const Progress *progress,
		const GError *cause, GError **error)
{
	txn->state = KT_TXN_INTERRUPTED;
	if (kt_txn_count(txn, KT_OUTCOME_APPLIED) == 0)
		return throw_result(progress, log, txn, error) &&
		       kt_throw_hint(error,
				     KT_ERROR_IO,
				     "make room or mend the disk, then run 'kvmtune recover'",
				     "nothing was changed, but that could not be noted: %s",
				     cause->message);
	/* When the end may be on the disk, putting back could make it a lie. */
	if (!kt_log_is_certain(log))
		return kt_throw_hint(
			error,
			KT_ERROR_INCOMPLETE,
			"mend the disk, then run 'kvmtune recover': it goes by what the "
			"disk has kept",
			"it is unknown whether the journal could be completed: %s",
			cause->message);
	return give_up(run, log, txn, cause, error);
}

static bool
apply_groups(const KtApplyRun *run, KtLog *log, KtTxn *txn, GError **error)
{
	Progress progress = {0};

	for (uint32_t first = 0; first < txn->n_steps && !progress.is_cancelled;
	     first = group_end(txn, first) + 1)
		apply_group(run, log, txn, first, group_end(txn, first), &progress);
	if (!progress.is_cancelled)
		verify_groups(run, log, txn, &progress);
	if (progress.is_cancelled)
		roll_back(run, log, txn, 0, txn->n_steps - 1);

	g_autoptr(GError) first G_GNUC_UNUSED = progress.first;
	g_autoptr(GError) problem = NULL;
	if (!close_log(log, txn, &problem))
		return handle_unclosed(run, log, txn, &progress, problem, error);
	txn->state = kt_log_state(log);
	return throw_result(&progress, log, txn, error);
}

static bool
has_work(const KtTxn *txn)
{
	return kt_txn_count(txn, KT_OUTCOME_UNSET) > 0;
}

bool
kt_apply_run(const KtApplyRun *run, KtTxn **ret_txn, GError **error)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(KtTxn) txn = kt_apply_check(run->machine, run->plan, &problem);

	if (problem || !has_work(txn)) {
		*ret_txn = g_steal_pointer(&txn);
		if (!problem)
			return true;
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}

	g_autoptr(KtLog) log = kt_log_create(
		run->state_dir, run->plan, run->machine->boot_id, run->confirm_s, error);
	if (!log)
		return kt_prefix(error, "nothing was changed");
	txn->id = log->id;
	txn->created = kt_arena_strdup(txn->arena, kt_entry_get(log->header, "created"));
	txn->confirm_left_us =
		kt_log_confirm_left_us(log, run->machine->boot_id, kt_clock_boottime_us());
	*ret_txn = txn;
	if (run->begin && !run->begin(log->id, run->data, error)) {
		g_autoptr(GError) ignored = NULL;
		txn->state = KT_TXN_UNDONE;
		if (!kt_log_put(log, kt_entry_new(KT_PHASE_UNDONE, /* step= */ 0), &ignored))
			txn->state = KT_TXN_INTERRUPTED;
		(void)g_steal_pointer(&txn);
		return false;
	}
	(void)KT_FAULT("apply-before-first-step");
	bool ok = apply_groups(run, log, txn, error);
	(void)g_steal_pointer(&txn);
	return ok;
}
