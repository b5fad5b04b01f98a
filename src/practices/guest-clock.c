/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static const KtTimer *
find_hpet(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->timers.n; i++) {
		if (kt_opt_is(config->timers.v[i].name, "hpet"))
			return &config->timers.v[i];
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_guest_is_windows(config) || !kt_guest_is_x86(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->timers, "the timers of <clock>"))
		return KT_VERDICT_UNKNOWN;
	const KtTimer *hpet = find_hpet(config);
	if (hpet && !kt_sink_needs_look(out, hpet->present, "whether the hpet is present"))
		return KT_VERDICT_UNKNOWN;
	/* QEMU gives every pc an hpet that nobody takes away. */
	*ret_fault = !hpet || !kt_opt_is(hpet->present, "no");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "Windows keeps time with an emulated timer, the hpet");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->timers),
			 find_hpet(config) ? "<timer name='hpet'> is present"
					   : "no <timer name='hpet'>, which means present");
	kt_sink_evidence(out, config->os_id.origin, "the guest runs %s", config->os_id.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtTimer *hpet = find_hpet(view->config);
	KtOptStr from = hpet ? hpet->present : (KtOptStr){.state = KT_STATE_ABSENT};

	kt_guest_change(view, "/domain/clock/timer[@name='hpet']/@present", from, "no", out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_clock) = {
	.id = "guest.clock",
	.title = "Windows does not keep time with the hpet",
	.why = "Each read of the hpet is an exit to QEMU itself, microseconds long; Windows takes "
	       "it when it is there, and reads it often.",
	.cost = "None where the reference time page of Hyper-V is on (guest.hyperv).",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Time keeping, timer",
			"QEMU: hw/timer/hpet.c",
			"libosinfo, virt-manager: hpet is switched off for every new guest",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep hpet",
	.effect = "host CPU of an idle Windows guest",
	.evaluate = evaluate,
};
