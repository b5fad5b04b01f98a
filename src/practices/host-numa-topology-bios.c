/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"

static const KtParam params[] = {
	{
		.name = "differ_percent",
		.value = 25,
		.min = 1,
		.max = 100,
		.unit = "%",
		.doc = "difference between nodes that is no remark [eng]",
	},
};

typedef struct Sizes {
	const KtNode *empty; /* CPUs, but no memory */
	uint64_t least_kib;
	uint64_t most_kib;
	uint32_t n;
	bool is_known;
} Sizes;

static Sizes
survey(const KtHost *host)
{
	Sizes sizes = {.least_kib = UINT64_MAX, .is_known = true};

	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (!kt_known(node->cpus) || !kt_known(node->memory_kib)) {
			sizes.is_known = false;
			continue;
		}
		if (kt_cpuset_is_empty(node->cpus.v))
			continue;
		sizes.n++;
		if (node->memory_kib.v == 0)
			sizes.empty = node;
		sizes.least_kib = MIN(sizes.least_kib, node->memory_kib.v);
		sizes.most_kib = MAX(sizes.most_kib, node->memory_kib.v);
	}
	return sizes;
}

static KtVerdict
report(const KtView *view, const Sizes *sizes, KtSink *out)
{
	kt_sink_severity(out, sizes->empty ? KT_SEVERITY_MEDIUM : KT_SEVERITY_INFO);
	kt_sink_summary(out,
			sizes->empty ? "a node has CPUs but no memory"
				     : "nodes differ in memory: modules may be in wrong slots");
	kt_sink_evidence(out,
			 view->host->nodes.origin,
			 "nodes have from %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT " MiB",
			 sizes->least_kib / 1024,
			 sizes->most_kib / 1024);
	kt_sink_advice(out,
		       "Put the same modules into the slots of every processor, as the manual of "
		       "the machine says%s.",
		       sizes->empty ? ", and keep guests off the node until then" : "");
	return KT_VERDICT_FINDING;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	Sizes sizes = {0};

	if (host->nodes.state == KT_STATE_ABSENT || kt_known(host->system.hypervisor))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, host->nodes, "the list of nodes"))
		return KT_VERDICT_UNKNOWN;
	sizes = survey(host);
	if (sizes.n > 1 &&
	    (sizes.empty || sizes.most_kib - sizes.least_kib >
				    sizes.most_kib / 100 * kt_view_param(view, "differ_percent")))
		return report(view, &sizes, out);
	if (!sizes.is_known)
		kt_sink_evidence(out, host->nodes.origin, "CPUs or memory of a node are not known");
	return sizes.is_known ? KT_VERDICT_OK : KT_VERDICT_UNKNOWN;
}

static const char *const sources[] = {
	"Linux: Documentation/mm/numa.rst, memoryless nodes",
	"Linux: Documentation/admin-guide/mm/numaperf.rst",
	NULL,
};

KT_PRACTICE(host_numa_topology_bios) = {
	.id = "host.numa-topology-bios",
	.title = "Memory is spread evenly over the nodes",
	.why = "A node with CPUs and no memory has nothing near: every access of a guest "
	       "there is remote, and binding it to the node fails. Nodes of different size "
	       "come from memory modules in the wrong slots, and cost bandwidth as well.",
	.cost = "Opening the machine.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "numactl --hardware; dmidecode -t memory",
	.effect = "numastat -m; memory bandwidth per node (STREAM)",
	.evaluate = evaluate,
};
