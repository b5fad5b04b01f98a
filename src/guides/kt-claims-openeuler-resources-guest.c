/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.cpu.shares",
	 .claim = "--live changes the running guest, --config its next start",
	 .reason = "The same for pins and weights. kvmtune changes both unless told otherwise.",
	 .source = "libvirt, virsh(1): schedinfo"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.emulator.pin",
	 .claim = "Pin QEMU's main thread so that its I/O work keeps off neighbours",
	 .reason = "emulatorpin also binds worker threads and the monitor, not vCPUs or IOThreads.",
	 .source = "libvirt, formatdomain: cputune, emulatorpin"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.pin",
	 .claim = "Lists of CPUs may exclude some: 0-3,^1",
	 .reason = "It is read as 0,2-3.",
	 .source = "libvirt, formatdomain: vcpu cpuset"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.pin",
	 .claim = "Without pins every vCPU may run on every host CPU",
	 .reason = "Good for most guests; pins pay when others are kept off these CPUs too.",
	 .source = "libvirt, formatdomain: cputune, vcpupin"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.vcpu.hotplug",
	 .claim = "CPU hotplug on AArch64 needs machine type virt-4.1 or newer",
	 .reason =
	 "openEuler's QEMU only: QEMU's own virt machine cannot plug CPUs in releases up to "
	 "10.0. Ask the machine (hotpluggable-cpus), not its version.",
	 .source = "QEMU 10.0, hw/arm/virt.c; QMP query-machines"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.vcpu.hotplug",
	 .since = "QEMU 9.1",
	 .claim = "CPU hotplug on x86 works from machine type pc-i440fx-1.5 on",
	 .reason =
	 "True, but types up to 2.3 are removed, and those up to 7.0 deprecated in QEMU 10.0.",
	 .source = "QEMU, Removed features; Deprecated features"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.hotplug",
	 .claim = "vCPUs of one socket belong into the same guest NUMA node",
	 .reason = "QEMU starts such a split without a word, so it has to be checked before.",
	 .source = "libvirt, formatdomain: cpu numa cell"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.hotplug",
	 .claim = "No CPU hotplug during migration, suspend or snapshot",
	 .reason = "libvirt holds one job at a time for each guest.",
	 .source = "libvirt, virDomainGetJobInfo"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guestos.hotplug-online",
	 .claim = "Whether a plugged CPU comes online is up to the guest's system",
	 .reason = "The guest agent can do it, or a udev rule.",
	 .source = "libvirt, virsh(1): setvcpus --guest, setvcpu"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.hotplug",
	 .claim = "The maximum of vCPUs is bounded by hypervisor and guest",
	 .reason = "More than 255 need x2APIC and an IOMMU with interrupt remapping (eim).",
	 .source = "libvirt, virConnectGetDomainCapabilities: vcpu max; formatdomain: iommu eim"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.hotplug",
	 .claim = "A CPU plugged while the guest boots or shuts down may be lost",
	 .reason = "Plug when the guest agent answers.",
	 .source = "ACPI 6.5, device insertion events"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.vcpu.hotplug",
	 .claim = "Plug CPUs in multiples of the cores of a socket",
	 .reason =
	 "Not enforced; other numbers leave half a socket, which only licences and some "
	 "schedulers mind.",
	 .source = "libvirt, formatdomain: cpu topology"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.hotplug",
	 .claim = "setvcpus wants --live and --config to last",
	 .reason = "With --live alone the next start has the old number.",
	 .source = "libvirt, virsh(1): setvcpus"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guestos.hotplug-online",
	 .claim = "A udev rule with ATTR{online}=\"1\" brings plugged CPUs online",
	 .reason = "It acts on later events only; what was plugged before needs the loop.",
	 .source = "udev(7); Linux Documentation/core-api/cpu_hotplug.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.cells",
	 .claim = "Show guest NUMA nodes to large guests, with memnode and vcpupin",
	 .reason = "One cell for each host node used, vCPUs pinned to that node.",
	 .source = "libvirt, formatdomain: numatune memnode, cpu numa"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.hotplug",
	 .claim = "Memory hotplug on x86 works from machine type pc-i440fx-1.5 on",
	 .reason = "It needs 2.1: older types refuse slots and maxmem at the start.",
	 .source = "QEMU 2.1 release notes, memory hotplug"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.hotplug",
	 .claim = "Memory hotplug on AArch64 works from machine type virt-4.1 on",
	 .reason =
	 "Without openEuler's additions from virt-4.2 on, which brought the ACPI event device.",
	 .source = "QEMU 4.2 release notes, Arm: virt machine memory hotplug"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.mem.hotplug",
	 .since = "libvirt 9.6",
	 .claim = "Memory hotplug needs guest NUMA nodes in the definition",
	 .reason = "libvirt adds one by itself since.",
	 .source = "libvirt 9.6 release notes"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.hotplug",
	 .claim = "Plugged memory must name its guest NUMA node",
	 .reason = "Where there are nodes; libvirt refuses it otherwise.",
	 .source = "libvirt, formatdomain: memory devices, target node"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.hotplug",
	 .claim = "The guest's kernel must support memory hotplug",
	 .reason =
	 "QEMU takes the DIMM all the same, and nothing in the guest sees it. block_size_bytes "
	 "in the guest's sysfs tells.",
	 .source = "Linux Documentation/admin-guide/mm/memory-hotplug.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.hotplug",
	 .claim = "Sizes must be multiples of the guest's block_size_bytes",
	 .reason =
	 "And worse than told: a DIMM that is not makes the address of every later one "
	 "unusable.",
	 .source = "Linux drivers/acpi/acpi_memhotplug.c"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.mem.hotplug",
	 .since = "Linux 4.5",
	 .claim = "A Linux guest needs 4 GB of memory before any can be plugged",
	 .reason = "Newer kernels size their bounce buffers for it; 1 GiB does.",
	 .source =
	 "Linux 4.5, x86/mm/64: Enable SWIOTLB if system has SRAT memory regions above "
	 "MAX_DMA32_PFN"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.hotplug",
	 .claim = "Windows: the first DIMM has to go to guest NUMA node 0",
	 .reason = "Otherwise Windows does not see it.",
	 .source = "openEuler virtualization user guide (no independent source found)"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.mem.hotplug",
	 .claim = "Keep free memory of 1/32 of what is plugged, or the guest may hang",
	 .reason =
	 "The kernel needs 1/64 for page descriptors and some for page tables; "
	 "memmap_on_memory takes it from the new memory.",
	 .source = "Linux Documentation/admin-guide/mm/memory-hotplug.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.hotplug",
	 .claim = "Plug memory with the example's memory.xml",
	 .reason =
	 "The example ends before </memory>, and libvirt cannot parse it. With the end added it is "
	 "right: size in MiB, node of the guest.",
	 .source = "libvirt, formatdomain: memory devices"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guestos.hotplug-online",
	 .claim = "A udev rule with ATTR{state}=\"online\" brings plugged memory online",
	 .reason =
	 "It works, but such memory can seldom be taken out again: online_movable, or "
	 "memhp_default_state=, is better where that is wanted.",
	 .source = "Linux Documentation/admin-guide/mm/memory-hotplug.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.cpu.phys-bits",
	 .claim = "maxMemory may be 1 TiB, with up to 256 slots",
	 .reason =
	 "256 slots are the limit. 1 TiB needs more than the 40 address bits of most CPU "
	 "models: host-passthrough, or maxphysaddr (libvirt 8.7).",
	 .source = "libvirt, formatdomain: maxMemory, cpu maxphysaddr"},
};
/* clang-format on */

const KtClaims kt_claims_openeuler_resources_guest = {.rows = rows, .n = G_N_ELEMENTS(rows)};
