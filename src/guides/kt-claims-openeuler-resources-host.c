/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_RIGHT, .practice = "host.cpu-weight",
	 .claim = "cpu_shares is a relative weight between the guests of a host",
	 .reason =
	 "It counts only while CPUs are contended, and against siblings in the same slice. It "
	 "is the guest's, not each vCPU's.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, cpu.weight"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.cpu.shares",
	 .claim = "Going from 1024 to 2048 shares doubles the guest's run time",
	 .reason =
	 "Only when all CPUs are busy and the rest keeps 1024; on an idle host nothing "
	 "changes. On cgroup v2 2048 is twenty times the default.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, cpu.weight"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.cpu.shares",
	 .since = "cgroup v2",
	 .claim = "A guest has 1024 shares by default",
	 .reason =
	 "That is cgroup v1. On v2 libvirt hands the number on as cpu.weight: default 100, "
	 "range 1 to 10000. Above that the guest does not start.",
	 .source =
	 "libvirt 9.1, conf: validate cpu shares against the cgroup version; cgroup-v2.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.numa-balancing",
	 .claim = "Memory of another NUMA node is slower than that of one's own",
	 .reason =
	 "numactl -H shows the distances; the kernel's and hwloc's view is what placement "
	 "should use.",
	 .source = "ACPI 6.5, System Locality Information Table (SLIT)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.tune",
	 .claim = "Keep memory and vCPUs of a guest on the same node",
	 .reason =
	 "The largest single gain on hosts with several nodes, for guests that fit into one.",
	 .source = "libvirt, formatdomain: numatune; Linux numa_memory_policy.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.memory-reserve",
	 .claim = "A guest bound to a node with too little free memory fails to start",
	 .reason =
	 "So with huge pages or preallocation. Otherwise the start succeeds, and the guest is "
	 "killed later when the node runs out: add up all strict bindings before.",
	 .source = "Linux Documentation/admin-guide/mm/numa_memory_policy.rst, MPOL_BIND"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.vhost-mem-regions",
	 .claim = "n virtio NICs leave room for min(slots, 64 - n) memory plugs",
	 .reason =
	 "64 is vhost.max_mem_regions, counted per device and not per NIC. 'options vhost "
	 "max_mem_regions=509' lifts it; libvirt's own limit is 256 slots.",
	 .source = "Linux 6.12, drivers/vhost/vhost.c, max_mem_regions"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.vhost-mem-regions",
	 .since = "QEMU 5.1",
	 .claim = "A guest with vhost-user devices cannot get memory plugged",
	 .reason =
	 "Backends that negotiate CONFIGURE_MEM_SLOTS can; old ones have 8 regions in all. "
	 "Shared memory is needed either way.",
	 .source = "QEMU docs/interop/vhost-user.rst, VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.vhost-mem-regions",
	 .since = "QEMU 5.1",
	 .claim = "After memory was plugged no vhost-user device can be added",
	 .reason =
	 "The same limit from the other side: count boot regions and DIMMs against the slots "
	 "of the backend.",
	 .source = "QEMU docs/interop/vhost-user.rst, VHOST_USER_GET_MAX_MEM_SLOTS"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugepages-pool",
	 .claim = "With huge pages, plugged memory must be a multiple of the page size",
	 .reason =
	 "And the pool must hold it: the plug fails when the node has no free pages left.",
	 .source = "libvirt, formatdomain: memory devices, pagesize"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.memory-reserve",
	 .claim = "With passthrough, start and memory plug take longer",
	 .reason =
	 "VFIO pins the memory, so all of it is allocated at once. It then gets nothing from "
	 "the balloon, KSM or swap.",
	 .source = "Linux Documentation/driver-api/vfio.rst"},
};
/* clang-format on */

const KtClaims kt_claims_openeuler_resources_host = {.rows = rows, .n = G_N_ELEMENTS(rows)};
