/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-put-back.h"

#include "kt-actuator.h"
#include "kt-fault.h"
#include "kt-file.h"
#include "kt-image.h"

typedef struct Attempt {
	KtMachine *machine;
	KtLog *log;
	const KtStep *step;
	const KtStepLog *record;
	const KtActuator *actuator;
	KtReading *before;
	KtReading *now;
	char *detail;
} Attempt;

static void
attempt_clear(Attempt *attempt)
{
	g_clear_pointer(&attempt->before, kt_reading_free);
	g_clear_pointer(&attempt->now, kt_reading_free);
	g_clear_pointer(&attempt->detail, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Attempt, attempt_clear)

/* What a live value was written to is gone: the kernel was booted anew, or the guest's process
 * ended. */
static bool
is_gone(const Attempt *attempt)
{
	if (attempt->step->effect != KT_EFFECT_LIVE)
		return false;
	if (attempt->before->context)
		return g_strcmp0(attempt->before->context, attempt->now->context) != 0;
	return !kt_log_is_same_boot(attempt->log, attempt->machine->boot_id);
}

static bool
is_between(const Attempt *attempt)
{
	bool is_stopped = !attempt->record->done || attempt->log->is_resumed;

	return attempt->actuator->is_between &&
	       attempt->actuator->is_between(
		       attempt->machine, attempt->step, attempt->before, attempt->now, is_stopped);
}

static bool
is_ours(const Attempt *attempt)
{
	const KtEntry *done = attempt->record->done;

	if (is_between(attempt))
		return true;
	if (done)
		return g_strcmp0(kt_entry_get(done, "after"), attempt->now->mark) == 0;
	return kt_reading_matches_to(attempt->now, attempt->step);
}

static const KtNeighbour *
find_neighbour(const KtReading *reading, const char *path)
{
	for (guint i = 0; i < reading->neighbours->len; i++) {
		const KtNeighbour *neighbour = reading->neighbours->pdata[i];
		if (g_str_equal(neighbour->path, path))
			return neighbour;
	}
	return NULL;
}

static bool
has_moved_neighbours(const Attempt *attempt)
{
	for (guint i = 0; i < attempt->before->neighbours->len; i++) {
		const KtNeighbour *old = attempt->before->neighbours->pdata[i];
		const KtNeighbour *now = find_neighbour(attempt->now, old->path);
		if (now && !g_str_equal(old->value, now->value))
			return true;
	}
	return false;
}

/* A neighbour that is no longer what our write left it at belongs to whoever changed it: that is
 * what it is put back to, because putting back the value moves it again. */
static bool
keep_foreign_neighbours(Attempt *attempt, GError **error)
{
	g_autoptr(KtReading) after = kt_reading_new();
	g_autoptr(GString) kept = g_string_new(NULL);

	if (!attempt->record->done ||
	    !kt_image_load_neighbours(attempt->record->done, after, error))
		return !attempt->record->done;
	for (guint i = 0; i < attempt->before->neighbours->len; i++) {
		KtNeighbour *old = attempt->before->neighbours->pdata[i];
		const KtNeighbour *ours = find_neighbour(after, old->path);
		const KtNeighbour *now = find_neighbour(attempt->now, old->path);
		if (!ours || !now || g_str_equal(ours->value, now->value))
			continue;
		g_free(old->value);
		old->value = g_strdup(now->value);
		g_string_append_printf(kept, "%s'%s'", kept->len ? ", " : "", old->path);
	}
	if (kept->len)
		attempt->detail =
			g_strdup_printf("left alone, somebody else has changed it: %s", kept->str);
	return true;
}

/* The folder that we made for a file. */
static bool
has_made_folder(const Attempt *attempt)
{
	for (guint i = 0; i < MIN(attempt->before->blobs->len, attempt->now->blobs->len); i++) {
		const KtBlob *old = attempt->before->blobs->pdata[i];
		const KtBlob *now = attempt->now->blobs->pdata[i];
		if (old->is_dir && !old->exists && now->exists)
			return true;
	}
	return false;
}

/* A place of several files, of which the mark covers what counts. */
static bool
has_other_files(const Attempt *attempt)
{
	const GPtrArray *before = attempt->before->blobs;
	const GPtrArray *now = attempt->now->blobs;
	bool is_equal = before->len == now->len;

	for (guint i = 0; is_equal && i < before->len; i++) {
		const KtBlob *a = before->pdata[i];
		const KtBlob *b = now->pdata[i];
		bool has_bytes = a->bytes && b->bytes;
		is_equal = has_bytes ? g_bytes_equal(a->bytes, b->bytes) : a->bytes == b->bytes;
	}
	return !is_equal;
}

static bool
load(Attempt *attempt, GError **error)
{
	attempt->before = kt_image_load(attempt->log->dirfd, attempt->record->intent, error);
	if (!attempt->before)
		return false;
	attempt->before->is_of_stopped = !attempt->record->done;
	/* What a killed write left beside the place is no state of it. */
	if (attempt->actuator->sweep &&
	    !attempt->actuator->sweep(attempt->machine, attempt->step, error))
		return false;
	attempt->now = attempt->actuator->read(attempt->machine, attempt->step, error);
	return attempt->now != NULL;
}

/* Else this is a look ahead at a transaction that stands: nobody was stopped. */
static bool
is_being_put_back(const Attempt *attempt)
{
	return !attempt->log->is_ended || attempt->log->is_undoing || attempt->record->put_back;
}

/* The file of a value is not there any more: its module was unloaded, its device removed. */
static bool
has_vanished(const Attempt *attempt)
{
	return attempt->step->knob == KT_KNOB_VALUE && !attempt->now->values->pdata[0];
}

/* RESTORED means: has to be put back as a whole; ROLLED_BACK: only its own edits. */
static KtOutcome
decide(const Attempt *attempt)
{
	bool gone = is_gone(attempt);

	if (g_str_equal(attempt->now->mark, attempt->before->mark)) {
		/* Stopped between the value and its neighbours, the file and its folder? */
		bool is_half = is_being_put_back(attempt) && !gone &&
			       (has_moved_neighbours(attempt) || has_made_folder(attempt) ||
				(has_other_files(attempt) && is_between(attempt)));
		return is_half ? KT_OUTCOME_RESTORED : KT_OUTCOME_UNCHANGED;
	}
	if (has_vanished(attempt) || (gone && attempt->before->context))
		return KT_OUTCOME_GONE;
	/* After a reboot our persistent form may have set the same value again. */
	if (is_ours(attempt))
		return KT_OUTCOME_RESTORED;
	if (gone)
		return KT_OUTCOME_GONE;
	if (attempt->actuator->restore_edits && kt_reading_matches_to(attempt->now, attempt->step))
		return KT_OUTCOME_ROLLED_BACK;
	return KT_OUTCOME_FOREIGN;
}

static KtOutcome
fail(Attempt *attempt, const GError *error)
{
	const char *hint = kt_error_hint(error);

	g_free(attempt->detail);
	attempt->detail =
		hint ? g_strdup_printf("%s (%s)", error->message, hint) : g_strdup(error->message);
	return KT_OUTCOME_FAILED;
}

static KtOutcome
write_back(Attempt *attempt, KtOutcome decision)
{
	g_autoptr(GError) error = NULL;
	bool is_whole = decision == KT_OUTCOME_RESTORED;
	bool is_begun = g_str_equal(attempt->now->mark, attempt->before->mark);

	if (is_whole && !is_begun && !keep_foreign_neighbours(attempt, &error))
		return fail(attempt, error);
	bool ok = is_whole ? attempt->actuator->restore(
				     attempt->machine, attempt->step, attempt->before, &error)
			   : attempt->actuator->restore_edits(
				     attempt->machine, attempt->step, attempt->before, &error);

	if (!ok)
		return fail(attempt, error);
	g_clear_pointer(&attempt->now, kt_reading_free);
	attempt->now = attempt->actuator->read(attempt->machine, attempt->step, &error);
	if (!attempt->now)
		return fail(attempt, error);
	if (is_whole && !g_str_equal(attempt->now->mark, attempt->before->mark)) {
		attempt->detail = g_strdup("reads back differently after it was put back");
		return KT_OUTCOME_FAILED;
	}
	return KT_OUTCOME_RESTORED;
}

static KtOutcome
put_back_one(Attempt *attempt)
{
	g_autoptr(GError) error = NULL;

	if (!load(attempt, &error)) {
		bool is_removed = g_error_matches(error, KT_ERROR, KT_ERROR_NOT_FOUND) &&
				  g_str_has_prefix(attempt->step->target, "guest/");
		/* A guest that was undefined has taken our change with it. */
		return is_removed ? KT_OUTCOME_GONE : fail(attempt, error);
	}

	KtOutcome decision = decide(attempt);
	if (decision != KT_OUTCOME_RESTORED && decision != KT_OUTCOME_ROLLED_BACK)
		return decision;
	return write_back(attempt, decision);
}

static void
record(Attempt *attempt, KtOutcome outcome, KtOutcome restored, KtTxn *txn)
{
	KtEntry *entry = kt_entry_new(KT_PHASE_PUT_BACK, attempt->step->id);
	const char *now = attempt->now ? attempt->now->mark : NULL;

	if (outcome == KT_OUTCOME_RESTORED)
		outcome = restored;
	kt_entry_set(entry, "outcome", kt_outcome_name(outcome));
	kt_entry_set(entry, "after", now);
	kt_entry_set(entry, "detail", attempt->detail);
	kt_log_tell(attempt->log, entry);
	if (!txn)
		return;

	KtStepRecord *told = &txn->steps[attempt->step->id - 1];
	g_autofree char *text = now ? kt_mark_describe(now) : NULL;
	told->outcome = outcome;
	told->now = kt_arena_strdup(txn->arena, text);
	if (attempt->detail)
		told->detail = kt_arena_strdup(txn->arena, attempt->detail);
}

/* Was the step put back before, once and for all? */
static bool
is_settled(const KtStepLog *record)
{
	const char *word = record->put_back ? kt_entry_get(record->put_back, "outcome") : NULL;
	KtOutcome outcome = word ? kt_outcome_from_name(word) : KT_OUTCOME_FAILED;

	return outcome == KT_OUTCOME_RESTORED || outcome == KT_OUTCOME_ROLLED_BACK ||
	       outcome == KT_OUTCOME_UNCHANGED || outcome == KT_OUTCOME_GONE;
}

bool
kt_put_back_check(const KtLog *log, GError **error)
{
	for (uint32_t i = 0; i < log->plan->n_steps; i++) {
		const KtStepLog *record = &log->steps[i];
		if (!record->intent || is_settled(record))
			continue;
		g_autoptr(KtReading) before = kt_image_load(log->dirfd, record->intent, error);
		if (!before)
			return kt_prefix(error, "step %u", i + 1);
	}
	return true;
}

/* A folder that we made stays when something is in it; when that goes later, so does the folder.
 * One that cannot be removed now is in nobody's way. */
static void
remove_new_folders(KtMachine *machine, const KtLog *log)
{
	g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);

	for (uint32_t i = log->plan->n_steps; i-- > 0;) {
		if (log->plan->steps[i].knob == KT_KNOB_FILE && is_settled(&log->steps[i]))
			kt_image_new_folders(log->steps[i].intent, paths);
	}
	for (guint i = 0; i < paths->len; i++) {
		const KtBlob folder = {.path = paths->pdata[i], .is_dir = true};
		(void)!kt_file_put(machine->root, &folder, NULL);
	}
}

