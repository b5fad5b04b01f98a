/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What tuning guides claim, with the verdicts. */

#include "kt-guide.h"
#include "kt-json.h"
#include "kt-paper.h"

/* Appends @sayings (KtSaying *, as kt_sayings gives them) by guide, and a table that counts them.
 * Reasons of right claims and all sources only in verbose mode. */
void kt_report_guides(const GPtrArray *sayings, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-guides", "guides": [{..., "claims"}]}; new reference. */
KtJson *kt_report_guides_json(const GPtrArray *sayings);

/* Appends @saying as one entry of a list: verdict, guide, claim. */
void kt_report_saying(KtPaper *paper, const KtSaying *saying, unsigned column);
