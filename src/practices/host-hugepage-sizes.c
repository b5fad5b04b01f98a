/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static bool
has_size(const KtMemory *memory, uint64_t size_kib)
{
	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		KtOptU64 size = memory->huge_pools.v[i].size_kib;
		if (!kt_known(size) || size.v == size_kib)
			return true;
	}
	return false;
}

/* A page size that the guest names and the kernel does not have, or NULL. */
static const KtHugepageUse *
find_strange(const KtView *view, const KtGuest *guest)
{
	const KtGuestConfig *config = &guest->inactive;

	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		const KtHugepageUse *use = &config->hugepage_uses.v[i];
		if (kt_known(use->size_kib) && !has_size(&view->host->memory, use->size_kib.v))
			return use;
	}
	return NULL;
}

static char *
list_sizes(const KtMemory *memory)
{
	GString *sizes = g_string_new(NULL);

	for (uint32_t i = 0; i < memory->huge_pools.n; i++)
		g_string_append_printf(sizes,
				       "%s%" G_GUINT64_FORMAT " KiB",
				       i > 0 ? ", " : "",
				       memory->huge_pools.v[i].size_kib.v);
	return g_string_free(sizes, FALSE);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;
	uint32_t n = 0;

	if (!kt_sink_needs_look(out, memory->huge_pools, "the sizes of huge pages") ||
	    !kt_sink_needs_look(out, view->facts->guests, "the guests"))
		return KT_VERDICT_UNKNOWN;
	if (memory->huge_pools.state == KT_STATE_ABSENT || view->facts->guests.n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		const KtHugepageUse *use = find_strange(view, guest);
		if (!use)
			continue;
		n++;
		kt_sink_evidence(out,
				 use->size_kib.origin,
				 "guest '%s' asks for pages of %" G_GUINT64_FORMAT " KiB",
				 kt_known(guest->name) ? guest->name.v : "?",
				 use->size_kib.v);
	}
	if (n == 0)
		return KT_VERDICT_OK;

	g_autofree char *sizes = list_sizes(memory);
	kt_sink_summary(out,
			"%u guest%s not start: a page size that is not there",
			n,
			n == 1 ? " does" : "s do");
	kt_sink_evidence(out, memory->huge_pools.origin, "the kernel has %s", sizes);
	kt_sink_advice(out,
		       "Name one of these sizes in <hugepages> with 'virsh edit'; pages of 1 GiB "
		       "need a CPU with pdpe1gb (x86).");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(host_hugepage_sizes) = {
	.id = "host.hugepage-sizes",
	.title = "Guests name page sizes that the kernel has",
	.why = "Which sizes there are depends on the CPU and on the base page: 2 MiB and 1 GiB on "
	       "x86-64, 64 KiB, 2 MiB, 32 MiB and 1 GiB on arm64 with 4 KiB pages, 2 MiB and 512 "
	       "MiB with 64 KiB pages. A guest that names another one does not start. Flags of "
	       "/proc/cpuinfo tell this on no architecture but x86.",
	.cost = "None: such a guest does not run now.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/admin-guide/mm/hugetlbpage.rst, "
			"/sys/kernel/mm/hugepages",
			"Linux: Documentation/arch/arm64/hugetlbpage.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_LOW,
	.check_by_hand = "ls /sys/kernel/mm/hugepages; getconf PAGESIZE",
	.effect = "The guest starts",
	.evaluate = evaluate,
};
