/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-session-restart.h"

#include "kt-clock.h"
#include "kt-power.h"
#include "kt-restart-note.h"
#include "kt-session-private.h"

static bool
shut_down(KtMachine *machine, KtRestart *restart, const KtRestartOptions *options,
	  GCancellable *cancellable, GError **error)
{
	bool is_agent = options->mode == KT_SHUTDOWN_MODE_AGENT ||
			(options->mode == KT_SHUTDOWN_MODE_ANY && restart->has_agent);
	g_autoptr(GError) problem = NULL;
	bool is_off = false;

	bool ok = is_agent && kt_power_ask_off(machine, restart->uuid, true, &problem);
	restart->way = "agent";
	/* An agent that was there a moment ago and is gone now. */
	if (!ok && options->mode != KT_SHUTDOWN_MODE_AGENT && restart->has_acpi) {
		g_clear_error(&problem);
		ok = kt_power_ask_off(machine, restart->uuid, false, &problem);
		restart->way = "acpi";
	}
	if (!ok) {
		g_propagate_error(error, g_steal_pointer(&problem));
		return false;
	}
	if (!kt_power_wait_off(
		    machine, restart->uuid, options->timeout_s, cancellable, &is_off, error))
		return false;
	if (is_off)
		return true;
	if (g_cancellable_is_cancelled(cancellable)) {
		restart->end = KT_RESTART_INTERRUPTED;
		return kt_throw_hint(error,
				     KT_ERROR_CANCELLED,
				     "should it go down yet, 'virsh start' starts it",
				     "interrupted: it was asked to shut down, and runs");
	}
	if (!options->is_forced) {
		restart->end = KT_RESTART_STILL_RUNNING;
		return kt_throw_hint(
			error,
			KT_ERROR_TIMEOUT,
			"should it go down yet, 'virsh start' starts it; --mode says how "
			"it is asked, --timeout how long it has, and --force pulls the "
			"plug",
			"it did not shut down within %u s, and runs",
			options->timeout_s);
	}
	restart->way = "force";
	return kt_power_cut(machine, restart->uuid, error);
}

/* Its definition does not start: it runs again as it ran before, and the definition stays for
 * somebody to look at. */
static bool
start_as_before(KtMachine *machine, KtRestart *restart, const char *xml, GError *why,
		GError **error)
{
	g_autoptr(GError) problem = NULL;

	restart->problem = g_strdup(why->message);
	if (kt_power_start_as(machine, xml, &problem)) {
		restart->end = KT_RESTART_AS_BEFORE;
		return kt_throw_hint(error,
				     KT_ERROR_ROLLED_BACK,
				     "'kvmtune why' says more; the definition is as it was",
				     "it runs as before, because its definition did not start: %s",
				     why->message);
	}
	restart->end = KT_RESTART_OFF;
	return kt_throw_hint(
		error,
		KT_ERROR_INCOMPLETE,
		"'kvmtune why' says more",
		"it is off: its definition did not start (%s), nor what ran before (%s)",
		why->message,
		problem->message);
}

static bool
start(KtMachine *machine, KtRestart *restart, const char *xml, GError **error)
{
	g_autoptr(GError) why = NULL;

	if (kt_power_start(machine, restart->uuid, /* is_trial= */ false, &why)) {
		restart->end = KT_RESTART_DONE;
		return true;
	}
	return start_as_before(machine, restart, xml, why, error);
}

static const KtSettingRow *
find_row(const GPtrArray *rows, const char *key)
{
	for (guint i = 0; i < rows->len; i++) {
		const KtSettingRow *row = rows->pdata[i];
		if (g_str_equal(row->key, key))
			return row;
	}
	return NULL;
}

/* What runs now, against what waited. */
static bool
read_back(KtSession *session, KtRestart *restart, GError **error)
{
	g_autoptr(KtFacts) facts = NULL;
	g_autoptr(GPtrArray) devices = NULL;
	uint32_t guest = 0;
	unsigned n_untrue = 0;
	g_autoptr(GPtrArray) rows =
		kt_session_views(session, restart->uuid, &facts, &guest, &devices, error);

	if (!rows)
		return kt_prefix(error, "it was started, but what runs cannot be read");
	for (guint i = 0; i < restart->pending->len; i++) {
		KtPending *pending = restart->pending->pdata[i];
		const KtSettingRow *row = find_row(rows, pending->key);
		const char *found = row ? row->live : NULL;
		for (guint j = 0; !row && j < devices->len; j++) {
			const KtPending *device = devices->pdata[j];
			if (g_str_equal(device->key, pending->key))
				found = device->runs;
		}
		pending->found = g_strdup(found);
		pending->is_true = g_strcmp0(found, pending->defined) == 0;
		n_untrue += !pending->is_true;
	}
	if (n_untrue == 0)
		return true;
	restart->end = KT_RESTART_UNTRUE;
	return kt_throw_hint(error,
			     KT_ERROR_VERIFY,
			     "'kvmtune get' shows what runs beside what is defined",
			     "it runs, but %u of %u settings did not become true",
			     n_untrue,
			     restart->pending->len);
}

