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

static const KtField hugepage_use_fields[] = {
	KT_FIELD(KtHugepageUse, size_kib, .unit = "KiB",
		 .source = "memoryBacking/hugepages/page/@size", .doc = "page size"),
	KT_FIELD(KtHugepageUse, nodeset, .source = "memoryBacking/hugepages/page/@nodeset",
		 .doc = "guest nodes"),
};
static KT_SCHEMA(hugepage_use_schema, KtHugepageUse, hugepage_use_fields,
		 .doc = "static huge pages asked for");

static const KtField disk_fields[] = {
	KT_FIELD(KtDisk, target, .source = "disk/target/@dev", .doc = "name inside"),
	KT_FIELD(KtDisk, bus, .source = "disk/target/@bus", .doc = "virtio, scsi, sata, ide..."),
	KT_FIELD(KtDisk, device, .source = "disk/@device", .doc = "disk, cdrom, lun, floppy"),
	KT_FIELD(KtDisk, source_type, .source = "disk/@type",
		 .doc = "file, block, network, volume"),
	KT_FIELD(KtDisk, source, .source = "disk/source/@file|@dev|@dir|@name|@volume",
		 .doc = "file, device or name"),
	KT_FIELD(KtDisk, format, .source = "disk/driver/@type", .doc = "raw, qcow2..."),
	KT_FIELD(KtDisk, cache, .source = "disk/driver/@cache", .doc = "host cache mode"),
	KT_FIELD(KtDisk, io, .source = "disk/driver/@io", .doc = "threads, native, io_uring"),
	KT_FIELD(KtDisk, iothread, .source = "disk/driver/@iothread", .doc = "its IOThread"),
	KT_FIELD(KtDisk, readonly, .source = "disk/readonly", .doc = "read only"),
	KT_FIELD(KtDisk, shareable, .source = "disk/shareable", .doc = "shared between guests"),
	KT_FIELD(KtDisk, is_transient, .source = "disk/transient",
		 .doc = "changes are thrown away"),
	KT_FIELD(KtDisk, metadata_cache_bytes, .source = "disk/driver/metadata_cache/max_size",
		 .doc = "memory for the tables of a qcow2, in bytes"),
};
static KT_SCHEMA(disk_schema, KtDisk, disk_fields, .doc = "a disk");

static const KtField controller_fields[] = {
	KT_FIELD(KtController, type, .source = "controller/@type", .doc = "scsi, pci, usb..."),
	KT_FIELD(KtController, index, .source = "controller/@index", .doc = "number"),
	KT_FIELD(KtController, model, .source = "controller/@model", .doc = "model"),
	KT_FIELD(KtController, iothread, .source = "controller/driver/@iothread",
		 .doc = "its IOThread"),
};
static KT_SCHEMA(controller_schema, KtController, controller_fields, .doc = "a controller");

static const KtField nic_fields[] = {
	KT_FIELD(KtNic, mac, .source = "interface/mac/@address", .doc = "address"),
	KT_FIELD(KtNic, type, .source = "interface/@type", .doc = "network, bridge..."),
	KT_FIELD(KtNic, model, .source = "interface/model/@type", .doc = "virtio, e1000..."),
	KT_FIELD(KtNic, target, .source = "interface/target/@dev", .doc = "host side"),
	KT_FIELD(KtNic, queues, .source = "interface/driver/@queues", .doc = "queue pairs"),
};
static KT_SCHEMA(nic_schema, KtNic, nic_fields, .doc = "a network interface");

static const KtField rng_fields[] = {
	KT_FIELD(KtRng, model, .source = "rng/@model", .doc = "virtio"),
	KT_FIELD(KtRng, backend, .source = "rng/backend/@model", .doc = "random, egd, builtin"),
	KT_FIELD(KtRng, source, .source = "rng/backend", .doc = "host file"),
	KT_FIELD(KtRng, has_rate, .source = "rng/rate", .doc = "rate limit set"),
};
static KT_SCHEMA(rng_schema, KtRng, rng_fields, .doc = "a random number device");

