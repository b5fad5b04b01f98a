/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-huge-need.h"

static const KtParam params[] = {
	{
		.name = "waste_percent",
		.value = 10,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "part of memory that may lie in pools which no defined guest will use [eng]",
	},
	{
		.name = "reserve_min_mib",
		.value = 4096,
		.max = 1048576,
		.unit = "MiB",
		.doc = "least memory that pools must leave to the host [eng]",
	},
	{
		.name = "reserve_max_mib",
		.value = 65536,
		.max = 1048576,
		.unit = "MiB",
		.doc = "most memory that pools must leave to the host [eng]",
	},
	{
		.name = "reserve_percent",
		.value = 5,
		.max = 100,
		.unit = "%",
		.doc = "memory that pools must leave to the host, within the two limits [eng]",
	},
	{
		.name = "node_reserve_mib",
		.value = 1024,
		.max = 1048576,
		.unit = "MiB",
		.doc = "free memory that growing pools must leave on each node [eng]",
	},
	{
		.name = "exhausted_mib",
		.value = 1024,
		.max = 1048576,
		.unit = "MiB",
		.doc = "available memory below which too large pools are an outage [eng]",
	},
};

typedef struct Pools {
	const KtView *view;
	uint64_t total_kib;
	uint64_t reserve_kib;
	uint64_t pools_kib; /* all pools of all sizes */
	uint64_t idle_kib;  /* in pools, and no defined guest will ask for it */
	uint32_t n_unclear;
	bool is_wanted; /* a guest is on static huge pages */
} Pools;

static bool
is_strict(const KtView *view)
{
	return view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_THROUGHPUT;
}

static uint64_t
minus(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static bool
has_hugetlb_guest(const KtFacts *facts)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		if (kt_opt_true(kt_census_config(&facts->guests.v[i])->hugepages))
			return true;
	}
	return false;
}

static Pools
survey(const KtView *view)
{
	const KtMemory *memory = &view->host->memory;
	Pools pools = {
		.view = view,
		.total_kib = memory->total_kib.v,
		.is_wanted = has_hugetlb_guest(view->facts),
	};

	pools.reserve_kib = CLAMP(pools.total_kib / 100 * kt_view_param(view, "reserve_percent"),
				  kt_view_param(view, "reserve_min_mib") * 1024,
				  kt_view_param(view, "reserve_max_mib") * 1024);
	for (uint32_t i = 0; i < memory->huge_pools.n; i++) {
		const KtHugePool *pool = &memory->huge_pools.v[i];
		if (kt_known(pool->size_kib) && kt_known(pool->total))
			pools.pools_kib += pool->size_kib.v * pool->total.v;
	}
	return pools;
}

/* Memory that all pools together may still take. */
static uint64_t
room_kib(const Pools *pools)
{
	KtOptU64 available = pools->view->host->memory.available_kib;

	if (!kt_known(available))
		return 0;
	return MIN(minus(available.v, pools->reserve_kib),
		   minus(pools->total_kib, pools->reserve_kib + pools->pools_kib));
}

static void
propose_growth(const KtHugeNeed *need, KtSink *out)
{
	if (!need->is_spread) {
		kt_sink_advice(
			out,
			"That many pages do not fit into free memory now: reserve them at boot "
			"(hugepagesz=%" G_GUINT64_FORMAT "K hugepages=N), or give guests less.",
			need->size_kib);
		return;
	}
	for (uint32_t i = 0; i < need->n_nodes; i++) {
		const KtHugeNode *node = &need->nodes[i];
		if (node->add == 0)
			continue;
		g_autofree char *path =
			g_strdup_printf("/sys/devices/system/node/node%" G_GUINT64_FORMAT
					"/hugepages/hugepages-%" G_GUINT64_FORMAT "kB/nr_hugepages",
					node->id,
					need->size_kib);
		g_autofree char *from = g_strdup_printf("%" G_GUINT64_FORMAT, node->total);
		g_autofree char *to =
			g_strdup_printf("%" G_GUINT64_FORMAT, node->total + node->add);
		kt_sink_sysfs(out, path, KT_SYNTAX_NUMBER, from, to);
	}
}

