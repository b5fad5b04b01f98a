/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the administrator decided: workload classes, parameters, waivers. Read by session/ from
 * kvmtune.conf and its drop-ins; a guest's own metadata (class, waivers) goes before it.
 */

#include "kt-finding.h"

typedef struct KtPolicyWaiver {
	char *practice; /* id */
	char *target;   /* "host", guest name or UUID, or "*" */
	char *reason;
	char *until; /* last day "2027-01-31", or NULL */
} KtPolicyWaiver;

typedef struct KtPolicy {
	KtWorkload host_workload;  /* UNSET = general */
	KtWorkload guest_workload; /* of guests that say nothing; UNSET = that of the host */
	GHashTable *guests;        /* name or UUID -> KtWorkload */
	GHashTable *params;        /* "host.swappiness/value" -> text of a number */
	GPtrArray *waivers;        /* KtPolicyWaiver * */
	char *today;               /* "2026-11-21", for expiry of waivers */
} KtPolicy;

/* An empty policy: general, no waiver. */
KtPolicy *kt_policy_new(void);
void kt_policy_free(KtPolicy *policy);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtPolicy, kt_policy_free)

/* All texts are copied; @until may be NULL. */
void kt_policy_add_waiver(KtPolicy *policy, const char *practice, const char *target,
			  const char *reason, const char *until);

/* Class of the host; never UNSET. */
KtWorkload kt_policy_host_workload(const KtPolicy *policy);

/* Class of @guest: metadata, then the policy by UUID or name, then the default. Never UNSET. */
KtWorkload kt_policy_guest_workload(const KtPolicy *policy, const KtGuest *guest);

/* The reason why @practice is waived for @target, or NULL. Expired waivers do not count.
 * Borrowed from the policy or the facts. */
const char *kt_policy_waiver(const KtPolicy *policy, const KtFacts *facts, const char *practice,
			     KtTarget target);
