/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "used_percent",
		.value = 75,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the table that guests may fill [eng]",
	},
};

#define KEY "net.ipv4.neigh.default.gc_thresh3"

/* Networks of libvirt are routed by the host unless they use a bridge of somebody else. */
static uint32_t
count_routed(const KtFacts *facts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtNicList *nics = &kt_census_config(guest)->nics;
		for (uint32_t j = 0; j < nics->n && kt_census_counts(guest); j++)
			n += kt_opt_is(nics->v[j].type, "network");
	}
	return n;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.neigh_limit;
	KtCensus census = {0};
	uint64_t n = 0;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, KEY) ||
	    !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	n = count_routed(view->facts);
	if (n * 100 <= now.v * kt_view_param(view, "used_percent"))
		return KT_VERDICT_OK;

	kt_sink_severity(out, n > now.v ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out,
			n > now.v ? "there are more guests than neighbours that the host can know"
				  : "the table of neighbours fills with guests");
	kt_sink_number(out, now, KEY, "");
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%" G_GUINT64_FORMAT " network cards of guests in networks of libvirt",
			 n);
	kt_sink_sysctl_u64(out, KEY, now, 4 * MAX(n, now.v));
	kt_sink_advice(out,
		       "Raise gc_thresh2 to half of it, and the keys of net.ipv6 alike where "
		       "guests use IPv6.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/ip-sysctl.rst, neigh/default/gc_thresh3",
	NULL,
};

KT_PRACTICE(host_neigh_tables) = {
	.id = "host.neigh-tables",
	.title = "The table of neighbours holds all guests",
	.why = "A host that routes for its guests keeps the hardware address of each of "
	       "them. When the table is full, packets to further guests are dropped with "
	       "'neighbour table overflow' in the log; the default is 1024.",
	.cost = "About 400 bytes per entry that is in use.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl net.ipv4.neigh.default.gc_thresh3; ip -4 neigh | wc -l",
	.effect = "no 'neighbour: arp_cache: neighbor table overflow!' in the kernel log",
	.evaluate = evaluate,
};
