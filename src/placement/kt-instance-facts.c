/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance-facts.h"

#include <string.h>

/* A core of each node for the host: as much as two emulators need (guest.emulator.pin gives up to
 * two CPUs). A rule of kvmtune. */
#define HOUSE_CORES 1
/* What host.hugepages-pool leaves free on each node. A rule of kvmtune. */
#define NODE_RESERVE_KIB (UINT64_C(1) << 20)
/* Of x86, where nothing else is told: arch/x86/mm/hugetlbpage.c. */
#define DEFAULT_HUGE_KIB 2048

typedef struct Reader {
	const KtFacts *facts;
	const KtPolicy *policy;
	KtInstance *instance;
	GPtrArray *notes;
	uint32_t n_adrift; /* running guests of which nobody knows where they are */
} Reader;

static void G_GNUC_PRINTF(2, 3) note(Reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(reader->notes, kt_arena_strdup(reader->instance->arena, text));
}

static uint64_t
l3_of(const KtCpu *cpu)
{
	return kt_known(cpu->l3) ? cpu->l3.v : UINT64_MAX;
}

/* By node, cache, core, number: the order of the instance. */
static int
compare_cpus(const void *a, const void *b)
{
	const KtCpu *x = *(const KtCpu *const *)a;
	const KtCpu *y = *(const KtCpu *const *)b;
	const uint64_t left[] = {l3_of(x), x->core.v, x->id.v};
	const uint64_t right[] = {l3_of(y), y->core.v, y->id.v};

	for (size_t i = 0; i < G_N_ELEMENTS(left); i++) {
		if (left[i] != right[i])
			return left[i] < right[i] ? -1 : 1;
	}
	return 0;
}

static GPtrArray *
cpus_of(const Reader *reader, const KtNode *node)
{
	const KtCpuTopology *topology = &reader->facts->host.cpu;
	GPtrArray *cpus = g_ptr_array_new();

	for (uint32_t i = 0; i < topology->list.n; i++) {
		const KtCpu *cpu = &topology->list.v[i];
		if (!kt_known(cpu->id) || !kt_known(cpu->core) || cpu->id.v >= KT_CPUSET_BITS ||
		    !kt_known(node->cpus) || !kt_cpuset_has(node->cpus.v, (unsigned)cpu->id.v) ||
		    !kt_cpuset_has(topology->online.v, (unsigned)cpu->id.v))
			continue;
		g_ptr_array_add(cpus, (void *)cpu);
	}
	g_ptr_array_sort(cpus, compare_cpus);
	return cpus;
}

static void
add_cpu(KtInstance *instance, uint16_t n, const KtCpu *cpu, const KtCpu *before)
{
	KtInstNode *node = &instance->nodes[n];
	bool is_new_group = !before || l3_of(before) != l3_of(cpu);
	bool is_new_core = is_new_group || before->core.v != cpu->core.v;

	if (is_new_group && instance->n_groups < KT_INSTANCE_MAX_L3) {
		instance->groups[instance->n_groups++] =
			(KtInstGroup){.node = n, .first_core = instance->n_cores};
		node->n_groups++;
	}
	if (is_new_core) {
		instance->cores[instance->n_cores++] = (KtInstCore){
			.node = n,
			.group = (uint16_t)(instance->n_groups - 1),
			.cpus = kt_arena_new0(instance->arena, uint16_t, KT_INSTANCE_MAX_THREADS),
		};
		node->n_cores++;
		instance->groups[instance->n_groups - 1].n_cores++;
	}
	KtInstCore *core = &instance->cores[instance->n_cores - 1];
	if (core->n_cpus == KT_INSTANCE_MAX_THREADS ||
	    kt_cpuset_has(&instance->cpus, (unsigned)cpu->id.v))
		return;
	((uint16_t *)core->cpus)[core->n_cpus++] = (uint16_t)cpu->id.v;
	kt_cpuset_add(&instance->cpus, (unsigned)cpu->id.v);
}

static void
add_pools(const KtNode *from, KtInstNode *node)
{
	for (uint32_t i = 0; i < from->huge_pools.n; i++) {
		const KtHugePool *pool = &from->huge_pools.v[i];
		if (!kt_known(pool->size_kib) || !kt_known(pool->total) ||
		    node->n_pools == KT_INSTANCE_MAX_POOLS)
			continue;
		node->pools[node->n_pools++] =
			(KtInstPool){.page_kib = pool->size_kib.v, .pages = pool->total.v};
	}
}

