/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-exact.h"

#include "kt-search-private.h"

#include <string.h>

/* States remembered; a power of two. */
#define MEMORY 65536
/* Layouts of one guest that are tried in one state; more make the proof incomplete. */
#define MAX_BRANCHES 512
/* Deeper trees end before they are searched anyway, and cost stack. */
#define MAX_DEPTH 256

typedef struct State {
	uint64_t hash;
	int64_t unplaced;
	int64_t cost;
} State;

typedef struct Tree {
	KtSearch *search;
	uint32_t *order; /* units, largest first */
	uint32_t n;
	int64_t *least_cost; /* of all units from a depth on */
	int64_t *demand;     /* CPUs, in the same way */
	int64_t *memory;     /* KiB */
	int64_t *dear;       /* weight per thousand CPUs: the least of those from a depth on */
	int64_t *dear_kib;   /* weight per GiB */
	uint8_t *twin;       /* first node that is like this one, for distances and guests */
	State *states;
	uint64_t end;
	int64_t left_out;
	uint64_t n_looks;
	bool is_complete;
} Tree;

static bool
is_special(const KtInstance *instance, uint32_t n, uint32_t m)
{
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		const KtInstGuest *guest = &instance->guests[v];
		if ((guest->allowed >> n & 1) != (guest->allowed >> m & 1))
			return true;
		for (uint32_t i = 0; i < guest->n_devices; i++) {
			if (guest->devices[i].node == n || guest->devices[i].node == m)
				return true;
		}
		for (uint32_t i = 0; i < guest->n_current; i++) {
			if (guest->current_nodes[i] == n || guest->current_nodes[i] == m)
				return true;
		}
	}
	return false;
}

/* Could the names of both nodes be exchanged? */
static bool
are_twins(const KtInstance *instance, uint32_t n, uint32_t m)
{
	if (instance->distance[n][m] != instance->distance[m][n])
		return false;
	for (uint32_t i = 0; i < instance->n_nodes; i++) {
		if (i == n || i == m)
			continue;
		if (instance->distance[n][i] != instance->distance[m][i] ||
		    instance->distance[i][n] != instance->distance[i][m])
			return false;
	}
	return !is_special(instance, n, m);
}

static uint64_t
mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * UINT64_C(0x9fb21c651e98df25);
	return hash ^ (hash >> 29);
}

/* What may still be put where; the same for states that differ in names of twins. */
static uint64_t
hash_state(const Tree *tree, uint32_t depth)
{
	const KtRoom *room = &tree->search->room;
	uint64_t sum = 0;

	for (uint32_t n = 0; n < room->n_nodes; n++) {
		const KtRoomNode *node = &room->nodes[n];
		uint64_t hash = mix(UINT64_C(0x51ed270b), tree->twin[n]);
		hash = mix(hash, (uint64_t)node->required << 32 | (uint32_t)node->isolated);
		hash = mix(hash, (uint64_t)node->loose << 32 | (uint32_t)node->rounded);
		hash = mix(hash, (uint64_t)node->shared << 32 | (uint32_t)node->all);
		for (uint32_t i = 0; i < room->n_classes; i++)
			hash = mix(hash, (uint64_t)node->kib[i]);
		sum += mix(hash, UINT64_C(0x2545f491));
	}
	for (uint32_t i = 0; i < tree->search->instance->n_apart; i++)
		sum = mix(sum, tree->search->apart[i]);
	return mix(sum, depth + 1);
}

/* Was this state entered before, as cheap or cheaper? Remembers it if not. */
static bool
is_known(Tree *tree, uint32_t depth)
{
	uint64_t hash = hash_state(tree, depth);
	State *state = &tree->states[hash & (MEMORY - 1)];
	const KtSearch *search = tree->search;

	if (state->hash == hash &&
	    (state->unplaced < tree->left_out ||
	     (state->unplaced == tree->left_out && state->cost <= search->cost)))
		return true;
	*state = (State){.hash = hash, .unplaced = tree->left_out, .cost = search->cost};
	return false;
}

