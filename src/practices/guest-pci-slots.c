/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"

/* Numbers of controllers; libvirt counts PCI buses in a byte. */
#define MAX_INDEX 255

/* Root ports without a device. */
static unsigned
count_free(const KtGuestConfig *config)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < config->controllers.n; i++) {
		const KtController *controller = &config->controllers.v[i];
		n += kt_opt_is(controller->model, "pcie-root-port") &&
		     kt_known(controller->index) &&
		     !(controller->index.v < KT_CPUSET_BITS &&
		       kt_cpuset_has(config->pci_buses.v, (unsigned)controller->index.v));
	}
	return n;
}

/* Is the guest meant to grow while it runs? Then somebody plugs into it. */
static bool
is_to_grow(const KtGuestConfig *config)
{
	return (kt_known(config->vcpus) && kt_known(config->vcpus_max) &&
		config->vcpus.v < config->vcpus_max.v) ||
	       kt_known(config->max_memory_kib);
}

static bool
is_q35(const KtGuestConfig *config)
{
	return kt_known(config->machine) && g_str_has_prefix(config->machine.v, "pc-q35");
}

static KtVerdict
judge(const KtView *view, const KtSubject *subject, unsigned *ret_fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	if (!kt_sink_needs_look(out, config->machine, "the machine type"))
		return KT_VERDICT_UNKNOWN;
	if (!is_q35(config) || !is_to_grow(config))
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_sink_needs(out, config->controllers, "the list of controllers") ||
	    !kt_sink_needs(out, config->pci_buses, "the PCI addresses of the devices"))
		return KT_VERDICT_UNKNOWN;
	*ret_fault = count_free(config) < kt_view_param(view, "fewest_ports");
	return *ret_fault ? KT_VERDICT_FINDING : KT_VERDICT_OK;
}

static void
tell(const KtView *view, const KtSubject *subject, unsigned fault, KtSink *out)
{
	const KtGuestConfig *config = subject->config;

	kt_sink_severity(out, KT_SEVERITY_MEDIUM);
	kt_sink_summary(out, "meant to grow, but has no port left to plug into");
	kt_sink_evidence(out,
			 kt_subject_origin(subject, config->controllers),
			 "%u of its pcie-root-ports are free",
			 count_free(config));
	if (kt_known(config->max_memory_kib))
		kt_sink_number(out, config->max_memory_kib, "<maxMemory>", " KiB");
	else
		kt_sink_number(out, config->vcpus_max, "the most vCPUs that it may have", "");
}

static bool
has_index(const KtGuestConfig *config, uint64_t index)
{
	for (uint32_t i = 0; i < config->controllers.n; i++) {
		if (kt_known(config->controllers.v[i].index) &&
		    config->controllers.v[i].index.v == index)
			return true;
	}
	return index < KT_CPUSET_BITS && kt_cpuset_has(config->pci_buses.v, (unsigned)index);
}

static uint64_t
wanted(const KtView *view)
{
	uint64_t fewest = kt_view_param(view, "fewest_ports");

	return view->workload == KT_WORKLOAD_LATENCY || view->workload == KT_WORKLOAD_DENSE
		       ? fewest
		       : MAX(fewest, kt_view_param(view, "ports"));
}

static void
propose(const KtView *view, unsigned fault, KtSink *out)
{
	unsigned n = count_free(view->config);

	for (uint64_t index = 1; index <= MAX_INDEX && n < wanted(view); index++) {
		if (has_index(view->config, index))
			continue;
		g_autofree char *place = g_strdup_printf(
			"/domain/devices/controller[@index='%" G_GUINT64_FORMAT "']", index);
		g_autofree char *element =
			g_strdup_printf("<controller type='pci' index='%" G_GUINT64_FORMAT
					"' model='pcie-root-port'/>",
					index);
		kt_sink_domain_xml(out, view->guest, place, NULL, element);
		n++;
	}
	kt_guest_remark(view, out);
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	static const KtGuestCheck check = {.judge = judge, .tell = tell, .propose = propose};

	return kt_guest_check(view, &check, out);
}

static const KtParam params[] = {
	{
		.name = "fewest_ports",
		.value = 2,
		.min = 1,
		.max = 32,
		.unit = "",
		.doc = "free root ports of a guest that is meant to grow [eng]",
	},
	{
		.name = "ports",
		.value = 4,
		.min = 1,
		.max = 32,
		.unit = "",
		.doc = "how many there shall be then; latency and dense guests get no more than the "
		       "fewest [eng]",
	},
};

KT_PRACTICE(guest_pci_slots) = {
	.id = "guest.pci-slots",
	.title = "A guest that is to grow has free PCI ports",
	.why = "On the q35 machine each device that is plugged in needs a root port of its own, and "
	       "ports cannot be added while the guest runs. libvirt leaves one spare, so the "
	       "second device is refused: no more available PCI slots.",
	.cost = "Each port takes 4 KiB of I/O ports, of which there are 64 KiB, and a moment of the "
		"firmware's time.",
	.sources =
		(const char *const[]){
			"libvirt: pci-hotplug.html, x86_64 architecture, q35 machine type",
			"QEMU: docs/pcie.txt, 4. IO space issues",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_MEDIUM,
	.risk = KT_RISK_LOW,
	.params = params,
	.n_params = G_N_ELEMENTS(params),
	.check_by_hand = "virsh dumpxml --inactive DOMAIN | grep pcie-root-port",
	.effect = "virsh attach-device works twice",
	.evaluate = evaluate,
};
