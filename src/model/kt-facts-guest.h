/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Facts of a guest, in three views that are three different facts: the live XML, the inactive XML
 * (what the next start uses) and what is effective (threads and cgroup of the QEMU process).
 */

#include "kt-facts-device.h"
#include "kt-facts-guest-parts.h"
#include "kt-facts-inside.h"

/* A limit of memory that is none: libvirt's VIR_DOMAIN_MEMORY_PARAM_UNLIMITED. */
#define KT_MEMORY_UNLIMITED_KIB UINT64_C(9007199254740991)

/* What cgroup v2 and libvirt read back for no quota (libvirt: src/util/vircgroup.h,
 * VIR_CGROUP_CPU_QUOTA_MAX). */
#define KT_QUOTA_UNLIMITED_US INT64_C(17592186044415)

/* One XML view of a guest. The reader of domain XML follows the .source of each row in
 * kt-facts-guest.c: a path of elements with an '@attribute' (or alternatives '@a|@b') at its end,
 * or count(path), where the last element may have a condition [@a='x' or @a='y']. A CPU set unites
 * what all elements of that path say. A view that does not exist has `type` unset, as all its
 * members. */
typedef struct KtGuestConfig {
	KtOptStr type; /* "kvm", "qemu" */
	KtOptStr architecture;
	KtOptStr machine;
	KtOptU64 memory_kib;
	KtOptU64 current_memory_kib;
	KtOptU64 max_memory_kib;
	KtOptU64 max_memory_slots;
	KtMemoryDeviceList memory_devices;
	KtOptU64 hard_limit_kib;
	KtOptU64 soft_limit_kib;
	KtOptU64 swap_hard_limit_kib;
	KtOptU64 blkio_weight;
	KtBlkioDeviceList blkio_devices;
	KtOptStr dump_core;
	KtOptU64 vcpus_max;
	KtOptU64 vcpus;
	KtOptU64 vcpus_fixed; /* that cannot be taken out of the running guest */
	KtOptCpuset vcpu_cpuset;
	KtOptStr placement;
	KtOptStr cpu_mode;
	KtOptStr cpu_model;
	KtOptStr cpu_match;
	KtOptStr cpu_check;
	KtOptStr cpu_migratable;
	KtOptStr cpu_vendor;
	KtOptU64 cpu_features;          /* how many <feature> elements */
	KtOptU64 cpu_features_required; /* those with policy require or force */
	KtCpuFeatureList cpu_policies;  /* which features, and what is asked of them */
	KtOptBool cpu_phys_bits;        /* <maxphysaddr> is set */
	KtOptU64 sockets;
	KtOptU64 dies;
	KtOptU64 cores;
	KtOptU64 threads;
	KtOptU64 cpu_shares;
	KtOptI64 cpu_quota_us; /* of each vCPU in a period; negative = no limit */
	KtOptI64 global_quota_us;
	KtOptI64 emulator_quota_us;
	KtOptI64 iothread_quota_us;
	KtOptU64 cpu_period_us;
	KtOptU64 global_period_us;
	KtOptU64 emulator_period_us;
	KtOptU64 iothread_period_us;
	KtVcpuSchedList vcpu_scheds;
	KtVcpuPinList vcpu_pins;
	KtOptCpuset emulator_pin;
	KtOptU64 iothreads;
	KtOptCpuset iothread_ids; /* absent without <iothreadids>: they are 1..iothreads then */
	KtIothreadList iothread_settings;
	KtIothreadPinList iothread_pins;
	KtOptStr numa_mode;
	KtOptCpuset numa_nodeset;
	KtOptStr numa_placement;
	KtCellList cells;
	KtMemnodeList memnodes;
	KtOptBool hugepages;
	KtHugepageUseList hugepage_uses;
	KtOptBool nosharepages;
	KtOptBool locked;
	KtOptStr memory_source;
	KtOptStr memory_access;
	KtDiskList disks;
	KtControllerList controllers;
	KtOptCpuset pci_buses; /* numbers of the PCI buses that have a device on them */
	KtNicList nics;
	KtRngList rngs;
	KtOptU64 hostdevs;
	KtOptBool acpi;
	KtOptBool hyperv;
	KtOptStr hyperv_mode; /* "passthrough", "custom" */
	KtOptStr hv_relaxed;
	KtOptStr hv_vapic;
	KtOptStr hv_spinlocks;
	KtOptStr hv_vpindex;
	KtOptStr hv_synic;
	KtOptStr hv_stimer;
	KtOptStr poll_control;
	KtTimerList timers;
	KtOptStr on_crash;
	KtOptStr emulator; /* path of QEMU */
	KtOptStr balloon;  /* model */
	KtOptStr balloon_autodeflate;
	KtOptStr balloon_reporting; /* free pages are handed back */
	KtOptU64 balloon_period_s;  /* of its statistics */
	KtVideoList videos;
	KtGraphicsList graphics;
	KtFilesystemList filesystems;
	KtChannelList channels;
	KtSerialList serials;
	KtOptU64 consoles;
	KtInputList inputs;
	KtWatchdogList watchdogs;
	KtOptU64 panics;
	KtOptU64 sounds;
	KtOptU64 parallels;
	KtOptU64 redirdevs;
	KtQemuArgList qemu_args;
	KtOptU64 hostdevs_pci;
	KtHostdevList hostdev_list;
	KtShmemList shmems;
	KtOptStr os_cmdline; /* of a kernel that libvirt boots directly */
	KtOptStr os_id;      /* libosinfo URI of the metadata */
} KtGuestConfig;

