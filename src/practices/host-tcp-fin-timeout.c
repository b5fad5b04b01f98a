/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "least",
		.value = 15,
		.max = 600,
		.unit = "s",
		.doc = "shortest time that is no defect [eng]",
	},
	{
		.name = "value",
		.value = 60,
		.min = 1,
		.max = 600,
		.unit = "s",
		.doc = "the kernel's default (include/net/tcp.h, TCP_FIN_TIMEOUT)",
	},
};

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.tcp_fin_timeout_s;
	uint64_t value = kt_view_param(view, "value");

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.ipv4.tcp_fin_timeout"))
		return KT_VERDICT_UNKNOWN;
	if (now.v >= value)
		return KT_VERDICT_OK;

	kt_sink_number(out, now, "net.ipv4.tcp_fin_timeout", " s");
	if (now.v < kt_view_param(view, "least")) {
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "connections of the host are cut off while they close");
		kt_sink_sysctl_u64(out, "net.ipv4.tcp_fin_timeout", now, value);
		return KT_VERDICT_FINDING;
	}
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "tcp_fin_timeout was changed, which does nothing for guests");
	kt_sink_advice(out,
		       "Nothing has to be done; the line may be taken out of the sysctl file.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, tcp_fin_timeout",
	NULL,
};

KT_PRACTICE(host_tcp_fin_timeout) = {
	.id = "host.tcp-fin-timeout",
	.title = "The host gives closing connections their time",
	.why = "The value bounds how long an orphaned socket waits in FIN_WAIT_2; it does "
	       "nothing to TIME_WAIT, whatever guides say, and nothing to guests. A very "
	       "short one cuts off peers that are slow to close.",
	.cost = "None for guests: their TCP lives inside them, bridged and vhost traffic "
		"never sees this value. Only sockets that end on the host do: migration, "
		"network storage, consoles.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "cat /proc/sys/net/ipv4/tcp_fin_timeout",
	.effect = "number of sockets in FIN_WAIT_2: ss -tan state fin-wait-2",
	.evaluate = evaluate,
};
