/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-setting.h"

/* The rows of kt_settings. */

#define DISK(place) "/domain/devices/disk[target/@dev='*']/" place
#define NIC(place)  "/domain/devices/interface[mac/@address='*']/" place

#define IOTHREAD "/domain/iothreadids/iothread[@id='*']/"
#define BLKIO    "/domain/blkiotune/device[path='*']/"

#define UNLIMITED "unlimited"

/* Kernel: Documentation/scheduler/sched-bwc.rst: 1 ms at least, a period of 1 s at most. */
#define MIN_US        1000
#define MAX_PERIOD_US 1000000
/* libvirt: VIR_CGROUP_CPU_QUOTA_MAX (src/util/vircgroup.h). */
#define MAX_QUOTA_US 17592186044415ULL
/* QEMU: include/hw/acpi/acpi_dev_interface.h and hw/i386/pc.c, ACPI_MAX_RAM_SLOTS. */
#define MAX_SLOTS 256
/* KiB in 2^63 bytes. */
#define MAX_KIB 9007199254740988ULL

#define QUOTA(name, element, what)                                                                 \
	{                                                                                          \
		.key = "cpu." name "-quota", .kind = KT_SETTING_NUMBER, .min = MIN_US,             \
		.max = MAX_QUOTA_US, .unit = "us", .absent = UNLIMITED,                            \
		.live = "sched/" element "quota", .doc = "time per period of " what,               \
		.xml = "/domain/cputune/" element "quota/text()"                                   \
	}
#define PERIOD(name, element, what)                                                                \
	{                                                                                          \
		.key = "cpu." name "-period", .kind = KT_SETTING_NUMBER, .min = MIN_US,            \
		.max = MAX_PERIOD_US, .unit = "us", .live = "sched/" element "period",             \
		.xml = "/domain/cputune/" element "period/text()",                                 \
		.doc = "period in which the quota of " what " counts"                              \
	}
#define LIMIT(name, element, what)                                                                 \
	{                                                                                          \
		.key = "memory." name, .kind = KT_SETTING_SIZE, .min = 1, .max = MAX_KIB,          \
		.unit = "KiB", .absent = UNLIMITED, .live = "memory/" element,                     \
		.xml = "/domain/memtune/" element "/text()", .doc = what                           \
	}
#define POLL(name, attribute, usual, what)                                                         \
	{                                                                                          \
		.key = "iothread.*." name, .kind = KT_SETTING_NUMBER,                              \
		.of = KT_SETTING_OF_IOTHREAD, .max = INT64_MAX, .absent = usual,                   \
		.live = "iothread/*/" name, .xml = IOTHREAD attribute, .doc = what                 \
	}
#define POOL(name, attribute, least, usual, what)                                                  \
	{                                                                                          \
		.key = "iothread.*." name, .kind = KT_SETTING_NUMBER,                              \
		.of = KT_SETTING_OF_IOTHREAD, .min = least, .max = INT32_MAX, .absent = usual,     \
		.live = "iothread/*/" name, .xml = IOTHREAD attribute, .doc = what                 \
	}
#define BLKIO_LIMIT(name, element, of_unit, what)                                                  \
	{                                                                                          \
		.key = "blkio.*." name, .kind = KT_SETTING_NUMBER, .of = KT_SETTING_OF_HOST_DISK,  \
		.max = INT64_MAX, .unit = of_unit, .absent = "0",                                  \
		.live = "blkio-device/*/device_" element, .xml = BLKIO element "/text()",          \
		.doc = what " of the host's block device"                                          \
	}
#define IOTUNE(name, element, of_unit, what)                                                       \
	{                                                                                          \
		.key = "disk.*." name, .kind = KT_SETTING_NUMBER, .of = KT_SETTING_OF_DISK,        \
		.max = INT64_MAX, .unit = of_unit, .absent = "0", .live = "iotune/*/" element,     \
		.xml = DISK("iotune/" element "/text()"), .doc = what                              \
	}

