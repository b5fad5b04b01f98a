/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "missed",
		.value = 10000,
		.min = 1,
		.max = 1000000000,
		.doc = "packets that found no room in the ring, from which a longer one is worth its "
		       "latency [eng]: some are lost while a link comes up",
	},
	{
		.name = "fast_mbit",
		.value = 10000,
		.min = 100,
		.max = 1000000,
		.unit = "Mbit/s",
		.doc = "of a link that one CPU cannot serve: a core handles one to two million packets "
		       "a second, 10 Gbit/s are up to 14.9 million [eng]",
	},
};

typedef struct Check {
	const KtView *view;
	KtSink *out;
	const KtNetDevice *device;
} Check;

static void
check_ring(Check *check)
{
	const KtNetDevice *device = check->device;

	if (!kt_known(device->rx_missed) || !kt_known(device->rx_ring) ||
	    !kt_known(device->rx_ring_max) || device->rx_ring.v >= device->rx_ring_max.v ||
	    device->rx_missed.v < kt_view_param(check->view, "missed"))
		return;
	kt_sink_blame(
		check->out, KT_SEVERITY_MEDIUM, "a NIC drops packets that its ring could hold");
	kt_sink_evidence(check->out,
			 device->rx_missed.origin,
			 "%s: %" G_GUINT64_FORMAT
			 " packets missed; the ring holds %" G_GUINT64_FORMAT
			 " of %" G_GUINT64_FORMAT,
			 device->name.v,
			 device->rx_missed.v,
			 device->rx_ring.v,
			 device->rx_ring_max.v);
	kt_sink_advice(
		check->out,
		"'ethtool -G %s rx %" G_GUINT64_FORMAT
		"' (the link goes down for a moment); RxBufferSize= of systemd.link(5) makes "
		"it last.",
		device->name.v,
		device->rx_ring_max.v);
}

/* One queue is one interrupt is one CPU. */
static void
check_channels(Check *check)
{
	const KtNetDevice *device = check->device;
	KtOptCpuset online = check->view->host->cpu.online;

	if (!kt_known(device->channels) || !kt_known(device->channels_max) ||
	    !kt_known(device->speed_mbit) || !kt_known(online) || device->channels.v != 1 ||
	    device->channels_max.v < 2 || kt_cpuset_count(online.v) < 2 ||
	    device->speed_mbit.v < kt_view_param(check->view, "fast_mbit"))
		return;
	kt_sink_blame(check->out, KT_SEVERITY_MEDIUM, "one CPU serves all packets of a fast NIC");
	kt_sink_evidence(check->out,
			 device->channels.origin,
			 "%s: 1 queue of %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " Mbit/s",
			 device->name.v,
			 device->channels_max.v,
			 device->speed_mbit.v);
	kt_sink_advice(
		check->out,
		"'ethtool -L %s combined N' with N the CPUs of its node that are kept for the "
		"host, %" G_GUINT64_FORMAT " at most; CombinedChannels= of systemd.link(5).",
		device->name.v,
		device->channels_max.v);
}

static void
check_offloads(Check *check)
{
	const KtNetDevice *device = check->device;

	if (!kt_known(device->bridge))
		return;
	if (kt_opt_true(device->lro)) {
		kt_sink_blame(check->out,
			      KT_SEVERITY_MEDIUM,
			      "a NIC below a bridge merges packets for good");
		kt_sink_evidence(check->out,
				 device->lro.origin,
				 "%s is a port of %s and has LRO on",
				 device->name.v,
				 device->bridge.v);
		kt_sink_advice(check->out, "'ethtool -K %s lro off'.", device->name.v);
	}
	if (kt_known(device->gro) && !device->gro.v &&
	    check->view->workload != KT_WORKLOAD_LATENCY) {
		kt_sink_blame(check->out, KT_SEVERITY_LOW, "guests get each packet by itself");
		kt_sink_evidence(check->out,
				 device->gro.origin,
				 "%s is a port of %s and has GRO off",
				 device->name.v,
				 device->bridge.v);
		kt_sink_advice(check->out, "'ethtool -K %s gro on'.", device->name.v);
	}
}

/* A bridge drops what is larger than the MTU of the port that it goes out by, and tells nobody
 * (net/bridge/br_forward.c, is_skb_forwardable()). */
static void
check_mtu(Check *check)
{
	const KtNetDeviceList *devices = &check->view->host->net_devices;
	const KtNetDevice *device = check->device;

	if (!kt_known(device->bridge) || !kt_known(device->mtu))
		return;
	for (uint32_t i = 0; i < devices->n; i++) {
		const KtNetDevice *tap = &devices->v[i];
		if (!kt_opt_is(tap->kind, "tap") || !kt_known(tap->mtu) || !kt_known(tap->name) ||
		    !kt_opt_is(tap->bridge, device->bridge.v) || tap->mtu.v <= device->mtu.v)
			continue;
		kt_sink_blame(check->out,
			      KT_SEVERITY_MEDIUM,
			      "large packets of guests are lost at the host's NIC");
		kt_sink_evidence(check->out,
				 tap->mtu.origin,
				 "%s takes %" G_GUINT64_FORMAT
				 " bytes, %s on the same bridge %s only "
				 "%" G_GUINT64_FORMAT,
				 tap->name.v,
				 tap->mtu.v,
				 device->name.v,
				 device->bridge.v,
				 device->mtu.v);
		kt_sink_advice(check->out,
			       "Give %s and the network behind it the larger MTU, or the guest's "
			       "<interface> <mtu size='%" G_GUINT64_FORMAT "'/>.",
			       device->name.v,
			       device->mtu.v);
		return;
	}
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtNetDeviceList *devices = &view->host->net_devices;
	Check check = {.view = view, .out = out};
	uint32_t n = 0;

	if (!kt_sink_needs_look(out, *devices, "the network devices"))
		return KT_VERDICT_UNKNOWN;
	for (uint32_t i = 0; i < devices->n; i++) {
		check.device = &devices->v[i];
		if (!kt_opt_is(check.device->kind, "physical") || !kt_known(check.device->name))
			continue;
		n++;
		check_ring(&check);
		check_channels(&check);
		check_offloads(&check);
		check_mtu(&check);
	}
	if (kt_sink_has_blame(out))
		return KT_VERDICT_FINDING;
	return n ? KT_VERDICT_OK : KT_VERDICT_NOT_APPLICABLE;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/scaling.rst",
	"Linux: Documentation/networking/ethtool-netlink.rst, RINGS and CHANNELS",
	"Linux: net/bridge/br_if.c, br_add_if(): dev_disable_lro(); net/bridge/br_forward.c",
	"systemd.link(5), RxBufferSize= and CombinedChannels=",
	NULL,
};

KT_PRACTICE(host_nic_host_side) = {
	.id = "host.nic-host-side",
	.title = "The host's NICs take what guests send and get",
	.why = "Packets of guests pass the host's NIC, not its TCP: rings that overflow, one queue "
	       "for a fast link and an MTU that is too small lose or delay them, and no sysctl "
	       "helps. LRO merges packets so that a bridge cannot take them apart again; GRO "
	       "does the same so that it can, and saves the guest most of its packets.",
	.cost = "Longer rings are latency and cache; more queues are more interrupts. Changing "
		"either takes the link down for a moment, so kvmtune leaves it to you.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "ethtool -g eno1; ethtool -l eno1; ethtool -k eno1; ip -s -d link",
	.effect = "missed of 'ip -s -s link show eno1' per hour, packets per second of a guest",
	.evaluate = evaluate,
};
