/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-pins.h"

typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_WIDE, /* a cell on several nodes of the host */
	FAULT_FAR,  /* a vCPU of a cell bound off the cell's memory */
	FAULT_FLAT, /* larger than a node, and it does not know */
} Fault;

static uint64_t
largest_node(const KtHost *host)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < host->nodes.n; i++) {
		if (kt_known(host->nodes.v[i].memory_kib))
			most = MAX(most, host->nodes.v[i].memory_kib.v);
	}
	return most;
}

/* CPUs of the nodes. */
static void
cpus_of(const KtHost *host, const KtCpuset *nodeset, KtCpuset *ret_cpus)
{
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (kt_known(node->id) && node->id.v < KT_CPUSET_BITS && kt_known(node->cpus) &&
		    kt_cpuset_has(nodeset, (unsigned)node->id.v))
			kt_cpuset_or(ret_cpus, node->cpus.v);
	}
}

static const KtCell *
find_cell(const KtGuestConfig *config, KtOptU64 id)
{
	for (uint32_t i = 0; kt_known(id) && i < config->cells.n; i++) {
		if (kt_known(config->cells.v[i].id) && config->cells.v[i].id.v == id.v)
			return &config->cells.v[i];
	}
	return NULL;
}

/* Is a vCPU of the cell bound to CPUs that are all off its memory? */
static bool
is_far(const KtView *view, const KtGuestConfig *config, const KtMemnode *memnode)
{
	const KtCell *cell = find_cell(config, memnode->cell);
	KtCpuset near = {0};

	if (!cell || !kt_known(cell->vcpus) || !kt_known(memnode->nodeset))
		return false;
	cpus_of(view->host, memnode->nodeset.v, &near);
	if (kt_cpuset_is_empty(&near))
		return false;
	kt_cpuset_foreach (cell->vcpus.v, vcpu) {
		const KtCpuset *pin = kt_pins_own(config, vcpu);
		if (pin && !kt_cpuset_intersects(pin, &near))
			return true;
	}
	return false;
}

static Fault
find_fault(const KtView *view, const KtGuestConfig *config)
{
	Fault fault = FAULT_NONE;

	if (config->cells.n == 0)
		return config->memory_kib.v > largest_node(view->host) ? FAULT_FLAT : FAULT_NONE;
	for (uint32_t i = 0; i < config->memnodes.n; i++) {
		const KtMemnode *memnode = &config->memnodes.v[i];
		if (is_far(view, config, memnode))
			return FAULT_FAR;
		if (kt_known(memnode->nodeset) && kt_cpuset_count(memnode->nodeset.v) > 1)
			fault = FAULT_WIDE;
	}
	return fault;
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->nodes, "the NUMA nodes of the host") ||
	    !kt_sink_needs(out, config->cells, "the NUMA cells of <cpu>") ||
	    !kt_sink_needs(out, config->memnodes, "<memnode>") ||
	    !kt_sink_needs(out, config->memory_kib, "the memory of the guest"))
		return KT_VERDICT_UNKNOWN;
	if (view->host->nodes.n < 2 || largest_node(view->host) == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	*ret_fault = find_fault(view, config);
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;
	bool is_high = fault == FAULT_FAR || (fault == FAULT_FLAT && kt_guest_wants_speed(view));

	kt_sink_severity(out, is_high ? KT_SEVERITY_HIGH : KT_SEVERITY_MEDIUM);
	if (fault == FAULT_FLAT) {
		kt_sink_summary(out, "larger than a NUMA node, and does not know of any");
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->memory_kib),
				 "<memory> %" G_GUINT64_FORMAT " MiB, no <numa> cells",
				 config->memory_kib.v / 1024);
		kt_sink_evidence(out,
				 view->host->nodes.origin,
				 "the largest node has %" G_GUINT64_FORMAT " MiB",
				 largest_node(view->host) / 1024);
		return;
	}
	kt_sink_summary(out,
			fault == FAULT_FAR ? "vCPUs are bound away from the memory of their cell"
					   : "a NUMA cell lies on several nodes of the host");
	for (uint32_t i = 0; i < config->memnodes.n; i++) {
		const KtMemnode *memnode = &config->memnodes.v[i];
		if (!kt_known(memnode->nodeset) || !kt_known(memnode->cell))
			continue;
		g_autofree char *nodes = kt_cpuset_to_list(memnode->nodeset.v);
		kt_sink_evidence(out,
				 kt_subject_origin(subject, config->memnodes),
				 "memory of cell %" G_GUINT64_FORMAT " on node %s%s",
				 memnode->cell.v,
				 nodes,
				 is_far(view, config, memnode) ? ", a vCPU of it elsewhere" : "");
	}
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	kt_sink_advice(out,
		       fault == FAULT_FLAT
			       ? "Give it a <cell> for each node of the host that it uses, of "
				 "equal size, a <memnode mode='strict'> for each, and bind the "
				 "vCPUs to them ('virsh edit %s')."
			       : "Bind the vCPUs of each cell to the node of its <memnode>, one "
				 "node to a cell ('virsh edit %s').",
		       kt_guest_name(view->guest));
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

KT_PRACTICE(guest_numa_cells) = {
	.id = "guest.numa.cells",
	.title = "A guest wider than a node knows its own nodes",
	.why = "Its scheduler and allocator keep work near its memory only when they see the "
	       "nodes; a guest without cells, or with cells that lie elsewhere than they say, "
	       "reads from afar without knowing.",
	.cost = "Programs inside see another topology. The guest can start only where the nodes "
		"exist.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Guest NUMA topology; NUMA Node Tuning, "
			"memnode",
			"Linux: Documentation/mm/numa.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_HIGH,
	.check_by_hand =
		"virsh dumpxml --inactive DOMAIN | grep -A6 \"<numa>\\|<numatune>\"; inside: "
		"numactl -H",
	.effect = "other_node in numastat of the host and of the guest",
	.evaluate = evaluate,
};
