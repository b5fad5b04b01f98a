/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"
#include "kt-collect-hwloc.h"

static const char origin_text[] = "hwloc";
/* hwloc's name for what the kernel shows as "distance" of each node. */
static const char distances_name[] = "NUMALatency";

typedef struct Topology {
	KtHostJob *job;
	KtHwloc hwloc;
	uint16_t origin;
} Topology;

static KtOptU64
number(const Topology *topology, uint64_t value)
{
	return (KtOptU64){.v = value, .state = KT_STATE_VALUE, .origin = topology->origin};
}

static KtOptU64
absent(const Topology *topology)
{
	return (KtOptU64){.state = KT_STATE_ABSENT, .origin = topology->origin};
}

/* The kernel's list knows nodes without CPUs; hwloc gives those the CPUs that are near. */
static KtOptCpuset
node_cpus(const Topology *topology, hwloc_obj_t node)
{
	g_autofree char *path =
		g_strdup_printf("/sys/devices/system/node/node%u/cpulist", node->os_index);
	g_autofree char *list = NULL;
	KtCpuset set = {0};

	if (kt_host_text(topology->job, path, &list) == KT_STATE_VALUE &&
	    kt_cpuset_parse_list(list, &set, NULL))
		return kt_host_cpuset(topology->job, &set, path);
	if (kt_hwloc_to_cpuset(node->cpuset, &set))
		return kt_host_cpuset(topology->job, &set, origin_text);
	return (KtOptCpuset){.state = KT_STATE_BROKEN, .origin = topology->origin};
}

static KtOptU64
node_free(const Topology *topology, unsigned id)
{
	g_autofree char *path = g_strdup_printf("/sys/devices/system/node/node%u/meminfo", id);
	g_autofree char *text = NULL;
	KtState state = kt_host_text(topology->job, path, &text);

	if (state == KT_STATE_VALUE)
		return kt_host_meminfo(topology->job, text, "MemFree", path);
	return (KtOptU64){
		.state = state,
		.origin = kt_facts_origin(topology->job->facts, path),
	};
}

static KtHugePoolList
node_pools(const Topology *topology, unsigned id)
{
	g_autofree char *path = g_strdup_printf("/sys/devices/system/node/node%u/hugepages", id);

	return kt_host_huge_pools(topology->job, path);
}

/* The number stands first in nodes, CPUs and distances. */
static int
compare_numbers(const void *a, const void *b)
{
	const KtOptU64 *left = a;
	const KtOptU64 *right = b;

	return (left->v > right->v) - (left->v < right->v);
}

static void
set_distances(const Topology *topology, const struct hwloc_distances_s *matrix, KtNode *node)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtDistance));

	for (unsigned i = 0; i < matrix->nbobjs; i++) {
		if (!matrix->objs[i] || matrix->objs[i]->os_index != node->id.v)
			continue;
		for (unsigned j = 0; j < matrix->nbobjs; j++) {
			if (!matrix->objs[j])
				continue;
			KtDistance distance = {
				.to = number(topology, matrix->objs[j]->os_index),
				.value = number(topology, matrix->values[i * matrix->nbobjs + j]),
			};
			g_array_append_val(items, distance);
		}
		break;
	}
	g_array_sort(items, compare_numbers);
	kt_host_set_list(topology->job, &node->distances, items, KT_STATE_VALUE, origin_text);
}

static void
collect_distances(const Topology *topology)
{
	KtNodeList *nodes = &topology->job->host->nodes;
	struct hwloc_distances_s *matrix = NULL;
	unsigned n = 1;

	if (hwloc_distances_get_by_name(
		    topology->hwloc, distances_name, &n, &matrix, /* flags= */ 0) != 0)
		n = 0;
	for (uint32_t i = 0; i < nodes->n; i++) {
		if (n > 0)
			set_distances(topology, matrix, &nodes->v[i]);
		else
			nodes->v[i].distances = (KtDistanceList){
				.state = KT_STATE_ABSENT,
				.origin = topology->origin,
			};
	}
	if (n > 0)
		hwloc_distances_release(topology->hwloc, matrix);
}

static void
collect_nodes(const Topology *topology)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtNode));
	hwloc_obj_t node = NULL;

	while ((node = hwloc_get_next_obj_by_type(topology->hwloc, HWLOC_OBJ_NUMANODE, node))) {
		KtNode item = {
			.id = number(topology, node->os_index),
			.cpus = node_cpus(topology, node),
			.memory_kib = number(topology, node->attr->numanode.local_memory / 1024),
			.free_kib = node_free(topology, node->os_index),
			.huge_pools = node_pools(topology, node->os_index),
		};
		if (node->os_index < KT_CPUSET_BITS)
			g_array_append_val(items, item);
	}
	g_array_sort(items, compare_numbers);
	kt_host_set_list(
		topology->job, &topology->job->host->nodes, items, KT_STATE_VALUE, origin_text);
	collect_distances(topology);
}

static KtOptU64
node_of(const Topology *topology, unsigned cpu)
{
	const KtNodeList *nodes = &topology->job->host->nodes;

	for (uint32_t i = 0; i < nodes->n; i++) {
		if (kt_known(nodes->v[i].cpus) && kt_cpuset_has(nodes->v[i].cpus.v, cpu))
			return nodes->v[i].id;
	}
	return absent(topology);
}

