/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The state of host and kvmtune on a few lines. */

#include "kt-paper.h"
#include "kt-policy.h"
#include "kt-record.h"

typedef struct KtStatus {
	const KtFacts *facts;
	const KtPolicy *policy;
	const GPtrArray *txns;     /* KtTxn *, oldest first; NULL = only root may read them */
	const GPtrArray *verified; /* KtTxn *, as read back now; NULL = not known */
} KtStatus;

/* Appends host, topology, classes, guests, agents, transactions and what holds of their changes. */
void kt_report_status(const KtStatus *status, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-status", ...}; new reference. */
KtJson *kt_report_status_json(const KtStatus *status);
