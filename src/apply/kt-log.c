/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-log.h"

#include "kt-clock.h"
#include "kt-fd.h"
#include "kt-fdio.h"
#include "kt-image.h"
#include "kt-root.h"

#include <fcntl.h>
#include <string.h>

#define FORMAT_VERSION "1"

void
kt_log_free(KtLog *log)
{
	if (!log)
		return;

	kt_journal_free(log->journal);
	kt_plan_free(log->plan);
	if (log->entries)
		g_ptr_array_unref(log->entries);
	g_free(log->steps);
	kt_fd_clear(&log->dirfd);
	g_free(log);
}

static bool
has_failed(const KtEntry *put_back)
{
	return put_back &&
	       kt_outcome_from_name(kt_entry_get(put_back, "outcome")) == KT_OUTCOME_FAILED;
}

static void
note_step(KtLog *log, const KtEntry *entry)
{
	if (entry->step == 0 || entry->step > log->plan->n_steps)
		return;

	KtStepLog *step = &log->steps[entry->step - 1];
	if (entry->phase == KT_PHASE_INTENT)
		step->intent = entry;
	if (entry->phase == KT_PHASE_DONE)
		step->done = entry;
	if (entry->phase == KT_PHASE_PUT_BACK) {
		log->n_failed -= has_failed(step->put_back);
		log->n_failed += has_failed(entry);
		step->put_back = entry;
	}
}

static void
note(KtLog *log, const KtEntry *entry)
{
	switch (entry->phase) {
	case KT_PHASE_HEADER:
		log->header = entry;
		break;
	case KT_PHASE_INTENT:
	case KT_PHASE_DONE:
	case KT_PHASE_PUT_BACK:
		note_step(log, entry);
		break;
	case KT_PHASE_END:
		log->is_ended = true;
		break;
	case KT_PHASE_CONFIRMED:
		log->is_confirmed = true;
		break;
	case KT_PHASE_UNDO:
		log->is_undoing = true;
		log->is_undone = false;
		break;
	case KT_PHASE_UNDONE:
		log->is_undone = true;
		break;
	case KT_PHASE_UNSET:
	default:
		break;
	}
}

static GBytes *
read_file(int dirfd, const char *name, GError **error)
{
	kt_autofd fd = kt_open_at(dirfd, name, O_RDONLY, error);
	GBytes *bytes = NULL;

	if (fd < 0 || !kt_read_all(fd, KT_ROOT_MAX_BYTES, name, &bytes, error))
		return NULL;
	return bytes;
}

static const char *
get_text(GBytes *bytes, size_t *ret_length)
{
	const char *text = g_bytes_get_data(bytes, ret_length);

	return text ? text : "";
}

static KtPlan *
read_plan(int dirfd, GError **error)
{
	size_t length = 0;
	g_autoptr(GBytes) bytes = read_file(dirfd, "plan.json", error);
	const char *text = bytes ? get_text(bytes, &length) : NULL;
	g_autoptr(KtJson) json = text ? kt_json_parse(text, length, "plan", error) : NULL;

	return json ? kt_plan_from_json(json, error) : NULL;
}

static bool
load(KtLog *log, GError **error)
{
	size_t length = 0;
	g_autoptr(GBytes) bytes = NULL;

	log->plan = read_plan(log->dirfd, error);
	if (!log->plan)
		return false;
	log->steps = g_new0(KtStepLog, log->plan->n_steps);
	bytes = read_file(log->dirfd, "journal", error);
	if (!bytes)
		return false;
	const char *text = get_text(bytes, &length);
	log->entries = kt_journal_parse(text, length, &log->length, error);
	if (!log->entries)
		return false;
	for (guint i = 0; i < log->entries->len; i++)
		note(log, log->entries->pdata[i]);
	if (!log->header)
		return kt_throw(error, KT_ERROR_JOURNAL, "the journal has no header");
	if (g_strcmp0(kt_entry_get(log->header, "version"), FORMAT_VERSION) != 0)
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "use the version of kvmtune that wrote it",
				     "the journal has another format than " FORMAT_VERSION);
	return true;
}

/* Whatever is wrong with the files of a transaction: somebody has to look. A file that could only
 * not be read now (no descriptor left, no permission) is fine for all that is known. */
