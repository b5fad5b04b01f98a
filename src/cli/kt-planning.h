/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Making and reading plans: shared by the verbs plan, apply and demo. */

#include "kt-command.h"

/* Audits and plans with the options of the command line. Errors: as of audit, and CONFLICT. */
KtPlan *kt_planning_make(KtCli *cli, bool has_guests, GError **error) KT_WARN_UNUSED;

/* Reads a plan; "-" is standard input. Errors: IO, NOT_FOUND, LIMIT, PARSE, UNSUPPORTED. */
KtPlan *kt_planning_read(const char *path, GError **error) KT_WARN_UNUSED;

/* Carries @plan out, or looks whether it could be (--dry-run), and tells what became of it.
 * @confirm_s: undone after so many seconds unless confirmed; 0 = kept. */
bool kt_planning_apply(KtCli *cli, const KtPlan *plan, uint32_t confirm_s, GError **error)
	KT_WARN_UNUSED;

/* Writes it, readable for its owner alone: it may quote files that are. Errors: IO. */
bool kt_planning_write(const KtPlan *plan, const char *path, GError **error) KT_WARN_UNUSED;
