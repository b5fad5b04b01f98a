/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static bool
is_off(KtOptStr autoballoon)
{
	return kt_opt_is(autoballoon, "off");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtSystem *system = &view->host->system;

	if (!kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, system->xen_dom0_mem, "dom0_mem in /etc/default/grub") ||
	    !kt_sink_needs_look(out, system->xen_autoballoon, "autoballoon in /etc/xen/xl.conf"))
		return KT_VERDICT_UNKNOWN;
	if (kt_known(system->xen_dom0_mem) || is_off(system->xen_autoballoon))
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "each guest's start takes memory away from dom0");
	kt_sink_evidence(out,
			 system->xen_dom0_mem.origin,
			 "no dom0_mem= in GRUB_CMDLINE_XEN or GRUB_CMDLINE_XEN_DEFAULT");
	if (kt_known(system->xen_autoballoon))
		kt_sink_evidence(out,
				 system->xen_autoballoon.origin,
				 "autoballoon is '%s'",
				 system->xen_autoballoon.v);
	kt_sink_advice(out,
		       "Add dom0_mem=1G+10%%,max:1G+10%% to GRUB_CMDLINE_XEN_DEFAULT (it is an "
		       "argument of Xen, not of Linux), generate the boot menu and boot.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Xen 4.12: docs/misc/xen-command-line.pandoc, dom0_mem",
	"Xen: xl.conf(5), autoballoon",
	"SUSE Linux Enterprise Server 15 SP6: Virtualization Best Practices, 4.4",
	NULL,
};

KT_PRACTICE(host_xen_dom0_memory) = {
	.id = "host.xen-dom0-memory",
	.title = "Xen's dom0 has memory of its own",
	.why = "Without dom0_mem= dom0 owns all memory and gives it away guest by guest: its "
	       "tables and caches are sized for memory that it no longer has, and starts fail "
	       "when it cannot shrink further. kvmtune does not tune Xen; this is the one thing "
	       "that it says of such a host besides that it is none for KVM.",
	.cost = "The memory of dom0 is not there for guests.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "xl info | grep xen_commandline; grep autoballoon /etc/xen/xl.conf",
	.effect = "Mem of Domain-0 in 'xl list' before and after a guest's start",
	.evaluate = evaluate,
};
