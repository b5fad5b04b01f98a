/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest.h"

/* Differences that are named one by one. */
#define MOST_SHOWN 8

/* What both definitions say in the same words. Sizes that the balloon or hotplug moves, and what
 * libvirt writes out only for the running guest, are left aside. */
typedef struct Row {
	const char *name;
	size_t offset;
	KtType type;
} Row;

#define ROW(member, text)                                                                          \
	{                                                                                          \
		.name = (text), .offset = offsetof(KtGuestConfig, member),                         \
		.type = KT_TYPE_OF(((KtGuestConfig *)NULL)->member)                                \
	}

static const Row rows[] = {
	ROW(machine, "machine type"),
	ROW(memory_kib, "memory"),
	ROW(max_memory_kib, "maxMemory"),
	ROW(vcpus_max, "most vCPUs"),
	ROW(vcpu_cpuset, "CPUs of all threads"),
	ROW(sockets, "sockets"),
	ROW(cores, "cores"),
	ROW(threads, "threads"),
	ROW(cpu_shares, "CPU weight"),
	ROW(emulator_pin, "emulator pin"),
	ROW(iothreads, "IOThreads"),
	ROW(numa_mode, "numatune mode"),
	ROW(numa_nodeset, "numatune nodes"),
	ROW(hugepages, "huge pages"),
	ROW(nosharepages, "nosharepages"),
	ROW(locked, "locked memory"),
	ROW(memory_source, "source of memory"),
	ROW(memory_access, "access of memory"),
	ROW(hard_limit_kib, "hard_limit"),
	ROW(blkio_weight, "I/O weight"),
	ROW(acpi, "ACPI"),
	ROW(on_crash, "on_crash"),
	ROW(emulator, "emulator"),
};

/* NULL: nobody looked; "-": not there. Free with g_free. */
static char *
text_of(const KtGuestConfig *config, const Row *row)
{
	const void *member = (const char *)config + row->offset;
	const KtOptStr *text = member;
	const KtOptU64 *number = member;
	const KtOptBool *flag = member;
	const KtOptCpuset *set = member;
	KtState state = row->type == KT_TYPE_STR      ? text->state
			: row->type == KT_TYPE_U64    ? number->state
			: row->type == KT_TYPE_CPUSET ? set->state
						      : flag->state;

	if (state != KT_STATE_VALUE)
		return state == KT_STATE_ABSENT ? g_strdup("-") : NULL;
	if (row->type == KT_TYPE_STR)
		return g_strdup(text->v);
	if (row->type == KT_TYPE_U64)
		return g_strdup_printf("%" G_GUINT64_FORMAT, number->v);
	return row->type == KT_TYPE_CPUSET ? kt_cpuset_to_list(set->v)
					   : g_strdup(flag->v ? "yes" : "no");
}

static void
show(const KtView *view, unsigned n, const char *name, const char *now, const char *next,
     KtSink *out)
{
	if (out && n <= MOST_SHOWN)
		kt_sink_evidence(out,
				 view->config->type.origin,
				 "%s: %s runs, %s at the next start",
				 name,
				 now,
				 next);
}

static unsigned
compare_disks(const KtView *view, unsigned n, KtSink *out)
{
	for (uint32_t i = 0; i < view->config->disks.n; i++) {
		const KtDisk *next = &view->config->disks.v[i];
		for (uint32_t j = 0; j < view->live->disks.n; j++) {
			const KtDisk *now = &view->live->disks.v[j];
			bool is_same =
				kt_known(now->target) && kt_opt_is(next->target, now->target.v);
			if (!is_same || !kt_looked(now->cache) || !kt_looked(next->cache) ||
			    g_strcmp0(now->cache.v, next->cache.v) == 0)
				continue;
			g_autofree char *name = g_strdup_printf("cache of %s", now->target.v);
			show(view,
			     ++n,
			     name,
			     kt_known(now->cache) ? now->cache.v : "-",
			     kt_known(next->cache) ? next->cache.v : "-",
			     out);
		}
	}
	return n;
}

/* How many settings differ; with @out, names them. */
static unsigned
compare(const KtView *view, KtSink *out)
{
	unsigned n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *now = text_of(view->live, &rows[i]);
		g_autofree char *next = text_of(view->config, &rows[i]);
		if (now && next && !g_str_equal(now, next))
			show(view, ++n, rows[i].name, now, next, out);
	}
	return compare_disks(view, n, out);
}

static KtVerdict
judge_saved(const KtView *view, KtSink *out)
{
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out, "the next start restores a saved state and its settings");
	kt_sink_evidence(out, view->guest->managed_save.origin, "there is a managed save image");
	kt_sink_advice(
		out,
		"What is changed meanwhile is in the definition, but not in the guest: start "
		"it, shut it down inside, start it again. 'virsh managedsave-remove %s' "
		"throws away what was in its memory.",
		kt_guest_name(view->guest));
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_guest_gate(view, out);
	bool is_persistent = kt_opt_true(view->guest->is_persistent);

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs(out, view->guest->managed_save, "whether there is a saved state") ||
	    !kt_sink_needs(out, view->guest->is_persistent, "whether the guest is persistent"))
		return KT_VERDICT_UNKNOWN;
	if (view->guest->managed_save.v)
		return judge_saved(view, out);
	if (!view->live || !is_persistent)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, view->live->type, "the XML of the running guest"))
		return KT_VERDICT_UNKNOWN;

	unsigned n = compare(view, NULL);
	if (n == 0)
		return KT_VERDICT_OK;
	kt_sink_severity(out, KT_SEVERITY_INFO);
	kt_sink_summary(out,
			"%u setting%s of the next start %s not what runs",
			n,
			n == 1 ? "" : "s",
			n == 1 ? "is" : "are");
	(void)compare(view, out);
	kt_sink_advice(out,
		       "A shutdown and a start make them true; a reboot inside does not. What was "
		       "changed for the running guest alone is lost then.");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_pending_change) = {
	.id = "guest.pending-change",
	.title = "What runs is what is configured",
	.why = "libvirt keeps two definitions of a running guest. Changes for the next start "
	       "wait, unseen, until somebody restarts it for another reason, and what was changed "
	       "live alone is gone then. With a managed save image the next start takes the old "
	       "settings out of that.",
	.cost = "None: it is a remark.",
	.sources =
		(const char *const[]){
			"libvirt: virDomainGetXMLDesc, VIR_DOMAIN_XML_INACTIVE",
			"libvirt: virDomainManagedSave",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_INFO,
	.risk = KT_RISK_LOW,
	.check_by_hand = "diff <(virsh dumpxml DOMAIN) <(virsh dumpxml --inactive DOMAIN)",
	.effect = "number of settings that differ",
	.evaluate = evaluate,
};
