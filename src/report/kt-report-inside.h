/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What a guest's own system says of itself. */

#include "kt-facts.h"
#include "kt-paper.h"

/* Appends what the agent said, and why the rest is not known; nothing when nobody asked. */
void kt_report_inside(const KtGuest *guest, const KtStyle *style, GString *out);
