/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-cpu-map.h"
#include "kt-pci-address.h"
#include "kt-pins.h"
#include "kt-shell-text.h"

static const KtParam params[] = {
	{
		.name = "one_cpu_percent",
		.value = 80,
		.min = 51,
		.max = 100,
		.unit = "%",
		.doc = "of all vectors on one CPU, from which they should be spread [eng]",
	},
	{
		.name = "min_vectors",
		.value = 8,
		.min = 2,
		.max = 2048,
		.doc = "below so many nothing is gained by spreading them [eng]",
	},
};

typedef struct Check {
	const KtView *view;
	KtSink *out;
	KtCpuMap map;
	bool has_balancer;
	bool has_ban; /* what irqbalance has to be told is in the report */
} Check;

/* CPUs that irqbalance leaves alone: without a list those that the kernel isolates (irqbalance
 * 1.9, setup_banned_cpus()). */
static KtCpuset
find_banned(const Check *check)
{
	KtOptCpuset banned = check->view->host->irqbalance.banned;
	KtCpuset cpus = check->map.isolated;

	if (kt_known(banned))
		return *banned.v;
	kt_cpuset_or(&cpus, &check->map.nohz_full);
	return cpus;
}

static const KtConfigFile *
settings_file(const KtHost *host)
{
	const KtConfigFile *file = kt_known(host->irqbalance.file)
					   ? kt_facts_find_file(host, host->irqbalance.file.v)
					   : NULL;

	return file && kt_known(file->text) ? file : NULL;
}

/* A list of our own must repeat what irqbalance leaves out by itself only while there is none. */
static void
propose_ban(const Check *check)
{
	const KtConfigFile *file = settings_file(check->view->host);
	g_autofree char *list = kt_cpuset_to_list(&check->map.reserved);
	g_autofree char *text =
		file ? kt_shell_set(file->text.v, KT_IRQBALANCE_BANNED, list) : NULL;

	if (text)
		kt_sink_file(check->out, file->path.v, file->text.v, text);
	else
		kt_sink_advice(check->out,
			       "Set " KT_IRQBALANCE_BANNED
			       "=%s in the file that irqbalance.service reads.",
			       list);
	kt_sink_advice(check->out,
		       "'systemctl restart irqbalance' makes the list true and moves the vectors.");
}

static void
check_ban(Check *check)
{
	KtCpuset open = check->map.reserved;
	KtCpuset banned = find_banned(check);

	kt_cpuset_and_not(&open, &banned);
	if (!check->has_balancer || kt_cpuset_is_empty(&open))
		return;
	g_autofree char *list = kt_cpuset_to_list(&open);
	kt_sink_blame(check->out,
		      KT_SEVERITY_HIGH,
		      "irqbalance may move interrupts to CPUs of pinned vCPUs");
	kt_sink_evidence(check->out,
			 check->view->host->irqbalance.file.origin,
			 "irqbalance runs and is free to use CPUs %s",
			 list);
	propose_ban(check);
	check->has_ban = true;
}

/* Vectors of NVMe queues that belong to one CPU are interrupts of its own I/O. */
static KtOptCpuset
cpus_that_matter(const KtIrqDevice *device)
{
	return kt_opt_is(device->kind, "nvme") ? device->shared_cpus : device->cpus;
}

