/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pins.h"

#include "kt-census.h"
#include "kt-guest.h"

#define UNKNOWN_PINS "The pins of another guest are not known, so none can be chosen beside them."

static bool
is_cpu(const KtCpu *cpu, unsigned id)
{
	return kt_known(cpu->id) && cpu->id.v == id && kt_known(cpu->core) &&
	       cpu->core.v < KT_CPUSET_BITS;
}

static const KtCpu *
find_cpu(const KtHost *host, unsigned id)
{
	const KtCpuList *list = &host->cpu.list;

	/* Where it stands on a host with no gaps. */
	if (id < list->n && is_cpu(&list->v[id], id))
		return &list->v[id];
	for (uint32_t i = 0; i < list->n; i++) {
		if (is_cpu(&list->v[i], id))
			return &list->v[i];
	}
	return NULL;
}

static void
cores_of(const KtHost *host, const KtCpuset *cpus, KtCpuset *ret_cores)
{
	*ret_cores = (KtCpuset){0};
	kt_cpuset_foreach (cpus, id) {
		const KtCpu *cpu = find_cpu(host, id);
		if (cpu)
			kt_cpuset_add(ret_cores, (unsigned)cpu->core.v);
	}
}

static const KtCpuset *
isolated(const KtHost *host)
{
	static const KtCpuset none;

	return kt_known(host->cpu.isolated) ? host->cpu.isolated.v : &none;
}

static void
add_claim(const KtView *view, const KtGuestConfig *config, KtCpuset *cpus)
{
	KtCpuset claim = {0};
	bool has_own = false;

	kt_pins_claim(view->host, config, &claim, &has_own);
	kt_cpuset_or(cpus, &claim);
}

/* An emulator that is bound to few CPUs shall not get a vCPU of another guest on top of it. */
static void
add_emulator(const KtView *view, const KtGuestConfig *config, KtCpuset *cpus)
{
	const KtOptCpuset pin = config->emulator_pin;

	if (kt_known(pin) && !kt_cpuset_is_subset(view->host->cpu.online.v, pin.v))
		kt_cpuset_or(cpus, pin.v);
}

/* What other guests that run, or start with the host, are bound to: vCPUs and emulators of all
 * classes, or only vCPUs of class latency. A running guest is looked at in both configurations.
 * False when the pins of one are not known. */
static bool
take(const KtView *view, bool is_latency_only, KtCpuset *ret_cpus)
{
	const KtGuestList *guests = &view->facts->guests;

	*ret_cpus = (KtCpuset){0};
	for (uint32_t i = 0; i < guests->n; i++) {
		const KtGuest *other = &guests->v[i];
		const KtGuestConfig *configs[] = {
			kt_guest_config(other),
			kt_opt_true(other->is_active) ? &other->live : NULL,
		};
		bool is_latency =
			kt_policy_guest_workload(view->policy, other) == KT_WORKLOAD_LATENCY;
		if (other == view->guest || !kt_census_counts(other) ||
		    (is_latency_only && !is_latency))
			continue;
		for (size_t j = 0; j < G_N_ELEMENTS(configs) && configs[j]; j++) {
			if (!kt_pins_are_known(configs[j]))
				return false;
			add_claim(view, configs[j], ret_cpus);
			if (!is_latency_only)
				add_emulator(view, configs[j], ret_cpus);
		}
	}
	return true;
}

/* The node that the guest's memory comes from: the only one, or the one that <numatune> names. */
static const KtNode *
home_of(const KtHost *host, const KtGuestConfig *config)
{
	const KtNode *home = NULL;
	unsigned n = 0;

	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (!kt_known(node->cpus) || kt_cpuset_is_empty(node->cpus.v))
			continue;
		home = node;
		n++;
	}
	if (n == 1)
		return home;
	if (!kt_known(config->numa_nodeset) || kt_cpuset_count(config->numa_nodeset.v) != 1)
		return NULL;

	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (kt_known(node->id) && kt_known(node->cpus) && node->id.v < KT_CPUSET_BITS &&
		    kt_cpuset_has(config->numa_nodeset.v, (unsigned)node->id.v))
			return kt_cpuset_is_empty(node->cpus.v) ? NULL : node;
	}
	return NULL;
}

