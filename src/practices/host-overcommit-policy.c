/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

/* Values of vm.overcommit_memory (Documentation/mm/overcommit-accounting.rst). */
#define NEVER UINT64_C(2)

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtOptU64 now = view->host->sysctl.overcommit_memory;
	KtOptU64 limit = view->host->memory.commit_limit_kib;
	KtCensus census = {0};
	bool is_short = false;

	if (now.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "vm.overcommit_memory"))
		return KT_VERDICT_UNKNOWN;
	if (now.v != NEVER)
		return KT_VERDICT_OK;
	if (!kt_census_needs(view, KT_CENSUS_DEFINED, &census, out))
		return KT_VERDICT_UNKNOWN;
	if (census.n == 0)
		return KT_VERDICT_OK;

	is_short = kt_known(limit) && census.normal_kib > limit.v;
	kt_sink_severity(out, is_short ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			is_short ? "guests will not start: the kernel promises too little memory"
				 : "guests may fail to start although memory is free");
	kt_sink_number(out, now, "vm.overcommit_memory", "");
	if (kt_known(limit))
		kt_sink_evidence(out,
				 limit.origin,
				 "the kernel promises at most %" G_GUINT64_FORMAT " MiB",
				 limit.v / 1024);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "guests outside static huge pages may use %" G_GUINT64_FORMAT " MiB",
			 census.normal_kib / 1024);
	kt_sink_sysctl_u64(out, "vm.overcommit_memory", now, 0);
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/mm/overcommit-accounting.rst",
	"Linux: Documentation/admin-guide/sysctl/vm.rst, overcommit_memory and overcommit_ratio",
	NULL,
};

KT_PRACTICE(host_overcommit_policy) = {
	.id = "host.overcommit-policy",
	.title = "The kernel lets guests map their memory",
	.why = "With vm.overcommit_memory 2 every mapping counts in full, touched or not, and by "
	       "default against half of the memory only: QEMU, and every fork of libvirt, fails "
	       "with 'cannot allocate memory' on a host that has plenty.",
	.cost = "A host that promised more than it has meets the out-of-memory killer instead of "
		"an error: keep the sum of guest memory in mind. Strict accounting is right for "
		"hosts that run a database beside their guests and were sized for it.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "cat /proc/sys/vm/overcommit_memory; grep -i commit /proc/meminfo",
	.effect = "guests start; Committed_AS against CommitLimit in /proc/meminfo",
	.evaluate = evaluate,
};