/* The number of what holds @object: hwloc's own, which counts over the whole host, or the kernel's
 * where it knows one. */
static KtOptU64
ancestor(const Topology *topology, hwloc_obj_t object, hwloc_obj_type_t type, bool is_kernels)
{
	hwloc_obj_t found = hwloc_get_ancestor_obj_by_type(topology->hwloc, type, object);

	if (!found)
		return absent(topology);
	if (is_kernels && found->os_index != HWLOC_UNKNOWN_INDEX)
		return number(topology, found->os_index);
	return number(topology, found->logical_index);
}

static void
collect_cpus(const Topology *topology)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtCpu));
	hwloc_obj_t pu = NULL;

	while ((pu = hwloc_get_next_obj_by_type(topology->hwloc, HWLOC_OBJ_PU, pu))) {
		if (pu->os_index >= KT_CPUSET_BITS)
			continue;
		KtCpu item = {
			.id = number(topology, pu->os_index),
			.core = ancestor(topology, pu, HWLOC_OBJ_CORE, false),
			.package = ancestor(topology, pu, HWLOC_OBJ_PACKAGE, true),
			.node = node_of(topology, pu->os_index),
			.l3 = ancestor(topology, pu, HWLOC_OBJ_L3CACHE, false),
		};
		g_array_append_val(items, item);
	}
	g_array_sort(items, compare_numbers);
	kt_host_set_list(
		topology->job, &topology->job->host->cpu.list, items, KT_STATE_VALUE, origin_text);
}

static void
collect_caches(const Topology *topology)
{
	GArray *items = g_array_new(FALSE, TRUE, sizeof(KtCache));
	hwloc_obj_t cache = NULL;
	KtCpuset set = {0};

	while ((cache = hwloc_get_next_obj_by_type(topology->hwloc, HWLOC_OBJ_L3CACHE, cache))) {
		KtCache item = {
			.id = number(topology, cache->logical_index),
			.size_kib = cache->attr->cache.size > 0
					    ? number(topology, cache->attr->cache.size / 1024)
					    : absent(topology),
			.cpus = {.state = KT_STATE_BROKEN, .origin = topology->origin},
		};
		if (kt_hwloc_to_cpuset(cache->cpuset, &set))
			item.cpus = kt_host_cpuset(topology->job, &set, origin_text);
		g_array_append_val(items, item);
	}
	kt_host_set_list(topology->job,
			 &topology->job->host->cpu.l3,
			 items,
			 items->len > 0 ? KT_STATE_VALUE : KT_STATE_ABSENT,
			 origin_text);
}

static KtOptU64
count(const Topology *topology, hwloc_obj_type_t type)
{
	int n = hwloc_get_nbobjs_by_type(topology->hwloc, type);

	return n > 0 ? number(topology, (uint64_t)n) : absent(topology);
}

/* The smallest page comes first (hwloc.h, page_types). */
static KtOptU64
page_size(const Topology *topology)
{
	hwloc_obj_t node = hwloc_get_obj_by_type(topology->hwloc, HWLOC_OBJ_NUMANODE, 0);

	if (!node || node->attr->numanode.page_types_len == 0)
		return absent(topology);
	return number(topology, node->attr->numanode.page_types[0].size / 1024);
}

static void
set_states(KtHost *host, KtState state, uint16_t origin)
{
	KtOptU64 none = {.state = state, .origin = origin};

	host->nodes = (KtNodeList){.state = state, .origin = origin};
	host->cpu.list = (KtCpuList){.state = state, .origin = origin};
	host->cpu.l3 = (KtCacheList){.state = state, .origin = origin};
	host->cpu.packages = none;
	host->cpu.cores = none;
	host->memory.page_kib = none;
}

bool
kt_host_collect_topology(KtHostJob *job, const char *xml, char **ret_xml, GError **error)
{
	g_auto(KtHwloc) hwloc = NULL;
	KtState state = kt_hwloc_load(job->root, xml, &hwloc);
	Topology topology = {
		.job = job,
		.hwloc = hwloc,
		.origin = kt_facts_origin(job->facts, origin_text),
	};

	if (xml && state != KT_STATE_VALUE)
		return kt_throw(error, KT_ERROR_PARSE, "the topology is not XML of hwloc 2");
	if (state != KT_STATE_VALUE) {
		set_states(job->host, state, topology.origin);
		return true;
	}

	collect_nodes(&topology);
	collect_cpus(&topology);
	collect_caches(&topology);
	job->host->cpu.packages = count(&topology, HWLOC_OBJ_PACKAGE);
	job->host->cpu.cores = count(&topology, HWLOC_OBJ_CORE);
	job->host->memory.page_kib = page_size(&topology);
	job->architecture = kt_arena_strdup(
		job->facts->arena,
		hwloc_obj_get_info_by_name(hwloc_get_root_obj(hwloc), "Architecture"));
	*ret_xml = xml ? g_strdup(xml) : kt_hwloc_to_xml(hwloc);
	return true;
}