static void
check_vectors(Check *check)
{
	const KtIrqDeviceList *devices = &check->view->host->irq_devices;
	bool is_hit = false;

	for (uint32_t i = 0; i < devices->n; i++) {
		const KtIrqDevice *device = &devices->v[i];
		KtOptCpuset cpus = cpus_that_matter(device);
		KtCpuset hits = check->map.single;
		if (!kt_known(cpus) || !kt_known(device->name))
			continue;
		kt_cpuset_and(&hits, cpus.v);
		if (kt_cpuset_is_empty(&hits))
			continue;
		g_autofree char *list = kt_cpuset_to_list(&hits);
		kt_sink_blame(check->out,
			      KT_SEVERITY_HIGH,
			      "interrupts of devices arrive on CPUs of pinned vCPUs");
		kt_sink_evidence(check->out,
				 cpus.origin,
				 "vectors of %s arrive on CPUs %s, which a vCPU has for itself",
				 device->name.v,
				 list);
		is_hit = true;
	}
	if (!is_hit || check->has_ban)
		return;
	g_autofree char *rest = kt_cpuset_to_list(&check->map.housekeeping);
	kt_sink_advice(
		check->out,
		"Write %s to smp_affinity_list of these vectors in /proc/irq (msi_irqs below "
		"the device names them), and boot with irqaffinity=%s.",
		rest,
		rest);
}

static bool
has_device(const KtGuestConfig *config, const char *address)
{
	for (uint32_t i = 0; i < config->hostdev_list.n; i++) {
		g_autofree char *own = kt_pci_address_of_hostdev(&config->hostdev_list.v[i]);
		if (g_strcmp0(own, address) == 0)
			return true;
	}
	for (uint32_t i = 0; i < config->nics.n; i++) {
		g_autofree char *own = kt_pci_address_of_nic(&config->nics.v[i]);
		if (g_strcmp0(own, address) == 0)
			return true;
	}
	return false;
}

/* The guest that runs with the device, or NULL. */
static const KtGuest *
owner_of(const KtFacts *facts, const char *address)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		if (kt_opt_true(guest->is_active) && has_device(&guest->live, address))
			return guest;
	}
	return NULL;
}

static void
check_assigned(Check *check, const KtPciDevice *device)
{
	const KtHost *host = check->view->host;
	KtCpuset claim = {0};
	KtCpuset nodes = {0};
	bool has_own = false;

	if (!kt_opt_true(device->is_assigned) || !kt_known(device->irq_cpus) ||
	    !kt_known(device->address))
		return;
	const KtGuest *guest = owner_of(check->view->facts, device->address.v);
	if (!guest || !kt_known(guest->name))
		return;
	kt_pins_claim(host, &guest->live, &claim, &has_own);
	if (kt_cpuset_is_empty(&claim))
		return;
	kt_pins_nodes_of(host, &claim, &nodes);
	if (kt_cpuset_is_subset(device->irq_cpus.v, &nodes))
		return;
	g_autofree char *list = kt_cpuset_to_list(device->irq_cpus.v);
	kt_sink_blame(check->out,
		      KT_SEVERITY_MEDIUM,
		      "interrupts of a guest's device arrive on another node");
	kt_sink_evidence(check->out,
			 device->irq_cpus.origin,
			 "those of %s, which guest %s has, arrive on CPUs %s",
			 device->address.v,
			 guest->name.v,
			 list);
	kt_sink_advice(check->out,
		       "Write CPUs of the guest's nodes to smp_affinity_list of its vectors in "
		       "/proc/irq.");
}

/* One CPU for all interrupts is what is left of a host without irqbalance whose drivers do not
 * spread their queues. */
static void
check_spread(Check *check)
{
	const KtIrqDeviceList *devices = &check->view->host->irq_devices;
	uint64_t n_all = 0;
	uint64_t n_most = 0;
	uint64_t most = 0;

	for (uint32_t i = 0; i < devices->n; i++) {
		uint64_t n = 0;
		for (uint32_t j = 0; j < devices->n; j++) {
			const KtIrqDevice *other = &devices->v[j];
			if (kt_known(other->busiest) && kt_known(other->n_busiest) &&
			    kt_known(devices->v[i].busiest) &&
			    other->busiest.v == devices->v[i].busiest.v)
				n += other->n_busiest.v;
		}
		if (n > n_most)
			most = devices->v[i].busiest.v;
		n_most = MAX(n_most, n);
		if (kt_known(devices->v[i].vectors))
			n_all += devices->v[i].vectors.v;
	}
	if (check->has_balancer || n_all < kt_view_param(check->view, "min_vectors") ||
	    n_most * 100 <= n_all * kt_view_param(check->view, "one_cpu_percent") ||
	    kt_cpuset_count(&check->map.online) < 2)
		return;
	kt_sink_blame(check->out, KT_SEVERITY_MEDIUM, "one CPU serves nearly all interrupts");
	kt_sink_evidence(check->out,
			 devices->origin,
			 "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
			 " vectors of NICs and NVMe arrive on CPU %" G_GUINT64_FORMAT,
			 n_most,
			 n_all,
			 most);
	kt_sink_evidence(check->out, check->view->host->agents.origin, "irqbalance does not run");
	kt_sink_advice(check->out, "'systemctl enable --now irqbalance'.");
}

