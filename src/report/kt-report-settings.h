/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The settings of a guest: live, configured and effective in columns. */

#include "kt-paper.h"
#include "kt-setting-row.h"

/* Appends @rows (KtSettingRow *); those with nothing in them only when @is_all. @drift: lines of
 * kt_pending_drift(). */
void kt_report_settings(const KtGuest *guest, const GPtrArray *rows, const GPtrArray *drift,
			bool is_all, const KtStyle *style, GString *out);

/* {"schema_version", "kind": "kvmtune-settings", "guest", "settings": [...], "drift": [...]}, and
 * "inside" when the guest was asked; new reference. */
KtJson *kt_report_settings_json(const KtGuest *guest, const GPtrArray *rows,
				const GPtrArray *drift);
