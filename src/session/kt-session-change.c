/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-session-private.h"

#include "kt-apply.h"
#include "kt-clock.h"
#include "kt-confirm-timer.h"
#include "kt-undo.h"

/* The verbs that change the machine, and those that look at past changes. */

/* The timer tries for twice this time: who restarts libvirtd does it within minutes, and the next
 * kvmtune that is started tries again anyway. */
#define MAX_REVERT_WAIT_S 512

static bool
refuse_interrupted(const KtMachine *machine, const KtStateDir *dir, GError **error)
{
	g_autoptr(GArray) ids = kt_state_dir_list(dir, error);

	if (!ids)
		return false;
	for (guint i = 0; i < ids->len; i++) {
		uint32_t id = g_array_index(ids, uint32_t, i);
		g_autoptr(KtLog) log = kt_log_load(dir, id, error);
		if (!log)
			return false;
		if (!kt_undo_is_due(machine, log))
			continue;
		return kt_throw_hint(error,
				     KT_ERROR_BUSY,
				     "run 'kvmtune recover' first",
				     "transaction %u was interrupted or not confirmed in time",
				     id);
	}
	return true;
}

/* A plan made on another host must not be carried out here. */
static bool
check_host(KtSession *session, const KtPlan *plan, GError **error)
{
	g_autofree char *name = NULL;

	if (!plan->hostname ||
	    kt_root_read_line(session->source->root, "/proc/sys/kernel/hostname", &name) !=
		    KT_STATE_VALUE)
		return true;
	if (g_str_equal(name, plan->hostname))
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_STALE,
			     "make a plan for this host with 'kvmtune plan'",
			     "the plan was made for host '%s', this is '%s'",
			     plan->hostname,
			     name);
}

static bool
start_timer(uint32_t id, void *data, GError **error)
{
	KtSession *session = data;

	return kt_confirm_timer_start(session->root,
				      session->source->kind == KT_SOURCE_LIVE,
				      session->uri,
				      session->state_dir,
				      id,
				      error);
}

static bool
dry_run(KtSession *session, const KtPlan *plan, KtTxn **ret_txn, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(GError) problem = NULL;

	kt_session_machine(session, plan->uri, &machine);
	*ret_txn = kt_apply_check(&machine, plan, &problem);
	if (!problem)
		return true;
	g_propagate_error(error, g_steal_pointer(&problem));
	return false;
}

/* Who interrupts while another kvmtune is waited for is not told of that one. */
static KtStateDir *
open_state(KtSession *session, GCancellable *cancellable, GError **error)
{
	g_autoptr(GError) problem = NULL;
	KtStateDir *dir =
		kt_session_state(session, /* is_writing= */ true, KT_SESSION_LOCK_MS, &problem);

	if (!dir && g_cancellable_is_cancelled(cancellable))
		kt_throw(error, KT_ERROR_CANCELLED, "interrupted; nothing was changed");
	else if (!dir)
		g_propagate_error(error, g_steal_pointer(&problem));
	return dir;
}

bool
kt_session_apply(KtSession *session, const KtPlan *plan, const KtApplyOptions *options,
		 GCancellable *cancellable, KtTxn **ret_txn, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtStateDir) dir = NULL;

	*ret_txn = NULL;
	if (!check_host(session, plan, error))
		return false;
	if (options->is_dry_run)
		return dry_run(session, plan, ret_txn, error);

	dir = open_state(session, cancellable, error);
	if (!dir)
		return false;
	kt_session_machine(session, plan->uri, &machine);
	machine.lock_fd = kt_state_dir_lock_fd(dir);
	if (!refuse_interrupted(&machine, dir, error))
		return false;

	const KtApplyRun run = {
		.machine = &machine,
		.state_dir = dir,
		.plan = plan,
		.confirm_s = options->confirm_within_s,
		.cancellable = cancellable,
		.begin = options->confirm_within_s ? start_timer : NULL,
		.data = session,
	};
	return kt_apply_run(&run, ret_txn, error);
}

/* Newest transaction in @state; 0 when there is none. */
static bool
find_newest(const KtStateDir *dir, bool (*is_wanted)(const KtLog *), uint32_t *ret_id,
	    GError **error)
{
	g_autoptr(GArray) ids = kt_state_dir_list(dir, error);

	if (!ids)
		return false;
	*ret_id = 0;
	for (guint i = ids->len; i-- > 0;) {
		uint32_t id = g_array_index(ids, uint32_t, i);
		g_autoptr(KtLog) log = kt_log_load(dir, id, error);
		if (!log)
			return false;
		if (!is_wanted(log))
			continue;
		*ret_id = id;
		return true;
	}
	return true;
}

