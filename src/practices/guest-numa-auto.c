/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static bool
is_auto(const KtGuestConfig *config)
{
	return kt_opt_is(config->placement, "auto") || kt_opt_is(config->numa_placement, "auto");
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->placement, "the placement of <vcpu>") ||
	    !kt_sink_needs_look(out, config->numa_placement, "the placement of <numatune>"))
		return KT_VERDICT_UNKNOWN;
	if (!is_auto(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->system.has_numad, "whether numad is installed"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !view->host->system.has_numad.v;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	bool is_vcpu = kt_opt_is(config->placement, "auto");

	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	kt_sink_summary(out, "will not start: nobody here to ask for a NUMA node");
	kt_sink_evidence(out,
			 is_vcpu ? kt_subject_origin(subject, config->placement)
				 : kt_subject_origin(subject, config->numa_placement),
			 "<%s placement='auto'> asks numad",
			 is_vcpu ? "vcpu" : "numatune><memory");
	kt_sink_evidence(out, view->host->system.has_numad.origin, "numad is not installed");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = view->config;

	if (kt_opt_is(config->numa_placement, "auto")) {
		kt_sink_advice(out,
			       "Name the nodes, <memory mode='strict' nodeset='0'/> in <numatune>, "
			       "and set placement='static' for <vcpu> ('virsh edit %s'); 'kvmtune "
			       "place' says which.",
			       kt_guest_name(view->guest));
		return;
	}
	kt_guest_change(view, "/domain/vcpu/@placement", config->placement, "static", out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_numa_auto) = {
	.id = "guest.numa.auto",
	.title = "A guest that asks numad for its place gets an answer",
	.why = "placement='auto' makes libvirt run numad at each start. Where it is not installed, "
	       "the start fails; where it runs as a service, it moves guests against the kernel's "
	       "own balancing (host.numad).",
	.cost = "A place that is named does not follow what else runs on the host.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU Allocation, placement",
			"libvirt: src/util/virnuma.c, virNumaGetAutoPlacementAdvice()",
			"numad(8)",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep placement; command -v numad",
	.effect = "the guest starts",
	.evaluate = evaluate,
};
