/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const char *const current[] = {"cubic", "bbr", "dctcp"};
static const char *const obsolete[] = {"tcp_bic", "tcp_vegas", "tcp_westwood"};

static bool
is_current(KtOptStr name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(current); i++) {
		if (kt_opt_is(name, current[i]))
			return true;
	}
	return false;
}

static const char *
find_obsolete(const KtHost *host)
{
	for (size_t i = 0; i < G_N_ELEMENTS(obsolete); i++) {
		if (kt_census_has_module(host, obsolete[i]))
			return obsolete[i];
	}
	return NULL;
}

static bool
is_available(KtOptStr names, const char *name)
{
	g_auto(GStrv) words = g_strsplit(kt_known(names) ? names.v : "", " ", /* max_tokens= */ -1);

	return g_strv_contains((const char *const *)words, name);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptStr now = host->sysctl.tcp_congestion;
	const char *module = find_obsolete(host);

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "net.ipv4.tcp_congestion_control"))
		return KT_VERDICT_UNKNOWN;
	if (is_current(now) && !module)
		return kt_sink_needs_look(out, host->modules, "the list of modules")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;

	kt_sink_severity(out, KT_SEVERITY_LOW);
	kt_sink_summary(out,
			is_current(now) ? "an old congestion control is loaded for nothing"
					: "an old congestion control rules the host's own TCP");
	kt_sink_evidence(out, now.origin, "net.ipv4.tcp_congestion_control is %s", now.v);
	if (module)
		kt_sink_evidence(out, host->modules.origin, "module '%s' is loaded", module);
	if (!is_current(now) && is_available(host->sysctl.tcp_congestion_available, "cubic"))
		kt_sink_sysctl(
			out, "net.ipv4.tcp_congestion_control", KT_SYNTAX_PLAIN, now.v, "cubic");
	else if (!is_current(now))
		kt_sink_advice(out, "Load tcp_cubic and set the key to cubic.");
	if (module)
		kt_sink_advice(out, "Take %s out of what loads it at boot.", module);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: net/ipv4/Kconfig, TCP_CONG_ADVANCED",
	"Linux: Documentation/networking/ip-sysctl.rst, tcp_congestion_control",
	NULL,
};

KT_PRACTICE(host_tcp_congestion) = {
	.id = "host.tcp-congestion",
	.title = "TCP of the host uses a current congestion control",
	.why = "Guides load htcp, bic, vegas or westwood. They are decades old: cubic is the"
	       " default since 2006 and right within a site, bbr is for long or lossy ways, "
	       "dctcp for data centres that mark packets. Only sockets of the host are "
	       "concerned.",
	.cost = "None for guests: their TCP lives inside them, bridged and vhost traffic "
		"never sees this value. Only sockets that end on the host do: migration, "
		"network storage, consoles.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_LOW,
	.risk = KT_RISK_LOW,
	.check_by_hand = "sysctl net.ipv4.tcp_congestion_control "
			 "net.ipv4.tcp_available_congestion_control; lsmod | grep ^tcp_",
	.effect = "throughput of a migration over the way it takes",
	.evaluate = evaluate,
};