static bool
is_unconfirmed(const KtLog *log)
{
	return kt_log_state(log) == KT_TXN_UNCONFIRMED;
}

/* What undo without a number means: the newest that left something on the machine. */
static bool
is_undoable(const KtLog *log)
{
	KtTxnState state = kt_log_state(log);

	return state == KT_TXN_APPLIED || state == KT_TXN_UNCONFIRMED ||
	       state == KT_TXN_INTERRUPTED || state == KT_TXN_INCOMPLETE;
}

static KtLog *
choose(const KtStateDir *dir, uint32_t id, bool (*is_wanted)(const KtLog *), const char *what,
       GError **error)
{
	if (id == 0 && !find_newest(dir, is_wanted, &id, error))
		return NULL;
	if (id == 0) {
		kt_throw_hint(error,
			      KT_ERROR_NOT_FOUND,
			      "'kvmtune history' lists the transactions",
			      "there is no transaction to %s",
			      what);
		return NULL;
	}
	return kt_log_load(dir, id, error);
}

bool
kt_session_confirm(KtSession *session, uint32_t id, KtTxn **ret_txn, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtStateDir) dir =
		kt_session_state(session, /* is_writing= */ true, KT_SESSION_LOCK_MS, error);
	g_autoptr(KtLog) log = dir ? choose(dir, id, is_unconfirmed, "confirm", error) : NULL;

	*ret_txn = NULL;
	if (!log)
		return false;
	kt_session_machine(session, log->plan->uri, &machine);
	machine.lock_fd = kt_state_dir_lock_fd(dir);
	if (!is_unconfirmed(log))
		return kt_throw(error,
				KT_ERROR_USAGE,
				"transaction %u is %s: there is nothing to confirm",
				log->id,
				kt_txn_state_name(kt_log_state(log)));
	if (kt_undo_is_due(&machine, log))
		return kt_throw_hint(error,
				     KT_ERROR_STALE,
				     "it is being undone; make the change again if it is wanted",
				     "the time to confirm transaction %u has passed",
				     log->id);
	if (!kt_log_put(log, kt_entry_new(KT_PHASE_CONFIRMED, /* step= */ 0), error))
		return kt_prefix(error, "not confirmed");
	*ret_txn = kt_log_to_txn(log, machine.boot_id, kt_clock_boottime_us());
	return true;
}

static char *
place_of(const KtStep *step, const KtEdit *edit)
{
	return g_strdup_printf("%d\n%s\n%s", (int)step->knob, step->target, edit->locator);
}

/* Does @log still hold the place of @step? */
static bool
holds(const KtLog *log, const KtStep *step)
{
	g_autofree char *wanted = place_of(step, &step->edits[0]);

	for (uint32_t i = 0; i < log->plan->n_steps; i++) {
		const KtStep *other = &log->plan->steps[i];
		if (!log->steps[i].done || log->steps[i].put_back)
			continue;
		for (uint32_t j = 0; j < other->n_edits; j++) {
			g_autofree char *place = place_of(other, &other->edits[j]);
			if (g_str_equal(place, wanted))
				return true;
		}
	}
	return false;
}

/* "Somebody else" may be a later transaction of ours. */
static void
name_owners(const KtStateDir *dir, KtTxn *txn)
{
	g_autoptr(GArray) ids =
		txn && kt_txn_count(txn, KT_OUTCOME_FOREIGN) ? kt_state_dir_list(dir, NULL) : NULL;

	for (guint i = 0; ids && i < ids->len; i++) {
		uint32_t id = g_array_index(ids, uint32_t, i);
		g_autoptr(KtLog) log = id > txn->id ? kt_log_load(dir, id, NULL) : NULL;
		for (uint32_t j = 0; log && j < txn->n_steps; j++) {
			KtStepRecord *record = &txn->steps[j];
			if (record->outcome == KT_OUTCOME_FOREIGN && holds(log, record->step))
				record->detail = kt_arena_printf(
					txn->arena,
					"transaction %u has changed it since: undo that one, then "
					"this one again",
					id);
		}
	}
}

static bool
undo_dry(KtSession *session, uint32_t id, KtTxn **ret_txn, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtStateDir) dir = kt_session_state(session, /* is_writing= */ false, 0, error);
	g_autoptr(KtLog) log = dir ? choose(dir, id, is_undoable, "undo", error) : NULL;

	if (!log)
		return false;
	kt_session_machine(session, log->plan->uri, &machine);
	*ret_txn = kt_undo_preview(&machine, log);
	name_owners(dir, *ret_txn);
	return true;
}

