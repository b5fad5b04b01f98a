/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A host with guests, its audit, a plan for it and transactions, made by hand so that every kind of
 * line of every report occurs. The practices belong to the samples alone.
 */

#include "kt-engine.h"
#include "kt-record.h"

/* Findings of every severity, alike devices, guests alike, and each other verdict. */
KtAudit *kt_sample_audit(void);

/* Nothing to find. */
KtAudit *kt_sample_audit_clean(void);

/* Not root, and no libvirt. */
KtAudit *kt_sample_audit_blind(void);

/* Every kind of knob. */
KtPlan *kt_sample_plan(void);

/* KtTxn *: every state and every outcome. */
GPtrArray *kt_sample_txns(void);

/* const KtPractice *. */
GPtrArray *kt_sample_practices(void);
