/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-huge-need.h"

#include <stdlib.h>

/* The one page size that a guest is on; false when it is on none, on several, or not known. */
static bool
guest_size(const KtHost *host, const KtGuestConfig *config, uint64_t *ret_kib)
{
	KtOptU64 size = host->memory.hugepage_default_kib;

	if (!kt_opt_true(config->hugepages))
		return false;
	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		const KtHugepageUse *use = &config->hugepage_uses.v[i];
		KtOptU64 own = use->size_kib.state == KT_STATE_ABSENT
				       ? host->memory.hugepage_default_kib
				       : use->size_kib;
		/* A node set leaves other nodes of the guest on other pages. */
		if (!kt_known(own) || kt_known(use->nodeset) || (i > 0 && own.v != size.v))
			return false;
		size = own;
	}
	if (!kt_known(size) || size.v == 0)
		return false;
	*ret_kib = size.v;
	return true;
}

bool
kt_huge_guest(const KtHost *host, const KtGuestConfig *config, uint64_t *ret_size_kib,
	      uint64_t *ret_pages)
{
	uint64_t size_kib = 0;

	if (!guest_size(host, config, &size_kib) || !kt_known(config->memory_kib))
		return false;
	*ret_size_kib = size_kib;
	*ret_pages = config->memory_kib.v / size_kib + (config->memory_kib.v % size_kib != 0);
	return true;
}

static bool
guest_pages(const KtHost *host, const KtGuestConfig *config, uint64_t size_kib, uint64_t *ret_pages)
{
	uint64_t own_kib = 0;

	return kt_huge_guest(host, config, &own_kib, ret_pages) && own_kib == size_kib;
}

static bool
is_unclear(const KtHost *host, const KtGuest *guest)
{
	const KtGuestConfig *config = kt_census_config(guest);
	uint64_t size_kib = 0;

	if (!kt_known(guest->is_active) || !kt_known(config->hugepages))
		return true;
	return config->hugepages.v &&
	       (!guest_size(host, config, &size_kib) || !kt_known(config->memory_kib));
}

static bool
is_waiting(const KtGuest *guest)
{
	return kt_known(guest->is_active) && !guest->is_active.v;
}

/* Bound so that only pools of these nodes serve it. */
static const KtCpuset *
bound_nodes(const KtGuestConfig *config)
{
	bool is_strict = kt_opt_is(config->numa_mode, "strict") ||
			 kt_opt_is(config->numa_mode, "restrictive");

	return is_strict && kt_known(config->numa_nodeset) ? config->numa_nodeset.v : NULL;
}

const KtHugePool *
kt_huge_pool(const KtHugePoolList *pools, uint64_t size_kib)
{
	for (uint32_t i = 0; i < pools->n; i++) {
		if (kt_known(pools->v[i].size_kib) && pools->v[i].size_kib.v == size_kib)
			return &pools->v[i];
	}
	return NULL;
}

static uint64_t
value_or_0(KtOptU64 value)
{
	return kt_known(value) ? value.v : 0;
}

static uint64_t
minus(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static bool
is_readable(const KtHugePool *pool)
{
	bool is_reserve_known = kt_known(pool->reserved) || pool->reserved.state == KT_STATE_ABSENT;

	return kt_known(pool->total) && kt_known(pool->free) && is_reserve_known;
}

/* Is there surely no pool of this size? */
static bool
has_no_pool(const KtHost *host, uint64_t size_kib)
{
	const KtHugePoolList *pools = &host->memory.huge_pools;

	for (uint32_t i = 0; i < pools->n; i++) {
		if (!kt_known(pools->v[i].size_kib))
			return false;
	}
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		if (kt_huge_pool(&host->nodes.v[i].huge_pools, size_kib))
			return false;
	}
	return true;
}

/* False when nobody can tell what there is. */
static bool
take_pool(const KtHost *host, KtHugeNeed *need)
{
	const KtHugePool *pool = kt_huge_pool(&host->memory.huge_pools, need->size_kib);

	if (!pool)
		return has_no_pool(host, need->size_kib);
	if (!is_readable(pool))
		return false;
	need->total = pool->total.v;
	need->free = minus(pool->free.v, value_or_0(pool->reserved));
	need->overcommit = minus(value_or_0(pool->overcommit), value_or_0(pool->surplus));
	return true;
}

