/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Carrying out a plan: intent first, write, read back, done; a group stands whole or not at all.
 *
 * The caller holds the lock of the state directory. Nothing is written when any step is not as the
 * plan saw it (STALE). A group that fails is rolled back and the others go on (ROLLED_BACK at the
 * end); cancelling rolls everything back (CANCELLED).
 */

#include "kt-log.h"
#include "kt-machine.h"

#include <gio/gio.h>

typedef struct KtApplyRun {
	KtMachine *machine;
	KtStateDir *state_dir;
	const KtPlan *plan;
	uint32_t confirm_s; /* 0 = none */
	GCancellable *cancellable;
	/* Called once the transaction is on disk and before the first write; may be NULL. With a
	 * confirmation it starts the timer. */
	bool (*begin)(uint32_t id, void *data, GError **error);
	void *data;
} KtApplyRun;

/* Reads every step and compares with the plan. Reads only. Returns the record with outcomes
 * ALREADY, STALE or UNSET (to be applied); @error is set (STALE, naming the first such step) when
 * the plan must be refused. */
KtTxn *kt_apply_check(KtMachine *machine, const KtPlan *plan, GError **error);

/* Applies. *@ret_txn is what happened, also when an error is set; NULL when no transaction was
 * begun (nothing to do gives a record with id 0). */
bool kt_apply_run(const KtApplyRun *run, KtTxn **ret_txn, GError **error) KT_WARN_UNUSED;
