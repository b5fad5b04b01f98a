/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#include <string.h>

/* QEMU: target/i386/cpu.h, TCG_PHYS_ADDR_BITS, which named models have with KVM too. */
#define LIMIT_KIB (UINT64_C(1) << (40 - 10))

/* QEMU: hw/pci-host/q35.c and i440fx.c, default size of the 64-bit PCI hole. */
#define HOLE_Q35_KIB    (UINT64_C(32) << 20)
#define HOLE_I440FX_KIB (UINT64_C(2) << 20)

/* libvirt release notes: maxphysaddr since 8.7.0. */
#define VERSION_MAXPHYSADDR 8007000

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	uint64_t hole = kt_known(config->machine) && strstr(config->machine.v, "q35")
				? HOLE_Q35_KIB
				: HOLE_I440FX_KIB;

	if (!kt_sink_needs_look(out, config->max_memory_kib, "<maxMemory>"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(config->max_memory_kib) || !kt_guest_is_x86(config) ||
	    (kt_known(config->cpu_mode) && !kt_opt_is(config->cpu_mode, "custom")))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, config->cpu_mode, "the mode of <cpu>") ||
	    !kt_sink_needs(out, config->cpu_phys_bits, "<maxphysaddr>"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !config->cpu_phys_bits.v && config->max_memory_kib.v > LIMIT_KIB - hole;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "will not start: more memory than the CPU model can address");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->config->max_memory_kib),
			 "<maxMemory> %" G_GUINT64_FORMAT
			 " GiB and a PCI window, with 40 bits of a named CPU model",
			 subject->config->max_memory_kib.v >> 20);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	if (kt_guest_is_emulated(view->config) ||
	    !kt_guest_libvirt_from(view, VERSION_MAXPHYSADDR)) {
		kt_sink_advice(
			out,
			"Use <cpu mode='host-passthrough'/>, which has the bits of the host, "
			"or a smaller <maxMemory> ('virsh edit %s').",
			kt_guest_name(view->guest));
		return;
	}
	kt_sink_domain_xml(out,
			   view->guest,
			   "/domain/cpu/maxphysaddr",
			   NULL,
			   "<maxphysaddr mode='passthrough'/>");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_cpu_phys_bits) = {
	.id = "guest.cpu.phys-bits",
	.title = "The guest can address all memory that it may get",
	.why = "Named CPU models have 40 bits of physical address, 1 TiB, of which the PCI window "
	       "takes a part; with a larger <maxMemory> QEMU refuses to start.",
	.cost = "Hosts with fewer bits can no longer take the guest by migration.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, CPU model and topology, maxphysaddr",
			"QEMU: hw/i386/pc.c, pc_max_used_gpa()",
			"libvirt: news.html, 8.7.0",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -i \"maxMemory\\|maxphysaddr\"; lscpu | "
		"grep \"Address sizes\"",
	.effect = "the guest starts",
	.evaluate = evaluate,
};