static void
take_nodes(const KtHost *host, uint64_t node_reserve_kib, KtHugeNeed *need)
{
	need->n_nodes = host->nodes.n;
	need->nodes = g_new0(KtHugeNode, host->nodes.n);
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *from = &host->nodes.v[i];
		KtHugeNode *node = &need->nodes[i];
		const KtHugePool *own = kt_huge_pool(&from->huge_pools, need->size_kib);
		node->id = from->id.v;
		node->has_cpus = !kt_known(from->cpus) || !kt_cpuset_is_empty(from->cpus.v);
		node->is_known = own && kt_known(own->total) && kt_known(own->free) &&
				 kt_known(from->free_kib) && kt_known(from->id);
		if (!node->is_known)
			continue;
		node->total = own->total.v;
		node->free = own->free.v;
		node->left = own->free.v;
		node->room_kib = minus(from->free_kib.v, node_reserve_kib);
	}
}

static bool
is_member(const KtHugeNode *node, const KtCpuset *set)
{
	return !set || (node->id < KT_CPUSET_BITS && kt_cpuset_has(set, (unsigned)node->id));
}

/* Free pages of the nodes in @set; NULL is all nodes. */
static uint64_t
sum_free(const KtHugeNeed *need, const KtCpuset *set)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < need->n_nodes; i++) {
		if (is_member(&need->nodes[i], set))
			sum += need->nodes[i].free;
	}
	return sum;
}

/* Promises up to @pages free ones of @set to a guest; returns how many there were not. */
static uint64_t
promise(KtHugeNeed *need, const KtCpuset *set, uint64_t pages)
{
	for (uint32_t i = 0; i < need->n_nodes && pages > 0; i++) {
		KtHugeNode *node = &need->nodes[i];
		uint64_t taken = is_member(node, set) ? MIN(node->left, pages) : 0;
		node->left -= taken;
		pages -= taken;
	}
	return pages;
}

/* Memory without CPUs is for guests that are bound to it, and for what fits nowhere else. */
static bool
is_better(const KtHugeNeed *need, const KtHugeNode *node, const KtHugeNode *best)
{
	bool is_near = node->has_cpus && node->room_kib >= need->size_kib;
	bool is_best_near = best->has_cpus && best->room_kib >= need->size_kib;

	return is_near == is_best_near ? node->room_kib > best->room_kib : is_near;
}

static KtHugeNode *
roomiest(KtHugeNeed *need, const KtCpuset *set)
{
	KtHugeNode *best = NULL;

	for (uint32_t i = 0; i < need->n_nodes; i++) {
		KtHugeNode *node = &need->nodes[i];
		if (node->is_known && is_member(node, set) &&
		    (!best || is_better(need, node, best)))
			best = node;
	}
	return best;
}

/* Plans @pages more on nodes of @set, the emptiest first. All or nothing. */
static bool
plan_pages(KtHugeNeed *need, const KtCpuset *set, uint64_t pages, uint64_t *room_kib)
{
	g_autofree KtHugeNode *before = g_memdup2(need->nodes, sizeof(KtHugeNode) * need->n_nodes);
	uint64_t planned = 0;

	while (planned < pages) {
		KtHugeNode *node = roomiest(need, set);
		uint64_t fitting = node ? MIN(node->room_kib, *room_kib) / need->size_kib : 0;
		uint64_t taken = MIN(fitting, pages - planned);
		if (taken == 0) {
			for (uint32_t i = 0; i < need->n_nodes; i++)
				need->nodes[i] = before[i];
			*room_kib += planned * need->size_kib;
			return false;
		}
		node->add += taken;
		node->room_kib -= taken * need->size_kib;
		*room_kib -= taken * need->size_kib;
		planned += taken;
	}
	return true;
}

typedef struct Want {
	const KtGuest *guest;
	const KtCpuset *nodes; /* NULL = any */
	uint64_t pages;
	bool is_autostart;
} Want;

/* Guests with few nodes to choose from are served first. */
static int
compare_wants(const void *a, const void *b)
{
	const Want *left = a;
	const Want *right = b;
	unsigned n_left = left->nodes ? kt_cpuset_count(left->nodes) : KT_CPUSET_BITS + 1;
	unsigned n_right = right->nodes ? kt_cpuset_count(right->nodes) : KT_CPUSET_BITS + 1;

	return (n_left > n_right) - (n_left < n_right);
}