static void
add_node(Reader *reader, const KtNode *from)
{
	KtInstance *instance = reader->instance;
	uint16_t n = (uint16_t)instance->n_nodes++;
	KtInstNode *node = &instance->nodes[n];
	g_autoptr(GPtrArray) cpus = cpus_of(reader, from);

	node->id = from->id.v;
	node->memory_kib = kt_known(from->memory_kib) ? from->memory_kib.v : 0;
	node->reserved_kib = MIN(NODE_RESERVE_KIB, node->memory_kib);
	node->first_group = instance->n_groups;
	node->first_core = instance->n_cores;
	add_pools(from, node);
	for (guint i = 0; i < cpus->len; i++)
		add_cpu(instance, n, cpus->pdata[i], i > 0 ? cpus->pdata[i - 1] : NULL);
}

static void
add_distances(const Reader *reader)
{
	KtInstance *instance = reader->instance;

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		for (uint32_t m = 0; m < instance->n_nodes; m++)
			instance->distance[n][m] = n == m ? KT_INSTANCE_LOCAL : KT_INSTANCE_REMOTE;
	}
	for (uint32_t i = 0; i < reader->facts->host.nodes.n; i++) {
		const KtNode *node = &reader->facts->host.nodes.v[i];
		for (uint32_t j = 0; kt_known(node->id) && j < node->distances.n; j++) {
			const KtDistance *distance = &node->distances.v[j];
			int n = kt_instance_find_node(instance, node->id.v);
			int m = kt_known(distance->to)
					? kt_instance_find_node(instance, distance->to.v)
					: -1;
			if (n >= 0 && m >= 0 && kt_known(distance->value))
				instance->distance[n][m] =
					(uint16_t)CLAMP(distance->value.v, KT_INSTANCE_LOCAL, 255);
		}
	}
}

static bool
read_host(Reader *reader, GError **error)
{
	const KtHost *host = &reader->facts->host;
	KtInstance *instance = reader->instance;

	if (!kt_known(host->nodes) || !kt_known(host->cpu.list) || !kt_known(host->cpu.online))
		return kt_throw(error,
				KT_ERROR_UNSUPPORTED,
				"the NUMA nodes and CPUs of this host are not known");
	if (host->nodes.n > KT_INSTANCE_MAX_NODES)
		return kt_throw(error, KT_ERROR_LIMIT, "more than %d nodes", KT_INSTANCE_MAX_NODES);
	instance->groups = kt_arena_new0(instance->arena, KtInstGroup, KT_INSTANCE_MAX_L3);
	instance->cores = kt_arena_new0(instance->arena, KtInstCore, KT_CPUSET_BITS + 1);
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		if (kt_known(host->nodes.v[i].id))
			add_node(reader, &host->nodes.v[i]);
	}
	add_distances(reader);
	instance->housekeeping_per_node = HOUSE_CORES;
	return true;
}

static uint64_t
page_of(const Reader *reader, const KtGuestConfig *config)
{
	const KtOptU64 usual = reader->facts->host.memory.hugepage_default_kib;

	if (!kt_opt_true(config->hugepages))
		return 4;
	for (uint32_t i = 0; i < config->hugepage_uses.n; i++) {
		if (kt_known(config->hugepage_uses.v[i].size_kib))
			return config->hugepage_uses.v[i].size_kib.v;
	}
	return kt_known(usual) ? usual.v : DEFAULT_HUGE_KIB;
}

/* Nodes of a set, as bits. */
static uint64_t
nodes_in(const KtInstance *instance, const KtCpuset *ids)
{
	uint64_t nodes = 0;

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		if (instance->nodes[n].id < KT_CPUSET_BITS &&
		    kt_cpuset_has(ids, (unsigned)instance->nodes[n].id))
			nodes |= UINT64_C(1) << n;
	}
	return nodes;
}

/* The set that a vCPU is bound to, or NULL when it may use all CPUs. */
static const KtCpuset *
pin_of(const KtGuestConfig *config, uint64_t vcpu)
{
	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		const KtVcpuPin *pin = &config->vcpu_pins.v[i];
		if (kt_known(pin->vcpu) && kt_known(pin->cpus) && pin->vcpu.v == vcpu)
			return pin->cpus.v;
	}
	return kt_known(config->vcpu_cpuset) ? config->vcpu_cpuset.v : NULL;
}

static void
read_pins(const Reader *reader, const KtGuestConfig *config, KtInstGuest *guest)
{
	KtInstance *instance = reader->instance;
	int32_t *cpus = kt_arena_new0(instance->arena, int32_t, guest->vcpus);
	KtCpuset *all = kt_arena_new0(instance->arena, KtCpuset, 1);

	for (uint64_t i = 0; i < guest->vcpus; i++) {
		const KtCpuset *set = pin_of(config, i);
		cpus[i] = set && kt_cpuset_count(set) == 1 ? (int32_t)kt_cpuset_next(set, 0) : -1;
		kt_cpuset_or(all, set ? set : reader->facts->host.cpu.online.v);
	}
	guest->current_cpus = cpus;
	guest->current_set = all;
}

