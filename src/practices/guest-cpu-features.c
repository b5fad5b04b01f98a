/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"

static const char *
policy_of(const KtGuestConfig *config, const char *name)
{
	for (uint32_t i = 0; i < config->cpu_policies.n; i++) {
		const KtCpuFeature *feature = &config->cpu_policies.v[i];
		if (kt_opt_is(feature->name, name))
			return kt_known(feature->policy) ? feature->policy.v : NULL;
	}
	return NULL;
}

/* Was it asked for, and is the running guest without it? */
static bool
is_missing(const KtView *view, const KtCpuFeature *feature)
{
	return kt_known(feature->name) &&
	       (kt_opt_is(feature->policy, "require") || kt_opt_is(feature->policy, "force")) &&
	       g_strcmp0(policy_of(view->live, feature->name.v), "disable") == 0;
}

static unsigned
count_missing(const KtView *view, KtSink *out)
{
	const KtCpuFeatureList *features = &view->config->cpu_policies;
	unsigned n = 0;

	for (uint32_t i = 0; i < features->n; i++) {
		if (!is_missing(view, &features->v[i]))
			continue;
		n++;
		if (out)
			kt_sink_evidence(out,
					 view->live->cpu_policies.origin
						 ? view->live->cpu_policies.origin
						 : view->live->type.origin,
					 "%s: policy '%s' in the definition, 'disable' in the "
					 "running guest",
					 features->v[i].name.v,
					 features->v[i].policy.v);
	}
	return n;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_guest_gate(view, out);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!view->live)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, view->config->cpu_policies, "the features of <cpu>") ||
	    !kt_sink_needs(out, view->live->cpu_policies, "the features of the running guest"))
		return KT_VERDICT_UNKNOWN;

	unsigned n = count_missing(view, NULL);
	if (n == 0)
		return KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out,
			"%u required CPU feature%s not given, and nobody said so",
			n,
			n == 1 ? " was" : "s were");
	(void)count_missing(view, out);
	kt_sink_advice(out,
		       "Take out of <cpu> what this host cannot give, or set check='full', which "
		       "lets the start fail instead ('virsh edit %s').",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_cpu_features) = {
	.id = "guest.cpu.features",
	.title = "The guest has the CPU features that it requires",
	.why = "With check='partial', the default, a required feature that QEMU cannot give is "
	       "dropped without a word: programs that were built for it stop with an illegal "
	       "instruction. Only the XML of the running guest tells.",
	.cost = "check='full' turns a feature that an update of microcode, kernel or QEMU takes "
		"away into a start that fails.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU model and topology, check and feature",
			"libvirt: src/cpu/cpu_x86.c, virCPUx86UpdateLive()",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml DOMAIN | grep \"policy='disable'\"; inside the guest: grep flags "
		"/proc/cpuinfo",
	.effect = "number of features that differ between both definitions",
	.evaluate = evaluate,
};
