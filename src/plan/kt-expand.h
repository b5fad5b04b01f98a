/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Turns a change into the steps that make it true now and after the next boot. */

#include "kt-plan.h"

typedef struct KtExpansion {
	const KtFacts *facts;
	KtArena *arena;
	GPtrArray *changes; /* KtChange *: what is done, each with one knob */
	GPtrArray *notes;   /* const char * */
} KtExpansion;

/* Appends what @change needs to out->changes (live first) and remarks to out->notes. */
void kt_expand(KtExpansion *out, const KtChange *change);
