/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-round.h"

#include "kt-dom-edit.h"
#include "kt-guest-xml.h"
#include "kt-predict.h"

#include <string.h>

#define UUID "6d2e0f4c-7b57-4a15-9a6a-2f1c5d0e9b11"

static KtOptStr
text_of(KtFacts *facts, const char *text)
{
	return (KtOptStr){.v = kt_arena_strdup(facts->arena, text), .state = KT_STATE_VALUE};
}

/* The one guest of @facts, as collect/ gives a stopped one. */
static void
put_guest(KtFacts *facts, const char *xml)
{
	KtGuest *guest = kt_arena_new0(facts->arena, KtGuest, 1);
	KtGuestTune tune = {0};

	kt_guest_xml_read(facts, xml, "inactive XML", &guest->inactive, &tune);
	guest->name = text_of(facts, "guest");
	guest->uuid = text_of(facts, UUID);
	guest->state = text_of(facts, "shut off");
	guest->id.state = KT_STATE_ABSENT;
	guest->is_active = (KtOptBool){.v = false, .state = KT_STATE_VALUE};
	guest->is_persistent = (KtOptBool){.v = true, .state = KT_STATE_VALUE};
	guest->autostart = (KtOptBool){.v = false, .state = KT_STATE_VALUE};
	guest->managed_save = (KtOptBool){.v = false, .state = KT_STATE_VALUE};
	guest->effective.pid.state = KT_STATE_ABSENT;
	guest->effective.cpu_shares.state = KT_STATE_ABSENT;
	guest->effective.threads.state = KT_STATE_ABSENT;
	guest->workload = tune.workload;
	guest->waivers = tune.waivers;
	facts->guests.v = guest;
	facts->guests.n = 1;
	facts->guests.state = KT_STATE_VALUE;
}

bool
kt_round_is_step(const KtStep *step)
{
	return step->knob == KT_KNOB_DOMAIN_XML;
}

static bool
make_changes(const KtPlan *plan, xmlDoc *doc, GError **error)
{
	for (uint32_t i = 0; i < plan->n_steps; i++) {
		const KtStep *step = &plan->steps[i];
		for (uint32_t j = 0; kt_round_is_step(step) && j < step->n_edits; j++) {
			if (!kt_dom_set(doc, step->edits[j].locator, step->edits[j].to, error))
				return kt_prefix(error, "%s", step->edits[j].locator);
		}
	}
	return true;
}

bool
kt_round_run(const KtFacts *host, const char *xml, KtWorkload workload, KtRound *ret_round,
	     GError **error)
{
	static const char *const only[] = {"guest.*", "guestos.*", "image.*", "sec.*", NULL};
	const KtSelection selection = {.only = only};
	g_auto(KtRound) round = {.facts = kt_facts_copy(host)};
	g_autoptr(KtPolicy) policy = kt_policy_new();
	g_autoptr(xmlDoc) doc = kt_xml_parse(xml, strlen(xml), "domain XML", error);

	if (!doc)
		return false;
	policy->guest_workload = workload;
	put_guest(round.facts, xml);
	round.audit = kt_engine_run(round.facts, policy, &selection);
	round.plan = kt_plan_build(round.audit, NULL, error);
	if (!round.plan || !make_changes(round.plan, doc, error))
		return false;
	round.xml = kt_dom_print(doc);
	*ret_round = round;
	round = (KtRound){0};
	return true;
}

void
kt_round_clear(KtRound *round)
{
	kt_plan_free(round->plan);
	kt_audit_free(round->audit);
	if (round->facts)
		kt_facts_unref(round->facts);
	g_free(round->xml);
	*round = (KtRound){0};
}
