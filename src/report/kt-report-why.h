/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Why a guest does not start, as text and as JSON. */

#include "kt-json.h"
#include "kt-paper.h"
#include "kt-why.h"

/* Appends the guest's state, each message with its explanation, and what its definition says. */
void kt_report_why(const KtWhy *why, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-why", ...}; new reference. */
KtJson *kt_report_why_json(const KtWhy *why);