static void
describe(const KtView *view, const KtHugeNeed *need, KtSink *out)
{
	kt_sink_evidence(out,
			 view->host->memory.huge_pools.origin,
			 "%" G_GUINT64_FORMAT " pages of %" G_GUINT64_FORMAT
			 " KiB: %" G_GUINT64_FORMAT " free and not promised",
			 need->total,
			 need->size_kib,
			 need->free);
	kt_sink_evidence(out,
			 view->facts->guests.origin,
			 "guests that start with the host and do not run need %" G_GUINT64_FORMAT,
			 need->need);
	for (uint32_t i = 0; i < need->n_nodes && need->n_nodes > 1; i++) {
		if (need->nodes[i].is_known)
			kt_sink_evidence(out,
					 view->host->nodes.origin,
					 "node %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT
					 " free pages",
					 need->nodes[i].id,
					 need->nodes[i].free);
	}
}

/* Pages that no defined guest will ask for, less a spare guest where one is kept. */
static uint64_t
idle_kib(const KtView *view, const KtHugeNeed *need)
{
	uint64_t spare = is_strict(view) ? need->largest : 0;
	uint64_t free = need->free;
	uint64_t in_nodes = 0;

	for (uint32_t i = 0; i < need->n_nodes; i++)
		in_nodes += need->nodes[i].free;
	if (need->n_nodes > 0)
		free = MIN(free, in_nodes);
	return minus(free, need->defined + spare) * need->size_kib;
}

static void
check_size(Pools *pools, uint64_t size_kib, KtSink *out)
{
	const KtView *view = pools->view;
	g_auto(KtHugeNeed) need = {0};

	kt_huge_need_take(view,
			  size_kib,
			  kt_view_param(view, "node_reserve_mib") * 1024,
			  room_kib(pools),
			  is_strict(view),
			  &need);
	pools->idle_kib += idle_kib(view, &need);
	pools->n_unclear += need.n_unclear;
	if (need.missing > need.overcommit)
		kt_sink_blame(out,
			      KT_SEVERITY_CRITICAL,
			      "guests will not start: there are too few static huge pages");
	else if (need.misplaced)
		kt_sink_blame(out,
			      KT_SEVERITY_HIGH,
			      "static huge pages are on other nodes than the guest bound to them");
	else
		return;
	describe(view, &need, out);
	if (need.misplaced && kt_known(need.misplaced->name))
		kt_sink_evidence(out,
				 need.misplaced->inactive.numa_nodeset.origin,
				 "guest %s is bound to nodes that have too few",
				 need.misplaced->name.v);
	propose_growth(&need, out);
}

static void
check_waste(Pools *pools, KtSink *out)
{
	const KtView *view = pools->view;
	uint64_t limit_kib = pools->total_kib / 100 * kt_view_param(view, "waste_percent");

	if (view->facts->guests.state != KT_STATE_VALUE || pools->n_unclear > 0 ||
	    pools->idle_kib <= limit_kib)
		return;
	kt_sink_blame(
		out, KT_SEVERITY_HIGH, "much memory lies in huge pages that no guest will use");
	kt_sink_evidence(out,
			 view->host->memory.huge_pools.origin,
			 "%" G_GUINT64_FORMAT " MiB of %" G_GUINT64_FORMAT
			 " MiB are in pools, free, and needed by no defined guest",
			 pools->idle_kib / 1024,
			 pools->total_kib / 1024);
	kt_sink_advice(
		out,
		"If no other program (DPDK, a database) waits for these pages, lower "
		"nr_hugepages by what is not needed; free pages return to the host at once.");
}

static void
check_sizes(Pools *pools, KtSink *out)
{
	g_autoptr(GArray) sizes = kt_huge_sizes(pools->view);

	for (guint i = 0; i < sizes->len; i++)
		check_size(pools, g_array_index(sizes, uint64_t, i), out);
	check_waste(pools, out);
}

