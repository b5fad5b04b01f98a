/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "enough_mib",
		.value = 4,
		.min = 1,
		.max = 1024,
		.unit = "MiB",
		.doc = "net.core.rmem_max from which it is not the limit; the kernel's own default "
		       "since Linux 6.18",
	},
	{
		.name = "value_mib",
		.value = 16,
		.min = 1,
		.max = 1024,
		.unit = "MiB",
		.doc = "value; that of tuned's profile network-throughput",
	},
	{
		.name = "fast_mbit",
		.value = 10000,
		.min = 1,
		.max = 1000000,
		.unit = "Mbit/s",
		.doc = "speed of a link from which it matters [eng]",
	},
};

static const KtNetDevice *
find_fast(const KtView *view)
{
	const KtNetDeviceList *devices = &view->host->net_devices;

	for (uint32_t i = 0; i < devices->n; i++) {
		const KtNetDevice *device = &devices->v[i];
		if (kt_opt_is(device->kind, "physical") && kt_known(device->speed_mbit) &&
		    device->speed_mbit.v >= kt_view_param(view, "fast_mbit"))
			return device;
	}
	return NULL;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.rmem_max_bytes;
	KtOptU64 errors = view->host->sysctl.udp_rcvbuf_errors;
	const KtNetDevice *fast = find_fast(view);

	if (now.state == KT_STATE_ABSENT || errors.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.core.rmem_max") ||
	    !kt_sink_needs(out, errors, "the count of datagrams without room") ||
	    !kt_sink_needs_look(out, view->host->net_devices, "the network devices"))
		return KT_VERDICT_UNKNOWN;
	if (!fast)
		return KT_VERDICT_NOT_APPLICABLE;
	if (errors.v == 0 || now.v >= kt_view_param(view, "enough_mib") << 20)
		return KT_VERDICT_OK;

	kt_sink_summary(out, "datagrams found no room in the buffers of this host");
	kt_sink_evidence(out,
			 errors.origin,
			 "%" G_GUINT64_FORMAT " datagrams lost to full buffers since boot",
			 errors.v);
	kt_sink_number(out, now, "net.core.rmem_max", " bytes");
	kt_sink_number(out, fast->speed_mbit, fast->name.v, " Mbit/s");
	kt_sink_sysctl_u64(out, "net.core.rmem_max", now, kt_view_param(view, "value_mib") << 20);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_sock_buffers) = {
	.id = "host.sock-buffers",
	.title = "Programs of the host may have large receive buffers",
	.why = "net.core.rmem_max is the most that a program gets from SO_RCVBUF. Programs that "
	       "take datagrams at the speed of a fast link (overlay networks, storage, NTP at "
	       "load) lose them when they may not buffer a few milliseconds. It has nothing to do "
	       "with the traffic of guests, which has no sockets on the host, nor with TCP, which "
	       "sizes its buffers by itself.",
	.cost = "A program that asks for much may hold that much kernel memory per socket.",
	.sources =
		(const char *const[]){
			"socket(7), SO_RCVBUF, rmem_max",
			"Linux: Documentation/admin-guide/sysctl/net.rst, rmem_max",
			"Linux: Documentation/networking/snmp_counter.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl net.core.rmem_max; grep Udp: /proc/net/snmp",
	.effect = "RcvbufErrors in /proc/net/snmp per hour",
	.evaluate = evaluate,
};
