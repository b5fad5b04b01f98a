/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-practice.h"

#define MAX_KEY     "net.netfilter.nf_conntrack_max"
#define BUCKETS_KEY "net.netfilter.nf_conntrack_buckets"
/* A pointer per bucket (include/linux/list_nulls.h, struct hlist_nulls_head). */
#define BUCKET_BYTES 8

static const KtParam params[] = {
	{
		.name = "used_percent",
		.value = 75,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of the table that may be in use [eng]",
	},
	{
		.name = "chain",
		.value = 4,
		.min = 1,
		.max = 64,
		.doc = "entries of the limit per bucket above which look-ups walk long chains: a full "
		       "table then has chains of twice that, each flow is stored twice [eng]",
	},
	{
		.name = "small_host",
		.value = 65536,
		.min = 1024,
		.max = 1073741824,
		.doc = "least limit with up to 4 GiB of memory (Linux 6.1, "
		       "nf_conntrack_init_start)",
	},
	{
		.name = "large_host",
		.value = 262144,
		.min = 1024,
		.max = 1073741824,
		.doc = "least limit above 4 GiB of memory (same source)",
	},
	{
		.name = "memory_percent",
		.value = 1,
		.min = 1,
		.max = 50,
		.unit = "%",
		.doc = "memory that the table of buckets may take [eng]",
	},
};

static uint64_t
default_limit(const KtView *view)
{
	KtOptU64 total = view->host->memory.total_kib;
	bool is_large = kt_known(total) && total.v > UINT64_C(4) * 1024 * 1024;

	return kt_view_param(view, is_large ? "large_host" : "small_host");
}

static bool
is_filling(const KtView *view)
{
	const KtSysctl *sysctl = &view->host->sysctl;

	return kt_known(sysctl->conntrack_count) &&
	       sysctl->conntrack_count.v >
		       sysctl->conntrack_max.v / 100 * kt_view_param(view, "used_percent");
}

static bool
has_long_chains(const KtView *view)
{
	const KtSysctl *sysctl = &view->host->sysctl;

	return kt_known(sysctl->conntrack_buckets) &&
	       sysctl->conntrack_buckets.v < sysctl->conntrack_max.v / kt_view_param(view, "chain");
}

static bool
fits(const KtView *view, uint64_t buckets)
{
	KtOptU64 total = view->host->memory.total_kib;

	return kt_known(total) && buckets / 1024 * BUCKET_BYTES <
					  total.v / 100 * kt_view_param(view, "memory_percent");
}

static void
propose(const KtView *view, uint64_t limit, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;

	if (!fits(view, limit)) {
		kt_sink_advice(out,
			       "A table for that many connections takes too much memory: find out "
			       "what opens them, or exempt guest traffic from tracking.");
		return;
	}
	if (kt_known(sysctl->conntrack_buckets) && sysctl->conntrack_buckets.v < limit) {
		g_autofree char *from =
			g_strdup_printf("%" G_GUINT64_FORMAT, sysctl->conntrack_buckets.v);
		g_autofree char *to = g_strdup_printf("%" G_GUINT64_FORMAT, limit);
		/* The kernel rounds the number of buckets up to whole pages. */
		kt_sink_sysctl(out, BUCKETS_KEY, KT_SYNTAX_AT_LEAST, from, to);
	}
	if (limit != sysctl->conntrack_max.v)
		kt_sink_sysctl_u64(out, MAX_KEY, sysctl->conntrack_max, limit);
}

static void
add_evidence(const KtView *view, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;

	kt_sink_evidence(out,
			 sysctl->conntrack_max.origin,
			 "at most %" G_GUINT64_FORMAT " connections are tracked",
			 sysctl->conntrack_max.v);
	if (kt_known(sysctl->conntrack_count))
		kt_sink_evidence(out,
				 sysctl->conntrack_count.origin,
				 "%" G_GUINT64_FORMAT " are tracked now",
				 sysctl->conntrack_count.v);
	if (kt_known(sysctl->conntrack_buckets))
		kt_sink_evidence(out,
				 sysctl->conntrack_buckets.origin,
				 "the hash table has %" G_GUINT64_FORMAT " buckets",
				 sysctl->conntrack_buckets.v);
	if (kt_known(sysctl->conntrack_drop))
		kt_sink_evidence(out,
				 sysctl->conntrack_drop.origin,
				 "%" G_GUINT64_FORMAT " packets dropped since boot",
				 sysctl->conntrack_drop.v);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtSysctl *sysctl = &view->host->sysctl;
	uint64_t limit = sysctl->conntrack_max.v;

	if (sysctl->conntrack_max.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, sysctl->conntrack_max, "the size of the table"))
		return KT_VERDICT_UNKNOWN;
	/* 0 is no limit (net/netfilter/nf_conntrack_core.c, __nf_conntrack_alloc). */
	if (limit == 0)
		return KT_VERDICT_OK;

	add_evidence(view, out);
	if (is_filling(view)) {
		kt_sink_severity(out, KT_SEVERITY_HIGH);
		kt_sink_summary(out,
				"the connection table is nearly full: packets will be dropped");
		limit = MAX(limit, MAX(default_limit(view), 2 * sysctl->conntrack_count.v));
	} else if (has_long_chains(view)) {
		kt_sink_severity(out, KT_SEVERITY_LOW);
		kt_sink_summary(out, "the connection table has too few buckets for its size");
	} else {
		return kt_sink_needs(out, sysctl->conntrack_count, "the number of entries") &&
				       kt_sink_needs(out,
						     sysctl->conntrack_buckets,
						     "the number of buckets")
			       ? KT_VERDICT_OK
			       : KT_VERDICT_UNKNOWN;
	}
	propose(view, limit, out);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/networking/nf_conntrack-sysctl.rst",
	"Linux 6.1: net/netfilter/nf_conntrack_core.c, nf_conntrack_init_start()",
	"Linux 5.15, netfilter: conntrack: sanitize table size default settings",
	NULL,
};

KT_PRACTICE(host_conntrack) = {
	.id = "host.conntrack",
	.title = "The connection table is large enough and quick to search",
	.why = "Packets of new connections are dropped when the table is full, for the host and "
	       "for all guests whose traffic is tracked. With few buckets each packet walks a long "
	       "chain.",
	.cost = "About 320 bytes per connection that is really tracked, 8 bytes per bucket. Not "
		"tracking guest traffic at all costs nothing and is better.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "sysctl -a --pattern 'nf_conntrack_(max|count|buckets)'; "
			 "cat /proc/net/stat/nf_conntrack",
	.effect =
		"count against max, columns drop and insert_failed of /proc/net/stat/nf_conntrack",
	.evaluate = evaluate,
};
