/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* Types whose packets go through a tap device, which vhost can take over. */
static const char *const tap[] = {"network", "bridge", "ethernet", "direct", NULL};

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtNic *nic = subject->nic;

	if (kt_guest_is_emulated(subject->config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, nic->type, "the type of the NIC") ||
	    !kt_sink_needs_look(out, nic->model, "the model of the NIC") ||
	    !kt_sink_needs_look(out, nic->backend, "the driver of the NIC"))
		return KT_VERDICT_UNKNOWN;
	if (!g_strv_contains(tap, nic->type.v) || !kt_known(nic->model) ||
	    !g_str_has_prefix(nic->model.v, "virtio"))
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = kt_opt_is(nic->backend, "qemu");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "packets go through QEMU, not through vhost in the kernel");
	kt_sink_evidence(
		out, kt_subject_origin(subject, subject->nic->backend), "<driver name='qemu'>");
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *locator = kt_guest_nic_place(view, "driver/@name", out);

	if (!locator)
		return;
	kt_guest_change(view, locator, view->nic->backend, NULL, out);
	kt_sink_advice(out,
		       "It can be deliberate, against lost UDP packets from the host itself: then "
		       "waive guest.net.vhost for this guest.");
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_net_vhost) = {
	.id = "guest.net.vhost",
	.title = "Packets of virtio cards go through vhost",
	.why = "With <driver name='qemu'/> every packet wakes QEMU's main loop and is copied "
	       "there; vhost moves them between the tap device and the guest inside the kernel, "
	       "and is the default where it exists.",
	.cost = "A kernel thread for each queue. Packets that the host sends to its own guest may "
		"be dropped instead of waited for.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Setting NIC driver-specific options",
			"Linux: drivers/vhost/net.c",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_NIC,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -A8 \"<interface\"; ps -eL | grep vhost-",
	.effect = "packets per second at the same load; CPU time of the main thread of QEMU",
	.evaluate = evaluate,
};
