/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A transaction as it lies on disk: its plan, its journal, and what follows from them.
 *
 * This is the memory of apply, undo and recover. It never reads the machine.
 */

#include "kt-journal.h"
#include "kt-record.h"
#include "kt-state-dir.h"

/* What the journal says of one step. Entries are borrowed from `entries`. */
typedef struct KtStepLog {
	const KtEntry *intent;   /* NULL = the step was never begun */
	const KtEntry *done;     /* NULL = it is not known to have ended */
	const KtEntry *put_back; /* NULL = not put back */
} KtStepLog;

typedef struct KtLog {
	uint32_t id;
	int dirfd;
	KtPlan *plan;
	GPtrArray *entries; /* KtEntry * */
	guint n_unwritten;  /* at their end: kt_log_tell() could not write them yet */
	size_t length;      /* of the journal's intact part */
	KtJournal *journal; /* NULL until it is written to */
	KtStepLog *steps;   /* one per step of the plan */
	const KtEntry *header;
	bool is_ended;     /* E */
	bool is_confirmed; /* K */
	bool is_undoing;   /* B */
	bool is_undone;    /* R */
	bool is_resumed;   /* put-backs may have been killed in the middle */
	uint32_t n_failed; /* steps whose last put-back did not succeed */
} KtLog;

/* Reads transaction @id. Errors: NOT_FOUND, JOURNAL, PARSE, DENIED. */
KtLog *kt_log_load(const KtStateDir *dir, uint32_t id, GError **error) KT_WARN_UNUSED;

/* Makes a new transaction for @plan, durably, with its header. Needs the lock. @boot_id may be
 * NULL. @confirm_s 0 = no confirmation. */
KtLog *kt_log_create(KtStateDir *dir, const KtPlan *plan, const char *boot_id, uint32_t confirm_s,
		     GError **error) KT_WARN_UNUSED;
void kt_log_free(KtLog *log);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtLog, kt_log_free)

/* Appends @entry (taken) to the journal, synced, and to the memory of it. */
bool kt_log_put(KtLog *log, KtEntry *entry, GError **error) KT_WARN_UNUSED;

/* Same for an entry (taken) that tells only what comparing would find again: when it cannot be
 * written now, it is written before the next one that is put. So what closes a transaction is never
 * there without all that it closes. */
void kt_log_tell(KtLog *log, KtEntry *entry);

/* False when it is unknown whether the last entry, which failed, is on the disk. */
bool kt_log_is_certain(const KtLog *log);

/* State for people. @boot_id: of the running kernel, NULL when unknown. */
KtTxnState kt_log_state(const KtLog *log);

/* True when a confirmation is still missing and its deadline has passed, or belongs to another
 * boot. */
bool kt_log_is_overdue(const KtLog *log, const char *boot_id, int64_t boottime_us);

/* Microseconds left to confirm (negative: overdue). */
int64_t kt_log_confirm_left_us(const KtLog *log, const char *boot_id, int64_t boottime_us);

/* "2 steps could not be put back"; free with g_free. */
char *kt_log_problem(const KtLog *log);

/* The plain record of it, steps with the outcomes that the journal holds. */
KtTxn *kt_log_to_txn(const KtLog *log, const char *boot_id, int64_t boottime_us);

/* True when the journal was written by this boot of the kernel. */
bool kt_log_is_same_boot(const KtLog *log, const char *boot_id);
