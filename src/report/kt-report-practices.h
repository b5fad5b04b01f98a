/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The practices themselves: all as a table, one as a page. */

#include "kt-elsewhere.h"
#include "kt-paper.h"

/* Appends a table of @practices (const KtPractice *), in their order. */
void kt_report_practices(const GPtrArray *practices, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-practices", "practices", "elsewhere"}; @elsewhere: rows
 * (const KtElsewhere *) of ids that are no practice. New reference. */
KtJson *kt_report_practices_json(const GPtrArray *practices, const GPtrArray *elsewhere);

/* Appends what there is to know about @practice. @audit (may be NULL): also what it says here. */
void kt_report_explain(const KtPractice *practice, const KtAudit *audit, const KtStyle *style,
		       GString *out);

/* {"schema_version", "kind": "kvmtune-practice", "practice", "results"}; "results" is null without
 * @audit. New reference. */
KtJson *kt_report_explain_json(const KtPractice *practice, const KtAudit *audit);

/* What became of an id that is no practice. */
void kt_report_elsewhere(const KtElsewhere *row, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-elsewhere", "elsewhere"}; new reference. */
KtJson *kt_report_elsewhere_json(const KtElsewhere *row);