static bool
throw_damaged(uint32_t id, const GError *problem, GError **error)
{
	bool is_damage = g_error_matches(problem, KT_ERROR, KT_ERROR_PARSE) ||
			 g_error_matches(problem, KT_ERROR, KT_ERROR_NOT_FOUND) ||
			 g_error_matches(problem, KT_ERROR, KT_ERROR_LIMIT) ||
			 g_error_matches(problem, KT_ERROR, KT_ERROR_JOURNAL);
	const char *hint = kt_error_hint(problem);

	if (is_damage && !hint)
		hint = "the file system lost data: read the journal and its before/ folder by hand";
	return kt_throw_hint(error,
			     is_damage ? KT_ERROR_JOURNAL : (KtErrorCode)problem->code,
			     hint,
			     "transaction %u: %s",
			     id,
			     problem->message);
}

KtLog *
kt_log_load(const KtStateDir *dir, uint32_t id, GError **error)
{
	g_autoptr(KtLog) log = g_new0(KtLog, 1);
	g_autoptr(GError) problem = NULL;

	log->id = id;
	log->dirfd = kt_state_dir_open_txn(dir, id, error);
	if (log->dirfd < 0)
		return NULL;
	if (!load(log, &problem)) {
		throw_damaged(id, problem, error);
		return NULL;
	}
	return g_steal_pointer(&log);
}

static bool
write_plan(int dirfd, const KtPlan *plan, GError **error)
{
	g_autoptr(KtJson) json = kt_plan_to_json(plan);
	g_autofree char *text = kt_json_print(json);
	kt_autofd fd = kt_open_at(dirfd, "plan.json", O_WRONLY | O_CREAT | O_EXCL, error);

	return fd >= 0 && kt_write_all(fd, text, strlen(text), "plan.json", error) &&
	       kt_sync(fd, "plan.json", error);
}

static KtEntry *
make_header(uint32_t id, const char *boot_id, uint32_t confirm_s)
{
	KtEntry *entry = kt_entry_new(KT_PHASE_HEADER, 0);
	g_autofree char *created = kt_clock_format(kt_clock_wall_us());
	g_autofree char *number = g_strdup_printf("%u", id);

	kt_entry_set(entry, "version", FORMAT_VERSION);
	kt_entry_set(entry, "id", number);
	kt_entry_set(entry, "created", created);
	kt_entry_set(entry, "boot", boot_id);
	if (confirm_s) {
		int64_t deadline = kt_clock_boottime_us() + (int64_t)confirm_s * G_USEC_PER_SEC;
		g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, deadline);
		kt_entry_set(entry, "deadline", text);
	}
	return entry;
}

static bool
create(KtLog *log, KtStateDir *dir, const KtPlan *plan, const char *boot_id, uint32_t confirm_s,
       GError **error)
{
	log->dirfd = kt_state_dir_begin_txn(dir, &log->id, error);
	if (log->dirfd < 0 || !write_plan(log->dirfd, plan, error))
		return false;
	/* The plan that is carried out is the one that is on disk. */
	log->plan = read_plan(log->dirfd, error);
	if (!log->plan)
		return false;
	log->steps = g_new0(KtStepLog, log->plan->n_steps);
	log->entries = g_ptr_array_new_with_free_func((GDestroyNotify)kt_entry_free);
	log->journal = kt_journal_create(log->dirfd, plan->n_steps, error);
	return log->journal && kt_log_put(log, make_header(log->id, boot_id, confirm_s), error) &&
	       kt_sync(log->dirfd, "transaction", error) &&
	       kt_state_dir_publish_txn(dir, log->id, error);
}

KtLog *
kt_log_create(KtStateDir *dir, const KtPlan *plan, const char *boot_id, uint32_t confirm_s,
	      GError **error)
{
	g_autoptr(KtLog) log = g_new0(KtLog, 1);

	log->dirfd = -1;
	if (!kt_state_dir_sweep(dir, error))
		return NULL;
	if (create(log, dir, plan, boot_id, confirm_s, error))
		return g_steal_pointer(&log);
	/* On a full disk every byte that is given back counts. */
	(void)!kt_state_dir_sweep(dir, NULL);
	return NULL;
}

static bool
write_entry(KtLog *log, const KtEntry *entry, GError **error)
{
	if (!log->journal)
		log->journal = kt_journal_open(log->dirfd, log->length, error);
	return log->journal && kt_journal_put(log->journal, entry, error);
}

static bool
write_rest(KtLog *log, GError **error)
{
	for (; log->n_unwritten; log->n_unwritten--) {
		if (!write_entry(
			    log, log->entries->pdata[log->entries->len - log->n_unwritten], error))
			return false;
	}
	return true;
}