/* The least weight that the rest of the tree has to leave out, for lack of CPUs or memory. */
static int64_t
least_left_out(const Tree *tree, uint32_t depth)
{
	const KtRoom *room = &tree->search->room;
	int64_t cpus = 0;
	int64_t kib = 0;

	for (uint32_t n = 0; n < room->n_nodes; n++) {
		const KtRoomNode *node = &room->nodes[n];
		/* The pool may take more guests without another CPU, up to its ratio. */
		cpus += (kt_room_left(room, node) + kt_room_pool(room, node)) * INT64_C(1000) -
			node->shared * INT64_C(1000000) / room->ratio_permille;
		for (uint32_t i = 0; i < room->n_classes; i++)
			kib += node->kib[i];
	}
	int64_t over = tree->demand[depth] - cpus;
	int64_t over_kib = tree->memory[depth] - kib;
	int64_t by_cpus = over > 0 ? over * tree->dear[depth] / 1000000 : 0;
	int64_t by_kib = over_kib > 0 ? (over_kib >> 10) * tree->dear_kib[depth] / 1024000 : 0;
	/* Something has to stay out, and whatever that is has a weight. */
	int64_t least =
		(over > 0 && tree->dear[depth] > 0) || (over_kib > 0 && tree->dear_kib[depth] > 0);
	return MAX(MAX(by_cpus, by_kib), least);
}

static bool
is_hopeless(const Tree *tree, uint32_t depth)
{
	const KtSearch *search = tree->search;
	int64_t left_out = tree->left_out + least_left_out(tree, depth);

	if (left_out != search->best_score.unplaced)
		return left_out > search->best_score.unplaced;
	/* As many left out as in the best: nobody else may be, so all others cost something. */
	int64_t rest = left_out == tree->left_out ? tree->least_cost[depth] : 0;
	return search->cost + rest >= search->best_score.cost;
}

/* Would the layout be the same on a twin that has the same on it and comes first? */
static bool
is_mirrored(const Tree *tree, const KtLayout *layout)
{
	const KtRoom *room = &tree->search->room;

	for (uint32_t m = 1; m < room->n_nodes; m++) {
		if (!(layout->mask >> m & 1))
			continue;
		for (uint32_t n = tree->twin[m]; n < m; n++) {
			if (tree->twin[n] == tree->twin[m] && !(layout->mask >> n & 1) &&
			    memcmp(&room->nodes[n], &room->nodes[m], sizeof(KtRoomNode)) == 0)
				return true;
		}
	}
	return false;
}

static bool
is_out_of_work(Tree *tree)
{
	KtSearch *search = tree->search;

	if (++tree->n_looks % 1024 == 0 && search->limits->is_over &&
	    search->limits->is_over(search->limits->data))
		search->is_stopped = true;
	return search->work >= tree->end || search->is_stopped || kt_search_is_done(search);
}

static void
search_tree(Tree *tree, uint32_t depth)
{
	KtSearch *search = tree->search;
	unsigned n_branches = 0;

	if (is_out_of_work(tree)) {
		tree->is_complete = false;
		return;
	}
	if (depth == tree->n) {
		kt_search_keep(search);
		return;
	}
	search->work++;
	if (is_hopeless(tree, depth) || is_known(tree, depth))
		return;

	uint32_t u = tree->order[depth];
	const KtUnit *unit = &search->units[u];
	bool may_lie_on_twins = search->instance->n_apart == 0;
	for (uint32_t i = 0; i < unit->menu->n; i++) {
		const KtLayout *layout = &unit->menu->layouts[i];
		search->work += kt_search_look(unit, layout);
		if (!kt_search_fits(search, u, layout) ||
		    (may_lie_on_twins && is_mirrored(tree, layout)))
			continue;
		if (++n_branches > MAX_BRANCHES) {
			tree->is_complete = false;
			break;
		}
		kt_search_put(search, u, (int32_t)i);
		search_tree(tree, depth + 1);
		kt_search_take(search, u);
		if (is_out_of_work(tree))
			break;
	}
	tree->left_out += unit->weight;
	if (tree->left_out <= search->best_score.unplaced)
		search_tree(tree, depth + 1);
	tree->left_out -= unit->weight;
}

