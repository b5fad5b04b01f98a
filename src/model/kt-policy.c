/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-policy.h"

static void
waiver_free(void *data)
{
	KtPolicyWaiver *waiver = data;

	g_free(waiver->practice);
	g_free(waiver->target);
	g_free(waiver->reason);
	g_free(waiver->until);
	g_free(waiver);
}

KtPolicy *
kt_policy_new(void)
{
	KtPolicy *policy = g_new0(KtPolicy, 1);

	policy->guests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	policy->params = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	policy->waivers = g_ptr_array_new_with_free_func(waiver_free);
	return policy;
}

void
kt_policy_free(KtPolicy *policy)
{
	if (!policy)
		return;

	g_hash_table_unref(policy->guests);
	g_hash_table_unref(policy->params);
	g_ptr_array_unref(policy->waivers);
	g_free(policy->today);
	g_free(policy);
}

void
kt_policy_add_waiver(KtPolicy *policy, const char *practice, const char *target, const char *reason,
		     const char *until)
{
	KtPolicyWaiver *waiver = g_new0(KtPolicyWaiver, 1);

	waiver->practice = g_strdup(practice);
	waiver->target = g_strdup(target);
	waiver->reason = g_strdup(reason);
	waiver->until = g_strdup(until);
	g_ptr_array_add(policy->waivers, waiver);
}

KtWorkload
kt_policy_host_workload(const KtPolicy *policy)
{
	return policy->host_workload ? policy->host_workload : KT_WORKLOAD_GENERAL;
}

static KtWorkload
workload_by_name(const KtPolicy *policy, KtOptStr name)
{
	if (!kt_known(name))
		return KT_WORKLOAD_UNSET;
	return (KtWorkload)GPOINTER_TO_INT(g_hash_table_lookup(policy->guests, name.v));
}

KtWorkload
kt_policy_guest_workload(const KtPolicy *policy, const KtGuest *guest)
{
	if (kt_known(guest->workload)) {
		KtWorkload own = kt_workload_from_name(guest->workload.v);
		if (own < KT_WORKLOAD_N)
			return own;
	}

	KtWorkload named = workload_by_name(policy, guest->uuid);
	if (!named)
		named = workload_by_name(policy, guest->name);
	if (named)
		return named;
	return policy->guest_workload ? policy->guest_workload : kt_policy_host_workload(policy);
}

/* Dates are ISO 8601 texts, so their order is that of the characters. */
static bool
is_expired(const KtPolicy *policy, const char *until)
{
	return until && policy->today && g_strcmp0(policy->today, until) > 0;
}

static const KtGuest *
target_guest(const KtFacts *facts, KtTarget target)
{
	switch (target.scope) {
	case KT_SCOPE_GUEST:
	case KT_SCOPE_GUEST_DISK:
	case KT_SCOPE_GUEST_NIC:
		return &facts->guests.v[target.index];
	case KT_SCOPE_UNSET:
	case KT_SCOPE_HOST:
	case KT_SCOPE_NODE:
	case KT_SCOPE_BLOCK:
	case KT_SCOPE_N:
	default:
		return NULL;
	}
}

static const char *
guest_waiver(const KtPolicy *policy, const KtGuest *guest, const char *practice)
{
	for (uint32_t i = 0; i < guest->waivers.n; i++) {
		const KtWaiver *waiver = &guest->waivers.v[i];
		if (!kt_opt_is(waiver->practice, practice))
			continue;
		if (kt_known(waiver->until) && is_expired(policy, waiver->until.v))
			continue;
		return kt_known(waiver->reason) ? waiver->reason.v : "no reason given";
	}
	return NULL;
}

static bool
covers(const KtPolicyWaiver *waiver, const KtGuest *guest)
{
	if (g_str_equal(waiver->target, "*"))
		return true;
	if (!guest)
		return g_str_equal(waiver->target, "host");
	return kt_opt_is(guest->name, waiver->target) || kt_opt_is(guest->uuid, waiver->target);
}

const char *
kt_policy_waiver(const KtPolicy *policy, const KtFacts *facts, const char *practice,
		 KtTarget target)
{
	const KtGuest *guest = target_guest(facts, target);
	const char *own = guest ? guest_waiver(policy, guest, practice) : NULL;

	if (own)
		return own;
	for (guint i = 0; i < policy->waivers->len; i++) {
		const KtPolicyWaiver *waiver = policy->waivers->pdata[i];
		if (g_str_equal(waiver->practice, practice) && covers(waiver, guest) &&
		    !is_expired(policy, waiver->until))
			return waiver->reason;
	}
	return NULL;
}