bool
kt_log_put(KtLog *log, KtEntry *entry, GError **error)
{
	g_autoptr(KtEntry) owned = entry;

	if (!write_rest(log, error) || !write_entry(log, owned, error))
		return false;
	g_ptr_array_add(log->entries, owned);
	note(log, g_steal_pointer(&owned));
	return true;
}

void
kt_log_tell(KtLog *log, KtEntry *entry)
{
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(log->entries, entry);
	note(log, entry);
	log->n_unwritten++;
	if (!write_rest(log, &error))
		g_debug("step %u: %s, written later", entry->step, error->message);
}

bool
kt_log_is_certain(const KtLog *log)
{
	return !log->journal || kt_journal_is_clean(log->journal);
}

bool
kt_log_is_same_boot(const KtLog *log, const char *boot_id)
{
	return g_strcmp0(kt_entry_get(log->header, "boot"), boot_id) == 0;
}

KtTxnState
kt_log_state(const KtLog *log)
{
	if (log->is_undone)
		return log->n_failed ? KT_TXN_INCOMPLETE : KT_TXN_UNDONE;
	if (log->is_undoing || !log->is_ended)
		return KT_TXN_INTERRUPTED;
	if (kt_entry_get(log->header, "deadline") && !log->is_confirmed)
		return KT_TXN_UNCONFIRMED;
	/* A group that failed could not be rolled back. */
	return log->n_failed ? KT_TXN_INCOMPLETE : KT_TXN_APPLIED;
}

int64_t
kt_log_confirm_left_us(const KtLog *log, const char *boot_id, int64_t boottime_us)
{
	const char *deadline = kt_entry_get(log->header, "deadline");

	if (!deadline)
		return INT64_MAX;
	/* The deadline is on the clock of the boot that wrote it. */
	if (!kt_log_is_same_boot(log, boot_id))
		return -1;
	return g_ascii_strtoll(deadline, NULL, 10) - boottime_us;
}

bool
kt_log_is_overdue(const KtLog *log, const char *boot_id, int64_t boottime_us)
{
	return kt_log_state(log) == KT_TXN_UNCONFIRMED &&
	       kt_log_confirm_left_us(log, boot_id, boottime_us) <= 0;
}

static KtOutcome
logged_outcome(const KtStepLog *step, bool is_undone)
{
	if (step->put_back)
		return kt_outcome_from_name(kt_entry_get(step->put_back, "outcome"));
	if (step->done)
		return KT_OUTCOME_APPLIED;
	return is_undone ? KT_OUTCOME_UNCHANGED : KT_OUTCOME_UNSET;
}

char *
kt_log_problem(const KtLog *log)
{
	return g_strdup_printf("%u %s could not be put back",
			       log->n_failed,
			       log->n_failed == 1 ? "step" : "steps");
}

KtTxn *
kt_log_to_txn(const KtLog *log, const char *boot_id, int64_t boottime_us)
{
	KtTxn *txn = kt_txn_new(log->id);
	g_autoptr(KtJson) json = kt_plan_to_json(log->plan);

	kt_txn_set_plan(txn, kt_plan_from_json(json, NULL));
	txn->state = kt_log_state(log);
	txn->created = kt_arena_strdup(txn->arena, kt_entry_get(log->header, "created"));
	txn->confirm_left_us = kt_log_confirm_left_us(log, boot_id, boottime_us);
	if (txn->state == KT_TXN_INCOMPLETE) {
		g_autofree char *problem = kt_log_problem(log);
		txn->problem = kt_arena_strdup(txn->arena, problem);
	}
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		const KtStepLog *step = &log->steps[i];
		const KtEntry *last = step->put_back ? step->put_back : step->done;
		const char *before = step->intent ? kt_entry_get(step->intent, "before") : NULL;
		const char *now = last ? kt_entry_get(last, "after") : NULL;
		g_autofree char *before_text = before ? kt_mark_describe(before) : NULL;
		g_autofree char *now_text = now ? kt_mark_describe(now) : NULL;

		txn->steps[i].outcome = logged_outcome(step, log->is_undone);
		txn->steps[i].before = kt_arena_strdup(txn->arena, before_text);
		txn->steps[i].now = kt_arena_strdup(txn->arena, now_text);
		txn->steps[i].detail =
			kt_arena_strdup(txn->arena, last ? kt_entry_get(last, "detail") : NULL);
	}
	return txn;
}
