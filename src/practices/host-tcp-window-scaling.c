/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.tcp_window_scaling;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.ipv4.tcp_window_scaling"))
		return KT_VERDICT_UNKNOWN;
	if (now.v != 0)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_HIGH);
	kt_sink_summary(out, "connections of the host are limited to windows of 64 KiB");
	kt_sink_number(out, now, "net.ipv4.tcp_window_scaling", "");
	kt_sink_sysctl_u64(out, "net.ipv4.tcp_window_scaling", now, 1);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, tcp_window_scaling",
	"RFC 7323: TCP Extensions for High Performance, 2",
	NULL,
};

KT_PRACTICE(host_tcp_window_scaling) = {
	.id = "host.tcp-window-scaling",
	.title = "TCP of the host uses windows above 64 KiB",
	.why = "Without window scaling a connection has at most 64 KiB in flight: a live "
	       "migration or network storage of this host crawls, however fast the link is.",
	.cost = "None for guests: their TCP lives inside them, bridged and vhost traffic "
		"never sees this value. Only sockets that end on the host do: migration, "
		"network storage, consoles.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /proc/sys/net/ipv4/tcp_window_scaling",
	.effect = "memory bandwidth in virsh domjobinfo during a migration",
	.evaluate = evaluate,
};
