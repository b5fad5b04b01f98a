/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What widely read tuning guides claim, and whether it is so: a table per guide and area.
 *
 * Claims are told in kvmtune's own words. A claim is judged for hosts of today (Linux 6.1 and
 * later, libvirt 9.0, QEMU 7.2); its reason holds what to do instead. Everything here is static.
 */

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* In the order in which a person should read them. */
typedef enum KtTruth {
	KT_TRUTH_UNSET = 0,
	KT_TRUTH_WRONG,    /* never was so, or harms */
	KT_TRUTH_OUTDATED, /* was so before .since */
	KT_TRUTH_DEPENDS,  /* so under a condition that the guide does not tell */
	KT_TRUTH_RIGHT,
	KT_TRUTH_N,
} KtTruth;

typedef enum KtGuideArea {
	KT_GUIDE_AREA_HOST = 0,
	KT_GUIDE_AREA_GUEST, /* definition, images and operating system of guests */
	KT_GUIDE_AREA_N,
} KtGuideArea;

/* Longest texts, in columns. */
#define KT_CLAIM_COLUMNS  75
#define KT_REASON_COLUMNS 260

typedef struct KtClaim {
	KtTruth truth;
	const char *claim;    /* what the guide says */
	const char *since;    /* of OUTDATED: what ended it, "Linux 5.0"; else NULL */
	const char *reason;   /* why it is (not) so, and what holds instead */
	const char *source;   /* primary source of the reason */
	const char *practice; /* id of the practice that stands for it, or NULL */
} KtClaim;

typedef struct KtClaims {
	const KtClaim *rows; /* in the order of the guide */
	size_t n;
} KtClaims;

typedef struct KtGuide {
	const char *name; /* one word, for command lines */
	const char *title;
	const char *edition;                     /* publisher, date, and what it was written for */
	const KtClaims *claims[KT_GUIDE_AREA_N]; /* NULL = says nothing about it */
} KtGuide;

extern const KtGuide kt_guides[];
extern const size_t kt_n_guides;

/* A claim with the guide that it stands in. */
typedef struct KtSaying {
	const KtGuide *guide;
	const KtClaim *claim;
	KtGuideArea area;
} KtSaying;

/* The claims of guides, areas or practices that one of @patterns fits (NULL = all) and whose truth
 * is in @truths (a bit per KtTruth; 0 = all), by guide, then truth, then in the guide's order.
 * KtSaying * array; free with g_ptr_array_unref. */
GPtrArray *kt_sayings(const char *const *patterns, unsigned truths);

/* "wrong", "outdated", "depends", "right"; from_name gives KT_TRUTH_N for other words. */
const char *kt_truth_name(KtTruth truth);
KtTruth kt_truth_from_name(const char *name);

/* "host", "guest". */
const char *kt_guide_area_name(KtGuideArea area);