/* Its memory by node, as far as somebody looked. */
static void
read_memory(const Reader *reader, const KtGuest *from, KtInstGuest *guest)
{
	const KtInstance *instance = reader->instance;
	const KtNodeMemoryList *memory = &from->effective.node_memory;
	uint64_t *kib = kt_arena_new0(instance->arena, uint64_t, instance->n_nodes);

	for (uint32_t i = 0; i < memory->n; i++) {
		const KtNodeMemory *part = &memory->v[i];
		int node =
			kt_known(part->node) ? kt_instance_find_node(instance, part->node.v) : -1;
		if (node < 0 || !kt_known(part->memory_kib))
			continue;
		kib[node] += part->memory_kib.v;
		guest->current_kib = kib;
	}
}

/* The node with most of the guest's memory, else the only one that it is bound to. */
static int
present_node(const Reader *reader, const KtGuest *from, const KtInstGuest *guest)
{
	const KtInstance *instance = reader->instance;
	const KtOptCpuset nodeset = from->live.numa_nodeset;
	uint64_t most = 0;
	int found = -1;

	for (uint32_t n = 0; guest->current_kib && n < instance->n_nodes; n++) {
		if (guest->current_kib[n] > most) {
			most = guest->current_kib[n];
			found = (int)n;
		}
	}
	if (found < 0 && kt_known(nodeset) && kt_cpuset_count(nodeset.v) == 1)
		found = kt_instance_find_node(instance, kt_cpuset_next(nodeset.v, 0));
	for (uint32_t n = 0; found < 0 && n < instance->n_nodes; n++) {
		const KtInstNode *node = &instance->nodes[n];
		KtCpuset cpus = {0};
		for (uint32_t c = 0; c < node->n_cores; c++) {
			const KtInstCore *core = &instance->cores[node->first_core + c];
			for (uint16_t i = 0; i < core->n_cpus; i++)
				kt_cpuset_add(&cpus, core->cpus[i]);
		}
		if (kt_cpuset_is_subset(guest->current_set, &cpus))
			found = (int)n;
	}
	return found;
}

/* The NUMA cells that the guest sees, when each has the next vCPUs; false when it has none. */
static bool
read_cells(const Reader *reader, const KtGuestConfig *config, KtInstGuest *guest)
{
	uint32_t n = config->cells.n;
	KtInstCell *cells = kt_arena_new0(reader->instance->arena, KtInstCell, n + 1);
	uint64_t vcpus = 0;
	uint64_t kib = 0;

	if (n == 0 || n > KT_INSTANCE_MAX_CELLS)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		const KtCell *cell = &config->cells.v[i];
		if (!kt_known(cell->vcpus) || !kt_known(cell->memory_kib))
			return false;
		kt_cpuset_foreach (cell->vcpus.v, vcpu) {
			if (vcpu != vcpus++)
				return false;
			cells[i].vcpus++;
		}
		cells[i].memory_kib = cell->memory_kib.v;
		kib += cells[i].memory_kib;
	}
	if (vcpus != guest->vcpus || kib != guest->memory_kib || cells[n - 1].vcpus == 0)
		return false;
	guest->cells = cells;
	guest->n_cells = n;
	guest->has_vnuma = true;
	return true;
}

static const KtMemnode *
memnode_of(const KtGuestConfig *config, const KtCell *cell)
{
	for (uint32_t i = 0; i < config->memnodes.n; i++) {
		const KtMemnode *memnode = &config->memnodes.v[i];
		if (kt_known(memnode->cell) && kt_known(cell->id) &&
		    memnode->cell.v == cell->id.v && kt_known(memnode->nodeset) &&
		    kt_cpuset_count(memnode->nodeset.v) == 1)
			return memnode;
	}
	return NULL;
}

/* The node of each cell of a running guest, by its <memnode>. A strict one cannot move live. */
static bool
find_cells(const Reader *reader, const KtGuestConfig *config, KtInstGuest *guest)
{
	uint8_t *nodes = kt_arena_new0(reader->instance->arena, uint8_t, guest->n_cells);

	for (uint32_t i = 0; i < guest->n_cells; i++) {
		const KtMemnode *memnode = memnode_of(config, &config->cells.v[i]);
		int node = memnode ? kt_instance_find_node(reader->instance,
							   kt_cpuset_next(memnode->nodeset.v, 0))
				   : -1;
		if (node < 0)
			return false;
		nodes[i] = (uint8_t)node;
	}
	guest->current_nodes = nodes;
	guest->n_current = guest->n_cells;
	guest->is_fixed = true;
	return true;
}