/* A thread of the guest's QEMU process. */
typedef struct KtThread {
	KtOptU64 tid;
	KtOptStr name;
	KtOptStr role;   /* "vcpu", "iothread", "emulator", "worker", "vhost", "other" */
	KtOptU64 number; /* of the vCPU or IOThread */
	KtOptCpuset affinity;
	KtOptCpuset nodes; /* that its memory may come from */
} KtThread;
KT_LIST(KtThreadList, KtThread);

typedef struct KtNodeMemory {
	KtOptU64 node;
	KtOptU64 memory_kib;
} KtNodeMemory;
KT_LIST(KtNodeMemoryList, KtNodeMemory);

typedef struct KtGuestEffective {
	KtOptU64 pid;
	KtOptU64 cpu_shares;       /* cpu.shares (v1) or cpu.weight (v2) of its cgroup */
	KtOptU64 io_weight;        /* absent: nothing in the kernel enforces one */
	KtIoLimitList io_limits;   /* of the devices that <blkiotune> names */
	KtOptU64 memory_limit_kib; /* or KT_MEMORY_UNLIMITED_KIB; so are the other two */
	KtOptU64 soft_limit_kib;   /* cgroup v2: memory.high */
	KtOptU64 swap_limit_kib;   /* v1: memory and swap together, v2: swap */
	KtOptI64 cpu_quota_us;     /* of the first vCPU; negative = no limit; so are the others */
	KtOptU64 cpu_period_us;
	KtOptI64 global_quota_us;
	KtOptU64 global_period_us;
	KtOptI64 emulator_quota_us;
	KtOptU64 emulator_period_us;
	KtOptI64 iothread_quota_us; /* of the first IOThread */
	KtOptU64 iothread_period_us;
	KtThreadList threads;
	KtNodeMemoryList node_memory; /* only with --deep */
	KtOptU64 haltpoll_success_ns;
	KtOptU64 haltpoll_fail_ns;
} KtGuestEffective;

/* <kvmtune:tune> of the guest's metadata: intent and waivers travel with the guest. */
typedef struct KtWaiver {
	KtOptStr practice;
	KtOptStr reason;
	KtOptStr until; /* "2027-01-31"; absent = without end */
} KtWaiver;
KT_LIST(KtWaiverList, KtWaiver);

typedef struct KtGuest {
	KtOptStr name;
	KtOptStr uuid;
	KtOptU64 id;    /* changes with each start; absent when not active */
	KtOptStr state; /* "running", "paused", "shutoff"... as virsh domstate says */
	KtOptBool is_active;
	KtOptBool is_persistent;
	KtOptBool autostart;
	KtOptBool managed_save;
	KtOptStr workload;   /* class set in the metadata */
	KtOptStr guest_exec; /* "yes": kvmtune may change what is inside, through the agent */
	KtWaiverList waivers;
	KtGuestConfig live;
	KtGuestConfig inactive;
	KtGuestEffective effective;
	KtInside inside;
} KtGuest;
KT_LIST(KtGuestList, KtGuest);

extern const KtSchema kt_guest_schema;

/* Does @word name the guest, as virsh takes it: number of an active guest, UUID or name? */
bool kt_guest_is(const KtGuest *guest, const char *word);
