/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Restarting guests that were named: shut down from inside, then start.
 *
 * kt_session_restart_look() says what a restart would make true, and refuses guests for which it
 * would not go well. kt_session_restart() then does it, one guest at a time.
 */

#include "kt-restart.h"
#include "kt-session.h"

typedef enum KtShutdownMode {
	KT_SHUTDOWN_MODE_ANY = 0, /* the agent when it is connected, then the power button */
	KT_SHUTDOWN_MODE_AGENT,
	KT_SHUTDOWN_MODE_ACPI,
} KtShutdownMode;

typedef struct KtRestartOptions {
	KtShutdownMode mode;
	uint32_t timeout_s; /* to shut down in */
	bool is_forced;     /* pull the plug of a guest that does not shut down in time */
} KtRestartOptions;

/* Looks at the guests called @words (NULL-terminated). KtRestart * array, each PLANNED. Read-only.
 * Errors: UNSUPPORTED with a hint for a guest that is not to be restarted now: it is not running,
 * transient, has a saved state, a job runs, its definition would not start... */
GPtrArray *kt_session_restart_look(KtSession *session, const char *const *words,
				   const KtRestartOptions *options, GError **error) KT_WARN_UNUSED;

/* Restarts one guest and reads back what has become true. Writes. @restart says how it ended also
 * when an error is set: TIMEOUT (it did not shut down), CANCELLED, ROLLED_BACK (it runs as before),
 * INCOMPLETE (it is off), VERIFY (not all has become true). Once the guest is off it is started
 * whatever @cancellable says. */
bool kt_session_restart(KtSession *session, KtRestart *restart, const KtRestartOptions *options,
			GCancellable *cancellable, GError **error) KT_WARN_UNUSED;

/* Starts guests whose restart was interrupted by the end of kvmtune itself; names (char *) of
 * those it started. Writes. */
GPtrArray *kt_session_restart_recover(KtSession *session, GError **error) KT_WARN_UNUSED;

/* Names (char *) of guests whose restart was interrupted so. Read-only. */
GPtrArray *kt_session_restart_lost(KtSession *session);
