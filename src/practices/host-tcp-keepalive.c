/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "value",
		.value = 75,
		.min = 1,
		.max = 32767,
		.unit = "s",
		.doc = "the kernel's default (include/net/tcp.h, TCP_KEEPALIVE_INTVL)",
	},
};

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.tcp_keepalive_intvl_s;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.ipv4.tcp_keepalive_intvl"))
		return KT_VERDICT_UNKNOWN;
	if (now.v == kt_view_param(view, "value"))
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "tcp_keepalive_intvl was changed, which does nothing for guests");
	kt_sink_number(out, now, "net.ipv4.tcp_keepalive_intvl", " s");
	kt_sink_advice(out,
		       "Nothing has to be done; the line may be taken out of the sysctl file.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, tcp_keepalive_intvl",
	NULL,
};

KT_PRACTICE(host_tcp_keepalive) = {
	.id = "host.tcp-keepalive",
	.title = "Probes of idle connections are not tuned for guests",
	.why = "tcp_keepalive_intvl concerns sockets of the host that asked for keepalive, "
	       "after two hours of silence. libvirt has its own keepalive, and guests have "
	       "their own TCP: the change that a guide recommends does nothing for them.",
	.cost = "None for guests: their TCP lives inside them, bridged and vhost traffic "
		"never sees this value. Only sockets that end on the host do: migration, "
		"network storage, consoles.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /proc/sys/net/ipv4/tcp_keepalive_intvl",
	.effect = "none to be seen",
	.evaluate = evaluate,
};
