/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static bool
count_pci(const KtFacts *facts, uint64_t *ret_n)
{
	uint64_t n = 0;
	bool is_known = true;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		if (kt_known(config->hostdevs_pci))
			n += config->hostdevs_pci.v;
		else if (config->hostdevs_pci.state != KT_STATE_ABSENT)
			is_known = false;
	}
	*ret_n = n;
	return is_known;
}

static KtVerdict
report_missing(const KtView *view, uint64_t n_devices, KtSink *out)
{
	const KtHost *host = view->host;
	g_autofree char *argument = kt_census_boot_arg(host, "intel_iommu");

	bool is_asked_for = g_strcmp0(argument, "on") == 0;

	kt_sink_severity(out, KT_SEVERITY_CRITICAL);
	kt_sink_summary(out,
			is_asked_for ? "guests with PCI devices will not start: no IOMMU was found"
				     : "guests with PCI devices will not start: there is no IOMMU");
	kt_sink_number(out, host->system.iommu_groups, "the number of IOMMU groups", "");
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%" G_GUINT64_FORMAT " PCI devices are given to guests",
			 n_devices);
	kt_sink_advice(out,
		       "Switch the IOMMU on in the firmware (VT-d, AMD-Vi); without it no argument "
		       "helps.");
	if (kt_census_has_module(host, "kvm_intel") && kt_known(host->system.cmdline) &&
	    !is_asked_for)
		kt_sink_boot_arg(out, "intel_iommu", argument, "on");
	return KT_VERDICT_FINDING;
}

static KtVerdict
report_no_option(const KtHost *host, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "amd_iommu=on is no option of the kernel and does nothing");
	kt_sink_evidence(out, host->system.cmdline.origin, "kernel command line: amd_iommu=on");
	kt_sink_boot_arg(out, "amd_iommu", "on", NULL);
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	g_autofree char *amd = kt_census_boot_arg(host, "amd_iommu");
	KtCensus census = {0};
	uint64_t n_devices = 0;
	bool is_known = count_pci(view->facts, &n_devices);

	if (n_devices > 0 && kt_known(host->system.iommu_groups) &&
	    host->system.iommu_groups.v == 0)
		return report_missing(view, n_devices, out);
	if (g_strcmp0(amd, "on") == 0)
		return report_no_option(host, out);
	if (host->system.iommu_groups.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->system.iommu_groups, "the number of IOMMU groups") ||
	    !kt_sink_needs(out, host->system.cmdline, "the kernel command line") ||
	    !kt_census_needs(view, KT_CENSUS_DEFINED, &census, out))
		return KT_VERDICT_UNKNOWN;
	return is_known ? KT_VERDICT_OK : kt_census_unknown(view, out);
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/kernel-parameters.txt, intel_iommu= and "
	"amd_iommu=",
	"Linux: Documentation/driver-api/vfio.rst",
	NULL,
};

KT_PRACTICE(host_iommu_vfio) = {
	.id = "host.iommu-vfio",
	.title = "Guests with devices of the host find an IOMMU",
	.why = "A PCI device is given to a guest through VFIO, and VFIO needs an IOMMU: "
	       "without one the guest does not start. Intel hosts often need intel_iommu=on;"
	       " AMD hosts have it on when the firmware does, amd_iommu=on is no option at "
	       "all.",
	.cost = "DMA of the host's own devices goes through the IOMMU, too; iommu=pt spares "
		"most of that.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "ls /sys/kernel/iommu_groups | wc -l; cat /proc/cmdline",
	.effect = "the guest starts with its device",
	.evaluate = evaluate,
};