bool
kt_session_undo(KtSession *session, uint32_t id, bool is_dry_run, KtTxn **ret_txn, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtStateDir) dir = NULL;
	g_autoptr(KtLog) log = NULL;

	*ret_txn = NULL;
	if (is_dry_run)
		return undo_dry(session, id, ret_txn, error);
	dir = kt_session_state(session, /* is_writing= */ true, KT_SESSION_LOCK_MS, error);
	log = dir ? choose(dir, id, is_undoable, "undo", error) : NULL;
	if (!log)
		return false;

	kt_session_machine(session, log->plan->uri, &machine);
	machine.lock_fd = kt_state_dir_lock_fd(dir);
	if (kt_log_state(log) == KT_TXN_UNDONE && !kt_undo_has_foreign(log)) {
		*ret_txn = kt_log_to_txn(log, machine.boot_id, kt_clock_boottime_us());
		return true;
	}
	bool ok = kt_undo_run(&machine, log, ret_txn, error);
	name_owners(dir, *ret_txn);
	return ok;
}

static void
free_txn(void *txn)
{
	kt_txn_free(txn);
}

/* Ends what is interrupted, overdue or stuck. *@ret_txn stays NULL when there is nothing to do. */
static bool
put_right(KtMachine *machine, KtLog *log, KtTxn **ret_txn, GError **error)
{
	if (kt_undo_is_due(machine, log))
		return kt_undo_run(machine, log, ret_txn, error);
	if (kt_undo_is_stuck(log))
		return kt_undo_retry(machine, log, ret_txn, error);
	return true;
}

static bool
recover_one(KtSession *session, const KtStateDir *dir, uint32_t id, GPtrArray *txns, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtLog) log = kt_log_load(dir, id, error);
	KtTxn *txn = NULL;

	if (!log)
		return false;
	kt_session_machine(session, log->plan->uri, &machine);
	machine.lock_fd = kt_state_dir_lock_fd(dir);
	bool ok = put_right(&machine, log, &txn, error);
	if (txn)
		g_ptr_array_add(txns, txn);
	return ok;
}

GPtrArray *
kt_session_recover(KtSession *session, GError **error)
{
	g_autoptr(GPtrArray) txns = g_ptr_array_new_with_free_func(free_txn);
	g_autoptr(KtStateDir) dir =
		kt_session_state(session, /* is_writing= */ true, KT_SESSION_LOCK_MS, error);
	g_autoptr(GArray) ids = dir ? kt_state_dir_list(dir, error) : NULL;
	g_autoptr(GError) first = NULL;

	if (!ids || !kt_state_dir_sweep(dir, error))
		return NULL;
	/* The newest first: what it changed lies on top. One that fails does not stop the others.
	 */
	for (guint i = ids->len; i-- > 0;) {
		GError **slot = first ? NULL : &first;
		(void)recover_one(session, dir, g_array_index(ids, uint32_t, i), txns, slot);
	}
	if (first) {
		g_propagate_error(error, g_steal_pointer(&first));
		return NULL;
	}
	return g_steal_pointer(&txns);
}

static KtTxn *
damaged_txn(uint32_t id, const GError *error)
{
	KtTxn *txn = kt_txn_new(id);

	txn->state = KT_TXN_DAMAGED;
	txn->problem = kt_arena_strdup(txn->arena, error->message);
	return txn;
}

static KtTxn *
load_txn(const KtStateDir *dir, uint32_t id, const char *boot_id)
{
	g_autoptr(GError) problem = NULL;
	g_autoptr(KtLog) log = kt_log_load(dir, id, &problem);

	return log ? kt_log_to_txn(log, boot_id, kt_clock_boottime_us()) : damaged_txn(id, problem);
}

/* A journal without end is that of a crash, or that of a kvmtune which is just writing it: one that
 * holds the lock, or did a moment ago. */
static KtTxn *
tell(const KtStateDir *dir, uint32_t id, const char *boot_id)
{
	KtTxn *txn = load_txn(dir, id, boot_id);

	if (txn->state != KT_TXN_INTERRUPTED)
		return txn;
	if (kt_state_dir_is_busy(dir)) {
		txn->state = KT_TXN_RUNNING;
		return txn;
	}
	kt_txn_free(txn);
	return load_txn(dir, id, boot_id);
}

