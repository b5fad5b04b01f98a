/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

static const KtParam params[] = {
	{
		.name = "most",
		.value = 8,
		.min = 1,
		.max = 256,
		.doc = "queue pairs that are proposed for a NIC, at most [eng]",
	},
	{
		.name = "vcpus",
		.value = 2,
		.min = 1,
		.max = 1024,
		.doc = "guests with more vCPUs than this need more than one queue [eng]",
	},
};

/* Types that can have several queues; user-mode networking cannot. */
static const char *const able[] = {
	"network",
	"bridge",
	"ethernet",
	"direct",
	"vhostuser",
	"vdpa",
	NULL,
};

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	const KtNic *nic = subject->nic;

	if (!kt_sink_needs(out, nic->type, "the type of the NIC") ||
	    !kt_sink_needs_look(out, nic->model, "the model of the NIC"))
		return KT_VERDICT_UNKNOWN;
	if (kt_guest_is_emulated(config) || !kt_guest_wants_speed(view) ||
	    !g_strv_contains(able, nic->type.v) || !kt_known(nic->model) ||
	    !g_str_has_prefix(nic->model.v, "virtio"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs_look(out, nic->queues, "the number of queues") ||
	    !kt_sink_needs(out, config->vcpus, "the number of vCPUs"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = !kt_known(nic->queues) && config->vcpus.v > kt_view_param(view, "vcpus");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "one queue for the packets of all vCPUs");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, subject->nic->queues),
			 "no queues= with %" G_GUINT64_FORMAT " vCPUs, class %s",
			 subject->config->vcpus.v,
			 kt_workload_name(view->workload));
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	g_autofree char *locator = kt_guest_nic_place(view, "driver/@queues", out);
	g_autofree char *to = g_strdup_printf(
		"%" G_GUINT64_FORMAT, MIN(view->config->vcpus.v, kt_view_param(view, "most")));

	if (!locator)
		return;
	kt_guest_change_u64(view, locator, view->nic->queues, to, out);
	kt_sink_advice(out,
		       "An old guest uses one queue until it is told: 'ethtool -L eth0 "
		       "combined %s' inside; 'ethtool -l' shows what is in use.",
		       to);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_net_queues) = {
	.id = "guest.net.queues",
	.title = "A busy network card has several queues",
	.why = "One queue means one vhost thread on the host and one vCPU for the interrupts in "
	       "the guest; with several the work spreads over CPUs on both sides.",
	.cost = "A vhost thread and interrupts for each queue; small guests with little traffic "
		"gain nothing.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Setting NIC driver-specific options, queues",
			"Virtual I/O Device (VIRTIO) 1.2, 5.1.6.5.6 Multiqueue",
			"Linux: Documentation/networking/tuntap.rst, multiqueue",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST_NIC,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -A8 \"<interface\"; inside the guest: "
		"ethtool -l eth0",
	.effect = "packets per second with many streams (iperf3 -P)",
	.evaluate = evaluate,
};
