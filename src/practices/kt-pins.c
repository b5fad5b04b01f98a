/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pins.h"

#include "kt-census.h"
#include "kt-guest.h"

bool
kt_pins_are_known(const KtGuestConfig *config)
{
	if (!kt_known(config->vcpu_pins) || !kt_looked(config->vcpu_cpuset) ||
	    !kt_looked(config->emulator_pin) || !kt_known(config->vcpus))
		return false;
	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		const KtVcpuPin *pin = &config->vcpu_pins.v[i];
		if (!kt_known(pin->vcpu) || !kt_known(pin->cpus))
			return false;
	}
	return true;
}

/* Only these classes are asked about nodes and cores. */
static bool
is_topology_known(const KtHost *host)
{
	KtCpuset seen = {0};

	if (!kt_known(host->nodes) || !kt_known(host->cpu.list))
		return false;
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtOptCpuset cpus = host->nodes.v[i].cpus;
		/* A CPU on two nodes is no host that could be reasoned about. */
		if (!kt_known(cpus) || kt_cpuset_intersects(cpus.v, &seen))
			return false;
		kt_cpuset_or(&seen, cpus.v);
	}
	for (uint32_t i = 0; i < host->cpu.list.n; i++) {
		const KtCpu *cpu = &host->cpu.list.v[i];
		if (!kt_known(cpu->id) || cpu->id.v >= KT_CPUSET_BITS || !kt_known(cpu->core) ||
		    cpu->core.v >= KT_CPUSET_BITS)
			return false;
	}
	return true;
}

static KtVerdict
unknown(bool is_known)
{
	return is_known ? KT_VERDICT_OK : KT_VERDICT_UNKNOWN;
}

KtVerdict
kt_pins_gate(const KtView *view, KtSink *out)
{
	KtVerdict gate = kt_guest_gate(view, out);
	bool is_plain =
		view->workload != KT_WORKLOAD_LATENCY && view->workload != KT_WORKLOAD_THROUGHPUT;

	if (gate != KT_VERDICT_OK)
		return gate;
	if (!kt_sink_needs_look(out, view->config->placement, "the placement of vCPUs"))
		return KT_VERDICT_UNKNOWN;
	if (kt_opt_is(view->config->placement, "auto"))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->cpu.online, "the list of online CPUs"))
		return KT_VERDICT_UNKNOWN;
	if (!kt_pins_are_known(view->config)) {
		uint16_t origin = view->config->vcpu_pins.origin;
		return unknown(kt_sink_needs_state(out, KT_STATE_UNSET, origin, "a pin"));
	}
	if (is_plain || is_topology_known(view->host))
		return KT_VERDICT_OK;
	return unknown(kt_sink_needs_state(
		out, KT_STATE_BROKEN, view->host->nodes.origin, "the list of nodes and cores"));
}

unsigned
kt_pins_n_vcpus(const KtGuestConfig *config)
{
	return (unsigned)MIN(config->vcpus.v, KT_CPUSET_BITS);
}

const KtCpuset *
kt_pins_own(const KtGuestConfig *config, uint64_t vcpu)
{
	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		if (config->vcpu_pins.v[i].vcpu.v == vcpu)
			return config->vcpu_pins.v[i].cpus.v;
	}
	return NULL;
}

static const KtCpuset *
default_set(const KtHost *host, const KtGuestConfig *config)
{
	return kt_known(config->vcpu_cpuset) ? config->vcpu_cpuset.v : host->cpu.online.v;
}

const KtCpuset *
kt_pins_vcpu(const KtHost *host, const KtGuestConfig *config, uint64_t vcpu)
{
	const KtCpuset *own = kt_pins_own(config, vcpu);

	return own ? own : default_set(host, config);
}

const KtCpuset *
kt_pins_emulator(const KtHost *host, const KtGuestConfig *config)
{
	return kt_known(config->emulator_pin) ? config->emulator_pin.v : default_set(host, config);
}

/* The sets that the guest's vCPUs use, in no order: a set may stand there once for many vCPUs.
 * The first *@ret_n_own are pins of their own. */
static GPtrArray *
vcpu_sets(const KtHost *host, const KtGuestConfig *config, unsigned *ret_n_own)
{
	unsigned n = kt_pins_n_vcpus(config);
	GPtrArray *sets = g_ptr_array_new();
	KtCpuset pinned = {0};

	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		const KtVcpuPin *pin = &config->vcpu_pins.v[i];
		if (pin->vcpu.v >= n)
			continue;
		kt_cpuset_add(&pinned, (unsigned)pin->vcpu.v);
		g_ptr_array_add(sets, (void *)pin->cpus.v);
	}
	*ret_n_own = sets->len;
	if (kt_cpuset_count(&pinned) < n)
		g_ptr_array_add(sets, (void *)default_set(host, config));
	return sets;
}

