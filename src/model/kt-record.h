/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What a transaction did: the plain data that apply, verify, undo, recover, history and status
 * answer with. The truth is the journal; this is how it is told.
 */

#include "kt-plan.h"

/* State of a transaction as a whole. */
typedef enum KtTxnState {
	KT_TXN_UNSET = 0,
	KT_TXN_RUNNING,     /* another kvmtune is at it right now */
	KT_TXN_INTERRUPTED, /* apply or undo did not end: recover has to put things right */
	KT_TXN_UNCONFIRMED, /* applied; undone at the deadline unless confirmed */
	KT_TXN_APPLIED,     /* applied and kept */
	KT_TXN_UNDONE,      /* put back */
	KT_TXN_INCOMPLETE,  /* putting back failed for some step: operator needed */
	KT_TXN_DAMAGED,     /* the journal cannot be read */
	KT_TXN_N,
} KtTxnState;

/* What became of one step, in apply, verify, undo or recover. */
typedef enum KtOutcome {
	KT_OUTCOME_UNSET = 0,   /* not reached */
	KT_OUTCOME_APPLIED,     /* written and read back */
	KT_OUTCOME_ALREADY,     /* was as planned before: nothing written */
	KT_OUTCOME_STALE,       /* not as the plan saw it: nothing written */
	KT_OUTCOME_FAILED,      /* the write failed or read back differently */
	KT_OUTCOME_ROLLED_BACK, /* written, then put back because its group failed */
	KT_OUTCOME_SKIPPED,     /* its group had failed before, or the run was cancelled */
	KT_OUTCOME_RESTORED,    /* undo put back what was there */
	KT_OUTCOME_UNCHANGED,   /* undo found it already as before */
	KT_OUTCOME_FOREIGN,     /* somebody else changed it after us: left alone */
	KT_OUTCOME_GONE,        /* a reboot, or the end of the guest's process, took it away */
	KT_OUTCOME_HOLDS,       /* verify: still as applied */
	KT_OUTCOME_PENDING,     /* verify: configured; waits for a guest start or a boot */
	KT_OUTCOME_DIFFERS,     /* verify: no longer as applied */
	KT_OUTCOME_UNREADABLE,  /* could not be read now */
	KT_OUTCOME_N,
} KtOutcome;

/* The words of saved forms; from_name gives KT_OUTCOME_N for a word that is none of them. */
const char *kt_txn_state_name(KtTxnState state);
const char *kt_outcome_name(KtOutcome outcome);
KtOutcome kt_outcome_from_name(const char *name);

typedef struct KtStepRecord {
	const KtStep *step; /* of the record's plan */
	KtOutcome outcome;
	const char *before; /* short form: value, "(absent)", or "N bytes"; may be NULL */
	const char *now;    /* same, of what was read last; may be NULL */
	const char *detail; /* error message, or who owns it now; may be NULL */
} KtStepRecord;

typedef struct KtTxn {
	KtArena *arena;
	KtPlan *plan; /* owned; NULL when damaged */
	uint32_t id;  /* from 1 */
	KtTxnState state;
	const char *created;     /* RFC 3339 */
	const char *problem;     /* what makes it DAMAGED or INCOMPLETE, or NULL */
	int64_t confirm_left_us; /* of UNCONFIRMED; may be negative when overdue */
	KtStepRecord *steps;     /* one per step of the plan */
	uint32_t n_steps;
} KtTxn;

/* A record of which only the id is known: no plan, no steps. */
KtTxn *kt_txn_new(uint32_t id);
void kt_txn_free(KtTxn *txn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtTxn, kt_txn_free)

/* Takes @plan and makes one UNSET record per step. */
void kt_txn_set_plan(KtTxn *txn, KtPlan *plan);

/* How many steps ended with @outcome. */
unsigned kt_txn_count(const KtTxn *txn, KtOutcome outcome);

/* New reference: {"id", "state", "created", "steps": [...]}, no schema_version (the verb adds it).
 */
KtJson *kt_txn_to_json(const KtTxn *txn);
