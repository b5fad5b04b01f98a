/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Constraints of a setting that facts can tell before libvirt is asked. Pure. */

#include "kt-facts.h"
#include "kt-setting.h"

typedef struct KtWish {
	const KtSetting *setting;
	char *of;    /* what the key's '*' stands for, or NULL */
	char *value; /* normal form; NULL = leave out */
} KtWish;

void kt_wish_free(KtWish *wish);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtWish, kt_wish_free)

/* Can @guest have @wish, given the other wishes that stand beside it (KtWish *)? A fact that is not
 * known forbids nothing. Errors: UNSUPPORTED, NOT_FOUND (no such vCPU, disk...), with what would
 * make it possible as hint. */
bool kt_preflight(const KtFacts *facts, const KtGuest *guest, const KtWish *wish,
		  const GPtrArray *wishes, GError **error) KT_WARN_UNUSED;
