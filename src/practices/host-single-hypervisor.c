/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Modules of hypervisors that use the same processor extensions as KVM. */
static const struct {
	const char *module;
	const char *product;
} rivals[] = {
	{.module = "vboxdrv", .product = "VirtualBox"},
	{.module = "vmmon", .product = "VMware"},
};

/* Programs that run guests through KVM, but not through libvirt. */
static const char *const strangers[] = {
	"firecracker",
	"cloud-hypervisor",
	"crosvm",
};

static void
check_xen(const KtHost *host, KtSink *out)
{
	if (kt_census_is_dom0(host)) {
		kt_sink_blame(out,
			      KT_SEVERITY_CRITICAL,
			      "this host runs under Xen (dom0), KVM cannot work");
		kt_sink_evidence(out,
				 host->system.xen_capabilities.origin,
				 "Xen capabilities: %s",
				 host->system.xen_capabilities.v);
		kt_sink_advice(
			out,
			"Boot the kernel without Xen to use KVM; the rest of this report does "
			"not fit a Xen host.");
	}
}

static void
check_rivals(const KtHost *host, KtSink *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rivals); i++) {
		if (!kt_census_has_module(host, rivals[i].module))
			continue;
		kt_sink_blame(out, KT_SEVERITY_HIGH, "a second hypervisor is loaded beside KVM");
		kt_sink_evidence(out,
				 host->modules.origin,
				 "module '%s' of %s is loaded",
				 rivals[i].module,
				 rivals[i].product);
		kt_sink_advice(out,
			       "Remove %s from this host, or move its guests to another one.",
			       rivals[i].product);
	}
}

static void
check_strangers(const KtHost *host, KtSink *out)
{
	for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
		if (!kt_census_has_agent(host, strangers[i]))
			continue;
		kt_sink_blame(
			out, KT_SEVERITY_MEDIUM, "guests run here that libvirt does not know");
		kt_sink_evidence(out, host->agents.origin, "'%s' is running", strangers[i]);
		kt_sink_advice(out,
			       "Count what %s uses: libvirt and kvmtune do not see its memory and "
			       "CPUs.",
			       strangers[i]);
	}
}

/* Left over from a VirtualBox that is gone: the first guest start pays for it. */
static void
check_late_enable(const KtHost *host, KtSink *out)
{
	bool is_late = kt_opt_is(host->kvm.enable_virt_at_load, "N");

	if (!is_late || host->modules.state != KT_STATE_VALUE ||
	    kt_census_has_module(host, "vboxdrv"))
		return;
	kt_sink_blame(
		out, KT_SEVERITY_LOW, "KVM waits for the first guest to switch virtualization on");
	kt_sink_evidence(out,
			 host->kvm.enable_virt_at_load.origin,
			 "kvm.enable_virt_at_load is N, and VirtualBox is not loaded");
	kt_sink_advice(
		out,
		"Take enable_virt_at_load=0 out of /etc/modprobe.d and off the kernel command "
		"line.");
}

static void
check_nested_xen(const KtHost *host, KtSink *out)
{
	if (kt_census_is_dom0(host) || !kt_opt_is(host->system.hypervisor, "xen"))
		return;
	kt_sink_blame(out, KT_SEVERITY_INFO, "this host is itself a guest of Xen");
	kt_sink_evidence(out, host->system.hypervisor.origin, "the hypervisor below is Xen");
	kt_sink_advice(out, "Expect KVM guests here to be slow: they are nested.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;

	if (host->modules.state == KT_STATE_ABSENT && host->agents.state == KT_STATE_ABSENT &&
	    host->system.xen_capabilities.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;

	check_xen(host, out);
	check_rivals(host, out);
	check_strangers(host, out);
	check_late_enable(host, out);
	check_nested_xen(host, out);
	if (kt_sink_has_blame(out))
		return KT_VERDICT_FINDING;
	return kt_sink_needs_look(out, host->modules, "the list of modules") &&
			       kt_sink_needs_look(out, host->agents, "the list of programs") &&
			       kt_sink_needs_look(out,
						  host->system.xen_capabilities,
						  "whether this is Xen's dom0")
		       ? KT_VERDICT_OK
		       : KT_VERDICT_UNKNOWN;
}

static const char *const sources[] = {
	"Linux: virt/kvm/kvm_main.c, enable_virt_at_load (6.12)",
	"SUSE SLES 15 SP6 Virtualization Best Practices, 6.4: one hypervisor per host",
	"Xen: xenfs, /proc/xen/capabilities holds control_d in dom0",
	NULL,
};

KT_PRACTICE(host_single_hypervisor) = {
	.id = "host.single-hypervisor",
	.title = "KVM is the only hypervisor of this host",
	.why = "Two hypervisors fight for the same processor extensions: guests of one then fail "
	       "to start. Guests that libvirt does not know use memory and CPUs that no plan for "
	       "this host can count.",
	.cost = "None.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /proc/xen/capabilities; grep -E 'vboxdrv|vmmon' /proc/modules; "
			 "pgrep -l 'firecracker|cloud-hyperviso|crosvm'",
	.effect = "guests start, and the sum of their memory is that of the host's used memory",
	.evaluate = evaluate,
};