/* clang-format off: rows are data and read best one to a line */
const KtSetting kt_settings[] = {
	{.key = "cpu.shares",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = 262144,
	 .live = "cpu_shares",
	 .xml = "/domain/cputune/shares/text()",
	 .doc = "weight against other guests (cgroup v2: 1 to 10000, v1: 2 to 262144)"},
	{.key = "cpu.vcpu-quota",
	 .kind = KT_SETTING_NUMBER,
	 .min = MIN_US,
	 .max = MAX_QUOTA_US,
	 .unit = "us",
	 .absent = UNLIMITED,
	 .live = "sched/vcpu_quota",
	 .xml = "/domain/cputune/quota/text()",
	 .doc = "time per period of each vCPU"},
	{.key = "cpu.vcpu-period",
	 .kind = KT_SETTING_NUMBER,
	 .min = MIN_US,
	 .max = MAX_PERIOD_US,
	 .unit = "us",
	 .live = "sched/vcpu_period",
	 .xml = "/domain/cputune/period/text()",
	 .doc = "period in which the quota of a vCPU counts"},
	QUOTA("emulator", "emulator_", "QEMU's own threads"),
	PERIOD("emulator", "emulator_", "QEMU's own threads"),
	QUOTA("iothread", "iothread_", "each IOThread"),
	PERIOD("iothread", "iothread_", "an IOThread"),
	QUOTA("global", "global_", "the whole guest"),
	PERIOD("global", "global_", "the whole guest"),
	{.key = "cpu.mode",
	 .kind = KT_SETTING_WORD,
	 .xml = "/domain/cpu/@mode",
	 .words = "host-model host-passthrough maximum custom",
	 .doc = "how the CPU is chosen"},
	{.key = "cpu.model",
	 .kind = KT_SETTING_NAME,
	 .xml = "/domain/cpu/model/text()",
	 .doc = "CPU model of mode custom"},
	{.key = "pin.vcpu.*",
	 .kind = KT_SETTING_CPUS,
	 .of = KT_SETTING_OF_VCPU,
	 .live = "vcpupin/*",
	 .xml = "/domain/cputune/vcpupin[@vcpu='*']/@cpuset",
	 .doc = "CPUs that a vCPU may run on"},
	{.key = "pin.emulator",
	 .kind = KT_SETTING_CPUS,
	 .live = "emulatorpin",
	 .xml = "/domain/cputune/emulatorpin/@cpuset",
	 .doc = "CPUs for QEMU's own threads"},
	{.key = "pin.iothread.*",
	 .kind = KT_SETTING_CPUS,
	 .of = KT_SETTING_OF_IOTHREAD,
	 .live = "iothreadpin/*",
	 .xml = "/domain/cputune/iothreadpin[@iothread='*']/@cpuset",
	 .doc = "CPUs that an IOThread may run on"},
	{.key = "vcpus",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = 16384,
	 .live = "vcpus",
	 .xml = "/domain/vcpu/@current",
	 .doc = "vCPUs that are plugged in"},
	{.key = "vcpus.online",
	 .kind = KT_SETTING_CPUS,
	 .live = "vcpus-online",
	 .doc = "vCPUs that the guest's system uses (by its agent)"},
	{.key = "vcpus.max",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = 16384,
	 .xml = "/domain/vcpu/text()",
	 .doc = "vCPUs that the guest can have"},
	{.key = "iothreads",
	 .kind = KT_SETTING_NUMBER,
	 .max = 1024,
	 .live = "iothreads",
	 .xml = "/domain/iothreads/text()",
	 .doc = "IOThreads"},
	/* QEMU: iothread.c, IOTHREAD_POLL_MAX_NS_DEFAULT; the others are 0 there. */
	POLL("poll-max-ns", "poll/@max", "32768", "longest that it polls before it sleeps, ns"),
	POLL("poll-grow", "poll/@grow", "0", "by what its polling grows"),
	POLL("poll-shrink", "poll/@shrink", "0", "by what its polling shrinks"),
	/* QEMU: include/block/aio.h, THREAD_POOL_MAX_THREADS_DEFAULT. */
	POOL("pool-min", "@thread_pool_min", 0, "0", "worker threads that it keeps"),
	POOL("pool-max", "@thread_pool_max", 1, "64", "worker threads at most"),
	{.key = "memory",
	 .kind = KT_SETTING_SIZE,
	 .min = 1024,
	 .max = MAX_KIB,
	 .unit = "KiB",
	 .live = "balloon",
	 .xml = "/domain/currentMemory/text()",
	 .doc = "memory that the balloon leaves"},
	{.key = "memory.max",
	 .kind = KT_SETTING_SIZE,
	 .min = 1024,
	 .max = MAX_KIB,
	 .unit = "KiB",
	 .xml = "/domain/memory/text()",
	 .doc = "memory that the guest boots with, memory devices included"},
	{.key = "memory.stats-period",
	 .kind = KT_SETTING_NUMBER,
	 .max = INT32_MAX,
	 .unit = "s",
	 .absent = "0",
	 .live = "stats-period",
	 .xml = "/domain/devices/memballoon/stats/@period",
	 .element = "<stats period='%s'/>",
	 .doc = "how often the balloon tells of the guest's memory"},
	{.key = "memory.ceiling",
	 .kind = KT_SETTING_SIZE,
	 .min = 1024,
	 .max = MAX_KIB,
	 .unit = "KiB",
	 .xml = "/domain/maxMemory/text()",
	 .doc = "what it can be with all memory that is plugged in"},
	{.key = "memory.slots",
	 .kind = KT_SETTING_NUMBER,
	 .min = 1,
	 .max = MAX_SLOTS,
	 .xml = "/domain/maxMemory/@slots",
	 .doc = "slots for memory that is plugged in"},
	{.key = "dimm.*",
	 .kind = KT_SETTING_DIMM,
	 .of = KT_SETTING_OF_SLOT,
	 .live = "dimm/*",
	 .xml = "/domain/devices/memory[address/@slot='*']",
	 .doc = "memory plugged into a slot, on a node of the guest"},
	{.key = "virtio-mem.*",
	 .kind = KT_SETTING_VIRTIO_MEM,
	 .of = KT_SETTING_OF_NAME,
	 .live = "virtio-mem/*",
	 .xml = "/domain/devices/memory[alias/@name='ua-*']",
	 .doc = "memory that can be resized, on a node of the guest"},
	LIMIT("hard-limit", "hard_limit", "memory of the QEMU process, its overhead included"),
	LIMIT("soft-limit", "soft_limit", "what the host reclaims down to when it is short"),
	LIMIT("swap-hard-limit", "swap_hard_limit", "memory and swap together"),
	{.key = "memory.hugepages",
	 .kind = KT_SETTING_PRESENCE,
	 .xml = "/domain/memoryBacking/hugepages",
	 .doc = "static huge pages of the default size"},
	{.key = "memory.nosharepages",
	 .kind = KT_SETTING_PRESENCE,
	 .xml = "/domain/memoryBacking/nosharepages",
	 .doc = "KSM leaves the guest alone"},
	{.key = "memory.locked",
	 .kind = KT_SETTING_PRESENCE,
	 .xml = "/domain/memoryBacking/locked",
	 .doc = "the host never swaps the guest out"},
	{.key = "numa.mode",
	 .kind = KT_SETTING_WORD,
	 .xml = "/domain/numatune/memory/@mode",
	 .words = "strict preferred interleave restrictive",
	 .doc = "how memory is bound"},
	{.key = "numa.nodeset",
	 .kind = KT_SETTING_NODES,
	 .live = "numa/numa_nodeset",
	 .xml = "/domain/numatune/memory/@nodeset",
	 .doc = "nodes that memory comes from"},
	{.key = "blkio.weight",
	 .kind = KT_SETTING_NUMBER,
	 .min = 10,
	 .max = 1000,
	 .live = "blkio/weight",
	 .xml = "/domain/blkiotune/weight/text()",
	 .doc = "I/O weight against other guests"},
	BLKIO_LIMIT("read-bytes-sec", "read_bytes_sec", "B/s", "read throughput limit"),
	BLKIO_LIMIT("write-bytes-sec", "write_bytes_sec", "B/s", "write throughput limit"),
	BLKIO_LIMIT("read-iops-sec", "read_iops_sec", "1/s", "read requests limit"),
	BLKIO_LIMIT("write-iops-sec", "write_iops_sec", "1/s", "write requests limit"),
	{.key = "blkio.*.weight",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_HOST_DISK,
	 .min = 10,
	 .max = 1000,
	 .xml = BLKIO "weight/text()",
	 .doc = "I/O weight on one of the host's block devices"},
	IOTUNE("total-bytes-sec", "total_bytes_sec", "B/s", "throughput limit"),
	IOTUNE("read-bytes-sec", "read_bytes_sec", "B/s", "read throughput limit"),
	IOTUNE("write-bytes-sec", "write_bytes_sec", "B/s", "write throughput limit"),
	IOTUNE("total-iops-sec", "total_iops_sec", "1/s", "requests limit"),
	IOTUNE("read-iops-sec", "read_iops_sec", "1/s", "read requests limit"),
	IOTUNE("write-iops-sec", "write_iops_sec", "1/s", "write requests limit"),
	{.key = "disk.*.cache",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "none writeback writethrough directsync unsafe",
	 .xml = DISK("driver/@cache"),
	 .doc = "cache mode"},
	{.key = "disk.*.io",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "threads native io_uring",
	 .xml = DISK("driver/@io"),
	 .doc = "way of doing I/O"},
	{.key = "disk.*.discard",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "unmap ignore",
	 .xml = DISK("driver/@discard"),
	 .doc = "what a trim does"},
	{.key = "disk.*.detect-zeroes",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_DISK,
	 .words = "off on unmap",
	 .xml = DISK("driver/@detect_zeroes"),
	 .doc = "what written zeroes become"},
	{.key = "disk.*.queues",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_DISK,
	 .min = 1,
	 .max = 1024,
	 .xml = DISK("driver/@queues"),
	 .doc = "request queues (virtio)"},
	{.key = "disk.*.iothread",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_DISK,
	 .min = 1,
	 .max = 1024,
	 .xml = DISK("driver/@iothread"),
	 .doc = "IOThread that serves it (virtio)"},
	{.key = "nic.*.model",
	 .kind = KT_SETTING_NAME,
	 .of = KT_SETTING_OF_NIC,
	 .xml = NIC("model/@type"),
	 .doc = "network card"},
	{.key = "nic.*.queues",
	 .kind = KT_SETTING_NUMBER,
	 .of = KT_SETTING_OF_NIC,
	 .min = 1,
	 .max = 256,
	 .xml = NIC("driver/@queues"),
	 .doc = "queues (virtio)"},
	{.key = "nic.*.link",
	 .kind = KT_SETTING_WORD,
	 .of = KT_SETTING_OF_NIC,
	 .words = "up down",
	 .absent = "up",
	 .live = "link/*",
	 .xml = NIC("link/@state"),
	 .element = "<link state='%s'/>",
	 .doc = "cable plugged in or not"},
	{.key = "title",
	 .kind = KT_SETTING_TEXT,
	 .live = "title",
	 .xml = "/domain/title/text()",
	 .doc = "what people call it"},
	{.key = "description",
	 .kind = KT_SETTING_TEXT,
	 .live = "description",
	 .xml = "/domain/description/text()",
	 .doc = "what people should know of it"},
	{.key = "machine",
	 .kind = KT_SETTING_NAME,
	 .xml = "/domain/os/type/@machine",
	 .doc = "machine type"},
};
/* clang-format on */
const size_t kt_n_settings = G_N_ELEMENTS(kt_settings);