void
kt_pins_claim(const KtHost *host, const KtGuestConfig *config, KtCpuset *ret_claim,
	      bool *ret_has_own)
{
	*ret_claim = (KtCpuset){0};
	*ret_has_own = false;
	if (!kt_known(host->cpu.online) || !kt_pins_are_known(config))
		return;

	unsigned n_own = 0;
	g_autoptr(GPtrArray) sets = vcpu_sets(host, config, &n_own);
	const KtCpuset *online = host->cpu.online.v;
	for (unsigned i = 0; i < sets->len; i++) {
		KtCpuset set = *(const KtCpuset *)sets->pdata[i];
		kt_cpuset_and(&set, online);
		if (kt_cpuset_equal(&set, online))
			continue;
		kt_cpuset_or(ret_claim, &set);
		*ret_has_own |= i < n_own && !kt_cpuset_is_empty(&set);
	}
}

static unsigned
count_nodes(const KtHost *host, const KtCpuset *cpus)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < host->nodes.n; i++)
		n += kt_known(host->nodes.v[i].cpus) &&
		     kt_cpuset_intersects(host->nodes.v[i].cpus.v, cpus);
	return n;
}

static unsigned
count_cores(const KtHost *host, const KtCpuset *cpus)
{
	KtCpuset cores = {0};

	for (uint32_t i = 0; i < host->cpu.list.n; i++) {
		const KtCpu *cpu = &host->cpu.list.v[i];
		if (kt_known(cpu->id) && kt_known(cpu->core) && cpu->core.v < KT_CPUSET_BITS &&
		    cpu->id.v < KT_CPUSET_BITS && kt_cpuset_has(cpus, (unsigned)cpu->id.v))
			kt_cpuset_add(&cores, (unsigned)cpu->core.v);
	}
	return kt_cpuset_count(&cores);
}

/* Linux: kernel/cgroup/cpuset.c, cpuset_bind(): version 2 takes every CPU that is possible, version
 * 1 those that are online; sched_setaffinity(2) wants one that is online. */
bool
kt_pins_is_fatal(const KtHost *host, const KtCpuset *cpus)
{
	return !kt_opt_is(host->cgroup.version, "v2") || !kt_known(host->cpu.possible) ||
	       !kt_cpuset_is_subset(cpus, host->cpu.possible.v) ||
	       !kt_cpuset_intersects(cpus, host->cpu.online.v);
}

/* What runs did start: the kernel leaves CPUs that went away out of account. */
static void
judge_sets(const KtView *view, const KtGuestConfig *config, bool is_placed, KtPinFaults *faults)
{
	const KtHost *host = view->host;
	bool is_running = config == &view->guest->live;
	unsigned n_own = 0;
	g_autoptr(GPtrArray) sets = vcpu_sets(host, config, &n_own);

	for (unsigned i = 0; i < sets->len; i++) {
		KtCpuset offline = *(const KtCpuset *)sets->pdata[i];
		kt_cpuset_and_not(&offline, host->cpu.online.v);
		if (!is_running && !kt_cpuset_is_empty(&offline)) {
			kt_cpuset_or(&faults->offline, &offline);
			faults->is_fatal |= kt_pins_is_fatal(host, sets->pdata[i]);
		}
		if (!is_placed)
			continue;
		unsigned n_nodes = count_nodes(host, sets->pdata[i]);
		unsigned n_cores = count_cores(host, sets->pdata[i]);
		faults->n_nodes = MAX(faults->n_nodes, n_nodes);
		faults->n_cores = MAX(faults->n_cores, n_cores);
	}
}

static const KtGuestConfig *
config_of(const KtGuest *guest, KtPinView which)
{
	return which == KT_PIN_LIVE && kt_opt_true(guest->is_active) ? &guest->live
								     : kt_guest_config(guest);
}

static bool
claims(const KtView *view, const KtGuest *guest)
{
	return kt_census_counts(guest) &&
	       kt_policy_guest_workload(view->policy, guest) == KT_WORKLOAD_LATENCY;
}

/* A cheap look before the claim is worked out. */
static bool
may_share(const KtHost *host, const KtGuestConfig *config, const KtCpuset *cpus)
{
	for (uint32_t i = 0; i < config->vcpu_pins.n; i++) {
		if (kt_cpuset_intersects(config->vcpu_pins.v[i].cpus.v, cpus))
			return true;
	}
	return kt_known(config->vcpu_cpuset) &&
	       kt_cpuset_intersects(default_set(host, config), cpus);
}

static void
judge_rivals(const KtView *view, KtPinView which, const KtGuestConfig *config, KtPinFaults *faults)
{
	const KtGuestList *guests = &view->facts->guests;
	KtCpuset own = {0};
	bool has_own = false;

	kt_pins_claim(view->host, config, &own, &has_own);
	for (uint32_t i = 0; i < guests->n; i++) {
		const KtGuest *other = &guests->v[i];
		const KtGuestConfig *others = config_of(other, which);
		KtCpuset shared = {0};
		if (other == view->guest || !kt_pins_are_known(others) ||
		    !may_share(view->host, others, &own) || !claims(view, other))
			continue;
		kt_pins_claim(view->host, others, &shared, &has_own);
		kt_cpuset_and(&shared, &own);
		if (kt_cpuset_is_empty(&shared))
			continue;
		if (!faults->rival)
			faults->rival = other;
		faults->is_rival_first |= i < view->target.index;
		kt_cpuset_or(&faults->contested, &shared);
	}
}

