/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* One finding as text: what is wrong, what shows it, what to do. */

#include "kt-paper.h"
#include "kt-sections.h"

/* Columns of the report: severity, text, and what stands behind "seen" and "do". */
#define KT_FINDING_COLUMN        2
#define KT_FINDING_TEXT_COLUMN   12
#define KT_FINDING_DETAIL_COLUMN 18

/* An entry of a section: severity, id, summary, evidence, changes, advice; why in verbose mode. */
void kt_report_entry(KtPaper *paper, const KtEntry *entry);

/* "seen", "do" and "why" of one result, labels at @column; for explain as well. */
void kt_report_details(KtPaper *paper, const KtResult *result, unsigned column);

/* Names of targets, at most as many as a person reads: "sda, sdb, sdc and 5 more". */
void kt_report_names(KtPaper *paper, const GPtrArray *names);
