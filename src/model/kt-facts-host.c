/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-facts-host.h"

/* clang-format off: rows are data and read best one to a line */

static const KtField huge_pool_fields[] = {
	KT_FIELD(KtHugePool, size_kib, .unit = "KiB", .source = "hugepages-*kB",
		 .doc = "page size"),
	KT_FIELD(KtHugePool, total, .source = "nr_hugepages", .form = KT_FORM_LINE,
		 .doc = "pages in the pool"),
	KT_FIELD(KtHugePool, free, .source = "free_hugepages", .form = KT_FORM_LINE,
		 .doc = "pages nobody uses"),
	KT_FIELD(KtHugePool, reserved, .source = "resv_hugepages", .form = KT_FORM_LINE,
		 .doc = "promised but not yet used; whole host only"),
	KT_FIELD(KtHugePool, surplus, .source = "surplus_hugepages", .form = KT_FORM_LINE,
		 .doc = "pages above the pool size"),
	KT_FIELD(KtHugePool, overcommit, .source = "nr_overcommit_hugepages", .form = KT_FORM_LINE,
		 .doc = "limit of surplus pages; whole host only"),
};
KT_SCHEMA(kt_huge_pool_schema, KtHugePool, huge_pool_fields, .doc = "a pool of static huge pages");

static const KtField distance_fields[] = {
	KT_FIELD(KtDistance, to, .source = "hwloc", .doc = "node number"),
	KT_FIELD(KtDistance, value, .source = "hwloc", .doc = "10 = local (ACPI SLIT)"),
};
static KT_SCHEMA(distance_schema, KtDistance, distance_fields, .doc = "distance to another node");

static const KtField node_fields[] = {
	KT_FIELD(KtNode, id, .source = "hwloc", .doc = "node number"),
	KT_FIELD(KtNode, cpus, .source = "hwloc",
		 .doc = "its online CPUs; empty for a memory-only node"),
	KT_FIELD(KtNode, memory_kib, .unit = "KiB", .source = "hwloc", .doc = "local memory"),
	KT_FIELD(KtNode, free_kib, .unit = "KiB",
		 .source = "/sys/devices/system/node/node*/meminfo", .doc = "free memory"),
	KT_FIELD_LIST(KtNode, distances, distance_schema, .source = "hwloc",
		      .doc = "to every node"),
	KT_FIELD_LIST(KtNode, huge_pools, kt_huge_pool_schema,
		      .source = "/sys/devices/system/node/node*/hugepages",
		      .doc = "pools per page size"),
};
static KT_SCHEMA(node_schema, KtNode, node_fields, .doc = "a NUMA node");

static const KtField cpu_fields[] = {
	KT_FIELD(KtCpu, id, .source = "hwloc", .doc = "kernel number"),
	KT_FIELD(KtCpu, core, .source = "hwloc",
		 .doc = "physical core, numbered over the whole host"),
	KT_FIELD(KtCpu, package, .source = "hwloc", .doc = "socket"),
	KT_FIELD(KtCpu, node, .source = "hwloc", .doc = "NUMA node"),
	KT_FIELD(KtCpu, l3, .source = "hwloc", .doc = "L3 domain, index into cpu.l3"),
};
static KT_SCHEMA(cpu_schema, KtCpu, cpu_fields, .doc = "an online CPU");

static const KtField cache_fields[] = {
	KT_FIELD(KtCache, id, .source = "hwloc", .doc = "logical number"),
	KT_FIELD(KtCache, size_kib, .unit = "KiB", .source = "hwloc", .doc = "size"),
	KT_FIELD(KtCache, cpus, .source = "hwloc", .doc = "CPUs that share it"),
};
static KT_SCHEMA(cache_schema, KtCache, cache_fields, .doc = "an L3 cache");

static const KtField cpu_topology_fields[] = {
	KT_FIELD(KtCpuTopology, online, .source = "/sys/devices/system/cpu/online",
		 .form = KT_FORM_LINE, .doc = "CPUs that run"),
	KT_FIELD(KtCpuTopology, possible, .source = "/sys/devices/system/cpu/possible",
		 .form = KT_FORM_LINE, .doc = "CPUs that may ever run"),
	KT_FIELD(KtCpuTopology, present, .source = "/sys/devices/system/cpu/present",
		 .form = KT_FORM_LINE, .doc = "CPUs that are plugged in"),
	KT_FIELD(KtCpuTopology, isolated, .source = "/sys/devices/system/cpu/isolated",
		 .form = KT_FORM_LINE, .doc = "taken from the scheduler at boot"),
	KT_FIELD(KtCpuTopology, nohz_full, .source = "/sys/devices/system/cpu/nohz_full",
		 .form = KT_FORM_LINE, .doc = "CPUs without a tick"),
	KT_FIELD(KtCpuTopology, smt_active, .source = "/sys/devices/system/cpu/smt/active",
		 .form = KT_FORM_LINE, .doc = "hardware threads in use"),
	KT_FIELD(KtCpuTopology, smt_control, .source = "/sys/devices/system/cpu/smt/control",
		 .form = KT_FORM_LINE, .doc = "on, off, forceoff, notsupported"),
	KT_FIELD(KtCpuTopology, governor,
		 .source = "/sys/devices/system/cpu/cpufreq/policy*/scaling_governor",
		 .doc = "frequency governor, mixed when policies differ"),
	KT_FIELD(KtCpuTopology, freq_driver,
		 .source = "/sys/devices/system/cpu/cpufreq/policy*/scaling_driver",
		 .doc = "frequency driver, mixed when policies differ"),
	KT_FIELD(KtCpuTopology, epp,
		 .source = "/sys/devices/system/cpu/cpufreq/policy*/energy_performance_preference",
		 .doc = "preference, mixed when policies differ"),
	KT_FIELD(KtCpuTopology, no_turbo, .source = "/sys/devices/system/cpu/intel_pstate/no_turbo",
		 .form = KT_FORM_LINE, .doc = "1 = turbo is off"),
	KT_FIELD(KtCpuTopology, boost, .source = "/sys/devices/system/cpu/cpufreq/boost",
		 .form = KT_FORM_LINE, .doc = "0 = boost is off"),
	KT_FIELD(KtCpuTopology, has_virt, .source = "/sys/devices/system/cpu/modalias",
		 .doc = "x86: the processor has VMX or SVM"),
	KT_FIELD(KtCpuTopology, has_invtsc, .source = "/sys/devices/system/cpu/modalias",
		 .doc = "the time stamp counter never stops or changes its rate"),
	KT_FIELD(KtCpuTopology, packages, .source = "hwloc", .doc = "sockets"),
	KT_FIELD(KtCpuTopology, cores, .source = "hwloc", .doc = "physical cores online"),
	KT_FIELD_LIST(KtCpuTopology, list, cpu_schema, .source = "hwloc", .doc = "online CPUs"),
	KT_FIELD_LIST(KtCpuTopology, l3, cache_schema, .source = "hwloc", .doc = "L3 domains"),
};
static KT_SCHEMA(cpu_topology_schema, KtCpuTopology, cpu_topology_fields, .doc = "processors");