unsigned
kt_put_back(KtMachine *machine, KtLog *log, uint32_t first, uint32_t last, KtOutcome restored,
	    KtTxn *txn)
{
	unsigned n_failed = 0;
	bool is_later = false;

	for (uint32_t i = last + 1; i-- > first;) {
		const KtStep *step = &log->plan->steps[i];
		g_auto(Attempt) attempt = {
			.machine = machine,
			.log = log,
			.step = step,
			.record = &log->steps[i],
			.actuator = kt_actuator(step->knob),
		};

		if (!attempt.record->intent || is_settled(attempt.record))
			continue;
		(void)KT_FAULT("put-back-before-step");
		is_later |= attempt.record->put_back != NULL;
		KtOutcome outcome = put_back_one(&attempt);
		n_failed += outcome == KT_OUTCOME_FAILED;
		record(&attempt, outcome, restored, txn);
	}
	if (is_later && n_failed == 0)
		remove_new_folders(machine, log);
	return n_failed;
}

KtOutcome
kt_put_back_preview(KtMachine *machine, KtLog *log, uint32_t index, char **ret_now,
		    char **ret_detail)
{
	const KtStep *step = &log->plan->steps[index];
	g_autoptr(GError) error = NULL;
	g_auto(Attempt) attempt = {
		.machine = machine,
		.log = log,
		.step = step,
		.record = &log->steps[index],
		.actuator = kt_actuator(step->knob),
	};

	if (!attempt.record->intent)
		return KT_OUTCOME_UNSET;
	attempt.before = kt_image_load(log->dirfd, attempt.record->intent, &error);
	if (attempt.before)
		attempt.now = attempt.actuator->read(machine, step, &error);
	if (!attempt.now) {
		if (ret_detail)
			*ret_detail = g_strdup(error->message);
		return KT_OUTCOME_UNREADABLE;
	}

	KtOutcome decision = decide(&attempt);
	if (ret_now)
		*ret_now = g_strdup(attempt.now->mark);
	return decision == KT_OUTCOME_ROLLED_BACK ? KT_OUTCOME_RESTORED : decision;
}