static unsigned
count_ignored(const KtGuestConfig *config)
{
	unsigned n = 0;

	for (uint32_t i = 0; kt_known(config->vcpus_max) && i < config->vcpu_pins.n; i++)
		n += config->vcpu_pins.v[i].vcpu.v >= config->vcpus_max.v;
	return n;
}

static KtSeverity
severity_of(KtWorkload workload, const KtPinFaults *faults)
{
	bool is_latency = workload == KT_WORKLOAD_LATENCY;

	if (faults->is_fatal)
		return KT_SEVERITY_CRITICAL;
	if (!kt_cpuset_is_empty(&faults->contested))
		return KT_SEVERITY_HIGH;
	if (faults->n_nodes > 1)
		return KT_SEVERITY_MEDIUM;
	if ((is_latency && faults->n_cores > 1) || faults->n_ignored ||
	    !kt_cpuset_is_empty(&faults->offline))
		return KT_SEVERITY_LOW;
	return KT_SEVERITY_UNSET;
}

void
kt_pins_judge(const KtView *view, KtPinView which, KtPinFaults *ret_faults)
{
	const KtGuestConfig *config = config_of(view->guest, which);
	bool is_latency = view->workload == KT_WORKLOAD_LATENCY;
	bool is_placed = is_latency || view->workload == KT_WORKLOAD_THROUGHPUT;

	*ret_faults = (KtPinFaults){.severity = KT_SEVERITY_UNSET};
	if (!kt_pins_are_known(config))
		return;
	judge_sets(view, config, is_placed, ret_faults);
	ret_faults->n_ignored = count_ignored(config);
	if (is_latency && kt_census_counts(view->guest))
		judge_rivals(view, which, config, ret_faults);
	ret_faults->severity = severity_of(view->workload, ret_faults);
}

bool
kt_pins_wants_place(const KtView *view, const KtPinFaults *faults)
{
	if (!kt_cpuset_is_empty(&faults->offline) || faults->is_rival_first)
		return true;
	return faults->n_nodes > 1 ||
	       (view->workload == KT_WORKLOAD_LATENCY && faults->n_cores > 1);
}

void
kt_pins_nodes_of(const KtHost *host, const KtCpuset *cpus, KtCpuset *ret_cpus)
{
	*ret_cpus = (KtCpuset){0};
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtOptCpuset node = host->nodes.v[i].cpus;
		if (kt_known(node) && kt_cpuset_intersects(node.v, cpus))
			kt_cpuset_or(ret_cpus, node.v);
	}
	if (kt_known(host->cpu.online))
		kt_cpuset_and(ret_cpus, host->cpu.online.v);
}

static void
change(const KtView *view, const char *locator, const KtCpuset *from, const KtCpuset *to,
       KtSink *out)
{
	g_autofree char *old = from ? kt_cpuset_to_list(from) : NULL;
	g_autofree char *new = to ? kt_cpuset_to_list(to) : NULL;

	if (g_strcmp0(old, new) != 0)
		kt_sink_domain_xml(out, view->guest, locator, old, new);
}

/* libvirt's answer may name CPUs that are gone; apply compares what is left of it. */
static void
change_live(const KtView *view, const char *locator, const KtCpuset *from, const KtCpuset *to,
	    KtSink *out)
{
	const KtCpuset *online = view->host->cpu.online.v;
	KtCpuset now = *from;

	if (kt_cpuset_intersects(from, online))
		kt_cpuset_and(&now, online);

	g_autofree char *old = kt_cpuset_to_list(&now);
	g_autofree char *new = kt_cpuset_to_list(to);
	if (!g_str_equal(old, new))
		kt_sink_domain_live(out, view->guest, locator, old, new);
}

void
kt_pins_change_vcpu(const KtView *view, unsigned vcpu, const KtCpuset *to, bool is_live_too,
		    KtSink *out)
{
	g_autofree char *xml = g_strdup_printf("/domain/cputune/vcpupin[@vcpu='%u']/@cpuset", vcpu);
	g_autofree char *live = g_strdup_printf("vcpupin/%u", vcpu);

	change(view, xml, kt_pins_own(view->config, vcpu), to, out);
	if (is_live_too && view->live && kt_pins_are_known(view->live))
		change_live(view, live, kt_pins_vcpu(view->host, view->live, vcpu), to, out);
}

void
kt_pins_change_emulator(const KtView *view, const KtCpuset *to, bool is_live_too, KtSink *out)
{
	const KtOptCpuset own = view->config->emulator_pin;

	change(view, "/domain/cputune/emulatorpin/@cpuset", kt_known(own) ? own.v : NULL, to, out);
	if (is_live_too && view->live && kt_pins_are_known(view->live))
		change_live(view, "emulatorpin", kt_pins_emulator(view->host, view->live), to, out);
}

void
kt_pins_change_default(const KtView *view, const KtCpuset *to, KtSink *out)
{
	const KtOptCpuset own = view->config->vcpu_cpuset;

	change(view, "/domain/vcpu/@cpuset", kt_known(own) ? own.v : NULL, to, out);
}
