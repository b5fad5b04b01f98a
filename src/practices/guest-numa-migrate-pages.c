/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

#define KIB_PER_MIB 1024

/* Where the vCPUs run, and what of the memory is elsewhere. */
typedef struct Spread {
	const KtNode *home; /* NULL: not bound to one node */
	uint64_t total_kib;
	uint64_t away_kib;
} Spread;

static const KtNode *
find_home(const KtView *view)
{
	KtCpuset claim = {0};
	bool has_own = false;

	kt_pins_claim(view->host, view->live, &claim, &has_own);
	if (kt_cpuset_is_empty(&claim))
		return NULL;
	for (uint32_t i = 0; i < view->host->nodes.n; i++) {
		const KtNode *node = &view->host->nodes.v[i];
		if (kt_known(node->id) && kt_known(node->cpus) &&
		    kt_cpuset_is_subset(&claim, node->cpus.v))
			return node;
	}
	return NULL;
}

static Spread
measure(const KtView *view)
{
	const KtNodeMemoryList *list = &view->guest->effective.node_memory;
	Spread spread = {.home = find_home(view)};

	for (uint32_t i = 0; i < list->n; i++) {
		const KtNodeMemory *memory = &list->v[i];
		if (!kt_known(memory->node) || !kt_known(memory->memory_kib))
			continue;
		spread.total_kib += memory->memory_kib.v;
		if (spread.home && memory->node.v != spread.home->id.v)
			spread.away_kib += memory->memory_kib.v;
	}
	return spread;
}

static void
propose(const KtView *view, const Spread *spread, const KtNode *home, KtSink *out)
{
	bool has_room = kt_known(home->free_kib) &&
			home->free_kib.v >=
				spread->away_kib + kt_view_param(view, "reserve_mib") * KIB_PER_MIB;
	KtOptStr mode = view->live->numa_mode;
	bool is_movable = mode.state == KT_STATE_ABSENT || kt_opt_is(mode, "restrictive");

	if (!has_room) {
		kt_sink_advice(out,
			       "That node has no room for it: 'kvmtune place' says which guests "
			       "should change places.");
		return;
	}
	if (is_movable) {
		kt_sink_advice(out,
			       "'virsh numatune %s --nodeset %" G_GUINT64_FORMAT
			       " --live' moves it there while the guest runs, which slows it down "
			       "for as long as the copying takes.",
			       kt_guest_name(view->guest),
			       home->id.v);
		return;
	}
	kt_sink_advice(out,
		       "With mode '%s' libvirt does not move it: it is at home after the next "
		       "start.",
		       kt_known(mode) ? mode.v : "strict");
}

static KtVerdict
judge(const KtView *view, Spread *ret_spread, KtSink *out)
{
	const KtNodeMemoryList *list = &view->guest->effective.node_memory;

	/* Only --deep looks. */
	if (!view->live || list->state == KT_STATE_UNSET || list->state == KT_STATE_ABSENT ||
	    view->workload == KT_WORKLOAD_DENSE)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, *list, "where the memory of the guest lies") ||
	    !kt_sink_needs(out, view->host->nodes, "the NUMA nodes of the host") ||
	    !kt_sink_needs(out, view->host->cpu.online, "the CPUs of the host"))
		return KT_VERDICT_UNKNOWN;
	/* Cells have nodes of their own. */
	if (!kt_pins_are_known(view->live) || view->live->cells.n > 1)
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_spread = measure(view);
	if (!ret_spread->home || ret_spread->total_kib == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	return ret_spread->away_kib * 100 <=
			       ret_spread->total_kib * kt_view_param(view, "most_percent")
		       ? KT_VERDICT_OK
		       : KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict verdict = kt_guest_gate(view, out);
	Spread spread = {0};

	if (verdict == KT_VERDICT_OK)
		verdict = judge(view, &spread, out);
	const KtNode *home = spread.home;
	if (verdict != KT_VERDICT_FINDING || !home)
		return verdict;
	kt_sink_severity(out, kt_guest_wants_speed(view) ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "memory lies on other nodes than the vCPUs");
	kt_sink_evidence(out,
			 view->guest->effective.node_memory.origin,
			 "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
			 " MiB are not on node %" G_GUINT64_FORMAT,
			 spread.away_kib / KIB_PER_MIB,
			 spread.total_kib / KIB_PER_MIB,
			 home->id.v);
	kt_sink_evidence(out,
			 view->live->vcpu_pins.origin,
			 "the vCPUs are bound to node %" G_GUINT64_FORMAT,
			 home->id.v);
	kt_sink_number(out, home->free_kib, "free memory there", " KiB");
	propose(view, &spread, home, out);
	return KT_VERDICT_FINDING;
}

static const KtParam params[] = {
	{
		.name = "most_percent",
		.value = 5,
		.min = 0,
		.max = 100,
		.unit = "%",
		.doc = "share of the memory that may lie elsewhere: QEMU's own, which does not "
		       "follow the vCPUs, is about that [eng]",
	},
	{
		.name = "reserve_mib",
		.value = 1024,
		.min = 0,
		.max = 1048576,
		.unit = "MiB",
		.doc = "what has to stay free on the node that it goes to [eng]",
	},
};

KT_PRACTICE(guest_numa_migrate_pages) = {
	.id = "guest.numa.migrate-pages",
	.title = "The memory of a running guest is where its vCPUs are",
	.why = "A guest that was started while its node was full, or was pinned later, keeps its "
	       "memory where it got it: each access crosses the link between the nodes. Pinning "
	       "moves no page. Judged with --deep only, which reads numa_maps.",
	.cost = "Moving copies all of that memory; vCPUs wait for pages under way.",
	.sources =
		(const char *const[]){
			"migrate_pages(2), numa(7), proc(5): numa_maps",
			"libvirt: virDomainSetNumaParameters",
			"Linux: Documentation/admin-guide/mm/numa_memory_policy.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_MEDIUM,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.after = (const char *const[]){"guest.vcpu.pin", "guest.numa.tune", NULL},
	.check_by_hand = "numastat -p $(pgrep -f guest=DOMAIN); virsh vcpupin DOMAIN",
	.effect = "node-load-misses (perf stat) of the vCPU threads",
	.evaluate = evaluate,
};
