/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-obstacle.h"

#include "kt-finding.h"
#include "kt-huge-need.h"

#include <string.h>

void
kt_obstacle_free(KtObstacle *obstacle)
{
	if (!obstacle)
		return;
	g_free(obstacle->text);
	g_free(obstacle->advice);
	g_free(obstacle);
}

/* Takes @text and @advice. */
static void
add(GPtrArray *list, const char *practice, char *text, char *advice)
{
	KtObstacle *obstacle = g_new0(KtObstacle, 1);

	obstacle->practice = practice;
	obstacle->text = text;
	obstacle->advice = advice;
	g_ptr_array_add(list, obstacle);
}

/* Practices that foresee a failed start say so, with these words. */
static void
add_findings(GPtrArray *list, KtFacts *facts, uint32_t guest, const KtPolicy *policy)
{
	static const char *const only[] = {"guest.*", "image.*", NULL};
	static const char says[] = "will not start";
	const KtGuest *about = &facts->guests.v[guest];
	const char *const names[] = {about->uuid.v, NULL};
	const KtSelection selection = {.only = only, .guests = names};
	g_autoptr(KtAudit) audit = kt_engine_run(facts, policy, &selection);

	for (guint i = 0; i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		const char *said = result->verdict == KT_VERDICT_FINDING && result->summary
					   ? strstr(result->summary, says)
					   : NULL;
		if (!said)
			continue;
		const char *text = g_str_has_prefix(said, "will not start: ")
					   ? said + strlen("will not start: ")
					   : result->summary;
		const char *id = result->practice->id;
		char *advice = result->changes->len == 0
				       ? g_strdup_printf("'kvmtune explain %s'", id)
				       : g_strdup_printf("'kvmtune apply --rule %s %s' mends it",
							 id,
							 about->name.v);
		add(list, id, g_strdup(text), advice);
	}
}

/* Pages that a start finds: idle ones, those that may still be made, and those that the guest
 * itself gives back. False when that cannot be told. */
static bool
pages_for(const KtFacts *facts, const KtGuest *guest, uint64_t size_kib, uint64_t *ret_room)
{
	const KtHugePool *pool = kt_huge_pool(&facts->host.memory.huge_pools, size_kib);
	uint64_t held_kib = 0;
	uint64_t held = 0;

	if (!kt_opt_true(guest->is_active) ||
	    !kt_huge_guest(&facts->host, &guest->live, &held_kib, &held) || held_kib != size_kib)
		held = 0;
	*ret_room = held;
	if (!pool)
		return facts->host.memory.huge_pools.state == KT_STATE_VALUE;
	if (!kt_known(pool->free) || !kt_known(pool->overcommit))
		return false;
	uint64_t reserved = kt_known(pool->reserved) ? pool->reserved.v : 0;
	*ret_room += pool->overcommit.v;
	*ret_room += pool->free.v > reserved ? pool->free.v - reserved : 0;
	return true;
}

static void
add_huge_pages(GPtrArray *list, const KtFacts *facts, const KtGuest *guest)
{
	uint64_t size_kib = 0;
	uint64_t need = 0;
	uint64_t room = 0;

	if (!kt_huge_guest(&facts->host, &guest->inactive, &size_kib, &need) ||
	    !pages_for(facts, guest, size_kib, &room) || need <= room)
		return;
	add(list,
	    "host.hugepages-pool",
	    g_strdup_printf("it needs %" G_GUINT64_FORMAT " huge pages of %" G_GUINT64_FORMAT
			    " KiB, and %" G_GUINT64_FORMAT " are free for it",
			    need,
			    size_kib,
			    room),
	    g_strdup("'kvmtune explain host.hugepages-pool' says how to get them"));
}

static void
add_image(GPtrArray *list, const KtImage *image, const char *target, bool is_base)
{
	if (image->kind.state == KT_STATE_ABSENT)
		add(list,
		    is_base ? "image.chain" : NULL,
		    g_strdup_printf("%s of disk %s is not there: '%s'",
				    is_base ? "a file below the image" : "the image",
				    target,
				    image->path.v),
		    g_strdup("bring it back, or correct the <source> of the disk"));
}

/* Longer chains are broken, or go round in circles. */
#define MAX_CHAIN 64

static void
add_images(GPtrArray *list, const KtFacts *facts, const KtGuest *guest)
{
	for (uint32_t i = 0; i < guest->inactive.disks.n; i++) {
		const KtDisk *disk = &guest->inactive.disks.v[i];
		bool is_file = kt_opt_is(disk->source_type, "file") ||
			       kt_opt_is(disk->source_type, "block");
		/* An empty or optional medium is left out by libvirt. */
		bool is_needed =
			!kt_opt_is(disk->device, "cdrom") && !kt_opt_is(disk->device, "floppy");
		const char *path = kt_known(disk->source) ? disk->source.v : NULL;
		const char *target = kt_known(disk->target) ? disk->target.v : "?";
		for (unsigned depth = 0; is_file && is_needed && path && depth < MAX_CHAIN;
		     depth++) {
			const KtImage *image = kt_facts_find_image(facts, path);
			if (!image)
				break;
			add_image(list, image, target, depth > 0);
			path = kt_known(image->backing) ? image->backing.v : NULL;
		}
	}
}

/* Threads are bound to CPUs by practices; libvirt itself needs one CPU of the whole set. */
static void
add_cpus(GPtrArray *list, const KtFacts *facts, const KtGuest *guest)
{
	const KtOptCpuset online = facts->host.cpu.online;
	const KtOptCpuset wanted = guest->inactive.vcpu_cpuset;

	if (!kt_known(online) || !kt_known(wanted))
		return;
	for (guint i = 0; i < list->len; i++) {
		const KtObstacle *obstacle = list->pdata[i];
		if (g_strcmp0(obstacle->practice, "guest.vcpu.pin") == 0)
			return;
	}
	kt_cpuset_foreach (wanted.v, cpu) {
		if (kt_cpuset_has(online.v, cpu))
			return;
	}
	g_autofree char *cpus = kt_cpuset_to_list(wanted.v);
	add(list,
	    "guest.vcpu.pin",
	    g_strdup_printf("<vcpu cpuset='%s'> names no CPU that is online", cpus),
	    g_strdup_printf("'virsh edit %s': take it away, or name other CPUs", guest->name.v));
}

GPtrArray *
kt_obstacles(KtFacts *facts, uint32_t guest, const KtPolicy *policy)
{
	GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)kt_obstacle_free);
	const KtGuest *about = &facts->guests.v[guest];

	add_findings(list, facts, guest, policy);
	if (!facts->meta.is_remote.v) {
		add_huge_pages(list, facts, about);
		add_images(list, facts, about);
		add_cpus(list, facts, about);
	}
	return list;
}
