/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* vCPUs below the maximum that no cell holds. */
static unsigned
count_left(const KtGuestConfig *config)
{
	KtCpuset held = {0};
	uint64_t most = MIN(config->vcpus_max.v, KT_CPUSET_BITS);
	unsigned n = 0;

	for (uint32_t i = 0; i < config->cells.n; i++) {
		if (kt_known(config->cells.v[i].vcpus))
			kt_cpuset_or(&held, config->cells.v[i].vcpus.v);
		else if (config->cells.v[i].vcpus.state != KT_STATE_ABSENT)
			return 0;
	}
	for (unsigned vcpu = 0; vcpu < most; vcpu++)
		n += !kt_cpuset_has(&held, vcpu);
	return n;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->cells, "the NUMA cells of <cpu>") ||
	    !kt_sink_needs(out, config->vcpus_max, "the number of vCPUs"))
		return KT_VERDICT_UNKNOWN;
	if (config->cells.n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = count_left(config);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "vCPUs that belong to no NUMA cell all go to cell 0");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->cells),
			 "%u of %" G_GUINT64_FORMAT " vCPUs are in none of the %u cells",
			 fault,
			 subject->config->vcpus_max.v,
			 subject->config->cells.n);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       "Name all vCPUs up to the maximum in cpus='...' of the cells, those that "
		       "can be plugged in too ('virsh edit %s').",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_vcpu_hotplug) = {
	.id = "guest.vcpu.hotplug",
	.title = "vCPUs that can be plugged in have a NUMA cell",
	.why = "libvirt puts every vCPU that no cell names into cell 0 (since 6.5): plugged in "
	       "later, they work on memory of another node than they seem to.",
	.cost = "None.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Guest NUMA topology",
			"libvirt: src/qemu/qemu_domain.c, qemuDomainFixupCPUs... "
			"virDomainNumaFillCPUsInNode()",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep \"<cell\\|<vcpu\"",
	.effect = "vCPUs per node inside the guest (numactl -H) after a hotplug",
	.evaluate = evaluate,
};
