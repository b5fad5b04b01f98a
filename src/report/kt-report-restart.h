/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Restarts of guests, as text and as JSON. */

#include "kt-error.h"
#include "kt-json.h"
#include "kt-paper.h"
#include "kt-restart.h"

/* Before it: what it makes true, and how it is done. @timeout_s, @is_forced: as asked for. */
void kt_report_restart_plan(const KtRestart *restart, uint32_t timeout_s, bool is_forced,
			    const KtStyle *style, GString *out);

/* After it: how it ended, and what has become true. */
void kt_report_restart(const KtRestart *restart, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-restart", "restarts": [...], "error"}; new reference. @list:
 * KtRestart * array. @error may be NULL. */
KtJson *kt_report_restarts_json(const GPtrArray *list, bool is_dry_run, const GError *error);
