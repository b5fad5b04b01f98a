/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "retries_min",
		.value = 2,
		.max = 255,
		.doc = "fewest answers that are repeated and no finding [eng]",
	},
	{
		.name = "retries",
		.value = 5,
		.min = 2,
		.max = 255,
		.doc = "number that is set; the kernel's default (include/net/tcp.h, "
		       "TCP_SYNACK_RETRIES)",
	},
};

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 cookies = view->host->sysctl.tcp_syncookies;
	KtOptU64 retries = view->host->sysctl.tcp_synack_retries;
	bool is_open = kt_known(cookies) && cookies.v == 0;
	bool is_hasty = kt_known(retries) && retries.v < kt_view_param(view, "retries_min");

	/* A kernel without CONFIG_SYN_COOKIES has no such key. */
	if (cookies.state == KT_STATE_ABSENT && retries.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!is_open && !is_hasty)
		return kt_sink_needs_look(out, cookies, "net.ipv4.tcp_syncookies") &&
				       kt_sink_needs_look(
					       out, retries, "net.ipv4.tcp_synack_retries")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;

	kt_sink_severity(out, is_open ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			is_open ? "a flood of connection requests locks the host's services"
				: "the host gives up on peers behind lossy links");
	if (is_open) {
		kt_sink_number(out, cookies, "net.ipv4.tcp_syncookies", "");
		kt_sink_sysctl_u64(out, "net.ipv4.tcp_syncookies", cookies, 1);
	}
	if (is_hasty) {
		kt_sink_number(out, retries, "net.ipv4.tcp_synack_retries", "");
		kt_sink_sysctl_u64(out,
				   "net.ipv4.tcp_synack_retries",
				   retries,
				   kt_view_param(view, "retries"));
	}
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, tcp_syncookies and "
	"tcp_synack_retries",
	NULL,
};

KT_PRACTICE(host_syn_flood) = {
	.id = "host.syn-flood",
	.title = "The host withstands floods of connection requests",
	.why = "SYN cookies let the host answer when its queue is full. Raising "
	       "tcp_max_syn_backlog alone does nothing, the queue of each program bounds it;"
	       " and with one retry the host gives up on peers behind a lossy link after "
	       "three seconds.",
	.cost = "None for guests: their TCP lives inside them, bridged and vhost traffic "
		"never sees this value. Only sockets that end on the host do: migration, "
		"network storage, consoles.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl net.ipv4.tcp_syncookies net.ipv4.tcp_synack_retries",
	.effect = "TCPReqQFullDoCookies in /proc/net/netstat",
	.evaluate = evaluate,
};
