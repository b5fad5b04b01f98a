/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Linux 4.19 brought 2, on loopback only; before it the default was 0. */
static uint64_t
wanted(const KtHost *host)
{
	return kt_census_kernel_from(host, 4, 19) ? 2 : 0;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.tcp_tw_reuse;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.ipv4.tcp_tw_reuse") ||
	    !kt_sink_needs(out, view->host->system.kernel, "the release of the kernel"))
		return KT_VERDICT_UNKNOWN;
	if (now.v != 1)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out, "the host reuses connections in TIME_WAIT, guests gain nothing");
	kt_sink_number(out, now, "net.ipv4.tcp_tw_reuse", "");
	kt_sink_sysctl_u64(out, "net.ipv4.tcp_tw_reuse", now, wanted(view->host));
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, tcp_tw_reuse",
	"Linux commit 79e9fed46038: 2 is the default since 4.19",
	NULL,
};

KT_PRACTICE(host_tcp_tw_reuse) = {
	.id = "host.tcp-tw-reuse",
	.title = "The host does not reuse connections in TIME_WAIT",
	.why = "The kernel says of tcp_tw_reuse: do not change it without advice of experts."
	       " It concerns connections that the host itself opens, never those of guests; "
	       "2 allows it on loopback, where it is harmless.",
	.cost = "None for guests: their TCP lives inside them, bridged and vhost traffic "
		"never sees this value. Only sockets that end on the host do: migration, "
		"network storage, consoles.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /proc/sys/net/ipv4/tcp_tw_reuse",
	.effect = "none to be seen",
	.evaluate = evaluate,
};