static const KtField memory_fields[] = {
	KT_FIELD(KtMemory, total_kib, .unit = "KiB", .source = "/proc/meminfo MemTotal",
		 .doc = "usable memory"),
	KT_FIELD(KtMemory, available_kib, .unit = "KiB", .source = "/proc/meminfo MemAvailable",
		 .doc = "can be had without swapping"),
	KT_FIELD(KtMemory, swap_total_kib, .unit = "KiB", .source = "/proc/meminfo SwapTotal",
		 .doc = "swap"),
	KT_FIELD(KtMemory, swap_free_kib, .unit = "KiB", .source = "/proc/meminfo SwapFree",
		 .doc = "unused swap"),
	KT_FIELD(KtMemory, commit_limit_kib, .unit = "KiB", .source = "/proc/meminfo CommitLimit",
		 .doc = "promised at most with overcommit_memory 2"),
	KT_FIELD(KtMemory, page_kib, .unit = "KiB", .source = "hwloc",
		 .doc = "base page size, the unit of the ksm counters"),
	KT_FIELD(KtMemory, hugepage_default_kib, .unit = "KiB",
		 .source = "/proc/meminfo Hugepagesize", .doc = "default huge page size"),
	KT_FIELD_LIST(KtMemory, huge_pools, kt_huge_pool_schema,
		      .source = "/sys/kernel/mm/hugepages", .doc = "pools per page size"),
};
static KT_SCHEMA(memory_schema, KtMemory, memory_fields, .doc = "memory of the whole host");

static const KtField kvm_fields[] = {
	KT_FIELD(KtKvm, device, .source = "/dev/kvm", .doc = "the device node exists"),
	KT_FIELD(
		KtKvm, builtin, .source = "/sys/module/kvm/initstate",
		.doc = "built into the kernel (no initstate file), so modprobe options do not act"),
	KT_FIELD(KtKvm, halt_poll_ns, .unit = "ns",
		 .source = "/sys/module/kvm/parameters/halt_poll_ns", .form = KT_FORM_LINE,
		 .doc = "ceiling of halt polling"),
	KT_FIELD(KtKvm, halt_poll_ns_writable, .source = "/sys/module/kvm/parameters/halt_poll_ns",
		 .doc = "has a write permission bit"),
	KT_FIELD(KtKvm, halt_poll_ns_grow, .source = "/sys/module/kvm/parameters/halt_poll_ns_grow",
		 .form = KT_FORM_LINE, .doc = "growth factor"),
	KT_FIELD(KtKvm, halt_poll_ns_grow_start, .unit = "ns",
		 .source = "/sys/module/kvm/parameters/halt_poll_ns_grow_start",
		 .form = KT_FORM_LINE, .doc = "first value when growing"),
	KT_FIELD(KtKvm, halt_poll_ns_shrink,
		 .source = "/sys/module/kvm/parameters/halt_poll_ns_shrink", .form = KT_FORM_LINE,
		 .doc = "divisor when shrinking, 0 = reset"),
	KT_FIELD(KtKvm, enable_virt_at_load,
		 .source = "/sys/module/kvm/parameters/enable_virt_at_load", .form = KT_FORM_LINE,
		 .doc = "Y or N; Linux 6.12 and newer"),
	KT_FIELD(KtKvm, nested, .source = "/sys/module/kvm_{intel,amd}/parameters/nested",
		 .doc = "nested virtualization"),
	KT_FIELD(KtKvm, ept, .source = "/sys/module/kvm_intel/parameters/ept", .form = KT_FORM_LINE,
		 .doc = "second level page tables of Intel"),
	KT_FIELD(KtKvm, vpid, .source = "/sys/module/kvm_intel/parameters/vpid",
		 .form = KT_FORM_LINE, .doc = "translations survive a switch of the vCPU"),
	KT_FIELD(KtKvm, unrestricted_guest,
		 .source = "/sys/module/kvm_intel/parameters/unrestricted_guest",
		 .form = KT_FORM_LINE, .doc = "real mode without emulation"),
	KT_FIELD(KtKvm, npt, .source = "/sys/module/kvm_amd/parameters/npt", .form = KT_FORM_LINE,
		 .doc = "second level page tables of AMD"),
	KT_FIELD(KtKvm, tdp_mmu, .source = "/sys/module/kvm/parameters/tdp_mmu",
		 .form = KT_FORM_LINE, .doc = "the faster of two MMUs for guest memory"),
	KT_FIELD(KtKvm, nx_huge_pages, .source = "/sys/module/kvm/parameters/nx_huge_pages",
		 .form = KT_FORM_LINE, .doc = "Y, N, auto or never: splits executable huge pages"),
	KT_FIELD(KtKvm, itlb_multihit,
		 .source = "/sys/devices/system/cpu/vulnerabilities/itlb_multihit",
		 .form = KT_FORM_LINE, .doc = "what nx_huge_pages protects from"),
	KT_FIELD(KtKvm, vhost_net, .source = "/dev/vhost-net", .doc = "the device node exists"),
	KT_FIELD(KtKvm, vhost_max_mem_regions,
		 .source = "/sys/module/vhost/parameters/max_mem_regions", .form = KT_FORM_LINE,
		 .doc = "memory slots that a vhost device can map"),
};
static KT_SCHEMA(kvm_schema, KtKvm, kvm_fields, .doc = "the KVM module");

