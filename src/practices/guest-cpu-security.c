/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#define HUGE_KIB UINT64_C(1048576)

/* libvirt: src/cpu_map/x86_*.xml, named models whose features have pdpe1gb. */
static const char *const models[] = {
	"Cascadelake-Server",
	"Cascadelake-Server-noTSX",
	"Cooperlake",
	"Dhyana",
	"EPYC",
	"EPYC-Genoa",
	"EPYC-IBPB",
	"EPYC-Milan",
	"EPYC-Rome",
	"GraniteRapids",
	"Icelake-Server",
	"Icelake-Server-noTSX",
	"Opteron_G4",
	"Opteron_G5",
	"SapphireRapids",
	"SierraForest",
	"Skylake-Server",
	"Skylake-Server-IBRS",
	"Skylake-Server-noTSX-IBRS",
	"Snowridge",
	NULL,
};

static bool
is_on_huge_pages(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		if (kt_known(config->hugepage_uses.v[i].size_kib) &&
		    config->hugepage_uses.v[i].size_kib.v == HUGE_KIB)
			return true;
	}
	return false;
}

static bool
has_feature(const KtGuestConfig *config)
{
	for (uint32_t i = 0; i < config->cpu_policies.n; i++) {
		const KtCpuFeature *feature = &config->cpu_policies.v[i];
		if (kt_opt_is(feature->name, "pdpe1gb"))
			return !kt_opt_is(feature->policy, "disable") &&
			       !kt_opt_is(feature->policy, "forbid");
	}
	return g_strv_contains(models, config->cpu_model.v);
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_opt_is(config->type, "kvm") || !kt_guest_is_x86(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->hugepage_uses, "the sizes of huge pages"))
		return KT_VERDICT_UNKNOWN;
	/* Without a model the CPU is host-model, host-passthrough, or libvirt's default, of which
	 * guest.cpu.mode speaks. */
	if (!is_on_huge_pages(config) || config->cpu_model.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->cpu_model, "the CPU model") ||
	    !kt_sink_needs(out, config->cpu_policies, "the features of <cpu>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !has_feature(config);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "on pages of 1 GiB, but cannot use such pages itself");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->hugepage_uses),
			 "<hugepages> with pages of 1 GiB");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->cpu_model),
			 "the CPU model %s has no pdpe1gb, and no <feature> adds it",
			 config->cpu_model.v);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	KtOptStr from = {.state = KT_STATE_ABSENT};

	for (uint32_t i = 0; i < view->config->cpu_policies.n; i++) {
		if (kt_opt_is(view->config->cpu_policies.v[i].name, "pdpe1gb"))
			from = view->config->cpu_policies.v[i].policy;
	}
	kt_guest_change(view, "/domain/cpu/feature[@name='pdpe1gb']/@policy", from, "require", out);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_cpu_security) = {
	.id = "guest.cpu.security",
	.title = "A guest on 1 GiB pages can use such pages itself",
	.why = "The nested page walk ends early only where both levels have a large page: a guest "
	       "whose CPU does not know pages of 1 GiB maps its own kernel by smaller ones. Flags "
	       "against side channels are for sec.cpu-vuln.",
	.cost = "The guest does not start on a host without the feature; every x86 server since "
		"2010 has it.",
	.sources =
		(const char *const[]){
			"Intel SDM vol. 3, 4.5 and 29.3: 1-GByte pages, EPT",
			"libvirt: src/cpu_map/x86_features.xml, pdpe1gb",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.after = (const char *const[]){"guest.cpu.mode", "guest.mem.hugepages", NULL},
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -A6 '<cpu'; grep -c pdpe1gb "
			 "/proc/cpuinfo",
	.effect = "dTLB misses in the guest (perf stat -e dTLB-load-misses)",
	.evaluate = evaluate,
};
