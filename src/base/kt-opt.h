/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Optional values with an origin.
 *
 * Zero means "nobody looked", so a zeroed struct is honest. Not knowing is data, never an error:
 * a practice asks kt_known() and says UNKNOWN when it is not. `origin` is an index into
 * KtFacts.origins (0 = none), so every finding gets its evidence for free.
 */

#include "kt-cpuset.h"

typedef enum KtState {
	KT_STATE_UNSET = 0, /* nobody looked */
	KT_STATE_VALUE,     /* .v is valid */
	KT_STATE_ABSENT,    /* looked; this kernel or machine has no such thing */
	KT_STATE_DENIED,    /* exists, not readable with these privileges */
	KT_STATE_BROKEN,    /* read, did not parse */
	KT_STATE_N,
} KtState;

#define KT_OPT(name, type)                                                                         \
	typedef struct name {                                                                      \
		type v;                                                                            \
		KtState state;                                                                     \
		uint16_t origin;                                                                   \
	} name

KT_OPT(KtOptBool, bool);
KT_OPT(KtOptU64, uint64_t);
KT_OPT(KtOptI64, int64_t);
KT_OPT(KtOptStr, const char *);
KT_OPT(KtOptCpuset, const KtCpuset *);

#define kt_known(opt) ((opt).state == KT_STATE_VALUE)

/* True when the value is known and is @text; false for every other state. */
static inline bool
kt_opt_is(KtOptStr opt, const char *text)
{
	return kt_known(opt) && g_strcmp0(opt.v, text) == 0;
}

/* True when the value is known and true. */
static inline bool
kt_opt_true(KtOptBool opt)
{
	return kt_known(opt) && opt.v;
}

/* "value", "absent", "denied", "broken", "unset". */
const char *kt_state_name(KtState state);

/* The inverse; KT_STATE_N for an unknown name. */
KtState kt_state_from_name(const char *name);