static const KtField thp_fields[] = {
	KT_FIELD(KtThp, enabled, .source = "/sys/kernel/mm/transparent_hugepage/enabled",
		 .form = KT_FORM_CHOICE, .doc = "always, madvise, never"),
	KT_FIELD(KtThp, defrag, .source = "/sys/kernel/mm/transparent_hugepage/defrag",
		 .form = KT_FORM_CHOICE, .doc = "effort at a page fault"),
	KT_FIELD(KtThp, shmem_enabled,
		 .source = "/sys/kernel/mm/transparent_hugepage/shmem_enabled",
		 .form = KT_FORM_CHOICE, .doc = "for shared memory"),
	KT_FIELD(KtThp, khugepaged_defrag,
		 .source = "/sys/kernel/mm/transparent_hugepage/khugepaged/defrag",
		 .form = KT_FORM_LINE, .doc = "1 = may move pages to make room"),
	KT_FIELD(KtThp, khugepaged_sleep_ms, .unit = "ms",
		 .source = "/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs",
		 .form = KT_FORM_LINE, .doc = "between two passes"),
};
static KT_SCHEMA(thp_schema, KtThp, thp_fields, .doc = "transparent huge pages");

static const KtField ksm_fields[] = {
	KT_FIELD(KtKsm, run, .source = "/sys/kernel/mm/ksm/run", .form = KT_FORM_LINE,
		 .doc = "0 stopped, 1 runs, 2 unmerge"),
	KT_FIELD(KtKsm, pages_shared, .source = "/sys/kernel/mm/ksm/pages_shared",
		 .form = KT_FORM_LINE, .doc = "copies kept"),
	KT_FIELD(KtKsm, pages_sharing, .source = "/sys/kernel/mm/ksm/pages_sharing",
		 .form = KT_FORM_LINE, .doc = "pages saved"),
	KT_FIELD(KtKsm, pages_unshared, .source = "/sys/kernel/mm/ksm/pages_unshared",
		 .form = KT_FORM_LINE, .doc = "unique pages looked at again and again"),
	KT_FIELD(KtKsm, pages_volatile, .source = "/sys/kernel/mm/ksm/pages_volatile",
		 .form = KT_FORM_LINE, .doc = "changed too fast to merge"),
	KT_FIELD(KtKsm, pages_to_scan, .source = "/sys/kernel/mm/ksm/pages_to_scan",
		 .form = KT_FORM_LINE, .doc = "pages per wake-up"),
	KT_FIELD(KtKsm, sleep_ms, .unit = "ms", .source = "/sys/kernel/mm/ksm/sleep_millisecs",
		 .form = KT_FORM_LINE, .doc = "between two wake-ups"),
	KT_FIELD(KtKsm, full_scans, .source = "/sys/kernel/mm/ksm/full_scans", .form = KT_FORM_LINE,
		 .doc = "whole passes"),
	KT_FIELD(KtKsm, general_profit, .unit = "bytes",
		 .source = "/sys/kernel/mm/ksm/general_profit", .form = KT_FORM_LINE,
		 .doc = "saved minus metadata; newer kernels"),
	KT_FIELD(KtKsm, merge_across_nodes, .source = "/sys/kernel/mm/ksm/merge_across_nodes",
		 .form = KT_FORM_LINE, .doc = "1 = pages of all nodes together"),
	KT_FIELD(KtKsm, advisor_mode, .source = "/sys/kernel/mm/ksm/advisor_mode",
		 .form = KT_FORM_CHOICE, .doc = "none or scan-time; newer kernels"),
};
static KT_SCHEMA(ksm_schema, KtKsm, ksm_fields, .doc = "kernel same-page merging");

