/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* The first device that adds memory decides. */
static const KtMemoryDevice *
first_dimm(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->memory_devices.n; i++) {
		if (kt_opt_is(config->memory_devices.v[i].model, "dimm"))
			return &config->memory_devices.v[i];
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_guest_is_windows(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->memory_devices, "the memory devices"))
		return KT_VERDICT_UNKNOWN;
	const KtMemoryDevice *dimm = first_dimm(config);
	if (!dimm)
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = kt_known(dimm->node) && dimm->node.v != 0;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtMemoryDevice *dimm = first_dimm(subject->config);

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "Windows may not see memory that was plugged in");
	if (dimm)
		kt_sink_evidence(out,
				 kt_subject_origin(subject, subject->config->memory_devices),
				 "the first DIMM belongs to node %" G_GUINT64_FORMAT
				 " of the guest",
				 dimm->node.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Plug the first DIMM into node 0 of the guest, then the others ('virsh edit "
		       "%s').",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guestos_windows) = {
	.id = "guestos.windows",
	.title = "Windows finds memory on its first node first",
	.why = "Windows prepares for memory that is added later by what it finds on node 0; a first "
	       "DIMM on another node stays unused. Clocks and enlightenments are for guest.clock "
	       "and guest.hyperv.",
	.cost = "None.",
	.sources =
		(const char *const[]){
			"openEuler Virtualization User Guide: memory hotplug, constraints",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A6 \"model='dimm'\"",
	.effect = "installed memory in the guest's Task Manager",
	.evaluate = evaluate,
};
