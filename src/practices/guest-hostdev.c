/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-census.h"
#include "kt-guest-check.h"
#include "kt-pci-address.h"
#include "kt-pins.h"

/* PCI Code and ID Assignment Specification: class 06 is bridges, 02 network controllers. */
#define CLASS_BRIDGE  "0x06"
#define CLASS_NETWORK "0x02"

/* From the lightest to the worst. */
typedef enum Fault {
	FAULT_NONE = 0,
	FAULT_BALLOON, /* memory that is pinned cannot be taken */
	FAULT_PLAIN,   /* a virtual function whose address libvirt does not set */
	FAULT_NODE,
	FAULT_UNMANAGED, /* not with vfio-pci, and libvirt does not bring it there */
	FAULT_GONE,
	FAULT_NO_GROUP,
	FAULT_USED,        /* the host uses it */
	FAULT_GROUP_HOST,  /* the host uses another one of its group */
	FAULT_GROUP_GUEST, /* another guest has one of its group */
	FAULT_N,
} Fault;

static const struct {
	KtSeverity severity;
	const char *summary;
} rows[FAULT_N] = {
	[FAULT_BALLOON] = {.severity = KT_SEVERITY_LOW,
			   .summary = "its balloon has no effect: the memory is pinned"},
	[FAULT_PLAIN] = {.severity = KT_SEVERITY_MEDIUM,
			 .summary = "a virtual function whose MAC address nobody sets"},
	[FAULT_NODE] = {.severity = KT_SEVERITY_MEDIUM,
			.summary = "its device is on another node than its vCPUs"},
	[FAULT_UNMANAGED] = {.severity = KT_SEVERITY_HIGH,
			     .summary = "will not start: nobody takes its device from the host"},
	[FAULT_GONE] = {.severity = KT_SEVERITY_CRITICAL,
			.summary = "will not start: its device is not there"},
	[FAULT_NO_GROUP] = {.severity = KT_SEVERITY_CRITICAL,
			    .summary = "will not start: its device is behind no IOMMU"},
	[FAULT_USED] = {.severity = KT_SEVERITY_CRITICAL,
			.summary = "its start takes a device that the host uses"},
	[FAULT_GROUP_HOST] = {.severity = KT_SEVERITY_CRITICAL,
			      .summary = "shares an IOMMU group with a device of the host"},
	[FAULT_GROUP_GUEST] = {.severity = KT_SEVERITY_CRITICAL,
			       .summary = "shares an IOMMU group with another guest"},
};

/* One assigned device, as the guest's XML has it. */
typedef struct Assigned {
	char *address;
	bool is_plain; /* <hostdev>, not <interface type='hostdev'> */
	KtOptStr managed;
} Assigned;

static void
clear_assigned(void *data)
{
	Assigned *assigned = data;

	g_free(assigned->address);
}

static GArray *
assigned_of(const KtGuestConfig *config)
{
	GArray *array = g_array_new(FALSE, TRUE, sizeof(Assigned));

	g_array_set_clear_func(array, clear_assigned);
	for (uint32_t i = 0; i < config->hostdev_list.n; i++) {
		const KtHostdev *hostdev = &config->hostdev_list.v[i];
		Assigned assigned = {.address = kt_pci_address_of_hostdev(hostdev),
				     .is_plain = true,
				     .managed = hostdev->managed};
		if (assigned.address)
			g_array_append_val(array, assigned);
	}
	for (uint32_t i = 0; i < config->nics.n; i++) {
		const KtNic *nic = &config->nics.v[i];
		Assigned assigned = {.address = kt_pci_address_of_nic(nic),
				     .managed = nic->managed};
		if (assigned.address)
			g_array_append_val(array, assigned);
	}
	return array;
}

static const KtPciDevice *
find(const KtHost *host, const char *address)
{
	for (uint32_t i = 0; i < host->pci_devices.n; i++) {
		if (kt_opt_is(host->pci_devices.v[i].address, address))
			return &host->pci_devices.v[i];
	}
	return NULL;
}

