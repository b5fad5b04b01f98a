/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Constraints of a setting that facts can tell before libvirt is asked. Pure. */

#include "kt-wish.h"

/* Can @guest have @wish, given the other wishes that stand beside it (KtWish *)? A fact that is not
 * known forbids nothing. Errors: UNSUPPORTED, NOT_FOUND (no such vCPU, disk...), with what would
 * make it possible as hint. */
bool kt_preflight(const KtFacts *facts, const KtGuest *guest, const KtWish *wish,
		  const GPtrArray *wishes, GError **error) KT_WARN_UNUSED;

/* Appends (char *) what a person should know who wishes that, and what forbids nothing. */
void kt_preflight_remarks(const KtGuest *guest, const KtWish *wish, GPtrArray *notes);
