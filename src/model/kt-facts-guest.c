/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-facts-guest.h"

#include <limits.h>

/* clang-format off: rows are data and read best one to a line */

static const KtField vcpu_pin_fields[] = {
	KT_FIELD(KtVcpuPin, vcpu, .source = "cputune/vcpupin/@vcpu", .doc = "number"),
	KT_FIELD(KtVcpuPin, cpus, .source = "cputune/vcpupin/@cpuset", .doc = "allowed CPUs"),
};
static KT_SCHEMA(vcpu_pin_schema, KtVcpuPin, vcpu_pin_fields, .doc = "affinity of a vCPU");

static const KtField iothread_pin_fields[] = {
	KT_FIELD(KtIothreadPin, iothread, .source = "cputune/iothreadpin/@iothread",
		 .doc = "number"),
	KT_FIELD(KtIothreadPin, cpus, .source = "cputune/iothreadpin/@cpuset",
		 .doc = "allowed CPUs"),
};
static KT_SCHEMA(iothread_pin_schema, KtIothreadPin, iothread_pin_fields,
		 .doc = "affinity of an IOThread");

static const KtField iothread_fields[] = {
	KT_FIELD(KtIothread, id, .source = "iothreadids/iothread/@id", .doc = "number"),
	KT_FIELD(KtIothread, poll_max_ns, .source = "iothreadids/iothread/poll/@max",
		 .doc = "longest busy wait in ns; absent: QEMU's default"),
};
static KT_SCHEMA(iothread_schema, KtIothread, iothread_fields, .doc = "an IOThread that is named");

static const KtField hugepage_use_fields[] = {
	KT_FIELD(KtHugepageUse, size_kib, .unit = "KiB",
		 .source = "memoryBacking/hugepages/page/@size", .doc = "page size"),
	KT_FIELD(KtHugepageUse, nodeset, .source = "memoryBacking/hugepages/page/@nodeset",
		 .doc = "guest nodes"),
};
static KT_SCHEMA(hugepage_use_schema, KtHugepageUse, hugepage_use_fields,
		 .doc = "static huge pages asked for");

static const KtField cpu_feature_fields[] = {
	KT_FIELD(KtCpuFeature, name, .source = "cpu/feature/@name", .doc = "name"),
	KT_FIELD(KtCpuFeature, policy, .source = "cpu/feature/@policy",
		 .doc = "force, require, optional, disable, forbid"),
};
static KT_SCHEMA(cpu_feature_schema, KtCpuFeature, cpu_feature_fields, .doc = "a CPU feature");

static const KtField cell_fields[] = {
	KT_FIELD(KtCell, id, .source = "cpu/numa/cell/@id", .doc = "number"),
	KT_FIELD(KtCell, vcpus, .source = "cpu/numa/cell/@cpus", .doc = "its vCPUs"),
	KT_FIELD(KtCell, memory_kib, .unit = "KiB", .source = "cpu/numa/cell/@memory",
		 .doc = "its memory"),
	KT_FIELD(KtCell, access, .source = "cpu/numa/cell/@memAccess", .doc = "shared, private"),
};
static KT_SCHEMA(cell_schema, KtCell, cell_fields, .doc = "a NUMA node of the guest");

static const KtField memnode_fields[] = {
	KT_FIELD(KtMemnode, cell, .source = "numatune/memnode/@cellid", .doc = "node of the guest"),
	KT_FIELD(KtMemnode, mode, .source = "numatune/memnode/@mode",
		 .doc = "strict, preferred, interleave, restrictive"),
	KT_FIELD(KtMemnode, nodeset, .source = "numatune/memnode/@nodeset", .doc = "host nodes"),
};
static KT_SCHEMA(memnode_schema, KtMemnode, memnode_fields,
		 .doc = "where the memory of a guest's node comes from");

static const KtField blkio_device_fields[] = {
	KT_FIELD(KtBlkioDevice, path, .source = "blkiotune/device/path", .doc = "of the host"),
};
static KT_SCHEMA(blkio_device_schema, KtBlkioDevice, blkio_device_fields,
		 .doc = "a block device with a limit of its own");

