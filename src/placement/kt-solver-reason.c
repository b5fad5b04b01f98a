/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-solver.h"

/* What is there for guests, in all and on the roomiest nodes. */
typedef struct Room {
	int64_t cpus;
	int64_t kib;
	int64_t most_cpus;
	int64_t most_kib;
} Room;

static Room
measure(const KtRoom *room, uint64_t allowed, int class, bool is_empty)
{
	Room sum = {0};

	for (uint32_t n = 0; n < room->n_nodes; n++) {
		const KtRoomNode *node = &room->nodes[n];
		int64_t cpus = is_empty ? node->all : kt_room_left(room, node);
		int64_t kib =
			is_empty && room->n_classes == 1 ? node->capacity_kib : node->kib[class];
		if (!(allowed >> n & 1))
			continue;
		sum.cpus += cpus;
		sum.kib += kib;
		sum.most_cpus = MAX(sum.most_cpus, cpus);
		sum.most_kib = MAX(sum.most_kib, kib);
	}
	return sum;
}

static const char *
compare(const KtInstGuest *guest, const Room *room, int64_t needed, const char *left,
	KtArena *arena)
{
	if (room->cpus < needed)
		return kt_arena_printf(arena,
				       "needs %" G_GINT64_FORMAT " CPUs, %" G_GINT64_FORMAT " %s",
				       needed,
				       room->cpus,
				       left);
	if (room->kib < (int64_t)guest->memory_kib)
		return kt_arena_printf(arena,
				       "needs %" G_GUINT64_FORMAT " MiB, %" G_GINT64_FORMAT " %s",
				       (guest->memory_kib + 1023) / 1024,
				       room->kib / 1024,
				       left);
	return NULL;
}

static const char *
reason_clash(const KtInstance *instance, uint32_t v, int32_t cpu, KtArena *arena)
{
	if (!kt_cpuset_has(&instance->cpus, (unsigned)cpu))
		return kt_arena_printf(
			arena, "may not leave CPU %d, which this host does not have", cpu);
	for (uint32_t w = 0; w < instance->n_guests; w++) {
		const KtInstGuest *other = &instance->guests[w];
		for (uint64_t i = 0; w != v && kt_seats_is_seated(other) && i < other->vcpus; i++) {
			if (other->current_cpus[i] == cpu)
				return kt_arena_printf(arena,
						       "may not leave CPU %d, nor may '%s'",
						       cpu,
						       other->name);
		}
	}
	return kt_arena_printf(arena, "may not leave CPU %d, which is taken twice", cpu);
}

/* It would not even fit alone. */
static const char *
reason_empty(const KtInstance *instance, const KtRoom *room, uint32_t v, KtArena *arena)
{
	const KtInstGuest *guest = &instance->guests[v];
	int class = kt_room_class(room, guest->page_kib);
	int64_t needed = guest->is_shared
				 ? (int64_t)(guest->vcpus * 1000 / instance->ratio_permille)
				 : (int64_t)(guest->vcpus + guest->emulator_cpus);

	if (class < 0)
		return kt_arena_printf(arena,
				       "there is no pool of pages of %" G_GUINT64_FORMAT " KiB",
				       guest->page_kib);
	if (guest->is_fixed && guest->n_current > 0)
		return "may not move, and where it is there is no room for it";

	Room sum = measure(room, guest->allowed, class, /* is_empty= */ true);
	const char *reason = compare(guest, &sum, needed, "are there for guests", arena);
	if (reason)
		return reason;
	return kt_arena_printf(arena,
			       "does not fit the empty host: a node has at most %" G_GINT64_FORMAT
			       " CPUs and %" G_GINT64_FORMAT
			       " MiB, and it may be cut into %" G_GUINT64_FORMAT " cells",
			       sum.most_cpus,
			       sum.most_kib / 1024,
			       guest->cells ? guest->n_cells : guest->max_cells);
}

const char *
kt_solver_reason(const KtInstance *instance, const KtSearch *search, uint32_t v, int32_t clash,
		 KtArena *arena)
{
	const KtInstGuest *guest = &instance->guests[v];
	const KtUnit *unit = &search->units[v];

	if (clash >= 0)
		return reason_clash(instance, v, clash, arena);
	if (unit->menu->n == 0)
		return reason_empty(instance, &search->room, v, arena);

	int class = kt_room_class(&search->room, guest->page_kib);
	int64_t needed = guest->is_shared ? 0 : (int64_t)(guest->vcpus + guest->emulator_cpus);
	Room sum = measure(&search->room, guest->allowed, MAX(class, 0), /* is_empty= */ false);
	const char *reason = compare(guest, &sum, needed, "are left beside the others", arena);
	if (reason)
		return reason;
	if (guest->apart >= 0)
		return "fits only on nodes of guests that it has to keep away from, or on none";
	return kt_arena_printf(arena,
			       "enough is left in all, but on one node at most %" G_GINT64_FORMAT
			       " CPUs and %" G_GINT64_FORMAT " MiB",
			       sum.most_cpus,
			       sum.most_kib / 1024);
}