static GArray *
collect_wants(const KtView *view, KtHugeNeed *need)
{
	GArray *wants = g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(Want));

	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		Want want = {
			.guest = guest,
			.nodes = bound_nodes(config),
			.is_autostart = kt_opt_true(guest->autostart),
		};
		need->n_unclear += is_unclear(view->host, guest);
		if (!guest_pages(view->host, config, need->size_kib, &want.pages))
			continue;
		need->largest = MAX(need->largest, want.pages);
		if (!is_waiting(guest))
			continue;
		need->defined += want.pages;
		need->need += want.is_autostart ? want.pages : 0;
		g_array_append_val(wants, want);
	}
	g_array_sort(wants, compare_wants);
	return wants;
}

static bool
are_nodes_known(const KtHugeNeed *need)
{
	for (uint32_t i = 0; i < need->n_nodes; i++) {
		if (!need->nodes[i].is_known)
			return false;
	}
	return need->n_nodes > 0;
}

/* What bound guests miss on their nodes. */
static uint64_t
judge_bound(KtHugeNeed *need, const GArray *wants, uint64_t *room_kib)
{
	uint64_t missing = 0;

	for (guint i = 0; i < wants->len; i++) {
		const Want *want = &g_array_index(wants, Want, i);
		uint64_t here = sum_free(need, want->nodes);
		uint64_t all = sum_free(need, /* set= */ NULL);
		uint64_t short_by = 0;
		if (!want->nodes)
			continue;
		if (here < want->pages && all - here >= want->pages) {
			need->misplaced = want->guest;
			short_by = want->pages - here;
		}
		if (want->is_autostart) {
			uint64_t unserved = promise(need, want->nodes, want->pages);
			short_by = MAX(short_by, unserved);
			missing += short_by;
		}
		need->is_spread &= plan_pages(need, want->nodes, short_by, room_kib);
	}
	return missing;
}

static void
judge(KtHugeNeed *need, const GArray *wants, uint64_t room_kib, bool with_spare)
{
	uint64_t planned = 0;

	need->is_spread = are_nodes_known(need);
	if (need->is_spread)
		need->missing = judge_bound(need, wants, &room_kib);
	for (uint32_t i = 0; i < need->n_nodes; i++)
		planned += need->nodes[i].add;

	/* Bound guests may find theirs and leave too few for the others. */
	uint64_t in_all = minus(need->need, need->free);
	if (need->is_spread && in_all > planned)
		need->is_spread = plan_pages(need, /* set= */ NULL, in_all - planned, &room_kib);
	need->missing = MAX(need->missing, in_all);
	/* A spare is a wish: without room for it the rest stands. */
	if (need->is_spread && with_spare && (need->missing > 0 || need->misplaced))
		(void)plan_pages(need, /* set= */ NULL, need->largest, &room_kib);
}

void
kt_huge_need_take(const KtView *view, uint64_t size_kib, uint64_t node_reserve_kib,
		  uint64_t room_kib, bool with_spare, KtHugeNeed *ret_need)
{
	KtHugeNeed need = {.size_kib = size_kib};
	g_autoptr(GArray) wants = NULL;

	bool is_known = take_pool(view->host, &need);

	take_nodes(view->host, node_reserve_kib, &need);
	wants = collect_wants(view, &need);
	if (is_known)
		judge(&need, wants, room_kib, with_spare);
	else
		need.n_unclear++;
	*ret_need = need;
}

void
kt_huge_need_clear(KtHugeNeed *need)
{
	g_free(need->nodes);
	*need = (KtHugeNeed){0};
}

static void
add_size(GArray *sizes, uint64_t size_kib)
{
	for (guint i = 0; i < sizes->len; i++) {
		if (g_array_index(sizes, uint64_t, i) == size_kib)
			return;
	}
	g_array_append_val(sizes, size_kib);
}

static int
compare_sizes(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a;
	uint64_t right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

GArray *
kt_huge_sizes(const KtView *view)
{
	const KtHugePoolList *pools = &view->host->memory.huge_pools;
	GArray *sizes =
		g_array_new(/* zero_terminated= */ FALSE, /* clear= */ TRUE, sizeof(uint64_t));

	for (uint32_t i = 0; i < pools->n; i++) {
		if (kt_known(pools->v[i].size_kib) && pools->v[i].size_kib.v > 0)
			add_size(sizes, pools->v[i].size_kib.v);
	}
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuestConfig *config = kt_census_config(&view->facts->guests.v[i]);
		uint64_t size_kib = 0;
		if (guest_size(view->host, config, &size_kib))
			add_size(sizes, size_kib);
	}
	g_array_sort(sizes, compare_sizes);
	return sizes;
}
