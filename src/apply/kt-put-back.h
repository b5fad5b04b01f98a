/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Putting steps of a transaction back: shared by roll-back, undo and recover.
 *
 * Three states are compared: before (saved), ours (what we read back after writing) and now. Only
 * what is still ours is put back; a value that somebody else set since is left alone and reported.
 * Every decision is made by reading, so being killed anywhere and starting again is harmless.
 */

#include "kt-log.h"
#include "kt-machine.h"

/* Can all that kt_put_back() would need be read? Error JOURNAL names the step whose before-image is
 * damaged. Reads no machine. */
bool kt_put_back_check(const KtLog *log, GError **error) KT_WARN_UNUSED;

/* Puts back the steps @first..@last (indices into the plan) that were begun and are not put back
 * yet, the last one first, and writes a U record for each. Those that failed, or were left to
 * somebody else, are looked at again. Goes on after a failure. Returns how many failed. @txn
 * receives outcomes (may be NULL). */
unsigned kt_put_back(KtMachine *machine, KtLog *log, uint32_t first, uint32_t last,
		     KtOutcome restored, KtTxn *txn);

/* What would kt_put_back() do with step @index? Reads only. @ret_now (may be NULL) is the mark of
 * the present state; @ret_detail (may be NULL) an error message. Free both with g_free. */
KtOutcome kt_put_back_preview(KtMachine *machine, KtLog *log, uint32_t index, char **ret_now,
			      char **ret_detail);