static bool
has_device(const KtGuestConfig *config, const char *address)
{
	g_autoptr(GArray) array = assigned_of(config);

	for (guint i = 0; i < array->len; i++) {
		if (g_str_equal(g_array_index(array, Assigned, i).address, address))
			return true;
	}
	return false;
}

/* Another guest that runs, or starts with the host, and has the device. */
static const KtGuest *
find_rival(const KtView *view, const char *address)
{
	for (uint32_t i = 0; i < view->facts->guests.n; i++) {
		const KtGuest *guest = &view->facts->guests.v[i];
		if (guest != view->guest && kt_census_counts(guest) &&
		    has_device(kt_census_config(guest), address))
			return guest;
	}
	return NULL;
}

/* Drivers that leave a device alone for a guest: Documentation/driver-api/vfio.rst. */
static bool
is_free_of_host(const KtPciDevice *device)
{
	return !kt_known(device->driver) || kt_opt_is(device->driver, "vfio-pci") ||
	       kt_opt_is(device->driver, "pci-stub") || kt_opt_is(device->driver, "pcieport") ||
	       (kt_known(device->class_id) && g_str_has_prefix(device->class_id.v, CLASS_BRIDGE));
}

typedef struct Judgement {
	const KtView *view;
	const KtGuestConfig *config;
	KtSink *out; /* NULL: only judges */
	Fault worst;
} Judgement;

static bool
adds(Judgement *judgement, Fault fault)
{
	judgement->worst = MAX(judgement->worst, fault);
	return judgement->out != NULL;
}

static void
judge_group(Judgement *judgement, const KtPciDevice *device)
{
	const KtPciDeviceList *all = &judgement->view->host->pci_devices;

	for (uint32_t i = 0; i < all->n; i++) {
		const KtPciDevice *other = &all->v[i];
		if (!kt_known(other->address) || !kt_known(other->iommu_group) ||
		    other->iommu_group.v != device->iommu_group.v ||
		    has_device(judgement->config, other->address.v))
			continue;
		const KtGuest *rival = find_rival(judgement->view, other->address.v);
		if (rival && adds(judgement, FAULT_GROUP_GUEST))
			kt_sink_evidence(judgement->out,
					 other->iommu_group.origin,
					 "%s of group %" G_GUINT64_FORMAT " is of '%s'",
					 other->address.v,
					 other->iommu_group.v,
					 kt_guest_name(rival));
		else if (!rival && !is_free_of_host(other) && adds(judgement, FAULT_GROUP_HOST))
			kt_sink_evidence(judgement->out,
					 other->driver.origin,
					 "%s of group %" G_GUINT64_FORMAT " is with driver %s",
					 other->address.v,
					 other->iommu_group.v,
					 other->driver.v);
	}
}

static const KtNode *
home_of(const KtHost *host, const KtGuestConfig *config)
{
	KtCpuset claim = {0};
	bool has_own = false;

	if (kt_known(host->cpu.online) && kt_pins_are_known(config))
		kt_pins_claim(host, config, &claim, &has_own);
	if (kt_cpuset_is_empty(&claim))
		return NULL;
	for (uint32_t i = 0; i < host->nodes.n; i++) {
		const KtNode *node = &host->nodes.v[i];
		if (kt_known(node->id) && kt_known(node->cpus) &&
		    kt_cpuset_is_subset(&claim, node->cpus.v))
			return node;
	}
	return NULL;
}

static void
judge_node(Judgement *judgement, const KtPciDevice *device)
{
	const KtNode *home = home_of(judgement->view->host, judgement->config);

	if (!home || !kt_known(device->node) || device->node.v == home->id.v ||
	    !adds(judgement, FAULT_NODE))
		return;
	kt_sink_evidence(judgement->out,
			 device->node.origin,
			 "%s is on node %" G_GUINT64_FORMAT
			 ", the vCPUs on node %" G_GUINT64_FORMAT,
			 device->address.v,
			 device->node.v,
			 home->id.v);
}

