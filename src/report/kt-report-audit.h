/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* An audit as text and as JSON. */

#include "kt-finding.h"
#include "kt-paper.h"

#define KT_REPORT_SCHEMA_VERSION 1

/* Appends the report: verdict and score, findings (worst first), what waits, is waived or could
 * not be judged, and what to type next. @style may be NULL. */
void kt_report_audit(const KtAudit *audit, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-audit", ...}; new reference. */
KtJson *kt_report_audit_json(const KtAudit *audit);

/* One result of it. New reference. */
KtJson *kt_report_result_json(const KtResult *result);

/* Name, system and size of the host; null for what is not known. New reference. */
KtJson *kt_report_host_json(const KtHost *host);
