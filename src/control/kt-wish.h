/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* A setting that somebody wants, and what that means for a guest: which values go where. Pure. */

#include "kt-facts.h"
#include "kt-setting.h"

typedef struct KtWish {
	const KtSetting *setting;
	char *of;    /* what the key's '*' stands for, or NULL */
	char *value; /* normal form; NULL = leave out */
} KtWish;

void kt_wish_free(KtWish *wish);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtWish, kt_wish_free)

/* Why @wish cannot come true while @guest runs; NULL: it can. A sentence without full stop,
 * which fits behind "... cannot change while the guest runs". */
const char *kt_wish_why_not_live(const KtFacts *facts, const KtGuest *guest, const KtWish *wish);

/* What the live call is told, when it can; NULL = that the thing goes (memory, a title). Free with
 * g_free. */
char *kt_wish_live_value(const KtFacts *facts, const KtGuest *guest, const KtWish *wish);

/* Where the definition is edited, and what stands there then; NULL = nothing. Free with g_free. */
char *kt_wish_xml_place(const KtWish *wish);
char *kt_wish_xml_value(const KtGuest *guest, const KtWish *wish);

/* The device that @wish is about, as a view of the guest has it, or NULL. */
const KtMemoryDevice *kt_wish_device(const KtGuestConfig *config, const KtWish *wish);

/* KiB by which the definition's memory grows with @wish (negative: shrinks), of which the balloon
 * counts @ret_plugged. 0 of what is no memory device. */
int64_t kt_wish_growth_kib(const KtGuest *guest, const KtWish *wish, int64_t *ret_plugged);

/* Lowest slot for memory that neither the running guest nor its definition uses. */
unsigned kt_wish_free_slot(const KtGuest *guest);