/* Does another latency guest lack CPUs of its own? Then no guest can be placed alone. */
static bool
has_unplaced_rival(const KtView *view)
{
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *other = &view->facts->guests.v[i];
		KtView others = *view;
		KtPinFaults faults;
		if (other == view->guest || !kt_census_counts(other) ||
		    kt_policy_guest_workload(view->policy, other) != KT_WORKLOAD_LATENCY)
			continue;
		others.guest = other;
		others.config = kt_guest_config(other);
		others.live = kt_opt_true(other->is_active) ? &other->live : NULL;
		others.workload = KT_WORKLOAD_LATENCY;
		others.target.index = i;
		if (kt_pins_gate(&others, NULL) != KT_VERDICT_OK)
			continue;
		kt_pins_judge(&others, KT_PIN_CONFIG, &faults);
		if (kt_pins_wants_place(&others, &faults))
			return true;
	}
	return false;
}

/* The least numbered cores of the node stay with the host. */
static void
reserve(const KtView *view, const KtCpuset *node, KtCpuset *cores)
{
	KtCpuset all = {0};
	KtView own = *view;

	own.practice = &kt_practice_guest_vcpu_pin;
	cores_of(view->host, node, &all);
	uint64_t percent = kt_view_param(&own, "housekeeping_percent");
	uint64_t n = kt_cpuset_count(&all) * percent / 100;
	n = MAX(n, kt_view_param(&own, "housekeeping_cores"));

	kt_cpuset_foreach (node, id) {
		const KtCpu *cpu = find_cpu(view->host, id);
		if (!cpu || kt_cpuset_has(cores, (unsigned)cpu->core.v))
			continue;
		if (n == 0)
			return;
		kt_cpuset_add(cores, (unsigned)cpu->core.v);
		n--;
	}
}

/* One CPU of each core of @node that nobody uses: isolated ones where the node has any, else all
 * but the host's share. False when not all users are known. */
static bool
free_cores(const KtView *view, const KtNode *node, KtCpuset *ret_cpus)
{
	const KtHost *host = view->host;
	KtCpuset used = {0};
	KtCpuset busy = {0};
	KtCpuset cpus = *node->cpus.v;
	KtCpuset others = {0};

	if (!take(view, /* is_latency_only= */ false, &used))
		return false;
	cores_of(host, &used, &busy);
	kt_cpuset_and(&cpus, host->cpu.online.v);
	others = cpus;
	kt_cpuset_and_not(&others, isolated(host));
	if (kt_cpuset_equal(&others, &cpus)) {
		reserve(view, &cpus, &busy);
	} else {
		KtCpuset shared = {0};
		cores_of(host, &others, &shared);
		kt_cpuset_or(&busy, &shared);
	}

	*ret_cpus = (KtCpuset){0};
	kt_cpuset_foreach (&cpus, id) {
		const KtCpu *cpu = find_cpu(host, id);
		if (!cpu || kt_cpuset_has(&busy, (unsigned)cpu->core.v))
			continue;
		kt_cpuset_add(ret_cpus, id);
		kt_cpuset_add(&busy, (unsigned)cpu->core.v);
	}
	return true;
}

/* The smallest L3 domain that holds @n of @cpus; all of them when none does. */
static void
narrow(const KtHost *host, unsigned n, KtCpuset *cpus)
{
	KtCpuset best = *cpus;
	bool is_found = false;

	for (uint32_t i = 0; i < host->cpu.l3.n; i++) {
		KtCpuset domain = *cpus;
		if (!kt_known(host->cpu.l3.v[i].cpus))
			continue;
		kt_cpuset_and(&domain, host->cpu.l3.v[i].cpus.v);
		if (kt_cpuset_count(&domain) < n ||
		    (is_found && kt_cpuset_count(&domain) >= kt_cpuset_count(&best)))
			continue;
		best = domain;
		is_found = true;
	}
	*cpus = best;
}

static void
keep_first(KtCpuset *cpus, uint64_t n)
{
	KtCpuset first = {0};

	kt_cpuset_foreach (cpus, id) {
		if (n-- == 0)
			break;
		kt_cpuset_add(&first, id);
	}
	*cpus = first;
}

static void
on_cores(const KtHost *host, const KtCpuset *cpus, const KtCpuset *cores, KtCpuset *ret_cpus)
{
	*ret_cpus = (KtCpuset){0};
	kt_cpuset_foreach (cpus, id) {
		const KtCpu *cpu = find_cpu(host, id);
		if (cpu && kt_cpuset_has(cores, (unsigned)cpu->core.v))
			kt_cpuset_add(ret_cpus, id);
	}
}