static void
check_size_of_all(Pools *pools, KtSink *out)
{
	const KtView *view = pools->view;
	KtOptU64 available = view->host->memory.available_kib;
	bool is_outage =
		kt_known(available) && available.v < kt_view_param(view, "exhausted_mib") * 1024;

	if (pools->pools_kib == 0 ||
	    pools->pools_kib <= minus(pools->total_kib, pools->reserve_kib))
		return;
	kt_sink_blame(out,
		      is_outage ? KT_SEVERITY_CRITICAL : KT_SEVERITY_LOW,
		      "static huge pages leave the host too little memory");
	kt_sink_evidence(out,
			 view->host->memory.huge_pools.origin,
			 "%" G_GUINT64_FORMAT " MiB of %" G_GUINT64_FORMAT
			 " MiB are in pools, %" G_GUINT64_FORMAT " MiB should stay outside",
			 pools->pools_kib / 1024,
			 pools->total_kib / 1024,
			 pools->reserve_kib / 1024);
	if (kt_known(available))
		kt_sink_evidence(out,
				 available.origin,
				 "%" G_GUINT64_FORMAT " MiB are available",
				 available.v / 1024);
	kt_sink_advice(out, "Stop a guest on huge pages and lower nr_hugepages by its pages.");
}

/* Ballooning takes nothing from a guest whose memory is static. */
static void
check_balloon(Pools *pools, KtSink *out)
{
	const KtGuestList *guests = &pools->view->facts->guests;
	uint32_t n = 0;

	for (uint32_t i = 0; i < guests->n; i++) {
		const KtGuestConfig *config = kt_census_config(&guests->v[i]);
		n += kt_opt_true(config->hugepages) && kt_known(config->memory_kib) &&
		     kt_known(config->current_memory_kib) &&
		     config->current_memory_kib.v < config->memory_kib.v;
	}
	if (n == 0)
		return;
	kt_sink_blame(out, KT_SEVERITY_INFO, "a balloon frees nothing on static huge pages");
	kt_sink_evidence(out,
			 guests->origin,
			 "%u guest%s with <currentMemory> below <memory> on static huge pages",
			 n,
			 n == 1 ? "" : "s");
	kt_sink_advice(out, "Give these guests the memory that they may use, and no balloon.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtMemory *memory = &view->host->memory;
	KtCensus census = {0};
	Pools pools = {0};
	bool are_guests_known = false;

	if (memory->huge_pools.state == KT_STATE_ABSENT || kt_census_is_dom0(view->host))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, memory->huge_pools, "the pools of huge pages") ||
	    !kt_sink_needs(out, memory->total_kib, "the memory size"))
		return KT_VERDICT_UNKNOWN;

	pools = survey(view);
	are_guests_known = kt_census_take(view->facts, KT_CENSUS_DEFINED, &census);
	if (are_guests_known && pools.pools_kib == 0 && !pools.is_wanted)
		return KT_VERDICT_NOT_APPLICABLE;
	if (are_guests_known)
		check_sizes(&pools, out);
	check_size_of_all(&pools, out);
	check_balloon(&pools, out);
	if (kt_sink_has_blame(out))
		return KT_VERDICT_FINDING;
	return pools.n_unclear || !are_guests_known ? kt_census_unknown(view, out) : KT_VERDICT_OK;
}

static const char *const sources[] = {
	"Linux: Documentation/admin-guide/mm/hugetlbpage.rst",
	"libvirt: docs/formatdomain.rst, memoryBacking and numatune",
	NULL,
};

KT_PRACTICE(host_hugepages_pool) = {
	.id = "host.hugepages-pool",
	.title = "Static huge pages are there for guests that ask for them",
	.why = "A guest with <hugepages/> starts only when its whole memory is free in the pool, "
	       "on its own nodes when it is bound. What lies in a pool is lost for everything "
	       "else, whether used or not.",
	.cost = "Memory in a pool cannot be swapped, merged or given back by a balloon. General "
		"and dense hosts are better off with transparent huge pages. Pools grow only while "
		"memory is not fragmented: reserve them early, 1 GiB pages at boot.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand =
		"grep . /sys/devices/system/node/node*/hugepages/hugepages-*/{nr,free}_hugepages; "
		"grep -i huge /proc/meminfo",
	.effect = "guests start; dTLB misses in guests, kvm pages_2m and pages_1g",
	.evaluate = evaluate,
};