static bool
needs(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;

	return kt_sink_needs(out, host->irq_devices, "the interrupts of devices") &&
	       kt_sink_needs(out, host->cpu.online, "the list of online CPUs") &&
	       kt_sink_needs_look(out, host->cpu.isolated, "the list of isolated CPUs") &&
	       kt_sink_needs_look(out, host->cpu.nohz_full, "the list of CPUs without a tick") &&
	       kt_sink_needs_look(out, host->agents, "the list of programs") &&
	       kt_sink_needs_look(
		       out, host->irqbalance.banned, "the CPUs that irqbalance leaves alone");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	const KtHost *host = view->host;
	Check check = {.view = view, .out = out};
	KtCensus census = {0};

	if (host->irq_devices.state == KT_STATE_ABSENT)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!needs(view, out) || !kt_census_needs(view, KT_CENSUS_COUNTING, &census, out))
		return KT_VERDICT_UNKNOWN;
	kt_cpu_map_draw(view->facts, &check.map);
	check.has_balancer = kt_census_has_agent(host, "irqbalance");
	if (view->workload == KT_WORKLOAD_LATENCY) {
		check_ban(&check);
		check_vectors(&check);
	} else {
		check_spread(&check);
	}
	for (uint32_t i = 0; i < host->pci_devices.n; i++)
		check_assigned(&check, &host->pci_devices.v[i]);
	if (kt_sink_has_blame(out))
		return KT_VERDICT_FINDING;
	return view->workload != KT_WORKLOAD_LATENCY || check.map.are_pins_known
		       ? KT_VERDICT_OK
		       : kt_census_unknown(view, out);
}

static const char *const sources[] = {
	"irqbalance 1.9: irqbalance(1), IRQBALANCE_BANNED_CPULIST",
	"Linux: Documentation/core-api/irq/irq-affinity.rst",
	"Linux: Documentation/admin-guide/kernel-parameters.txt, irqaffinity= and "
	"isolcpus=managed_irq",
	NULL,
};

KT_PRACTICE(host_irq_affinity) = {
	.id = "host.irq-affinity",
	.title = "Interrupts of devices stay off the CPUs of pinned vCPUs",
	.why = "An interrupt stops the vCPU whose CPU it arrives on: the guest leaves, the host "
	       "handles a packet of somebody else, the guest comes back. irqbalance keeps off CPUs "
	       "that the kernel isolates, and knows nothing of pins; a list of banned CPUs "
	       "replaces what it would leave alone by itself. Vectors that the kernel manages "
	       "(NVMe) follow isolcpus=managed_irq and nothing else.",
	.cost = "The other CPUs serve more interrupts. Worth it where pins are 1:1; elsewhere "
		"irqbalance should have all CPUs.",
	.sources = sources,
	.since = "0.1",
	.scope = KT_SCOPE_HOST,
	.severity = KT_SEVERITY_HIGH,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "grep . /proc/irq/*/effective_affinity_list; grep BANNED "
			 "/etc/default/irqbalance /etc/sysconfig/irqbalance",
	.effect = "growth of the columns of those CPUs in /proc/interrupts over a minute",
	.evaluate = evaluate,
};
