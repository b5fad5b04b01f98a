/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-guest-check.h"
#include "kt-pins.h"

/* The node that a guest is bound to, by its memory or its vCPUs; NULL: none, or several. */
static const KtNode *
home_of(const KtHost *host, const KtGuestConfig *config)
{
	KtCpuset claim = {0};
	bool has_own = false;

	if (kt_known(host->cpu.online) && kt_pins_are_known(config))
		kt_pins_claim(host, config, &claim, &has_own);
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		bool is_memory = kt_known(node->id) && node->id.v < KT_CPUSET_BITS &&
				 kt_known(config->numa_nodeset) &&
				 kt_cpuset_count(config->numa_nodeset.v) == 1 &&
				 kt_cpuset_has(config->numa_nodeset.v, (unsigned)node->id.v);
		bool is_vcpus = kt_known(node->cpus) && !kt_cpuset_is_empty(&claim) &&
				kt_cpuset_is_subset(&claim, node->cpus.v);
		if (kt_known(node->id) && (is_memory || is_vcpus))
			return node;
	}
	return NULL;
}

static const char *
common_name(const KtGuestConfig *one, const KtGuestConfig *other)
{
	for (uint32_t i = 0; i < one->shmems.n; i++) {
		for (uint32_t j = 0; j < other->shmems.n; j++) {
			if (kt_known(one->shmems.v[i].name) &&
			    kt_opt_is(other->shmems.v[j].name, one->shmems.v[i].name.v))
				return one->shmems.v[i].name.v;
		}
	}
	return NULL;
}

/* Another guest with the same memory and another node; *@ret_name is that of the memory. */
static const KtGuest *
find_peer(const KtView *view, const KtNode *home, const char **ret_name, const KtNode **ret_node)
{
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		const KtGuestConfig *config = kt_census_config(guest);
		if (guest == view->guest || !kt_known(config->type))
			continue;
		*ret_name = common_name(view->config, config);
		*ret_node = *ret_name ? home_of(view->host, config) : NULL;
		if (*ret_node && (*ret_node)->id.v != home->id.v)
			return guest;
	}
	return NULL;
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict verdict = kt_guest_gate(view, out);
	const char *name = NULL;
	const KtNode *node = NULL;

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_sink_needs(out, view->config->shmems, "<shmem>"))
		return KT_VERDICT_UNKNOWN;
	if (view->config->shmems.n == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->nodes, "the NUMA nodes of the host") ||
	    !kt_sink_needs(out, view->facts->guests, "which guests there are"))
		return KT_VERDICT_UNKNOWN;

	const KtNode *home = home_of(view->host, view->config);
	const KtGuest *peer = home ? find_peer(view, home, &name, &node) : NULL;
	if (!peer)
		return KT_VERDICT_OK;
	kt_sink_severity(out, kt_guest_wants_speed(view) ? KT_SEVERITY_MEDIUM : KT_SEVERITY_LOW);
	kt_sink_summary(out, "shares memory with a guest on another node");
	kt_sink_evidence(out,
			 view->config->shmems.origin,
			 "<shmem name='%s'>, which '%s' has as well",
			 name,
			 kt_guest_name(peer));
	kt_sink_evidence(out,
			 view->host->nodes.origin,
			 "this guest is bound to node %" G_GUINT64_FORMAT ", the other to node "
			 "%" G_GUINT64_FORMAT,
			 home->id.v,
			 node->id.v);
	kt_sink_advice(out,
		       "Bind both to one node, pins and <numatune>; one of the two reads the "
		       "memory from afar otherwise, and NUMA balancing cannot please both.");
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_numa_sharing) = {
	.id = "guest.numa.sharing",
	.title = "Guests that share memory are on one node",
	.why = "Memory that two guests share lies on one node. The guest on the other node reads "
	       "all of it through the link between the processors, and NUMA balancing moves it "
	       "back and forth.",
	.cost = "Both guests compete for the CPUs of one node.",
	.sources =
		(const char *const[]){
			"libvirt: formatdomain.html, Shared memory device",
			"Linux: Documentation/admin-guide/mm/numa_memory_policy.rst",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.after = (const char *const[]){"guest.vcpu.pin", "guest.numa.tune", NULL},
	.check_by_hand = "virsh dumpxml DOMAIN | grep shmem; grep numa_hint_faults /proc/vmstat",
	.effect = "numa_hint_faults_local against numa_hint_faults in /proc/vmstat",
	.evaluate = evaluate,
};
