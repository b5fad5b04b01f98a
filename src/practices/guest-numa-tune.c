/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_SPREAD, /* on several nodes although one would do */
	FAULT_GONE,   /* names a node that is not there */
} Fault;

/* Nodes of the host that have memory. */
static void
nodes_of(const KtHost *host, KtCpuset *ret_nodes)
{
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (kt_known(node->id) && node->id.v < KT_CPUSET_BITS &&
		    !(kt_known(node->memory_kib) && node->memory_kib.v == 0))
			kt_cpuset_add(ret_nodes, (unsigned)node->id.v);
	}
}

static const KtNode *
find_node(const KtHost *host, unsigned id)
{
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		if (kt_known(host->nodes.v[i].id) && host->nodes.v[i].id.v == id)
			return &host->nodes.v[i];
	}
	return NULL;
}

/* The only node that the vCPUs are bound to, which is in the set and has room for the guest. */
static const KtNode *
find_home(const KtView *view, const KtGuestConfig *config)
{
	KtCpuset claim = {0};
	bool has_own = false;

	if (kt_known(view->host->cpu.online) && kt_pins_are_known(config))
		kt_pins_claim(view->host, config, &claim, &has_own);
	if (kt_cpuset_is_empty(&claim))
		return NULL;
	kt_cpuset_foreach (config->numa_nodeset.v, id) {
		const KtNode *node = find_node(view->host, id);
		if (node && kt_known(node->cpus) && kt_cpuset_is_subset(&claim, node->cpus.v) &&
		    kt_known(node->memory_kib) && config->memory_kib.v <= node->memory_kib.v)
			return node;
	}
	return NULL;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	KtCpuset nodes = {0};

	if (!kt_sink_needs_look(out, config->numa_nodeset, "<numatune>"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_known(config->numa_nodeset))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->nodes, "the NUMA nodes of the host") ||
	    !kt_sink_needs(out, config->memory_kib, "the memory of the guest") ||
	    !kt_sink_needs(out, config->cells, "the NUMA cells of <cpu>"))
		return KT_VERDICT_UNKNOWN;
	nodes_of(view->host, &nodes);
	if (kt_cpuset_is_empty(&nodes))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_cpuset_is_subset(config->numa_nodeset.v, &nodes))
		*ret_fault = FAULT_GONE;
	else
		*ret_fault = config->cells.n == 0 && kt_cpuset_count(config->numa_nodeset.v) > 1 &&
					     find_home(view, config)
				     ? FAULT_SPREAD
				     : FAULT_NONE;
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	g_autofree char *set = kt_cpuset_to_list(config->numa_nodeset.v);
	KtCpuset nodes = {0};

	nodes_of(view->host, &nodes);
	g_autofree char *there = kt_cpuset_to_list(&nodes);
	kt_sink_severity(out, fault == FAULT_GONE ? KT_SEVERITY_CRITICAL : KT_SEVERITY_MEDIUM);
	kt_sink_summary(out,
			fault == FAULT_GONE ? "will not start: memory from a node that is not there"
					    : "memory may lie on other nodes than its vCPUs");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->numa_nodeset),
			 "<numatune> nodeset='%s'",
			 set);
	if (fault == FAULT_GONE)
		kt_sink_evidence(out, view->host->nodes.origin, "nodes with memory: %s", there);
	else
		kt_sink_evidence(
			out,
			kt_subject_origin(subject, config->vcpu_pins),
			"the vCPUs are bound to one of them, which has room for its %" G_GUINT64_FORMAT
			" MiB",
			config->memory_kib.v / 1024);
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	const KtOptCpuset set = view->config->numa_nodeset;
	g_autofree char *from = kt_cpuset_to_list(set.v);
	const KtNode *home = find_home(view, view->config);
	KtCpuset left = {0};

	nodes_of(view->host, &left);
	kt_cpuset_and(&left, set.v);
	if (fault == FAULT_SPREAD && home) {
		kt_cpuset_and_not(&left, &left);
		kt_cpuset_add(&left, (unsigned)home->id.v);
	}
	if (kt_cpuset_is_empty(&left)) {
		kt_sink_advice(out,
			       "Choose nodes of this host: 'virsh numatune %s --nodeset NODES "
			       "--config'.",
			       kt_guest_name(view->guest));
		return;
	}
	g_autofree char *to = kt_cpuset_to_list(&left);
	kt_sink_domain_xml(out, view->guest, "/domain/numatune/memory/@nodeset", from, to);
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_numa_tune) = {
	.id = "guest.numa.tune",
	.title = "Guest memory comes from the node of its vCPUs",
	.why = "A guest that fits on one node and has its vCPUs there reads the rest of its "
	       "memory through the link between the processors when <numatune> spreads it. A node "
	       "that is not there keeps the guest from starting.",
	.cost = "Memory that is bound to one node cannot use another's when that is full: with "
		"mode strict the guest is then killed.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, NUMA Node Tuning",
			"Linux: Documentation/admin-guide/mm/numa_memory_policy.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "virsh numatune DOMAIN --config; numastat -c qemu",
	.effect = "node-load-misses (perf stat) of the vCPU threads",
	.evaluate = evaluate,
};