static const KtField vcpu_sched_fields[] = {
	KT_FIELD(KtVcpuSched, vcpus, .source = "cputune/vcpusched/@vcpus", .doc = "which"),
	KT_FIELD(KtVcpuSched, scheduler, .source = "cputune/vcpusched/@scheduler",
		 .doc = "fifo, rr, batch, idle"),
};
static KT_SCHEMA(vcpu_sched_schema, KtVcpuSched, vcpu_sched_fields,
		 .doc = "scheduling class of vCPUs");

static const KtField timer_fields[] = {
	KT_FIELD(KtTimer, name, .source = "clock/timer/@name",
		 .doc = "rtc, pit, hpet, hypervclock, kvmclock, tsc"),
	KT_FIELD(KtTimer, present, .source = "clock/timer/@present", .doc = "yes, no"),
	KT_FIELD(KtTimer, tickpolicy, .source = "clock/timer/@tickpolicy",
		 .doc = "what becomes of lost ticks"),
	KT_FIELD(KtTimer, frequency_hz, .source = "clock/timer/@frequency",
		 .doc = "of the tsc, in Hz"),
};
static KT_SCHEMA(timer_schema, KtTimer, timer_fields, .doc = "a timer");

static const KtField qemu_arg_fields[] = {
	KT_FIELD(KtQemuArg, value, .source = "commandline/arg/@value", .doc = "text"),
};
static KT_SCHEMA(qemu_arg_schema, KtQemuArg, qemu_arg_fields,
		 .doc = "an argument for QEMU past libvirt");