static const KtField sysctl_fields[] = {
	KT_FIELD(KtSysctl, swappiness, .source = "/proc/sys/vm/swappiness", .form = KT_FORM_LINE,
		 .doc = "0..200"),
	KT_FIELD(KtSysctl, min_free_kib, .unit = "KiB", .source = "/proc/sys/vm/min_free_kbytes",
		 .form = KT_FORM_LINE, .doc = "watermark base"),
	KT_FIELD(KtSysctl, zone_reclaim, .source = "/proc/sys/vm/zone_reclaim_mode",
		 .form = KT_FORM_LINE,
		 .doc = "bit 0: take from the own node before another one is asked"),
	KT_FIELD(KtSysctl, overcommit_memory, .source = "/proc/sys/vm/overcommit_memory",
		 .form = KT_FORM_LINE,
		 .doc = "0 heuristic, 1 always, 2 never more than the commit limit"),
	KT_FIELD(KtSysctl, dirty_ratio, .unit = "%", .source = "/proc/sys/vm/dirty_ratio",
		 .form = KT_FORM_LINE,
		 .doc = "of available memory; writers wait above it, 0 when dirty_bytes rules"),
	KT_FIELD(
		KtSysctl, dirty_background_ratio, .unit = "%",
		.source = "/proc/sys/vm/dirty_background_ratio", .form = KT_FORM_LINE,
		.doc = "of available memory; writing out begins, 0 when dirty_background_bytes rules"),
	KT_FIELD(KtSysctl, dirty_bytes, .unit = "bytes", .source = "/proc/sys/vm/dirty_bytes",
		 .form = KT_FORM_LINE, .doc = "instead of dirty_ratio unless 0"),
	KT_FIELD(KtSysctl, stat_interval_s, .unit = "s", .source = "/proc/sys/vm/stat_interval",
		 .form = KT_FORM_LINE, .doc = "between two updates of memory statistics per CPU"),
	KT_FIELD(KtSysctl, numa_balancing, .source = "/proc/sys/kernel/numa_balancing",
		 .form = KT_FORM_LINE, .doc = "bit 0 balancing, bit 1 memory tiering"),
	KT_FIELD(KtSysctl, numa_balancing_scan_mib, .unit = "MiB",
		 .source = "/proc/sys/kernel/numa_balancing_scan_size_mb", .form = KT_FORM_LINE,
		 .doc = "removed in Linux 5.13"),
	KT_FIELD(KtSysctl, aio_max_nr, .source = "/proc/sys/fs/aio-max-nr", .form = KT_FORM_LINE,
		 .doc = "limit of AIO requests"),
	KT_FIELD(KtSysctl, aio_nr, .source = "/proc/sys/fs/aio-nr", .form = KT_FORM_LINE,
		 .doc = "AIO requests reserved"),
	KT_FIELD(KtSysctl, file_max, .source = "/proc/sys/fs/file-max", .form = KT_FORM_LINE,
		 .doc = "limit of open files"),
	KT_FIELD(KtSysctl, file_nr, .source = "/proc/sys/fs/file-nr",
		 .doc = "open files, the first number"),
	KT_FIELD(KtSysctl, pid_max, .source = "/proc/sys/kernel/pid_max", .form = KT_FORM_LINE,
		 .doc = "process and thread numbers end here"),
	KT_FIELD(KtSysctl, threads_max, .source = "/proc/sys/kernel/threads-max",
		 .form = KT_FORM_LINE, .doc = "limit of threads"),
	KT_FIELD(KtSysctl, threads, .source = "/proc/loadavg",
		 .doc = "threads that exist, behind the slash"),
	KT_FIELD(KtSysctl, nmi_watchdog, .source = "/proc/sys/kernel/nmi_watchdog",
		 .form = KT_FORM_LINE, .doc = "1 = a performance counter watches every CPU"),
	KT_FIELD(KtSysctl, timer_migration, .source = "/proc/sys/kernel/timer_migration",
		 .form = KT_FORM_LINE, .doc = "1 = timers move to busy CPUs"),
	KT_FIELD(KtSysctl, conntrack_max, .source = "/proc/sys/net/netfilter/nf_conntrack_max",
		 .form = KT_FORM_LINE, .doc = "limit of tracked connections"),
	KT_FIELD(KtSysctl, conntrack_buckets,
		 .source = "/proc/sys/net/netfilter/nf_conntrack_buckets", .form = KT_FORM_LINE,
		 .doc = "hash size"),
	KT_FIELD(KtSysctl, conntrack_count, .source = "/proc/sys/net/netfilter/nf_conntrack_count",
		 .form = KT_FORM_LINE, .doc = "tracked now"),
	KT_FIELD(KtSysctl, conntrack_drop, .source = "/proc/net/stat/nf_conntrack",
		 .doc = "drops since boot, all CPUs"),
	KT_FIELD(KtSysctl, tcp_tw_recycle, .source = "/proc/sys/net/ipv4/tcp_tw_recycle",
		 .form = KT_FORM_LINE, .doc = "removed in Linux 4.12"),
	KT_FIELD(KtSysctl, tcp_tw_reuse, .source = "/proc/sys/net/ipv4/tcp_tw_reuse",
		 .form = KT_FORM_LINE, .doc = "0 never, 1 always, 2 on loopback only"),
	KT_FIELD(KtSysctl, tcp_window_scaling, .source = "/proc/sys/net/ipv4/tcp_window_scaling",
		 .form = KT_FORM_LINE, .doc = "windows above 64 KiB"),
	KT_FIELD(KtSysctl, tcp_fin_timeout_s, .unit = "s",
		 .source = "/proc/sys/net/ipv4/tcp_fin_timeout", .form = KT_FORM_LINE,
		 .doc = "orphaned sockets in FIN_WAIT_2"),
	KT_FIELD(KtSysctl, tcp_keepalive_intvl_s, .unit = "s",
		 .source = "/proc/sys/net/ipv4/tcp_keepalive_intvl", .form = KT_FORM_LINE,
		 .doc = "between two probes"),
	KT_FIELD(KtSysctl, tcp_syncookies, .source = "/proc/sys/net/ipv4/tcp_syncookies",
		 .form = KT_FORM_LINE, .doc = "0 never, 1 when the queue is full, 2 always"),
	KT_FIELD(KtSysctl, tcp_synack_retries, .source = "/proc/sys/net/ipv4/tcp_synack_retries",
		 .form = KT_FORM_LINE, .doc = "answers to a SYN that are repeated"),
	KT_FIELD(KtSysctl, tcp_congestion, .source = "/proc/sys/net/ipv4/tcp_congestion_control",
		 .form = KT_FORM_LINE, .doc = "algorithm of new connections"),
	KT_FIELD(KtSysctl, tcp_congestion_available,
		 .source = "/proc/sys/net/ipv4/tcp_available_congestion_control",
		 .form = KT_FORM_LINE, .doc = "algorithms that can be chosen"),
	KT_FIELD(KtSysctl, bridge_call_iptables,
		 .source = "/proc/sys/net/bridge/bridge-nf-call-iptables", .form = KT_FORM_LINE,
		 .doc = "bridged IPv4 passes iptables"),
	KT_FIELD(KtSysctl, bridge_call_ip6tables,
		 .source = "/proc/sys/net/bridge/bridge-nf-call-ip6tables", .form = KT_FORM_LINE,
		 .doc = "bridged IPv6 passes ip6tables"),
	KT_FIELD(KtSysctl, bridge_call_arptables,
		 .source = "/proc/sys/net/bridge/bridge-nf-call-arptables", .form = KT_FORM_LINE,
		 .doc = "bridged ARP passes arptables"),
	KT_FIELD(KtSysctl, neigh_limit, .source = "/proc/sys/net/ipv4/neigh/default/gc_thresh3",
		 .form = KT_FORM_LINE, .doc = "most IPv4 neighbours"),
	KT_FIELD(KtSysctl, rmem_max_bytes, .unit = "bytes", .source = "/proc/sys/net/core/rmem_max",
		 .form = KT_FORM_LINE, .doc = "most that SO_RCVBUF gives"),
	KT_FIELD(KtSysctl, tcp_rmem, .source = "/proc/sys/net/ipv4/tcp_rmem", .form = KT_FORM_LINE,
		 .doc = "receive buffer: least, first and most bytes"),
	KT_FIELD(KtSysctl, udp_rcvbuf_errors, .source = "/proc/net/snmp Udp RcvbufErrors",
		 .doc = "datagrams that found a full buffer, since boot"),
};
static KT_SCHEMA(sysctl_schema, KtSysctl, sysctl_fields, .doc = "kernel settings");