/* What keeps it from starting: a running guest has its device. */
static void
judge_start(Judgement *judgement, const Assigned *assigned, const KtPciDevice *device)
{
	bool is_vfio = kt_opt_is(device->driver, "vfio-pci");

	if (kt_opt_true(judgement->view->guest->is_active))
		return;
	if (kt_known(device->use) && !is_vfio && adds(judgement, FAULT_USED))
		kt_sink_evidence(judgement->out,
				 device->use.origin,
				 "%s: on the host, %s",
				 assigned->address,
				 device->use.v);
	if (kt_opt_is(assigned->managed, "no") && !is_vfio && kt_looked(device->driver) &&
	    adds(judgement, FAULT_UNMANAGED))
		kt_sink_evidence(judgement->out,
				 device->driver.origin,
				 "managed='no', and %s is with %s",
				 assigned->address,
				 kt_known(device->driver) ? device->driver.v : "no driver");
}

static void
judge_device(Judgement *judgement, const Assigned *assigned)
{
	const KtHost *host = judgement->view->host;
	const KtPciDevice *device = find(host, assigned->address);
	bool has_iommu = kt_known(host->system.iommu_groups) && host->system.iommu_groups.v > 0;

	if (!device)
		return;
	if (device->class_id.state == KT_STATE_ABSENT) {
		if (adds(judgement, FAULT_GONE))
			kt_sink_evidence(judgement->out,
					 device->class_id.origin,
					 "there is no PCI device %s",
					 assigned->address);
		return;
	}
	/* No IOMMU at all is for host.iommu-vfio to say. */
	if (has_iommu && device->iommu_group.state == KT_STATE_ABSENT &&
	    adds(judgement, FAULT_NO_GROUP))
		kt_sink_evidence(judgement->out,
				 device->iommu_group.origin,
				 "%s is in no IOMMU group",
				 assigned->address);
	if (kt_known(device->iommu_group))
		judge_group(judgement, device);
	judge_start(judgement, assigned, device);
	judge_node(judgement, device);
	if (assigned->is_plain && kt_known(device->physical) && kt_known(device->class_id) &&
	    g_str_has_prefix(device->class_id.v, CLASS_NETWORK) && adds(judgement, FAULT_PLAIN))
		kt_sink_evidence(judgement->out,
				 device->physical.origin,
				 "%s is a virtual function of %s, given as <hostdev>",
				 assigned->address,
				 device->physical.v);
}

static Fault
judge_all(const KtView *view, const KtGuestConfig *config, const GArray *array, KtSink *out)
{
	Judgement judgement = {.view = view, .config = config, .out = out};

	for (guint i = 0; i < array->len; i++)
		judge_device(&judgement, &g_array_index(array, Assigned, i));
	if (array->len > 0 && kt_opt_is(config->balloon, "virtio") &&
	    kt_known(config->memory_kib) && kt_known(config->current_memory_kib) &&
	    config->current_memory_kib.v < config->memory_kib.v && adds(&judgement, FAULT_BALLOON))
		kt_sink_evidence(out,
				 config->current_memory_kib.origin,
				 "<currentMemory> of %" G_GUINT64_FORMAT
				 " KiB is below <memory>, but "
				 "a device may write to all of it",
				 config->current_memory_kib.v);
	return judgement.worst;
}