static const KtField guest_config_fields[] = {
	KT_FIELD(KtGuestConfig, type, .source = "domain/@type", .doc = "kvm, qemu"),
	KT_FIELD(KtGuestConfig, architecture, .source = "os/type/@arch", .doc = "of the guest"),
	KT_FIELD(KtGuestConfig, machine, .source = "os/type/@machine", .doc = "machine type"),
	KT_FIELD(KtGuestConfig, memory_kib, .unit = "KiB", .source = "memory", .doc = "at boot"),
	KT_FIELD(KtGuestConfig, current_memory_kib, .unit = "KiB", .source = "currentMemory",
		 .doc = "balloon target"),
	KT_FIELD(KtGuestConfig, max_memory_kib, .unit = "KiB", .source = "maxMemory",
		 .doc = "ceiling for memory devices"),
	KT_FIELD(KtGuestConfig, max_memory_slots, .source = "maxMemory/@slots",
		 .doc = "slots for memory devices"),
	KT_FIELD_LIST(KtGuestConfig, memory_devices, kt_memory_device_schema,
		      .source = "devices/memory", .doc = "memory devices"),
	KT_FIELD(KtGuestConfig, hard_limit_kib, .unit = "KiB", .source = "memtune/hard_limit",
		 .doc = "most memory of the QEMU process"),
	KT_FIELD(KtGuestConfig, soft_limit_kib, .unit = "KiB", .source = "memtune/soft_limit",
		 .doc = "memory above which it is reclaimed"),
	KT_FIELD(KtGuestConfig, swap_hard_limit_kib, .unit = "KiB",
		 .source = "memtune/swap_hard_limit",
		 .doc = "cgroup v1: memory and swap; v2: swap"),
	KT_FIELD(KtGuestConfig, blkio_weight, .source = "blkiotune/weight",
		 .doc = "relative weight of block I/O"),
	KT_FIELD_LIST(KtGuestConfig, blkio_devices, blkio_device_schema,
		      .source = "blkiotune/device", .doc = "limits per block device"),
	KT_FIELD(KtGuestConfig, dump_core, .source = "memory/@dumpCore", .doc = "on, off"),
	KT_FIELD(KtGuestConfig, vcpus_max, .source = "vcpu", .doc = "most vCPUs"),
	KT_FIELD(KtGuestConfig, vcpus, .source = "vcpu/@current", .doc = "vCPUs now"),
	KT_FIELD(KtGuestConfig, vcpus_fixed, .source = "count(vcpus/vcpu[@hotpluggable='no'])",
		 .doc = "vCPUs that cannot be taken out"),
	KT_FIELD(KtGuestConfig, vcpu_cpuset, .source = "vcpu/@cpuset",
		 .doc = "default affinity of all threads"),
	KT_FIELD(KtGuestConfig, placement, .source = "vcpu/@placement", .doc = "static, auto"),
	KT_FIELD(KtGuestConfig, cpu_mode, .source = "cpu/@mode",
		 .doc = "host-model, host-passthrough, maximum, custom"),
	KT_FIELD(KtGuestConfig, cpu_model, .source = "cpu/model", .doc = "named model"),
	KT_FIELD(KtGuestConfig, cpu_match, .source = "cpu/@match", .doc = "exact, minimum, strict"),
	KT_FIELD(KtGuestConfig, cpu_check, .source = "cpu/@check", .doc = "none, partial, full"),
	KT_FIELD(KtGuestConfig, cpu_migratable, .source = "cpu/@migratable", .doc = "on, off"),
	KT_FIELD(KtGuestConfig, cpu_vendor, .source = "cpu/vendor",
		 .doc = "vendor that the host must have"),
	KT_FIELD(KtGuestConfig, cpu_features, .source = "count(cpu/feature)", .doc = "how many"),
	KT_FIELD(KtGuestConfig, cpu_features_required,
		 .source = "count(cpu/feature[@policy='require' or @policy='force'])",
		 .doc = "how many with policy require or force"),
	KT_FIELD_LIST(KtGuestConfig, cpu_policies, cpu_feature_schema, .source = "cpu/feature",
		      .doc = "CPU features"),
	KT_FIELD(KtGuestConfig, cpu_phys_bits, .source = "cpu/maxphysaddr",
		 .doc = "size of guest physical addresses is set"),
	KT_FIELD(KtGuestConfig, sockets, .source = "cpu/topology/@sockets", .doc = "sockets"),
	KT_FIELD(KtGuestConfig, dies, .source = "cpu/topology/@dies", .doc = "dies per socket"),
	KT_FIELD(KtGuestConfig, cores, .source = "cpu/topology/@cores", .doc = "cores per die"),
	KT_FIELD(KtGuestConfig, threads, .source = "cpu/topology/@threads",
		 .doc = "threads per core"),
	KT_FIELD(KtGuestConfig, cpu_shares, .source = "cputune/shares", .doc = "relative weight"),
	KT_FIELD(KtGuestConfig, cpu_quota_us, .unit = "us", .source = "cputune/quota",
		 .doc = "time of each vCPU in a period, negative = no limit"),
	KT_FIELD(KtGuestConfig, global_quota_us, .unit = "us", .source = "cputune/global_quota",
		 .doc = "time of the whole guest"),
	KT_FIELD(KtGuestConfig, emulator_quota_us, .unit = "us", .source = "cputune/emulator_quota",
		 .doc = "time of the emulator threads"),
	KT_FIELD(KtGuestConfig, iothread_quota_us, .unit = "us", .source = "cputune/iothread_quota",
		 .doc = "time of each IOThread"),
	KT_FIELD(KtGuestConfig, cpu_period_us, .unit = "us", .source = "cputune/period",
		 .doc = "period in which the quota of a vCPU counts"),
	KT_FIELD(KtGuestConfig, global_period_us, .unit = "us", .source = "cputune/global_period",
		 .doc = "the same of the whole guest"),
	KT_FIELD(KtGuestConfig, emulator_period_us, .unit = "us",
		 .source = "cputune/emulator_period", .doc = "the same of the emulator threads"),
	KT_FIELD(KtGuestConfig, iothread_period_us, .unit = "us",
		 .source = "cputune/iothread_period", .doc = "the same of each IOThread"),
	KT_FIELD_LIST(KtGuestConfig, vcpu_scheds, vcpu_sched_schema, .source = "cputune/vcpusched",
		      .doc = "scheduling classes"),
	KT_FIELD_LIST(KtGuestConfig, vcpu_pins, vcpu_pin_schema, .source = "cputune/vcpupin",
		      .doc = "vCPU affinities"),
	KT_FIELD(KtGuestConfig, emulator_pin, .source = "cputune/emulatorpin/@cpuset",
		 .doc = "emulator threads"),
	KT_FIELD(KtGuestConfig, iothreads, .source = "iothreads", .doc = "number of IOThreads"),
	KT_FIELD(KtGuestConfig, iothread_ids, .source = "iothreadids/iothread/@id",
		 .doc = "their numbers"),
	KT_FIELD_LIST(KtGuestConfig, iothread_settings, iothread_schema,
		      .source = "iothreadids/iothread", .doc = "those that are named"),
	KT_FIELD_LIST(KtGuestConfig, iothread_pins, iothread_pin_schema,
		      .source = "cputune/iothreadpin", .doc = "IOThread affinities"),
	KT_FIELD(KtGuestConfig, numa_mode, .source = "numatune/memory/@mode",
		 .doc = "strict, preferred, interleave, restrictive"),
	KT_FIELD(KtGuestConfig, numa_nodeset, .source = "numatune/memory/@nodeset",
		 .doc = "host nodes"),
	KT_FIELD(KtGuestConfig, numa_placement, .source = "numatune/memory/@placement",
		 .doc = "static, auto"),
	KT_FIELD_LIST(KtGuestConfig, cells, cell_schema, .source = "cpu/numa/cell",
		      .doc = "NUMA nodes of the guest"),
	KT_FIELD_LIST(KtGuestConfig, memnodes, memnode_schema, .source = "numatune/memnode",
		      .doc = "memory per node of the guest"),
	KT_FIELD(KtGuestConfig, hugepages, .source = "memoryBacking/hugepages",
		 .doc = "static huge pages"),
	KT_FIELD_LIST(KtGuestConfig, hugepage_uses, hugepage_use_schema,
		      .source = "memoryBacking/hugepages/page", .doc = "per size"),
	KT_FIELD(KtGuestConfig, nosharepages, .source = "memoryBacking/nosharepages",
		 .doc = "not for KSM"),
	KT_FIELD(KtGuestConfig, locked, .source = "memoryBacking/locked", .doc = "mlocked"),
	KT_FIELD(KtGuestConfig, memory_source, .source = "memoryBacking/source/@type",
		 .doc = "anonymous, memfd, file"),
	KT_FIELD(KtGuestConfig, memory_access, .source = "memoryBacking/access/@mode",
		 .doc = "private, shared"),
	KT_FIELD_LIST(KtGuestConfig, disks, kt_disk_schema, .source = "devices/disk",
		      .doc = "disks"),
	KT_FIELD_LIST(KtGuestConfig, controllers, kt_controller_schema,
		      .source = "devices/controller", .doc = "controllers"),
	KT_FIELD(KtGuestConfig, pci_buses, .source = "devices/*/address/@bus",
		 .doc = "PCI buses that have a device on them"),
	KT_FIELD_LIST(KtGuestConfig, nics, kt_nic_schema, .source = "devices/interface",
		      .doc = "network interfaces"),
	KT_FIELD_LIST(KtGuestConfig, rngs, kt_rng_schema, .source = "devices/rng",
		      .doc = "random number devices"),
	KT_FIELD(KtGuestConfig, hostdevs, .source = "count(devices/hostdev)",
		 .doc = "assigned host devices"),
	KT_FIELD(KtGuestConfig, acpi, .source = "features/acpi", .doc = "ACPI"),
	KT_FIELD(KtGuestConfig, hyperv, .source = "features/hyperv",
		 .doc = "Hyper-V enlightenments"),
	KT_FIELD(KtGuestConfig, hyperv_mode, .source = "features/hyperv/@mode",
		 .doc = "custom, passthrough"),
	KT_FIELD(KtGuestConfig, hv_relaxed, .source = "features/hyperv/relaxed/@state",
		 .doc = "on, off"),
	KT_FIELD(KtGuestConfig, hv_vapic, .source = "features/hyperv/vapic/@state",
		 .doc = "on, off"),
	KT_FIELD(KtGuestConfig, hv_spinlocks, .source = "features/hyperv/spinlocks/@state",
		 .doc = "on, off"),
	KT_FIELD(KtGuestConfig, hv_vpindex, .source = "features/hyperv/vpindex/@state",
		 .doc = "on, off"),
	KT_FIELD(KtGuestConfig, hv_synic, .source = "features/hyperv/synic/@state",
		 .doc = "on, off"),
	KT_FIELD(KtGuestConfig, hv_stimer, .source = "features/hyperv/stimer/@state",
		 .doc = "on, off"),
	KT_FIELD(KtGuestConfig, poll_control, .source = "features/kvm/poll-control/@state",
		 .doc = "the guest polls before it sleeps"),
	KT_FIELD_LIST(KtGuestConfig, timers, timer_schema, .source = "clock/timer",
		      .doc = "timers"),
	KT_FIELD(KtGuestConfig, on_crash, .source = "on_crash", .doc = "what follows a crash"),
	KT_FIELD(KtGuestConfig, emulator, .source = "devices/emulator", .doc = "QEMU"),
	KT_FIELD(KtGuestConfig, balloon, .source = "devices/memballoon/@model",
		 .doc = "model of the balloon"),
	KT_FIELD(KtGuestConfig, balloon_autodeflate, .source = "devices/memballoon/@autodeflate",
		 .doc = "gives memory back before the guest runs out"),
	KT_FIELD(KtGuestConfig, balloon_reporting,
		 .source = "devices/memballoon/@freePageReporting", .doc = "hands free pages back"),
	KT_FIELD(KtGuestConfig, balloon_period_s, .unit = "s",
		 .source = "devices/memballoon/stats/@period", .doc = "period of its statistics"),
	KT_FIELD_LIST(KtGuestConfig, videos, kt_video_schema, .source = "devices/video",
		      .doc = "video cards"),
	KT_FIELD_LIST(KtGuestConfig, graphics, kt_graphics_schema, .source = "devices/graphics",
		      .doc = "remote screens"),
	KT_FIELD_LIST(KtGuestConfig, filesystems, kt_filesystem_schema,
		      .source = "devices/filesystem", .doc = "shared folders"),
	KT_FIELD_LIST(KtGuestConfig, channels, kt_channel_schema, .source = "devices/channel",
		      .doc = "channels"),
	KT_FIELD_LIST(KtGuestConfig, serials, kt_serial_schema, .source = "devices/serial",
		      .doc = "serial ports"),
	KT_FIELD(KtGuestConfig, consoles, .source = "count(devices/console)", .doc = "consoles"),
	KT_FIELD_LIST(KtGuestConfig, inputs, kt_input_schema, .source = "devices/input",
		      .doc = "input devices"),
	KT_FIELD_LIST(KtGuestConfig, watchdogs, kt_watchdog_schema, .source = "devices/watchdog",
		      .doc = "watchdogs"),
	KT_FIELD(KtGuestConfig, panics, .source = "count(devices/panic)", .doc = "panic devices"),
	KT_FIELD(KtGuestConfig, sounds, .source = "count(devices/sound)", .doc = "sound cards"),
	KT_FIELD(KtGuestConfig, parallels, .source = "count(devices/parallel)",
		 .doc = "parallel ports"),
	KT_FIELD(KtGuestConfig, redirdevs, .source = "count(devices/redirdev)",
		 .doc = "redirected USB ports"),
	KT_FIELD_LIST(KtGuestConfig, qemu_args, qemu_arg_schema, .source = "commandline/arg",
		      .doc = "arguments past libvirt"),
	KT_FIELD(KtGuestConfig, hostdevs_pci, .source = "count(devices/hostdev[@type='pci'])",
		 .doc = "those that are PCI devices"),
	KT_FIELD_LIST(KtGuestConfig, hostdev_list, kt_hostdev_schema, .source = "devices/hostdev",
		      .doc = "assigned devices of the host"),
	KT_FIELD_LIST(KtGuestConfig, shmems, kt_shmem_schema, .source = "devices/shmem",
		      .doc = "memory shared with other guests"),
	KT_FIELD(KtGuestConfig, os_cmdline, .source = "os/cmdline",
		 .doc = "arguments of a kernel that libvirt boots directly"),
	KT_FIELD(KtGuestConfig, os_id, .source = "metadata/libosinfo/os/@id",
		 .doc = "operating system inside"),
};
static KT_SCHEMA(guest_config_schema, KtGuestConfig, guest_config_fields,
		 .doc = "one XML view of a guest");

