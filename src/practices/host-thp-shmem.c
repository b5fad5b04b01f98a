/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

#define SHMEM "/sys/kernel/mm/transparent_hugepage/shmem_enabled"

/* Files in a tmpfs or on disk follow that mount; memfd has no mount to follow. */
static uint32_t
count_memfd(const KtFacts *facts)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		n += kt_census_counts(guest) && kt_census_memory_kind(config) == KT_MEMORY_SHARED &&
		     kt_opt_is(config->memory_source, "memfd");
	}
	return n;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	KtOptStr now = host->thp.shmem_enabled;
	KtCensus census = {0};
	uint32_t n_memfd = 0;

	if (now.state == KT_STATE_ABSENT || kt_census_is_dom0(host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	n_memfd = count_memfd(view->facts);
	if (n_memfd == 0)
		return census.n_unknown ? kt_census_unknown(view, out) : KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, now, "the mode for shared memory"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_opt_is(now, "never") && !kt_opt_is(now, "deny"))
		return KT_VERDICT_OK;

	kt_sink_severity(out, kt_view_is_strict(view) ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out, "guests on memfd run on small pages only");
	kt_sink_evidence(out, now.origin, "huge pages for shared memory: '%s'", now.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u guest%s with <source type='memfd'/>",
			 n_memfd,
			 n_memfd == 1 ? "" : "s");
	kt_sink_sysfs(out, SHMEM, KT_SYNTAX_CHOICE, now.v, "advise");
	kt_sink_advice(out, "Guests that run keep small pages until their next start.");
	return KT_VERDICT_FINDING;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/transhuge.rst, shmem_enabled",
	"QEMU 7.2: softmmu/physmem.c, ram_block_add(): madvise for memory of every backend",
	NULL,
};

KT_PRACTICE(host_thp_shmem) = {
	.id = "host.thp-shmem",
	.title = "Guests on shared memory can have huge pages, too",
	.why = "virtiofs and vhost-user need guest memory on memfd. The mode 'enabled' does not "
	       "count there, shmem_enabled does, and its default is 'never': such a guest has "
	       "not one huge page.",
	.cost = "Other programs that ask for huge pages on shared memory get them, too. Static "
		"huge pages for these guests are the other way.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "cat /sys/kernel/mm/transparent_hugepage/shmem_enabled; "
			 "grep ShmemHugePages /proc/meminfo",
	.effect = "ShmemHugePages in /proc/meminfo after the next start of these guests",
	.evaluate = evaluate,
};