GPtrArray *
kt_session_history(KtSession *session, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(GPtrArray) txns = g_ptr_array_new_with_free_func(free_txn);
	g_autoptr(KtStateDir) dir = kt_session_state(session, /* is_writing= */ false, 0, error);
	g_autoptr(GArray) ids = dir ? kt_state_dir_list(dir, error) : NULL;

	if (!ids)
		return NULL;
	kt_session_machine(session, NULL, &machine);
	for (guint i = 0; i < ids->len; i++)
		g_ptr_array_add(txns, tell(dir, g_array_index(ids, uint32_t, i), machine.boot_id));
	return g_steal_pointer(&txns);
}

static bool
is_superseded(const KtStep *step, void *data)
{
	for (uint32_t i = 0; i < step->n_edits; i++) {
		g_autofree char *place = place_of(step, &step->edits[i]);
		if (g_hash_table_contains(data, place))
			return true;
	}
	return false;
}

static void
supersede(GHashTable *places, const KtTxn *txn)
{
	for (uint32_t i = 0; i < txn->n_steps; i++) {
		const KtStep *step = txn->steps[i].step;
		for (uint32_t j = 0; txn->steps[i].outcome != KT_OUTCOME_UNSET && j < step->n_edits;
		     j++)
			g_hash_table_add(places, place_of(step, &step->edits[j]));
	}
}

static bool
verify_one(KtSession *session, const KtStateDir *dir, uint32_t id, GHashTable *places,
	   GPtrArray *txns, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtLog) log = kt_log_load(dir, id, error);

	if (!log)
		return false;

	KtTxnState state = kt_log_state(log);
	if (state != KT_TXN_APPLIED && state != KT_TXN_UNCONFIRMED)
		return true;
	kt_session_machine(session, log->plan->uri, &machine);
	KtTxn *txn = kt_undo_verify(&machine, log, is_superseded, places);
	supersede(places, txn);
	g_ptr_array_insert(txns, 0, txn);
	return true;
}

GPtrArray *
kt_session_verify(KtSession *session, uint32_t id, GError **error)
{
	g_autoptr(GPtrArray) txns = g_ptr_array_new_with_free_func(free_txn);
	g_autoptr(GHashTable) places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(KtStateDir) dir = kt_session_state(session, /* is_writing= */ false, 0, error);
	g_autoptr(GArray) ids = dir ? kt_state_dir_list(dir, error) : NULL;

	if (!ids)
		return NULL;
	for (guint i = ids->len; i-- > 0;) {
		uint32_t at = g_array_index(ids, uint32_t, i);
		if ((id == 0 || id == at) && !verify_one(session, dir, at, places, txns, error))
			return NULL;
	}
	if (id != 0 && txns->len == 0) {
		kt_throw_hint(error,
			      KT_ERROR_NOT_FOUND,
			      "'kvmtune history' lists the transactions",
			      "transaction %u left nothing to verify",
			      id);
		return NULL;
	}
	return g_steal_pointer(&txns);
}

/* Undoes @id when that is due. False also when it may succeed later. */
static bool
revert(KtSession *session, uint32_t id, GError **error)
{
	/* The apply itself may still hold the lock: it is waited for as long as it takes. */
	g_autoptr(KtStateDir) dir =
		kt_session_state(session, /* is_writing= */ true, UINT32_MAX, error);
	g_autoptr(KtLog) log = dir ? kt_log_load(dir, id, error) : NULL;
	g_auto(KtMachine) machine = {0};
	KtTxn *txn = NULL;

	if (!log)
		return false;
	kt_session_machine(session, log->plan->uri, &machine);
	machine.lock_fd = kt_state_dir_lock_fd(dir);
	bool ok = put_right(&machine, log, &txn, error);
	kt_txn_free(txn);
	return ok;
}

bool
kt_session_wait_confirm(KtSession *session, uint32_t id, GError **error)
{
	g_auto(KtMachine) machine = {0};

	kt_session_machine(session, NULL, &machine);
	if (!kt_confirm_timer_wait(session->state_dir, id, machine.boot_id, error))
		return false;
	/* What fails now may succeed when libvirtd is back or the disk has room. */
	for (uint32_t wait_s = 1;; wait_s *= 2) {
		g_autoptr(GError) problem = NULL;
		if (revert(session, id, &problem))
			return true;
		if (wait_s > MAX_REVERT_WAIT_S ||
		    g_error_matches(problem, KT_ERROR, KT_ERROR_JOURNAL)) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return false;
		}
		kt_confirm_timer_sleep(wait_s);
	}
}
