/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* A plan as a diff for people. Its JSON form is kt_plan_to_json(). */

#include "kt-paper.h"
#include "kt-plan.h"

/* Appends totals and what is touched, then each group with its changes, then the notes. Lines of
 * files are shown as they are and may run over the width. @style may be NULL. */
void kt_report_plan(const KtPlan *plan, const KtStyle *style, GString *out);

/* "2 host values, 1 file, 3 guests": what the steps of @plan touch, "nothing" for none. Free with
 * g_free. */
char *kt_report_plan_touches(const KtPlan *plan);