static void
advise(const KtView *view, Fault fault, KtSink *out)
{
	static const char *const texts[FAULT_N] = {
		[FAULT_BALLOON] =
			"Set <currentMemory> to <memory>: QEMU pins all memory of a guest "
			"with a device.",
		[FAULT_PLAIN] =
			"Use <interface type='hostdev' managed='yes'> with a <mac>: libvirt "
			"then sets address and VLAN of the virtual function.",
		[FAULT_NODE] =
			"Bind the guest to the node of the device: 'kvmtune place' takes that "
			"into account; or give it a device of its own node.",
		[FAULT_UNMANAGED] =
			"Set managed='yes', or take the device from the host first with "
			"'virsh nodedev-detach'.",
		[FAULT_GONE] =
			"Take it out of the definition, or look for its new address with "
			"'virsh nodedev-list --cap pci': addresses move when cards are added.",
		[FAULT_NO_GROUP] = "Only devices behind an IOMMU can be given to guests: look for "
				   "VT-d or AMD-Vi in the firmware.",
		[FAULT_USED] =
			"Take it out of use on the host first (umount, vgchange -an, ip link "
			"set down), or the start pulls it away.",
		[FAULT_GROUP_HOST] = "A group goes to one guest as a whole: give it all devices of "
				     "the group, or move the card to another slot.",
		[FAULT_GROUP_GUEST] =
			"A group goes to one guest as a whole: only one of the two can "
			"run at a time.",
	};

	kt_sink_advice(out, "%s", texts[fault]);
	if (fault == FAULT_PLAIN || fault == FAULT_NODE)
		kt_sink_advice(out,
			       "The guest cannot migrate with it, unless it is half of a pair with "
			       "<teaming>.");
}

static KtVerdict
evaluate(const KtView *view, KtSink *out)
{
	KtVerdict verdict = kt_guest_gate(view, out);

	if (verdict != KT_VERDICT_OK)
		return verdict;
	if (!kt_sink_needs(out, view->config->hostdev_list, "the assigned devices") ||
	    !kt_sink_needs(out, view->config->nics, "the network interfaces"))
		return KT_VERDICT_UNKNOWN;

	g_autoptr(GArray) array = assigned_of(view->config);
	if (array->len == 0)
		return KT_VERDICT_NOT_APPLICABLE;
	if (!kt_guest_needs_local(view, out) ||
	    !kt_sink_needs(out, view->host->pci_devices, "the PCI devices of the host"))
		return KT_VERDICT_UNKNOWN;

	Fault fault = judge_all(view, view->config, array, NULL);
	if (fault == FAULT_NONE)
		return KT_VERDICT_OK;
	KtSeverity severity = rows[fault].severity;
	if (fault == FAULT_NODE && kt_guest_wants_speed(view))
		severity = KT_SEVERITY_HIGH;
	kt_sink_severity(out, severity);
	kt_sink_summary(out, "%s", rows[fault].summary);
	(void)judge_all(view, view->config, array, out);
	advise(view, fault, out);
	return KT_VERDICT_FINDING;
}

KT_PRACTICE(guest_hostdev) = {
	.id = "guest.hostdev",
	.title = "Assigned devices are free, alone in their group and near",
	.why = "A device that a guest has for itself needs an IOMMU group that nobody else uses: "
	       "the start fails otherwise, or takes a disk or a network card from the host while it "
	       "is in use. A device of another node sends each packet through the link between the "
	       "processors.",
	.cost = "All memory of such a guest is pinned: no balloon, no swap, no KSM, and a start that "
		"takes longer with each gigabyte. It does not migrate.",
	.sources =
		(const char *const[]){
			"Linux: Documentation/driver-api/vfio.rst, groups",
			"libvirt: formatdomain.html, Host device assignment; NIC type hostdev, teaming",
			"Linux: Documentation/ABI/testing/sysfs-bus-pci, numa_node",
			NULL,
		},
	.since = "0.1",
	.scope = KT_SCOPE_GUEST,
	.severity = KT_SEVERITY_CRITICAL,
	.risk = KT_RISK_MEDIUM,
	.check_by_hand = "ls -l /sys/bus/pci/devices/ADDRESS/{driver,iommu_group}; cat "
			 "/sys/bus/pci/devices/ADDRESS/numa_node",
	.effect = "the guest starts; packets a second and p99 latency",
	.evaluate = evaluate,
};
