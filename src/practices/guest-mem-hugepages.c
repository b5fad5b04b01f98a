/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

#define MIB_KIB UINT64_C(1024)
#define GIB_KIB UINT64_C(1048576)

static const KtParam params[] = {
	{
		.name = "from_gib",
		.value = 8,
		.min = 1,
		.max = 65536,
		.unit = "GiB",
		.doc = "memory from which latency and throughput guests want huge pages [eng]",
	},
	{
		.name = "large_from_gib",
		.value = 16,
		.min = 1,
		.max = 65536,
		.unit = "GiB",
		.doc = "memory from which pages of 1 GiB are taken [eng]",
	},
};

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_MISSING,
	FAULT_DENSE, /* memory that nobody else can have */
	FAULT_ODD,   /* size is no multiple of the page */
} Fault;

/* The largest page size that the guest names, or 0. */
static uint64_t
page_size(const KtGuestConfig *config)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		const KtHugepageUse *use = &config->hugepage_uses.v[i];
		if (kt_known(use->size_kib))
			most = MAX(most, use->size_kib.v);
	}
	return most;
}

static Fault
find_fault(const KtView *view, const KtGuestConfig *config)
{
	uint64_t page = page_size(config);
	uint64_t memory = config->memory_kib.v;

	if (!config->hugepages.v)
		return kt_guest_wants_speed(view) &&
				       memory >= kt_view_param(view, "from_gib") * GIB_KIB
			       ? FAULT_MISSING
			       : FAULT_NONE;
	/* With cells each of them has its own size and page. */
	if (page && config->hugepage_uses.n == 1 && config->cells.n == 0 &&
	    config->memory_devices.n == 0 && memory % page != 0)
		return FAULT_ODD;
	return view->workload == KT_WORKLOAD_DENSE ? FAULT_DENSE : FAULT_NONE;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (kt_guest_is_emulated(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->hugepages, "<hugepages>") ||
	    !kt_sink_needs(out, config->hugepage_uses, "the sizes of <hugepages>") ||
	    !kt_sink_needs(out, config->memory_kib, "the memory of the guest"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = find_fault(view, config);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	uint64_t mib = config->memory_kib.v / MIB_KIB;

	kt_sink_severity(out, fault == FAULT_ODD ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	if (fault == FAULT_MISSING)
		kt_sink_summary(out, "a large guest on small pages");
	else if (fault == FAULT_DENSE)
		kt_sink_summary(out, "huge pages hold memory that dense guests should share");
	else
		kt_sink_summary(out, "memory is no multiple of its huge page");
	if (fault == FAULT_ODD)
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->memory_kib),
				 "%" G_GUINT64_FORMAT " KiB on pages of %" G_GUINT64_FORMAT " KiB",
				 config->memory_kib.v,
				 page_size(config));
	else
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->hugepages),
				 "%s<hugepages>, %" G_GUINT64_FORMAT " MiB, class %s",
				 fault == FAULT_MISSING ? "no " : "",
				 mib,
				 kt_workload_name(view->workload));
}

/* The page that suits the guest, and whether the pool of the host has enough of it now. */
static bool
has_pages(const KtView *view, uint64_t *ret_page)
{
	const KtHugePoolList *pools = &view->host->memory.huge_pools;
	uint64_t memory = view->config->memory_kib.v;
	bool is_large =
		memory >= kt_view_param(view, "large_from_gib") * GIB_KIB && memory % GIB_KIB == 0;

	*ret_page = is_large ? GIB_KIB : 2 * MIB_KIB;
	for (uint32_t i = 0; kt_guest_is_local(view) && i < pools->n; i++) {
		const KtHugePool *pool = &pools->v[i];
		uint64_t reserved = kt_known(pool->reserved) ? pool->reserved.v : 0;
		if (kt_known(pool->size_kib) && pool->size_kib.v == *ret_page &&
		    kt_known(pool->free) && pool->free.v >= reserved)
			return memory % *ret_page == 0 &&
			       pool->free.v - reserved >= memory / *ret_page;
	}
	return false;
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	uint64_t page = 0;
	bool has_room = has_pages(view, &page);

	if (fault == FAULT_ODD) {
		kt_sink_advice(out,
			       "Choose a size that is a multiple of the page ('virsh edit %s'): "
			       "numbers with GB are decimal, with GiB binary.",
			       kt_guest_name(view->guest));
		return;
	}
	if (fault == FAULT_DENSE) {
		kt_sink_advice(out,
			       "Take <hugepages> out of <memoryBacking> with 'virsh edit %s'; "
			       "transparent huge pages need no setting.",
			       kt_guest_name(view->guest));
		return;
	}
	if (!has_room || !kt_guest_is_x86(view->config)) {
		kt_sink_advice(
			out,
			"Reserve pages for it first (host.hugepages-pool), on the node where "
			"it runs; then add <hugepages> with 'virsh edit %s'. Without them "
			"it does not start.",
			kt_guest_name(view->guest));
		return;
	}
	g_autofree char *element = g_strdup_printf(
		"<hugepages><page size='%" G_GUINT64_FORMAT "' unit='KiB'/></hugepages>", page);
	kt_sink_domain_xml(out, view->guest, "/domain/memoryBacking/hugepages", NULL, element);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_mem_hugepages) = {
	.id = "guest.mem.hugepages",
	.title = "Large guests that must be quick run on huge pages",
	.why = "With 4 KiB pages a walk of guest and host page tables takes up to 24 steps for "
	       "each address that the TLB does not know, and the tables alone fill caches; static "
	       "huge pages of 2 MiB or 1 GiB shorten it and are never swapped or split.",
	.cost = "The memory is taken from the host for good, cannot be ballooned, merged or "
		"overcommitted, and the guest does not start when the pool is short.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Memory Backing, hugepages",
			"Linux: Documentation/admin-guide/mm/hugetlbpage.rst",
			"Intel SDM volume 3, 28.3 EPT",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -A3 hugepages; grep Huge /proc/meminfo",
	.effect = "dTLB-load-misses (perf stat) of the vCPU threads; throughput",
	.evaluate = evaluate,
};