bool
kt_pins_housekeeping(const KtView *view, const KtCpuset *vcpus, KtCpuset *ret_cpus)
{
	const KtHost *host = view->host;
	KtView own = *view;
	KtCpuset taken = {0};
	KtCpuset cores = {0};
	KtCpuset nodes = {0};
	KtCpuset noisy = {0};       /* siblings of taken ones */
	KtCpuset sets[3] = {{{0}}}; /* from good to better */

	own.practice = &kt_practice_guest_vcpu_pin;
	if (!take(view, /* is_latency_only= */ true, &taken))
		return false;
	kt_cpuset_or(&taken, vcpus);
	kt_pins_nodes_of(host, vcpus, &nodes);

	sets[0] = nodes;
	kt_cpuset_and_not(&sets[0], isolated(host));
	kt_cpuset_and_not(&sets[0], &taken);
	cores_of(host, &taken, &cores);
	on_cores(host, &sets[0], &cores, &noisy);
	sets[1] = sets[0];
	kt_cpuset_and_not(&sets[1], &noisy);
	/* The host's own cores, so that the others stay whole for the next guest. */
	if (!kt_cpuset_intersects(&nodes, isolated(host))) {
		cores = (KtCpuset){0};
		reserve(view, &nodes, &cores);
		on_cores(host, &sets[1], &cores, &sets[2]);
	}

	for (size_t i = 0; i < G_N_ELEMENTS(sets); i++) {
		if (!kt_cpuset_is_empty(&sets[i]))
			*ret_cpus = sets[i];
	}
	keep_first(ret_cpus, kt_view_param(&own, "emulator_cpus"));
	return !kt_cpuset_is_empty(&sets[0]);
}

static bool
place_latency(const KtView *view, const KtNode *node, KtPlacement *placement,
	      const char **reterr_reason)
{
	unsigned n = kt_pins_n_vcpus(view->config);

	if (has_unplaced_rival(view)) {
		*reterr_reason = "More than one latency guest lacks CPUs of its own: decide on all "
				 "of them together.";
		return false;
	}
	if (!free_cores(view, node, &placement->pool)) {
		*reterr_reason = UNKNOWN_PINS;
		return false;
	}
	if (kt_cpuset_count(&placement->pool) < n) {
		*reterr_reason = "The node has not a free core for every vCPU: move pinned guests, "
				 "isolate more cores, or give the guest fewer vCPUs.";
		return false;
	}
	narrow(view->host, n, &placement->pool);
	keep_first(&placement->pool, n);
	placement->is_one_to_one = true;
	if (kt_pins_housekeeping(view, &placement->pool, &placement->emulator))
		return true;
	*reterr_reason = "The node has no CPU left for the emulator that is neither isolated nor "
			 "taken.";
	return false;
}

static bool
place_throughput(const KtView *view, const KtNode *node, KtPlacement *placement,
		 const char **reterr_reason)
{
	KtCpuset claimed = {0};

	if (!take(view, /* is_latency_only= */ true, &claimed)) {
		*reterr_reason = UNKNOWN_PINS;
		return false;
	}
	placement->pool = *node->cpus.v;
	kt_cpuset_and(&placement->pool, view->host->cpu.online.v);
	kt_cpuset_and_not(&placement->pool, isolated(view->host));
	kt_cpuset_and_not(&placement->pool, &claimed);
	placement->emulator = placement->pool;
	if (kt_cpuset_count(&placement->pool) >= kt_pins_n_vcpus(view->config))
		return true;
	*reterr_reason =
		"The guest has more vCPUs than its node has CPUs for it: give it fewer, or "
		"a NUMA topology of its own.";
	return false;
}

bool
kt_pins_place(const KtView *view, KtPlacement *ret_placement, const char **reterr_reason)
{
	const KtNode *node = home_of(view->host, view->config);
	KtPlacement placement = {.is_one_to_one = false};

	if (!kt_looked(view->host->cpu.isolated)) {
		*reterr_reason = "Which CPUs of the host are isolated is not known.";
		return false;
	}
	if (!node) {
		*reterr_reason = "Choose the guest's NUMA node with 'virsh numatune --config' "
				 "first: its memory decides where its vCPUs belong.";
		return false;
	}
	/* Memory stays where the running guest got it. */
	placement.is_live_too = view->live && home_of(view->host, view->live) == node;

	bool ok = view->workload == KT_WORKLOAD_LATENCY
			  ? place_latency(view, node, &placement, reterr_reason)
			  : place_throughput(view, node, &placement, reterr_reason);
	if (ok)
		*ret_placement = placement;
	return ok;
}

void
kt_placement_vcpu(const KtPlacement *placement, unsigned vcpu, KtCpuset *ret_cpus)
{
	if (!placement->is_one_to_one) {
		*ret_cpus = placement->pool;
		return;
	}
	*ret_cpus = (KtCpuset){0};
	kt_cpuset_foreach (&placement->pool, id) {
		if (vcpu-- == 0) {
			kt_cpuset_add(ret_cpus, id);
			return;
		}
	}
}