static const KtField thread_fields[] = {
	KT_FIELD(KtThread, tid, .source = "/proc/PID/task", .doc = "thread"),
	KT_FIELD(KtThread, name, .source = "/proc/PID/task/TID/status", .doc = "name"),
	KT_FIELD(KtThread, role, .source = "/proc/PID/task/TID/status",
		 .doc = "vcpu, iothread, emulator, worker, vhost, other"),
	KT_FIELD(KtThread, number, .source = "/proc/PID/task/TID/status",
		 .doc = "vCPU or IOThread number"),
	KT_FIELD(KtThread, affinity, .source = "/proc/PID/task/TID/status",
		 .doc = "Cpus_allowed_list"),
	KT_FIELD(KtThread, nodes, .source = "/proc/PID/task/TID/status",
		 .doc = "Mems_allowed_list"),
};
static KT_SCHEMA(thread_schema, KtThread, thread_fields, .doc = "a thread of the QEMU process");

static const KtField node_memory_fields[] = {
	KT_FIELD(KtNodeMemory, node, .source = "/proc/PID/numa_maps", .doc = "host node"),
	KT_FIELD(KtNodeMemory, memory_kib, .unit = "KiB", .source = "/proc/PID/numa_maps",
		 .doc = "resident there"),
};
static KT_SCHEMA(node_memory_schema, KtNodeMemory, node_memory_fields,
		 .doc = "memory of a guest on a node");