static const KtField guest_config_fields[] = {
	KT_FIELD(KtGuestConfig, type, .source = "domain/@type", .doc = "kvm, qemu"),
	KT_FIELD(KtGuestConfig, architecture, .source = "os/type/@arch", .doc = "of the guest"),
	KT_FIELD(KtGuestConfig, machine, .source = "os/type/@machine", .doc = "machine type"),
	KT_FIELD(KtGuestConfig, memory_kib, .unit = "KiB", .source = "memory", .doc = "at boot"),
	KT_FIELD(KtGuestConfig, current_memory_kib, .unit = "KiB", .source = "currentMemory",
		 .doc = "balloon target"),
	KT_FIELD(KtGuestConfig, max_memory_kib, .unit = "KiB", .source = "maxMemory",
		 .doc = "ceiling for memory devices"),
	KT_FIELD(KtGuestConfig, vcpus_max, .source = "vcpu", .doc = "most vCPUs"),
	KT_FIELD(KtGuestConfig, vcpus, .source = "vcpu/@current", .doc = "vCPUs now"),
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
	KT_FIELD(KtGuestConfig, cpu_shares, .source = "cputune/shares", .doc = "relative weight"),
	KT_FIELD_LIST(KtGuestConfig, vcpu_pins, vcpu_pin_schema, .source = "cputune/vcpupin",
		      .doc = "vCPU affinities"),
	KT_FIELD(KtGuestConfig, emulator_pin, .source = "cputune/emulatorpin/@cpuset",
		 .doc = "emulator threads"),
	KT_FIELD(KtGuestConfig, iothreads, .source = "iothreads", .doc = "number of IOThreads"),
	KT_FIELD(KtGuestConfig, iothread_ids, .source = "iothreadids/iothread/@id",
		 .doc = "their numbers"),
	KT_FIELD_LIST(KtGuestConfig, iothread_pins, iothread_pin_schema,
		      .source = "cputune/iothreadpin", .doc = "IOThread affinities"),
	KT_FIELD(KtGuestConfig, numa_mode, .source = "numatune/memory/@mode",
		 .doc = "strict, preferred, interleave, restrictive"),
	KT_FIELD(KtGuestConfig, numa_nodeset, .source = "numatune/memory/@nodeset",
		 .doc = "host nodes"),
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
	KT_FIELD_LIST(KtGuestConfig, disks, disk_schema, .source = "devices/disk", .doc = "disks"),
	KT_FIELD_LIST(KtGuestConfig, controllers, controller_schema, .source = "devices/controller",
		      .doc = "controllers"),
	KT_FIELD_LIST(KtGuestConfig, nics, nic_schema, .source = "devices/interface",
		      .doc = "network interfaces"),
	KT_FIELD_LIST(KtGuestConfig, rngs, rng_schema, .source = "devices/rng",
		      .doc = "random number devices"),
	KT_FIELD(KtGuestConfig, hostdevs, .source = "count(devices/hostdev)",
		 .doc = "assigned host devices"),
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
};
static KT_SCHEMA(thread_schema, KtThread, thread_fields, .doc = "a thread of the QEMU process");

static const KtField node_memory_fields[] = {
	KT_FIELD(KtNodeMemory, node, .source = "/proc/PID/numa_maps", .doc = "host node"),
	KT_FIELD(KtNodeMemory, memory_kib, .unit = "KiB", .source = "/proc/PID/numa_maps",
		 .doc = "resident there"),
};
static KT_SCHEMA(node_memory_schema, KtNodeMemory, node_memory_fields,
		 .doc = "memory of a guest on a node");

static const KtField guest_effective_fields[] = {
	KT_FIELD(KtGuestEffective, pid, .source = "pid file, /proc/*/cmdline",
		 .doc = "QEMU process"),
	KT_FIELD(KtGuestEffective, cpu_shares, .source = "cpu.shares or cpu.weight of its cgroup",
		 .doc = "weight in force"),
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
	KT_FIELD_LIST(KtGuest, waivers, waiver_schema, .source = "metadata", .doc = "waivers"),
	KT_FIELD_RECORD(KtGuest, live, guest_config_schema, .source = "virDomainGetXMLDesc",
			.doc = "running configuration"),
	KT_FIELD_RECORD(KtGuest, inactive, guest_config_schema,
			.source = "virDomainGetXMLDesc INACTIVE",
			.doc = "configuration of the next start"),
	KT_FIELD_RECORD(KtGuest, effective, guest_effective_schema, .doc = "QEMU process"),
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
