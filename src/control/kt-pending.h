/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What waits for a guest's next start: where its definition is not what runs. */

#include "kt-engine.h"
#include "kt-setting-row.h"

typedef struct KtPending {
	char *key;       /* of the setting ("pin.vcpu.0"), or "devices.rng": how many there are */
	const char *doc; /* what the setting is */
	char *runs;      /* NULL = not there */
	char *defined;   /* what the next start uses; NULL = not there */
	char *found;     /* what runs after that start */
	bool is_true;    /* found is what was defined */
} KtPending;

void kt_pending_free(KtPending *pending);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtPending, kt_pending_free)

/* Is what runs not what the next start brings? False for a guest that does not run. */
bool kt_setting_row_is_pending(const KtGuest *guest, const KtSettingRow *row);

/* One item for each row that waits. KtPending * array. */
GPtrArray *kt_pending_list(const KtGuest *guest, const GPtrArray *rows);

/* What the kernel has that is not what libvirt set (guest.drift), a line each (char *); empty where
 * nothing differs, or where nobody can know. */
GPtrArray *kt_pending_drift(KtFacts *facts, uint32_t guest, const KtPolicy *policy);

/* Copies of the practices' ids (char *) that are findings in what runs and not in the definition,
 * and the other way round: what a start mends, and what it brings. */
void kt_pending_practices(KtFacts *facts, uint32_t guest, const KtPolicy *policy,
			  GPtrArray **ret_mended, GPtrArray **ret_brought);