static const KtField sysctl_line_fields[] = {
	KT_FIELD(KtSysctlLine, file,
		 .source = "/{usr/lib,usr/local/lib,run,etc}/sysctl.d, /etc/sysctl.conf",
		 .doc = "its file"),
	KT_FIELD(KtSysctlLine, line, .doc = "line number from 1"),
	KT_FIELD(KtSysctlLine, key, .doc = "with dots, without a leading -"),
	KT_FIELD(KtSysctlLine, value, .doc = "as written"),
};
static KT_SCHEMA(sysctl_line_schema, KtSysctlLine, sysctl_line_fields,
		 .doc = "an assignment in a sysctl file");

static const KtField boot_line_fields[] = {
	KT_FIELD(KtBootLine, file,
		 .source = "/{usr/lib,usr/local/lib,run,etc}/{tmpfiles,modprobe}.d",
		 .doc = "its file"),
	KT_FIELD(KtBootLine, line, .doc = "line number from 1"),
	KT_FIELD(KtBootLine, place,
		 .doc = "path in /sys or /proc, MODULE.OPTION, a sysctl, or " KT_PLACE_SCHEDULER),
	KT_FIELD(KtBootLine, value, .doc = "as written"),
};
static KT_SCHEMA(boot_line_schema, KtBootLine, boot_line_fields,
		 .doc = "a value that a file sets at boot");

static const KtField config_file_fields[] = {
	KT_FIELD(KtConfigFile, path, .doc = "where"),
	KT_FIELD(KtConfigFile, text, .doc = "its content"),
	KT_FIELD(KtConfigFile, is_own, .doc = "written by kvmtune"),
};
static KT_SCHEMA(config_file_schema, KtConfigFile, config_file_fields,
		 .doc = "a configuration file that a plan may replace");

static const KtField swap_fields[] = {
	KT_FIELD(KtSwap, device, .source = "/proc/swaps", .doc = "path"),
	KT_FIELD(KtSwap, kind, .source = "/proc/swaps", .doc = "partition, file or zram"),
	KT_FIELD(KtSwap, size_kib, .unit = "KiB", .source = "/proc/swaps", .doc = "size"),
};
static KT_SCHEMA(swap_schema, KtSwap, swap_fields, .doc = "a swap area");

static const KtField block_fields[] = {
	KT_FIELD(KtBlock, name, .source = "/sys/block", .doc = "kernel name"),
	KT_FIELD(KtBlock, kind, .source = "/sys/block/*",
		 .doc = "nvme, scsi, virtio, xen, mmc, dm, md, loop, zram, nbd, other"),
	KT_FIELD(KtBlock, transport, .source = "/sys/block/*/device",
		 .doc = "of a SCSI disk: ata, sas, usb, iscsi, fc, raid, virtual, unknown"),
	KT_FIELD(KtBlock, scheduler, .source = "/sys/block/*/queue/scheduler",
		 .doc = "chosen I/O scheduler"),
	KT_FIELD(KtBlock, schedulers, .source = "/sys/block/*/queue/scheduler",
		 .doc = "all that can be chosen"),
	KT_FIELD(KtBlock, is_switchable, .source = "/sys/block/*/queue/scheduler",
		 .doc = "the file shows a choice in brackets"),
	KT_FIELD(KtBlock, rotational, .source = "queue/rotational", .form = KT_FORM_LINE,
		 .doc = "claims to rotate"),
	KT_FIELD(KtBlock, hw_queues, .source = "/sys/block/*/mq", .doc = "hardware queues"),
	KT_FIELD(KtBlock, is_multipath_leg, .source = "/sys/block/*/holders",
		 .doc = "a path below dm-multipath"),
	KT_FIELD(KtBlock, serial, .source = "/sys/block/*/serial, device/serial",
		 .doc = "serial number"),
	KT_FIELD(KtBlock, wwn, .source = "/sys/block/*/device/wwid, wwid",
		 .doc = "world wide name"),
};
KT_SCHEMA(kt_block_schema, KtBlock, block_fields, .doc = "a whole block device");

