/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Folding of edits that say the same about a series: 16 pins of 16 vCPUs to the same CPUs become
 * one line, "pin of vCPU 0-15". Nothing is left out: a fold holds the numbers, and only places
 * that differ in one number and nothing else share it.
 */

#include "kt-cpuset.h"
#include "kt-words.h"

/* What an edit or change is, as far as it is shown. */
typedef struct KtFoldItem {
	KtKnob knob;
	int kind; /* items of different kinds do not share a fold */
	const char *locator;
	const char *from;
	const char *to;
} KtFoldItem;

typedef struct KtFold {
	KtFoldItem item;  /* the first */
	size_t number_at; /* where the number begins in its locator */
	size_t number_length;
	unsigned n;
	KtCpuset numbers;
} KtFold;

/* Puts @item into the array of KtFold *: into the fold that it continues, or a new one. */
void kt_fold_add(GPtrArray *folds, const KtFoldItem *item);

/* An array for it, free with g_ptr_array_unref. */
GPtrArray *kt_fold_new(void);

/* The locator with all its numbers: "vcpupin/0-15". Free with g_free. */
char *kt_fold_locator(const KtFold *fold);
