/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance.h"

static KtJson *
core_json(const KtInstCore *core)
{
	KtJson *list = json_array();

	for (uint16_t i = 0; i < core->n_cpus; i++)
		json_array_append_new(list, json_integer(core->cpus[i]));
	return list;
}

static KtJson *
node_json(const KtInstance *instance, const KtInstNode *node)
{
	KtJson *json = json_object();
	KtJson *pools = json_object();
	KtJson *groups = json_array();

	kt_json_set_u64(json, "id", node->id);
	kt_json_set_u64(json, "memory_kib", node->memory_kib);
	kt_json_set_u64(json, "reserved_kib", node->reserved_kib);
	for (uint32_t i = 0; i < node->n_pools; i++) {
		g_autofree char *key =
			g_strdup_printf("%" G_GUINT64_FORMAT, node->pools[i].page_kib);
		kt_json_set_u64(pools, key, node->pools[i].pages);
	}
	kt_json_set(json, "hugepages", pools);
	for (uint32_t i = 0; i < node->n_groups; i++) {
		const KtInstGroup *group = &instance->groups[node->first_group + i];
		KtJson *object = json_object();
		KtJson *cores = json_array();
		for (uint32_t c = 0; c < group->n_cores; c++)
			json_array_append_new(cores,
					      core_json(&instance->cores[group->first_core + c]));
		kt_json_set(object, "cores", cores);
		json_array_append_new(groups, object);
	}
	kt_json_set(json, "l3", groups);
	kt_json_set_u64(json, "irqs", node->irqs);
	return json;
}

static KtJson *
current_json(const KtInstance *instance, const KtInstGuest *guest)
{
	KtJson *json = json_object();
	KtJson *cells = json_array();
	KtJson *pins = json_array();

	for (uint32_t i = 0; i < guest->n_current; i++)
		json_array_append_new(
			cells,
			json_integer((json_int_t)instance->nodes[guest->current_nodes[i]].id));
	kt_json_set(json, "cells", cells);
	for (uint64_t i = 0; guest->current_cpus && i < guest->vcpus; i++) {
		KtCpuset set = {0};
		if (guest->current_cpus[i] >= 0)
			kt_cpuset_add(&set, (unsigned)guest->current_cpus[i]);
		else if (guest->current_set)
			set = *guest->current_set;
		g_autofree char *list = kt_cpuset_to_list(&set);
		kt_json_append_str(pins, list);
	}
	kt_json_set(json, "vcpupin", pins);
	return json;
}

static KtJson *
devices_json(const KtInstance *instance, const KtInstGuest *guest)
{
	KtJson *list = json_array();

	for (uint32_t i = 0; i < guest->n_devices; i++) {
		KtJson *json = json_object();
		kt_json_set_u64(json, "node", instance->nodes[guest->devices[i].node].id);
		kt_json_set(
			json, "share", json_real((double)guest->devices[i].share_permille / 1000));
		kt_json_set_bool(json, "require", guest->devices[i].is_required);
		json_array_append_new(list, json);
	}
	return list;
}

static KtJson *
cells_json(const KtInstGuest *guest)
{
	KtJson *list = json_array();

	for (uint32_t i = 0; i < guest->n_cells; i++) {
		KtJson *json = json_object();
		kt_json_set_u64(json, "vcpus", guest->cells[i].vcpus);
		kt_json_set_u64(json, "memory_kib", guest->cells[i].memory_kib);
		json_array_append_new(list, json);
	}
	return list;
}

static void
put_places(const KtInstance *instance, const KtInstGuest *guest, KtJson *json)
{
	KtJson *nodes = json_array();

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		if (guest->allowed >> n & 1)
			json_array_append_new(nodes,
					      json_integer((json_int_t)instance->nodes[n].id));
	}
	kt_json_set(json, "nodes", nodes);
	kt_json_set(json, "devices", devices_json(instance, guest));
	if (guest->cells)
		kt_json_set(json, "cells", cells_json(guest));
	if (guest->n_current > 0)
		kt_json_set(json, "current", current_json(instance, guest));
	if (guest->apart >= 0) {
		g_autofree char *name = g_strdup_printf("group%d", guest->apart);
		kt_json_set_str(json, "apart", name);
	}
}

static KtJson *
guest_json(const KtInstance *instance, const KtInstGuest *guest)
{
	KtJson *json = json_object();

	kt_json_set_str(json, "name", guest->name);
	kt_json_set_u64(json, "vcpus", guest->vcpus);
	kt_json_set_u64(json, "memory_kib", guest->memory_kib);
	kt_json_set_u64(json, "page_kib", guest->page_kib);
	kt_json_set_str(json, "class", guest->is_shared ? "shared" : "dedicated");
	kt_json_set_str(json, "smt", kt_smt_name(guest->smt));
	kt_json_set_str(json, "memory_mode", guest->is_preferred ? "preferred" : "strict");
	kt_json_set_u64(json, "priority", guest->priority);
	kt_json_set_u64(json, "emulator_cpus", guest->emulator_cpus);
	kt_json_set_u64(json, "iothreads", guest->iothreads);
	kt_json_set_u64(json, "max_cells", guest->max_cells);
	kt_json_set(json, "memory_bound", json_real((double)guest->memory_bound_permille / 1000));
	kt_json_set_bool(json, "vnuma", guest->has_vnuma);
	kt_json_set_bool(json, "movable", !guest->is_fixed);
	put_places(instance, guest, json);
	return json;
}

static KtJson *
distances_json(const KtInstance *instance)
{
	KtJson *rows = json_array();

	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		KtJson *row = json_array();
		for (uint32_t m = 0; m < instance->n_nodes; m++)
			json_array_append_new(row, json_integer(instance->distance[n][m]));
		json_array_append_new(rows, row);
	}
	return rows;
}

KtJson *
kt_instance_to_json(const KtInstance *instance)
{
	KtJson *json = json_object();
	KtJson *nodes = json_array();
	KtJson *guests = json_array();
	KtJson *keeping = json_object();

	kt_json_set_u64(json, "schema_version", 1);
	for (uint32_t n = 0; n < instance->n_nodes; n++)
		json_array_append_new(nodes, node_json(instance, &instance->nodes[n]));
	kt_json_set(json, "nodes", nodes);
	kt_json_set(json, "distances", distances_json(instance));
	kt_json_set_u64(keeping, "cores_per_node", instance->housekeeping_per_node);
	kt_json_set_u64(keeping, "cores", instance->housekeeping_more);
	kt_json_set(json, "housekeeping", keeping);
	kt_json_set(json, "shared_ratio", json_real((double)instance->ratio_permille / 1000));
	kt_json_set_u64(json, "horizon_s", instance->horizon_s);
	kt_json_set_str(json, "pools", instance->has_fixed_pools ? "fixed" : "free");
	kt_json_set_u64(json, "spare_pages", instance->spare_pages);
	for (uint32_t v = 0; v < instance->n_guests; v++)
		json_array_append_new(guests, guest_json(instance, &instance->guests[v]));
	kt_json_set(json, "guests", guests);
	return json;
}