static const KtField mount_fields[] = {
	KT_FIELD(KtHostMount, point, .source = "/proc/self/mountinfo", .doc = "where"),
	KT_FIELD(KtHostMount, type, .source = "/proc/self/mountinfo",
		 .doc = "hugetlbfs, nfs, nfs4"),
	KT_FIELD(KtHostMount, options, .source = "/proc/self/mountinfo",
		 .doc = "of the mount and of the file system"),
};
static KT_SCHEMA(mount_schema, KtHostMount, mount_fields, .doc = "a mount that guests depend on");

static const KtField net_device_fields[] = {
	KT_FIELD(KtNetDevice, name, .source = "/sys/class/net", .doc = "name"),
	KT_FIELD(KtNetDevice, kind, .source = "/sys/class/net/*/device, tun_flags",
		 .doc = "physical or tap"),
	KT_FIELD(KtNetDevice, speed_mbit, .unit = "Mbit/s", .source = "/sys/class/net/*/speed",
		 .doc = "of the link; absent while it is down"),
	KT_FIELD(KtNetDevice, tx_queue_len, .source = "/sys/class/net/*/tx_queue_len",
		 .doc = "packets; of a tap the ring that vhost empties"),
	KT_FIELD(
		KtNetDevice, tx_dropped, .source = "/sys/class/net/*/statistics/tx_dropped",
		.doc = "packets since the device came; of a tap those that the guest did not take"),
	KT_FIELD(KtNetDevice, mtu, .unit = "bytes", .source = "/sys/class/net/*/mtu",
		 .doc = "largest packet"),
	KT_FIELD(KtNetDevice, bridge, .source = "/sys/class/net/*/master",
		 .doc = "bridge that it is a port of"),
	KT_FIELD(KtNetDevice, rx_missed, .source = "/sys/class/net/*/statistics/rx_missed_errors",
		 .doc = "packets since the device came for which the ring had no room"),
	KT_FIELD(KtNetDevice, rx_ring, .source = "SIOCETHTOOL, ETHTOOL_GRINGPARAM",
		 .doc = "packets that the ring holds; physical devices"),
	KT_FIELD(KtNetDevice, rx_ring_max, .source = "SIOCETHTOOL, ETHTOOL_GRINGPARAM",
		 .doc = "packets that it can hold"),
	KT_FIELD(KtNetDevice, channels, .source = "SIOCETHTOOL, ETHTOOL_GCHANNELS",
		 .doc = "queues; physical devices"),
	KT_FIELD(KtNetDevice, channels_max, .source = "SIOCETHTOOL, ETHTOOL_GCHANNELS",
		 .doc = "queues that there can be"),
	KT_FIELD(KtNetDevice, gro, .source = "SIOCETHTOOL, ETHTOOL_GGRO",
		 .doc = "packets of a connection are merged on the way in"),
	KT_FIELD(KtNetDevice, lro, .source = "SIOCETHTOOL, ETHTOOL_GFLAGS",
		 .doc = "the card merges them, so that they cannot be taken apart again"),
};
static KT_SCHEMA(net_device_schema, KtNetDevice, net_device_fields, .doc = "a network device");

static const KtField irq_device_fields[] = {
	KT_FIELD(KtIrqDevice, name, .source = "/sys/class/net, /sys/class/nvme", .doc = "name"),
	KT_FIELD(KtIrqDevice, kind, .source = "/sys/class/net, /sys/class/nvme",
		 .doc = "nic or nvme"),
	KT_FIELD(KtIrqDevice, vectors, .source = "/sys/bus/pci/devices/*/msi_irqs",
		 .doc = "message signalled interrupts in use"),
	KT_FIELD(KtIrqDevice, cpus, .source = "/proc/irq/*/effective_affinity_list",
		 .doc = "where they arrive"),
	KT_FIELD(
		KtIrqDevice, shared_cpus, .source = "/proc/irq/*/smp_affinity_list",
		.doc = "where those arrive that may be sent to several CPUs: they serve others as well"),
	KT_FIELD(KtIrqDevice, busiest, .source = "/proc/irq/*/effective_affinity_list",
		 .doc = "CPU where most of them arrive"),
	KT_FIELD(KtIrqDevice, n_busiest, .source = "/proc/irq/*/effective_affinity_list",
		 .doc = "how many arrive there"),
};
static KT_SCHEMA(irq_device_schema, KtIrqDevice, irq_device_fields,
		 .doc = "interrupts of a device of the host");

static const KtField irqbalance_fields[] = {
	KT_FIELD(KtIrqbalance, file, .source = "/etc/default/irqbalance, /etc/sysconfig/irqbalance",
		 .doc = "with its settings"),
	KT_FIELD(
		KtIrqbalance, banned, .source = KT_IRQBALANCE_BANNED " in it",
		.doc = "CPUs that it leaves alone; absent: the isolated ones and those without a tick"),
};
static KT_SCHEMA(irqbalance_schema, KtIrqbalance, irqbalance_fields,
		 .doc = "settings of irqbalance");

static const KtField module_fields[] = {
	KT_FIELD(KtModule, name, .source = "/proc/modules", .doc = "name"),
};
static KT_SCHEMA(module_schema, KtModule, module_fields, .doc = "a loaded module");

