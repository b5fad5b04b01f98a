/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_MISSING,
	FAULT_IMPOSSIBLE, /* asked for on a host that lacks it */
} Fault;

#define PLACE "/domain/cpu/feature[@name='invtsc']/@policy"

static const KtCpuFeature *
find(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->cpu_policies.n; i++) {
		if (kt_opt_is(config->cpu_policies.v[i].name, "invtsc"))
			return &config->cpu_policies.v[i];
	}
	return NULL;
}

/* libvirt 6.5.0: migratable='off' for what keeps a guest from migrating. */
static bool
can_be_asked(const KtView *view, const KtGuestConfig *config)
{
	if (kt_opt_is(config->cpu_mode, "host-model"))
		return true;
	return kt_opt_is(config->cpu_mode, "host-passthrough") &&
	       kt_guest_libvirt_from(view, 6005000);
}

static Fault
find_fault(const KtView *view, const KtGuestConfig *config, const KtCpuFeature *feature)
{
	if (view->host->cpu.has_invtsc.v)
		return !feature && can_be_asked(view, config) ? FAULT_MISSING : FAULT_NONE;
	return feature && kt_opt_is(feature->policy, "require") ? FAULT_IMPOSSIBLE : FAULT_NONE;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtCpuFeature *feature = find(config);

	if (!kt_opt_is(config->type, "kvm") || !kt_guest_is_x86(config) ||
	    (!feature && !kt_guest_wants_speed(view)))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, config->cpu_policies, "the features of <cpu>") ||
	    !kt_sink_needs_look(out, config->cpu_mode, "the mode of <cpu>"))
		return KT_VERDICT_UNKNOWN;
	if (view->host->cpu.has_invtsc.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, view->host->cpu.has_invtsc, "whether the TSC is invariant"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_fault(view, config, feature);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtOptBool host = view->host->cpu.has_invtsc;
	bool is_missing = fault == FAULT_MISSING;

	kt_sink_severity(out, is_missing ? KT_SEVERITY_LOW : KT_SEVERITY_CRITICAL);
	kt_sink_summary(out,
			is_missing ? "cannot rely on the time stamp counter of its CPUs"
				   : "will not start: the host has no invariant TSC");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->cpu_policies),
			 is_missing ? "no <feature name='invtsc'/> in <cpu>"
				    : "<feature policy='require' name='invtsc'/>");
	kt_sink_evidence(out,
			 host.origin,
			 host.v ? "the counter of the host never stops or changes its rate"
				: "the counter of the host may stop or change its rate");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (fault == FAULT_IMPOSSIBLE) {
		kt_sink_domain_xml(out, view->guest, PLACE, "require", "optional");
		kt_guest_remark(view, out);
		return;
	}
	if (kt_opt_is(view->config->cpu_mode, "host-passthrough"))
		kt_guest_change(
			view, "/domain/cpu/@migratable", view->config->cpu_migratable, "off", out);
	kt_sink_domain_xml(out, view->guest, PLACE, NULL, "require");
	kt_sink_advice(out,
		       "The guest cannot migrate then, unless <timer name='tsc' frequency='...'/> "
		       "in its <clock> names the rate that all hosts of the pool have.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_cpu_invtsc) = {
	.id = "guest.cpu.invtsc",
	.title = "Guests that need exact time see an invariant TSC",
	.why = "Linux and Windows trust the time stamp counter when the CPU says that it is "
	       "invariant, and then read the time without leaving the guest. Required on a host "
	       "that lacks it, it stops the start.",
	.cost = "The guest cannot be migrated or saved, unless a fixed frequency is written down. "
		"With kvm-clock the gain is small.",
	.sources =
		(const char *const[]){
			"Intel SDM vol. 3, 18.17.1 Invariant TSC",
			"libvirt: formatdomain.html, CPU model and topology, migratable (6.5.0)",
			"QEMU: target/i386/cpu.c, feature invtsc is unmigratable",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.after = (const char *const[]){"guest.cpu.mode", NULL},
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep invtsc; grep -o nonstop_tsc "
			 "/proc/cpuinfo | head -1",
	.effect = "clock_gettime() in ns a call; current_clocksource in the guest",
	.evaluate = evaluate,
};
