/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The findings of an audit in the order in which a person should read them: one section for the
 * host and one per guest, the one with the worst finding first, in each the worst first.
 *
 * What repeats is folded: a practice that fires for eight disks of one host is one entry, and
 * guests with the same findings (clones of one template) share a section.
 */

#include "kt-finding.h"

typedef struct KtEntry {
	const KtResult *result; /* the first */
	GPtrArray *alike;       /* const KtResult *: same practice and severity, other targets */
} KtEntry;

typedef struct KtSection {
	const KtGuest *guest; /* NULL = the host */
	GPtrArray *entries;   /* KtEntry * */
	GPtrArray *alike;     /* const KtGuest *: guests with the same findings */
} KtSection;

/* KtSection * array, borrowing from @audit; free with g_ptr_array_unref. Nothing is folded unless
 * @is_folded. */
GPtrArray *kt_sections_build(const KtAudit *audit, bool is_folded);

/* True when the result is about a guest or a part of one. */
bool kt_result_is_of_guest(const KtResult *result);

/* "vda" of "guest/<uuid>/disk/vda": what tells targets of one section apart. */
const char *kt_result_short_target(const KtResult *result);
