/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-huge-need.h"

#define GIB_KIB UINT64_C(1048576)

static const KtHugePool *
find_idle_pool(const KtMemory *memory)
{
	const KtHugePool *pool = kt_huge_pool(&memory->huge_pools, GIB_KIB);
	bool is_idle = pool && kt_known(pool->total) && kt_known(pool->free) && pool->total.v > 0 &&
		       pool->free.v == pool->total.v;

	return is_idle ? pool : NULL;
}

/* The size that <hugepages> without <page> means. */
static bool
asks_for_gib(const KtView *view, const KtGuestConfig *config)
{
	KtOptU64 usual = view->host->memory.hugepage_default_kib;

	if (config->hugepage_uses.n == 0)
		return kt_known(usual) && usual.v == GIB_KIB;
	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		KtOptU64 size = config->hugepage_uses.v[i].size_kib;
		if (!kt_known(size) ? !kt_known(usual) || usual.v == GIB_KIB : size.v == GIB_KIB)
			return true;
	}
	return false;
}

/* Guests on huge pages of another size; any that is not known, or that wants these, is enough to
 * leave the pool alone. */
static bool
count_others(const KtView *view, uint32_t *ret_others)
{
	const KtGuestList *guests = &view->facts->guests;

	for (uint32_t i = 0; i < guests->n; i++) {
		const KtGuestConfig *config = kt_census_config(&guests->v[i]);
		if (!kt_known(config->hugepages) || !kt_known(config->hugepage_uses))
			return false;
		if (!config->hugepages.v)
			continue;
		if (asks_for_gib(view, config))
			return false;
		*ret_others += 1;
	}
	return true;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;
	const KtHugePool *pool = NULL;
	uint32_t n_others = 0;

	if (!kt_sink_needs_look(out, memory->huge_pools, "the pools of huge pages"))
		return KT_VERDICT_UNKNOWN;
	if (memory->huge_pools.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	pool = find_idle_pool(memory);
	if (!pool)
		return KT_VERDICT_OK;
	if (!kt_sink_needs_look(out, view->facts->guests, "the guests"))
		return KT_VERDICT_UNKNOWN;
	if (!count_others(view, &n_others) || n_others == 0)
		return KT_VERDICT_OK;

	kt_sink_summary(out,
			"%" G_GUINT64_FORMAT " GiB in pages of 1 GiB that no guest asks for",
			pool->total.v);
	kt_sink_evidence(out,
			 pool->free.origin,
			 "all %" G_GUINT64_FORMAT " pages of 1 GiB are free",
			 pool->total.v);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "%u guest%s on huge pages of another size",
			 n_others,
			 n_others == 1 ? " is" : "s are");
	kt_sink_advice(out,
		       "Say <page size='1' unit='GiB'/> in <hugepages> of the guests they are for "
		       "(without it the default size counts), or give them back: write 0 to "
		       "nr_hugepages of that size, or break them up with its file 'demote'.");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_hugepages_1g) = {
	.id = "host.hugepages-1g",
	.title = "Pages of 1 GiB are used by those they are for",
	.why = "A guest whose <hugepages> names no size gets the default one, 2 MiB unless "
	       "default_hugepagesz says otherwise: pages of 1 GiB that were reserved for it are "
	       "never touched, and nobody else can have that memory either.",
	.cost = "None, unless the guests that the pages are for have not been defined yet.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/mm/hugetlbpage.rst, "
			"default_hugepagesz, demote",
			"libvirt: formatdomain.html, Memory Backing, hugepages: without page the "
			"default size is used",
			"Linux commit 944d9fec8d7a: pages of 1 GiB at run time since 3.16",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.check_by_hand = "grep . /sys/kernel/mm/hugepages/hugepages-1048576kB/*_hugepages",
	.effect = "free_hugepages of that size, MemAvailable in /proc/meminfo",
	.evaluate = evaluate,
};