static void
sum_up(Tree *tree)
{
	const KtInstance *instance = tree->search->instance;

	tree->dear[tree->n] = INT64_MAX / 4;
	tree->dear_kib[tree->n] = INT64_MAX / 4;
	for (uint32_t i = tree->n; i-- > 0;) {
		const KtUnit *unit = &tree->search->units[tree->order[i]];
		const KtInstGuest *guest = &instance->guests[unit->guest];
		int64_t cpus = (int64_t)(guest->vcpus + guest->emulator_cpus) * 1000;
		int64_t kib = (int64_t)guest->memory_kib;
		if (guest->is_shared)
			cpus = (int64_t)guest->vcpus * 1000000 / (int64_t)instance->ratio_permille;
		tree->least_cost[i] = tree->least_cost[i + 1] + unit->menu->layouts[0].cost;
		tree->demand[i] = tree->demand[i + 1] + cpus;
		tree->memory[i] = tree->memory[i + 1] + kib;
		tree->dear[i] = MIN(tree->dear[i + 1], unit->weight * 1000000 / MAX(cpus, 1));
		tree->dear_kib[i] =
			MIN(tree->dear_kib[i + 1], unit->weight * 1024000 / MAX(kib >> 10, 1));
	}
}

static int
compare_sizes(const void *a, const void *b, void *data)
{
	const KtUnit *units = data;
	const KtUnit *x = &units[*(const uint32_t *)a];
	const KtUnit *y = &units[*(const uint32_t *)b];

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return x->guest < y->guest ? -1 : x->guest > y->guest;
}

/* Units that have a choice, largest first; the others stay where the best has them. */
static bool
collect(Tree *tree)
{
	KtSearch *search = tree->search;

	for (uint32_t u = 0; u < search->n_units; u++) {
		const KtUnit *unit = &search->units[u];
		const KtInstGuest *guest = &search->instance->guests[u];
		if (unit->is_cut)
			tree->is_complete = false;
		if (unit->menu->n == 0)
			tree->left_out += unit->weight;
		else if (guest->is_fixed && guest->n_current > 0 && search->layouts[u] < 0)
			tree->left_out += unit->weight;
		else if (!(guest->is_fixed && guest->n_current > 0))
			tree->order[tree->n++] = u;
	}
	return tree->n > 0 && tree->n <= MAX_DEPTH;
}

bool
kt_exact_improve(KtSearch *search, uint64_t work)
{
	const KtInstance *instance = search->instance;
	uint32_t n = instance->n_guests + 1;
	g_autofree uint32_t *order = g_new0(uint32_t, n);
	g_autofree int64_t *sums = g_new0(int64_t, 5 * (size_t)n);
	uint8_t twin[KT_INSTANCE_MAX_NODES];
	Tree tree = {
		.search = search,
		.order = order,
		.least_cost = sums,
		.demand = sums + n,
		.memory = sums + 2 * (size_t)n,
		.dear = sums + 3 * (size_t)n,
		.dear_kib = sums + 4 * (size_t)n,
		.twin = twin,
		.end = search->work + work,
		.is_complete = search->limits->max_moves == UINT64_MAX &&
			       search->limits->max_kib == UINT64_MAX,
	};

	if (!collect(&tree))
		return false;
	qsort_r(order, tree.n, sizeof(*order), compare_sizes, (void *)search->units);
	sum_up(&tree);
	for (uint32_t i = 0; i < instance->n_nodes; i++) {
		twin[i] = (uint8_t)i;
		for (uint32_t j = i; j-- > 0;) {
			if (are_twins(instance, j, i))
				twin[i] = twin[j];
		}
	}
	g_autofree State *states = g_new0(State, MEMORY);
	tree.states = states;
	for (uint32_t i = 0; i < tree.n; i++)
		kt_search_take(search, order[i]);
	search_tree(&tree, 0);
	for (uint32_t i = 0; i < tree.n; i++)
		kt_search_take(search, order[i]);
	kt_search_restore(search);
	return tree.is_complete || kt_search_is_done(search);
}
