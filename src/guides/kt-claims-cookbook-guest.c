/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_OUTDATED, .practice = "guestos.io-scheduler",
	 .since = "Linux 5.0",
	 .claim = "Choose noop in guests, by elevator=noop",
	 .reason =
	 "noop is gone, and the argument since 5.4. none is right, and the default of virtio "
	 "disks with several queues.",
	 .source = "Linux 5.0, block: remove legacy IO schedulers (f382fb0bcef4)"},
	{.truth = KT_TRUTH_WRONG, .practice = "guestos.kernel-params",
	 .claim = "Append GRUB_CMDLINE_LINUX=\"...\" with >> in guests too",
	 .reason =
	 "The last assignment wins: it erases the guest's arguments, a serial console among "
	 "them.",
	 .source = "GNU GRUB manual, Simple configuration"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.console",
	 .claim = "Work in a guest by virsh console",
	 .reason =
	 "It needs a serial port in the definition and console=ttyS0 in the guest; it works "
	 "without a network.",
	 .source = "libvirt, virsh(1): console"},
	{.truth = KT_TRUTH_WRONG, .practice = "ops.guest-restart",
	 .claim = "virsh destroy and start make an edited definition true",
	 .reason =
	 "destroy pulls the plug: file systems and databases of the guest lose data. Shut it "
	 "down, wait, start.",
	 .source = "libvirt, virsh(1): destroy"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guestos.hugepages",
	 .claim = "Look at huge pages of the host and of the guest",
	 .reason =
	 "Two decisions: the host's serve every guest, the guest's its database. Neither "
	 "replaces the other.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.mem.hugepages",
	 .claim = "Write <hugepages/> into memoryBacking",
	 .reason =
	 "Then the default size is used, from all nodes. Name page size and bind the memory to "
	 "a node.",
	 .source = "libvirt, formatdomain: memoryBacking, hugepages"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.limits",
	 .claim = "Give a guest a memory hard limit with virsh memtune",
	 .reason =
	 "libvirt's manual strongly advises against: QEMU's own memory counts too, and a guest "
	 "that meets the limit is killed.",
	 .source = "libvirt, formatdomain: memtune hard_limit"},
	{.truth = KT_TRUTH_RIGHT,
	 .claim = "memtune --hard-limit 2GB reads back as 1953125",
	 .reason = "GB counts in thousands and libvirt shows KiB. 2GiB would be 2097152.",
	 .source = "libvirt, virsh(1): memtune"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.mem.locked",
	 .since = "QEMU 6.0",
	 .claim = "QEMU runs with -realtime mlock=off",
	 .reason = "The option is gone, -overcommit mem-lock=off stands for it. libvirt writes it.",
	 .source = "QEMU, Removed features"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.net.model",
	 .claim = "The example's guest has an rtl8139 network card",
	 .reason = "libvirt's default when no model is named: emulated and slow. Name virtio.",
	 .source = "libvirt, formatdomain: interface model"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.pin",
	 .claim = "vcpupin binds a vCPU while the guest runs",
	 .reason = "With --config too, so that the next start keeps it.",
	 .source = "libvirt, virsh(1): vcpupin"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.vcpu.pin",
	 .claim = "<vcpu cpuset='10-11'> pins the vCPUs",
	 .reason =
	 "It pins everything: QEMU's main thread and workers too, so they compete with the "
	 "vCPUs. Add emulatorpin.",
	 .source = "libvirt, formatdomain: vcpu cpuset"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.numa.tune",
	 .claim = "NUMA policies are strict, interleave and preferred",
	 .reason =
	 "There is a fourth, restrictive (libvirt 7.3), the only one whose nodes can be "
	 "changed while the guest runs.",
	 .source = "libvirt, formatdomain: numatune memory mode"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.numa.tune",
	 .claim = "strict makes an allocation fail when the node is full",
	 .reason =
	 "The kernel tries to reclaim first and then kills in that node. Only preallocated "
	 "memory fails at the start.",
	 .source = "Linux Documentation/admin-guide/mm/numa_memory_policy.rst, MPOL_BIND"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.tune",
	 .claim = "Memory on two nodes is not ideal; numastat -c shows it",
	 .reason = "Bind the guest to the node of its CPUs.",
	 .source = "numastat(8)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.tune",
	 .claim = "Memory-bound guests gain clearly from locality",
	 .reason = "Measure: the gain is the distance between the nodes.",
	 .source = "ACPI 6.5, System Locality Information Table (SLIT)"},
};
/* clang-format on */

const KtClaims kt_claims_cookbook_guest = {.rows = rows, .n = G_N_ELEMENTS(rows)};
