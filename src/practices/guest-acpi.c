/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs(out, config->architecture, "the architecture") ||
	    !kt_sink_needs(out, config->machine, "the machine type"))
		return KT_VERDICT_UNKNOWN;
	/* Others, such as microvm, do without by design. */
	if (!kt_guest_is_x86(config) || !g_str_has_prefix(config->machine.v, "pc"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->acpi, "<acpi/>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !config->acpi.v;
	return config->acpi.v ? KT_VERDICT_OK : KT_VERDICT_FINDING;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "without ACPI: no orderly shutdown, no hotplug");
	kt_sink_evidence(
		out, kt_subject_origin(subject, subject->config->acpi), "no <acpi/> in <features>");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_domain_xml(out, view->guest, "/domain/features/acpi", NULL, "<acpi/>");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_acpi) = {
	.id = "guest.acpi",
	.title = "The guest has ACPI",
	.why = "Without <acpi/> the power button does not reach the guest, so that every stop of "
	       "the host pulls its plug, and neither vCPUs nor memory nor PCI devices can be "
	       "added while it runs.",
	.cost = "Windows of before Vista binds itself to ACPI at installation and has to be "
		"installed anew.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Hypervisor features",
			"QEMU: docs/specs/acpi_cpu_hotplug.rst, acpi_mem_hotplug.rst",
			"libvirt: virDomainShutdownFlags",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep -c \"<acpi/>\"",
	.effect = "'virsh shutdown DOMAIN' ends the guest",
	.evaluate = evaluate,
};