static const KtField agent_fields[] = {
	KT_FIELD(KtAgent, name, .source = "/proc/*/comm",
		 .doc = "tuned, numad, irqbalance, ksmtuned..."),
	KT_FIELD(KtAgent, pid, .source = "/proc", .doc = "process"),
};
static KT_SCHEMA(agent_schema, KtAgent, agent_fields, .doc = "a running program that matters");

static const KtField workqueue_fields[] = {
	KT_FIELD(KtWorkqueue, cpumask, .source = "/sys/devices/virtual/workqueue/cpumask",
		 .form = KT_FORM_MASK, .doc = "where they may run"),
	KT_FIELD(KtWorkqueue, cpumask_requested,
		 .source = "/sys/devices/virtual/workqueue/cpumask_requested", .form = KT_FORM_MASK,
		 .doc = "asked for; Linux 6.12 and newer"),
	KT_FIELD(KtWorkqueue, writeback_cpumask,
		 .source = "/sys/devices/virtual/workqueue/writeback/cpumask", .form = KT_FORM_MASK,
		 .doc = "mask of the writeback queue"),
};
static KT_SCHEMA(workqueue_schema, KtWorkqueue, workqueue_fields, .doc = "unbound kernel workers");

static const KtField cgroup_fields[] = {
	KT_FIELD(KtCgroup, version, .source = "/sys/fs/cgroup", .doc = "v1, v2 or hybrid"),
	KT_FIELD(KtCgroup, controllers,
		 .source = "/sys/fs/cgroup/cgroup.controllers, /proc/cgroups",
		 .doc = "those enabled"),
	KT_FIELD(KtCgroup, system_weight, .source = "/sys/fs/cgroup/system.slice/cpu.weight",
		 .form = KT_FORM_LINE, .doc = "of the programs of the host; version 2"),
	KT_FIELD(KtCgroup, machine_weight, .source = "/sys/fs/cgroup/machine.slice/cpu.weight",
		 .form = KT_FORM_LINE, .doc = "of all guests together; version 2"),
	KT_FIELD(KtCgroup, system_cpus, .source = "/sys/fs/cgroup/system.slice/cpuset.cpus",
		 .doc = "where programs of the host may run: all CPUs that are possible when "
			"nobody restricts them; version 2"),
	KT_FIELD(KtCgroup, user_cpus, .source = "/sys/fs/cgroup/user.slice/cpuset.cpus",
		 .doc = "the same of programs of users"),
	KT_FIELD(KtCgroup, io_cost, .source = "/sys/fs/cgroup/io.cost.qos",
		 .doc = "devices where the kernel shares I/O by weight; version 2"),
};
static KT_SCHEMA(cgroup_schema, KtCgroup, cgroup_fields, .doc = "control groups");

static const KtField system_fields[] = {
	KT_FIELD(KtSystem, hostname, .source = "/proc/sys/kernel/hostname", .form = KT_FORM_LINE,
		 .doc = "name"),
	KT_FIELD(KtSystem, distribution, .source = "/etc/os-release ID",
		 .doc = "debian, rhel, sles, openEuler..."),
	KT_FIELD(KtSystem, distribution_like, .source = "/etc/os-release ID_LIKE",
		 .doc = "relatives"),
	KT_FIELD(KtSystem, distribution_version, .source = "/etc/os-release VERSION_ID",
		 .doc = "version"),
	KT_FIELD(KtSystem, distribution_name, .source = "/etc/os-release PRETTY_NAME",
		 .doc = "for people"),
	KT_FIELD(KtSystem, kernel, .source = "/proc/sys/kernel/osrelease", .form = KT_FORM_LINE,
		 .doc = "release"),
	KT_FIELD(KtSystem, architecture,
		 .source = "/proc/sys/kernel/arch, else uname, hwloc, kernel release",
		 .doc = "of the kernel"),
	KT_FIELD(KtSystem, init, .source = "/run/systemd/system, /proc/1/comm",
		 .doc = "systemd or the name of PID 1"),
	KT_FIELD(KtSystem, cmdline, .source = "/proc/cmdline", .form = KT_FORM_LINE,
		 .doc = "kernel command line"),
	KT_FIELD(KtSystem, boot_id, .source = "/proc/sys/kernel/random/boot_id",
		 .form = KT_FORM_LINE, .doc = "tells one boot from another"),
	KT_FIELD(
		KtSystem, bootloader, .source = "/boot, /etc/default/grub",
		.doc = "who keeps the kernel command line: ostree, bls, entries, transactional, grub-debian, grub2, zipl, grub-other, none"),
	KT_FIELD(KtSystem, lockdown, .source = "/sys/kernel/security/lockdown",
		 .form = KT_FORM_CHOICE, .doc = "none, integrity, confidentiality"),
	KT_FIELD(
		KtSystem, hypervisor,
		.source =
			"/sys/hypervisor/type, flag hypervisor of /sys/devices/system/cpu/modalias, clock sources, DMI, device tree",
		.doc = "this host is itself a guest of: kvm, xen, vmware..., unknown"),
	KT_FIELD(KtSystem, xen_capabilities, .source = "/proc/xen/capabilities",
		 .doc = "control_d in dom0"),
	KT_FIELD(KtSystem, xen_dom0_mem,
		 .source = "GRUB_CMDLINE_XEN and GRUB_CMDLINE_XEN_DEFAULT in /etc/default/grub",
		 .doc = "memory of dom0 from the next boot on; in dom0 only"),
	KT_FIELD(KtSystem, xen_autoballoon, .source = "autoballoon in /etc/xen/xl.conf",
		 .doc = "on, off, auto; in dom0 only"),
	KT_FIELD(KtSystem, tuned_profile, .source = "/etc/tuned/active_profile",
		 .form = KT_FORM_LINE, .doc = "that tuned applies"),
	KT_FIELD(KtSystem, iommu_groups, .source = "/sys/kernel/iommu_groups",
		 .doc = "how many; 0 = no IOMMU is in use"),
	KT_FIELD(KtSystem, has_numad, .source = "/usr/bin/numad, /usr/sbin/numad",
		 .doc = "numad is installed"),
	KT_FIELD(KtSystem, uptime_s, .unit = "s", .source = "/proc/uptime", .doc = "since boot"),
};
static KT_SCHEMA(system_schema, KtSystem, system_fields, .doc = "the operating system");