static void
read_present(Reader *reader, const KtGuest *from, KtInstGuest *guest)
{
	const KtOptCpuset nodeset = from->live.numa_nodeset;
	uint8_t *nodes = kt_arena_new0(reader->instance->arena, uint8_t, 1);

	read_pins(reader, &from->live, guest);
	if (guest->n_cells > 0 && find_cells(reader, &from->live, guest))
		return;
	/* Its cells lie anywhere: as one, until it has a place. */
	guest->cells = NULL;
	guest->n_cells = 0;
	read_memory(reader, from, guest);
	int node = present_node(reader, from, guest);
	if (node < 0) {
		guest->is_adrift = true;
		reader->n_adrift++;
		return;
	}
	nodes[0] = (uint8_t)node;
	guest->current_nodes = nodes;
	guest->n_current = 1;
	if (reader->instance->nodes[node].n_cores == 0)
		note(reader,
		     "the memory of guest '%s' is on node %" G_GUINT64_FORMAT
		     ", which has no CPU: it cannot be placed with it",
		     guest->name,
		     reader->instance->nodes[node].id);
	/* A strict set of nodes cannot change while the guest runs (virDomainSetNumaParameters). */
	if (kt_opt_is(from->live.numa_mode, "strict") && kt_known(nodeset))
		guest->allowed &= nodes_in(reader->instance, nodeset.v) | UINT64_C(1) << node;
}

static void
add_guest(Reader *reader, const KtGuest *from)
{
	KtInstance *instance = reader->instance;
	bool is_active = kt_opt_true(from->is_active);
	const KtGuestConfig *config = is_active ? &from->live : &from->inactive;
	KtInstGuest *guest = &instance->guests[instance->n_guests];

	if (!kt_known(from->name) || !kt_known(config->vcpus) || !kt_known(config->memory_kib) ||
	    config->vcpus.v == 0 || config->vcpus.v > KT_INSTANCE_MAX_VCPUS ||
	    config->memory_kib.v == 0 || config->memory_kib.v > KT_INSTANCE_MAX_KIB) {
		note(reader, "a guest whose vCPUs or memory are not known is left out");
		return;
	}
	uint32_t n_nodes = instance->n_nodes;
	*guest = (KtInstGuest){
		.name = kt_arena_strdup(instance->arena, from->name.v),
		.vcpus = config->vcpus.v,
		.memory_kib = config->memory_kib.v,
		.page_kib = page_of(reader, config),
		.priority = 1,
		.iothreads = kt_known(config->iothreads) ? MIN(config->iothreads.v, 1000) : 0,
		/* A running guest without cells sees one; the next start can give it some. */
		.max_cells = is_active ? 1 : 8,
		.memory_bound_permille = 1000,
		.has_vnuma = !is_active,
		.smt = KT_SMT_PREFER,
		.is_shared = kt_policy_guest_workload(reader->policy, from) != KT_WORKLOAD_LATENCY,
		.allowed = n_nodes == 64 ? UINT64_MAX : (UINT64_C(1) << n_nodes) - 1,
		.apart = -1,
	};
	instance->n_guests++;
	(void)read_cells(reader, config, guest);
	if (is_active)
		read_present(reader, from, guest);
}

KtInstance *
kt_instance_from_facts(const KtFacts *facts, const KtPolicy *policy, GError **error)
{
	g_autoptr(KtInstance) instance = kt_instance_new();
	g_autoptr(GPtrArray) notes = g_ptr_array_new();
	Reader reader = {.facts = facts, .policy = policy, .instance = instance, .notes = notes};
	uint32_t n = MIN(facts->guests.n, KT_INSTANCE_MAX_GUESTS);

	/* The defaults of docs/place-instance-format.md. */
	instance->ratio_permille = 4000;
	instance->horizon_s = 86400;
	instance->is_live = true;
	instance->guests = kt_arena_new0(instance->arena, KtInstGuest, n);
	if (!read_host(&reader, error))
		return NULL;
	for (uint32_t i = 0; i < n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		if (kt_opt_true(guest->is_active) || kt_opt_true(guest->autostart))
			add_guest(&reader, guest);
	}
	if (reader.n_adrift > 0)
		note(&reader,
		     "of %u running guests nothing tells on which node they are (--deep looks): what "
		     "their moves cost is not counted",
		     reader.n_adrift);
	instance->n_notes = notes->len;
	instance->notes = kt_arena_new0(instance->arena, const char *, notes->len);
	for (guint i = 0; i < notes->len; i++)
		instance->notes[i] = notes->pdata[i];
	return g_steal_pointer(&instance);
}
