/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-room.h"

int
kt_room_class(const KtRoom *room, uint64_t page_kib)
{
	if (!room->has_fixed_pools)
		return 0;
	for (uint32_t i = 0; i < room->n_classes; i++) {
		if (room->page_kib[i] == page_kib)
			return (int)i;
	}
	return page_kib <= 64 ? 0 : -1;
}

static void
find_classes(const KtInstance *instance, KtRoom *room)
{
	room->n_classes = 1;
	for (uint32_t n = 0; instance->has_fixed_pools && n < instance->n_nodes; n++) {
		for (uint32_t i = 0; i < instance->nodes[n].n_pools; i++) {
			uint64_t kib = instance->nodes[n].pools[i].page_kib;
			bool is_known = false;
			for (uint32_t c = 1; c < room->n_classes; c++)
				is_known = is_known || room->page_kib[c] == kib;
			if (!is_known && room->n_classes < KT_ROOM_CLASSES)
				room->page_kib[room->n_classes++] = kib;
		}
	}
}

static void
init_memory(const KtInstNode *node, const KtRoom *room, KtRoomNode *out)
{
	int64_t kib = (int64_t)node->memory_kib - (int64_t)node->reserved_kib;

	for (uint32_t i = 0; room->n_classes > 1 && i < node->n_pools; i++) {
		int64_t pool = (int64_t)(node->pools[i].page_kib * node->pools[i].pages);
		int class = kt_room_class(room, node->pools[i].page_kib);
		kib -= pool;
		if (class > 0)
			out->kib[class] = pool;
		out->capacity_kib += pool;
	}
	out->kib[0] = MAX(kib, 0);
	out->capacity_kib += out->kib[0];
}

static void
init_cpus(const KtInstance *instance, const KtInstNode *node, const KtSeats *seats, KtRoomNode *out)
{
	for (uint32_t c = 0; c < node->n_cores; c++)
		out->threads = MAX(out->threads, instance->cores[node->first_core + c].n_cpus);
	for (uint32_t c = 0; c < node->n_cores; c++) {
		const KtInstCore *core = &instance->cores[node->first_core + c];
		int32_t n_free = 0;
		for (uint16_t i = 0; i < core->n_cpus; i++)
			n_free += seats->owner[core->cpus[i]] == KT_SEAT_FREE;
		out->all += n_free;
		if (n_free < core->n_cpus)
			continue;
		if (n_free == out->threads || n_free == 1)
			out->whole += n_free;
		out->singles += n_free == 1 && out->threads > 1;
	}
}

void
kt_room_init(const KtInstance *instance, const KtSeats *seats, KtRoom *room)
{
	*room = (KtRoom){
		.n_nodes = instance->n_nodes,
		.ratio_permille = (int32_t)instance->ratio_permille,
		.has_fixed_pools = instance->has_fixed_pools,
	};
	find_classes(instance, room);
	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		init_memory(&instance->nodes[n], room, &room->nodes[n]);
		init_cpus(instance, &instance->nodes[n], seats, &room->nodes[n]);
	}
}