static bool
stop_and_start(KtMachine *machine, const KtStateDir *dir, KtRestart *restart,
	       const KtRestartOptions *options, GCancellable *cancellable, GError **error)
{
	g_auto(KtPowerLook) look = {.state = KT_POWER_UNSET};

	if (!kt_power_look(machine, restart->uuid, NULL, &look, error))
		return false;
	if (!look.running)
		return kt_throw(error, KT_ERROR_STALE, "it went down by itself meanwhile");

	const KtRestartNote note = {
		.name = restart->name,
		.uuid = restart->uuid,
		.uri = restart->uri,
		.xml = look.running,
	};
	if (!kt_restart_note_write(dir, &note, error))
		return false;

	int64_t asked_us = kt_clock_boottime_us();
	bool is_off = shut_down(machine, restart, options, cancellable, error);
	int64_t off_us = kt_clock_boottime_us();
	restart->shutdown_us = off_us - asked_us;
	bool ok = is_off && start(machine, restart, look.running, error);
	if (is_off)
		restart->outage_us = kt_clock_boottime_us() - off_us;
	/* A guest that is off keeps its note: whatever kept it from starting may go away. */
	if (restart->end != KT_RESTART_OFF)
		ok = kt_restart_note_remove(dir, restart->uuid, ok ? error : NULL) && ok;
	return ok;
}

bool
kt_session_restart(KtSession *session, KtRestart *restart, const KtRestartOptions *options,
		   GCancellable *cancellable, GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_autoptr(KtStateDir) dir =
		kt_session_state(session, /* is_writing= */ true, KT_SESSION_LOCK_MS, error);

	if (!dir)
		return false;
	kt_session_machine(session, restart->uri, &machine);
	if (!stop_and_start(&machine, dir, restart, options, cancellable, error) ||
	    !read_back(session, restart, error))
		return kt_prefix(error, "%s", restart->name);
	return true;
}

GPtrArray *
kt_session_restart_lost(KtSession *session)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(KtStateDir) dir = kt_state_dir_open(session->state_dir, false, NULL);
	bool is_busy = !dir || kt_state_dir_is_busy(dir);
	g_autoptr(GPtrArray) notes = is_busy ? NULL : kt_restart_note_list(dir);

	for (guint i = 0; notes && i < notes->len; i++)
		g_ptr_array_add(names, g_strdup(((KtRestartNote *)notes->pdata[i])->name));
	return names;
}

/* One that runs needs nothing; one that is off was to run. */
static bool
recover_one(KtSession *session, const KtStateDir *dir, const KtRestartNote *note, GPtrArray *names,
	    GError **error)
{
	g_auto(KtMachine) machine = {0};
	g_auto(KtPowerLook) look = {.state = KT_POWER_UNSET};
	g_autoptr(KtRestart) restart = kt_restart_new();
	g_autoptr(GError) problem = NULL;

	restart->uuid = g_strdup(note->uuid);
	kt_session_machine(session, note->uri, &machine);
	if (!kt_power_look(&machine, note->uuid, NULL, &look, &problem)) {
		/* Somebody has taken the guest away altogether. */
		if (g_error_matches(problem, KT_ERROR, KT_ERROR_NOT_FOUND))
			return kt_restart_note_remove(dir, note->uuid, error);
		g_propagate_error(error, g_steal_pointer(&problem));
		return kt_prefix(error, "%s", note->name);
	}
	if (look.state == KT_POWER_OFF) {
		bool ok = start(&machine, restart, note->xml, &problem);
		if (!ok && restart->end != KT_RESTART_AS_BEFORE) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return kt_prefix(error, "%s", note->name);
		}
		g_ptr_array_add(names, g_strdup(note->name));
	}
	return kt_restart_note_remove(dir, note->uuid, error);
}

GPtrArray *
kt_session_restart_recover(KtSession *session, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(KtStateDir) dir =
		kt_session_state(session, /* is_writing= */ true, KT_SESSION_LOCK_MS, error);
	g_autoptr(GPtrArray) notes = dir ? kt_restart_note_list(dir) : NULL;
	g_autoptr(GError) first = NULL;

	for (guint i = 0; notes && i < notes->len; i++)
		(void)!recover_one(session, dir, notes->pdata[i], names, first ? NULL : &first);
	if (!first && dir)
		return g_steal_pointer(&names);
	if (first)
		g_propagate_error(error, g_steal_pointer(&first));
	return NULL;
}