#define IO_LIMIT(member, v2, v1, of_unit, what)                                                    \
	KT_FIELD(KtIoLimit,                                                                        \
		 member,                                                                           \
		 .unit = of_unit,                                                                  \
		 .source = v2 " of io.max, blkio.throttle." v1,                                    \
		 .doc = what "; 0 = no limit")

static const KtField io_limit_fields[] = {
	KT_FIELD(KtIoLimit, path, .source = "blkiotune/device/path", .doc = "of the host"),
	IO_LIMIT(read_bytes_sec, "rbps", "read_bps_device", "B/s", "most read"),
	IO_LIMIT(write_bytes_sec, "wbps", "write_bps_device", "B/s", "most written"),
	IO_LIMIT(read_iops_sec, "riops", "read_iops_device", "1/s", "most requests to read"),
	IO_LIMIT(write_iops_sec, "wiops", "write_iops_device", "1/s", "most requests to write"),
};
static KT_SCHEMA(io_limit_schema, KtIoLimit, io_limit_fields,
		 .doc = "limits in force on a block device");

static const KtField guest_effective_fields[] = {
	KT_FIELD(KtGuestEffective, pid, .source = "pid file, /proc/*/cmdline",
		 .doc = "QEMU process"),
	KT_FIELD(KtGuestEffective, cpu_shares, .source = "cpu.shares or cpu.weight of its cgroup",
		 .doc = "weight in force"),
	KT_FIELD(KtGuestEffective, io_weight,
		 .source = "io.bfq.weight, io.weight or blkio.bfq.weight of its cgroup",
		 .doc = "I/O weight in force"),
	KT_FIELD_LIST(KtGuestEffective, io_limits, io_limit_schema,
		      .source = "io.max or blkio.throttle.* of its cgroup",
		      .doc = "limits in force on devices that <blkiotune> names"),
	KT_FIELD(KtGuestEffective, memory_limit_kib, .unit = "KiB",
		 .source = "memory.max or memory.limit_in_bytes of its cgroup",
		 .doc = "most memory; 9007199254740991 = no limit"),
	KT_FIELD(KtGuestEffective, soft_limit_kib, .unit = "KiB",
		 .source = "memory.high or memory.soft_limit_in_bytes of its cgroup",
		 .doc = "soft limit in force; the same"),
	KT_FIELD(KtGuestEffective, swap_limit_kib, .unit = "KiB",
		 .source = "memory.swap.max or memory.memsw.limit_in_bytes of its cgroup",
		 .doc = "most swap (version 2), or memory and swap together; the same"),
	KT_FIELD(KtGuestEffective, cpu_quota_us, .unit = "us",
		 .source = "vcpu0/cpu.max or cpu.cfs_quota_us of its cgroup",
		 .doc = "quota of a vCPU; negative = no limit"),
	KT_FIELD(KtGuestEffective, cpu_period_us, .unit = "us",
		 .source = "vcpu0/cpu.max or cpu.cfs_period_us of its cgroup",
		 .doc = "period of that quota"),
	KT_FIELD(KtGuestEffective, global_quota_us, .unit = "us",
		 .source = "cpu.max or cpu.cfs_quota_us of its cgroup",
		 .doc = "quota of the guest; negative = no limit"),
	KT_FIELD(KtGuestEffective, global_period_us, .unit = "us",
		 .source = "cpu.max or cpu.cfs_period_us of its cgroup",
		 .doc = "period of that quota"),
	KT_FIELD(KtGuestEffective, emulator_quota_us, .unit = "us",
		 .source = "emulator/cpu.max or cpu.cfs_quota_us of its cgroup",
		 .doc = "quota of QEMU's own threads; negative = no limit"),
	KT_FIELD(KtGuestEffective, emulator_period_us, .unit = "us",
		 .source = "emulator/cpu.max or cpu.cfs_period_us of its cgroup",
		 .doc = "period of that quota"),
	KT_FIELD(KtGuestEffective, iothread_quota_us, .unit = "us",
		 .source = "iothread*/cpu.max or cpu.cfs_quota_us of its cgroup",
		 .doc = "quota of an IOThread; negative = no limit"),
	KT_FIELD(KtGuestEffective, iothread_period_us, .unit = "us",
		 .source = "iothread*/cpu.max or cpu.cfs_period_us of its cgroup",
		 .doc = "period of that quota"),
	KT_FIELD_LIST(KtGuestEffective, threads, thread_schema, .source = "/proc/PID/task",
		      .doc = "threads"),
	KT_FIELD_LIST(KtGuestEffective, node_memory, node_memory_schema,
		      .source = "/proc/PID/numa_maps", .doc = "only with --deep"),
	KT_FIELD(KtGuestEffective, haltpoll_success_ns, .unit = "ns",
		 .source = "virConnectGetAllDomainStats", .doc = "time polled with success"),
	KT_FIELD(KtGuestEffective, haltpoll_fail_ns, .unit = "ns",
		 .source = "virConnectGetAllDomainStats", .doc = "time polled in vain"),
};
static KT_SCHEMA(guest_effective_schema, KtGuestEffective, guest_effective_fields,
		 .doc = "what is effective");