static const KtField pci_device_fields[] = {
	KT_FIELD(KtPciDevice, address, .source = "/sys/bus/pci/devices", .doc = "0000:06:10.0"),
	KT_FIELD(KtPciDevice, class_id, .source = "/sys/bus/pci/devices/*/class",
		 .doc = "class, subclass and interface, as in 0x020000"),
	KT_FIELD(KtPciDevice, driver, .source = "/sys/bus/pci/devices/*/driver",
		 .doc = "driver that has it"),
	KT_FIELD(KtPciDevice, iommu_group, .source = "/sys/bus/pci/devices/*/iommu_group",
		 .doc = "devices that can reach each other's memory"),
	KT_FIELD(KtPciDevice, node, .source = "/sys/bus/pci/devices/*/numa_node",
		 .doc = "NUMA node; absent = the firmware does not say"),
	KT_FIELD(KtPciDevice, physical, .source = "/sys/bus/pci/devices/*/physfn",
		 .doc = "address of the card that this is a virtual function of"),
	KT_FIELD(KtPciDevice, irq_cpus, .source = "/proc/irq/*/effective_affinity_list",
		 .doc = "where its interrupts arrive; of an assigned one"),
	KT_FIELD(KtPciDevice, use, .source = "net and block devices below it",
		 .doc = "what the host does with it"),
	KT_FIELD(KtPciDevice, is_assigned, .source = "domain XML of all guests",
		 .doc = "a guest names it"),
};
static KT_SCHEMA(pci_device_schema, KtPciDevice, pci_device_fields,
		 .doc = "a PCI device that a guest names, or that shares its IOMMU group");

static const KtField host_fields[] = {
	KT_FIELD_RECORD(KtHost, system, system_schema, .doc = "operating system"),
	KT_FIELD_RECORD(KtHost, cpu, cpu_topology_schema, .doc = "processors"),
	KT_FIELD_LIST(KtHost, nodes, node_schema, .source = "hwloc", .doc = "NUMA nodes"),
	KT_FIELD_RECORD(KtHost, memory, memory_schema, .doc = "memory"),
	KT_FIELD_RECORD(KtHost, kvm, kvm_schema, .doc = "KVM"),
	KT_FIELD_RECORD(KtHost, thp, thp_schema, .doc = "transparent huge pages"),
	KT_FIELD_RECORD(KtHost, ksm, ksm_schema, .doc = "same-page merging"),
	KT_FIELD_RECORD(KtHost, sysctl, sysctl_schema, .doc = "kernel settings"),
	KT_FIELD_LIST(
		KtHost, sysctl_lines, sysctl_line_schema,
		.doc = "assignments in sysctl files, in the order systemd-sysctl applies them"),
	KT_FIELD_LIST(KtHost, boot_lines, boot_line_schema,
		      .doc = "what other files set at boot, in the order in which they are read"),
	KT_FIELD_LIST(KtHost, udev_lines, boot_line_schema,
		      .source = "/{usr/lib,usr/local/lib,run,etc}/udev/rules.d",
		      .doc = "attributes of disks' queues in rules that come after kvmtune's"),
	KT_FIELD_LIST(KtHost, tuned_lines, boot_line_schema,
		      .source = "tuned.conf of the profile that /etc/tuned/active_profile names",
		      .doc = "what tuned sets when it starts; sysctls only where they win"),
	KT_FIELD_LIST(KtHost, config_files, config_file_schema,
		      .doc = "files that a plan may replace"),
	KT_FIELD_LIST(KtHost, swaps, swap_schema, .source = "/proc/swaps", .doc = "swap areas"),
	KT_FIELD_LIST(KtHost, blocks, kt_block_schema, .source = "/sys/block",
		      .doc = "block devices"),
	KT_FIELD_LIST(KtHost, mounts, mount_schema, .source = "/proc/self/mountinfo",
		      .doc = "mounts that guests depend on"),
	KT_FIELD_LIST(KtHost, net_devices, net_device_schema, .source = "/sys/class/net",
		      .doc = "network devices"),
	KT_FIELD_LIST(KtHost, irq_devices, irq_device_schema, .source = "/proc/irq",
		      .doc = "interrupts of NICs that are up and of NVMe controllers"),
	KT_FIELD_RECORD(KtHost, irqbalance, irqbalance_schema, .doc = "settings of irqbalance"),
	KT_FIELD_RECORD(KtHost, workqueue, workqueue_schema, .doc = "unbound kernel workers"),
	KT_FIELD_LIST(KtHost, modules, module_schema, .source = "/proc/modules",
		      .doc = "loaded modules"),
	KT_FIELD_RECORD(KtHost, cgroup, cgroup_schema, .doc = "control groups"),
	KT_FIELD_LIST(KtHost, agents, agent_schema, .doc = "running agents"),
	KT_FIELD_LIST(KtHost, pci_devices, pci_device_schema, .source = "/sys/bus/pci/devices",
		      .doc = "assigned PCI devices and their groups"),
};
KT_SCHEMA(kt_host_schema, KtHost, host_fields, .doc = "the host");
