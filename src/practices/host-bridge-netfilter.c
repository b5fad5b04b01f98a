/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* NICs whose packets cross a bridge of the host. */
static uint32_t
count_bridged(const KtFacts *facts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtNicList *nics = &kt_census_config(guest)->nics;
		for (uint32_t j = 0; j < nics->n && kt_census_counts(guest); j++)
			n += kt_opt_is(nics->v[j].type, "bridge") ||
			     kt_opt_is(nics->v[j].type, "network");
	}
	return n;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	const struct {
		KtOptU64 value;
		const char *key;
	} rows[] = {
		{.value = sysctl->bridge_call_iptables, .key = "bridge-nf-call-iptables"},
		{.value = sysctl->bridge_call_ip6tables, .key = "bridge-nf-call-ip6tables"},
		{.value = sysctl->bridge_call_arptables, .key = "bridge-nf-call-arptables"},
	};
	KtCensus census = {0};
	uint32_t n_on = 0;

	if (rows[0].value.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, rows[0].value, "net.bridge.bridge-nf-call-iptables") ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!kt_known(rows[i].value) || rows[i].value.v == 0)
			continue;
		n_on++;
		kt_sink_number(out, rows[i].value, rows[i].key, "");
	}
	if (n_on == 0 || count_bridged(view->facts) == 0)
		return KT_VERDICT_OK;

	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "packets between guests of one bridge pass iptables");
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u network cards of guests on bridges",
			 count_bridged(view->facts));
	kt_sink_advice(out,
		       "Set these keys of net.bridge to 0 only if nobody filters there: look for "
		       "<filterref>, Docker, Kubernetes, OpenStack, and physdev in iptables-save.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, bridge-nf-call-iptables",
	"libvirt: docs/formatnwfilter.rst",
	NULL,
};

KT_PRACTICE(host_bridge_netfilter) = {
	.id = "host.bridge-netfilter",
	.title = "Bridged guest traffic does not pass iptables unasked",
	.why = "With br_netfilter every bridged packet of every guest goes through iptables "
	       "and connection tracking. Docker and Kubernetes switch that on for "
	       "themselves; on other hosts it costs throughput and fills the table of "
	       "connections.",
	.cost = "Filters rely on it: with 0, libvirt's <filterref> with IP rules, security "
		"groups of OpenStack, Docker, Kubernetes and iptables rules with physdev stop"
		" to work without a word.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand =
		"sysctl -a --pattern bridge-nf-call; virsh nwfilter-binding-list; iptables-"
		"save | grep physdev",
	.effect = "packets per second between guests of one bridge, entries in the table of "
		  "connections",
	.evaluate = evaluate,
};