static const KtField waiver_fields[] = {
	KT_FIELD(KtWaiver, practice, .source = "metadata", .doc = "practice id"),
	KT_FIELD(KtWaiver, reason, .source = "metadata", .doc = "why"),
	KT_FIELD(KtWaiver, until, .source = "metadata", .doc = "last day"),
};
static KT_SCHEMA(waiver_schema, KtWaiver, waiver_fields,
		 .doc = "a practice that is not to be reported");

static const KtField guest_fields[] = {
	KT_FIELD(KtGuest, name, .source = "virDomainGetName", .doc = "name"),
	KT_FIELD(KtGuest, uuid, .source = "virDomainGetUUID", .doc = "UUID"),
	KT_FIELD(KtGuest, id, .source = "virDomainGetID", .doc = "number while it is active"),
	KT_FIELD(KtGuest, state, .source = "virConnectGetAllDomainStats",
		 .doc = "as virsh domstate says"),
	KT_FIELD(KtGuest, is_active, .source = "virConnectListAllDomains",
		 .doc = "has a QEMU process"),
	KT_FIELD(KtGuest, is_persistent, .source = "virConnectListAllDomains",
		 .doc = "has a stored definition"),
	KT_FIELD(KtGuest, autostart, .source = "virConnectListAllDomains",
		 .doc = "starts with the host"),
	KT_FIELD(KtGuest, managed_save, .source = "virConnectListAllDomains",
		 .doc = "next start restores saved state"),
	KT_FIELD(KtGuest, workload, .source = "metadata", .doc = "workload class"),
	KT_FIELD(KtGuest, guest_exec, .source = "metadata",
		 .doc = "yes: its metadata allows changes inside, through the agent"),
	KT_FIELD_LIST(KtGuest, waivers, waiver_schema, .source = "metadata", .doc = "waivers"),
	KT_FIELD_RECORD(KtGuest, live, guest_config_schema, .source = "virDomainGetXMLDesc",
			.doc = "running configuration"),
	KT_FIELD_RECORD(KtGuest, inactive, guest_config_schema,
			.source = "virDomainGetXMLDesc INACTIVE",
			.doc = "configuration of the next start"),
	KT_FIELD_RECORD(KtGuest, effective, guest_effective_schema, .doc = "QEMU process"),
	KT_FIELD_RECORD(KtGuest, inside, kt_inside_schema,
			.doc = "its own system, by its agent; only with --in-guest"),
};
KT_SCHEMA(kt_guest_schema, KtGuest, guest_fields, .doc = "a guest");

bool
kt_guest_is(const KtGuest *guest, const char *word)
{
	uint64_t id = 0;

	if (kt_known(guest->id) && g_ascii_string_to_unsigned(word, 10, 0, INT_MAX, &id, NULL) &&
	    id == guest->id.v)
		return true;
	return kt_opt_is(guest->uuid, word) || kt_opt_is(guest->name, word);
}
