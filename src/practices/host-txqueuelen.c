/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "ring",
		.value = 1000,
		.min = 1,
		.max = 100000,
		.doc = "packets in the ring of a tap by default (drivers/net/tun.c, "
		       "TUN_READQ_SIZE; ether_setup gives 1000)",
	},
	{
		.name = "value",
		.value = 4000,
		.min = 2,
		.max = 100000,
		.doc = "packets that a guest of class throughput may be behind [eng]",
	},
	{
		.name = "dropped",
		.value = 10000,
		.min = 1,
		.max = 1000000000,
		.doc = "packets that a guest did not take, from which that is worth a change "
		       "[eng]: some are lost while it starts",
	},
};

static bool
is_short(const KtView *view, const KtNetDevice *device)
{
	return kt_opt_is(device->kind, "tap") && kt_known(device->name) &&
	       kt_known(device->tx_queue_len) && kt_known(device->tx_dropped) &&
	       device->tx_queue_len.v <= kt_view_param(view, "ring") &&
	       device->tx_dropped.v >= kt_view_param(view, "dropped");
}

static void
propose(const KtView *view, const KtNetDevice *device, KtSink *out)
{
	g_autofree char *path = g_strdup_printf("/sys/class/net/%s/tx_queue_len", device->name.v);
	g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, device->tx_queue_len.v);
	g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, kt_view_param(view, "value"));

	kt_sink_evidence(out,
			 device->tx_dropped.origin,
			 "%s: %" G_GUINT64_FORMAT " packets dropped, room for %" G_GUINT64_FORMAT,
			 device->name.v,
			 device->tx_dropped.v,
			 device->tx_queue_len.v);
	kt_sink_value(out, path, KT_SYNTAX_NUMBER, KT_PERSIST_NONE, NULL, from, to);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtNetDeviceList *devices = &view->host->net_devices;
	uint32_t n_taps = 0;
	uint32_t n_short = 0;

	if (!kt_sink_needs_look(out, *devices, "the network devices"))
		return KT_VERDICT_UNKNOWN;
	/* A long queue is latency. */
	if (view->workload == KT_WORKLOAD_LATENCY)
		return KT_VERDICT_NOT_APPLICABLE;
	for (uint32_t i = 0; i < devices->n; i++)
		n_taps += kt_opt_is(devices->v[i].kind, "tap");
	if (n_taps == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	for (uint32_t i = 0; i < devices->n; i++) {
		if (!is_short(view, &devices->v[i]))
			continue;
		n_short++;
		propose(view, &devices->v[i], out);
	}
	if (n_short == 0)
		return KT_VERDICT_OK;
	kt_sink_summary(out,
			"%u guest NIC%s packets: the ring is too short",
			n_short,
			n_short == 1 ? " drops" : "s drop");
	kt_sink_advice(
		out,
		"For guests that start later: a udev rule ACTION==\"add\", "
		"SUBSYSTEM==\"net\", KERNEL==\"vnet*\", ATTR{tx_queue_len}=\"%" G_GUINT64_FORMAT
		"\".",
		kt_view_param(view, "value"));
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_txqueuelen) = {
	.id = "host.txqueuelen",
	.title = "Rings of guest NICs hold a burst",
	.why = "txqueuelen of a tap is the ring between the host's network and vhost or QEMU; what "
	       "comes while the guest does not take anything and the ring is full is dropped. On "
	       "physical NICs the number means nothing to fq_codel, fq and mq, the qdiscs in use: "
	       "raising it there, as guides do, changes nothing or adds latency.",
	.cost = "Packets wait longer while the guest is behind; that is why class latency is left "
		"alone.",
	.sources =
		(const char *const[]){
			"Linux: drivers/net/tun.c, tun_queue_resize (the ring has dev->tx_queue_len)",
			"Linux: Documentation/ABI/testing/sysfs-class-net, tx_queue_len",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "ip -s link show type tun",
	.effect = "dropped of 'ip -s link show vnetN' per hour",
	.evaluate = evaluate,
};
