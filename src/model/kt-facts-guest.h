/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Facts of a guest, in three views that are three different facts: the live XML, the inactive XML
 * (what the next start uses) and what is effective (threads and cgroup of the QEMU process).
 */

#include "kt-schema.h"

typedef struct KtVcpuPin {
	KtOptU64 vcpu;
	KtOptCpuset cpus;
} KtVcpuPin;
KT_LIST(KtVcpuPinList, KtVcpuPin);

typedef struct KtIothreadPin {
	KtOptU64 iothread;
	KtOptCpuset cpus;
} KtIothreadPin;
KT_LIST(KtIothreadPinList, KtIothreadPin);

typedef struct KtHugepageUse {
	KtOptU64 size_kib; /* absent: the host's default size */
	KtOptCpuset nodeset;
} KtHugepageUse;
KT_LIST(KtHugepageUseList, KtHugepageUse);

typedef struct KtDisk {
	KtOptStr target; /* "vda" */
	KtOptStr bus;
	KtOptStr device;      /* "disk", "cdrom", "lun", "floppy" */
	KtOptStr source_type; /* "file", "block", "network", "volume" */
	KtOptStr source;
	KtOptStr format;
	KtOptStr cache;
	KtOptStr io;
	KtOptU64 iothread;
	KtOptBool readonly;
	KtOptBool shareable;
	KtOptBool is_transient;
	KtOptU64 metadata_cache_bytes; /* libvirt prints it in bytes, whatever was given */
} KtDisk;
KT_LIST(KtDiskList, KtDisk);

typedef struct KtController {
	KtOptStr type;
	KtOptU64 index;
	KtOptStr model;
	KtOptU64 iothread;
} KtController;
KT_LIST(KtControllerList, KtController);

typedef struct KtNic {
	KtOptStr mac;
	KtOptStr type;
	KtOptStr model;
	KtOptStr target;
	KtOptU64 queues;
} KtNic;
KT_LIST(KtNicList, KtNic);

typedef struct KtRng {
	KtOptStr model;
	KtOptStr backend; /* "random", "egd", "builtin" */
	KtOptStr source;  /* "/dev/urandom" */
	KtOptBool has_rate;
} KtRng;
KT_LIST(KtRngList, KtRng);

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
	KtOptU64 vcpus_max;
	KtOptU64 vcpus;
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
	KtOptU64 cpu_shares;
	KtVcpuPinList vcpu_pins;
	KtOptCpuset emulator_pin;
	KtOptU64 iothreads;
	KtOptCpuset iothread_ids; /* absent without <iothreadids>: they are 1..iothreads then */
	KtIothreadPinList iothread_pins;
	KtOptStr numa_mode;
	KtOptCpuset numa_nodeset;
	KtOptBool hugepages;
	KtHugepageUseList hugepage_uses;
	KtOptBool nosharepages;
	KtOptBool locked;
	KtOptStr memory_source;
	KtOptStr memory_access;
	KtDiskList disks;
	KtControllerList controllers;
	KtNicList nics;
	KtRngList rngs;
	KtOptU64 hostdevs;
	KtOptStr os_id; /* libosinfo URI of the metadata */
} KtGuestConfig;

/* A thread of the guest's QEMU process. */
typedef struct KtThread {
	KtOptU64 tid;
	KtOptStr name;
	KtOptStr role;   /* "vcpu", "iothread", "emulator", "worker", "vhost", "other" */
	KtOptU64 number; /* of the vCPU or IOThread */
	KtOptCpuset affinity;
} KtThread;
KT_LIST(KtThreadList, KtThread);

typedef struct KtNodeMemory {
	KtOptU64 node;
	KtOptU64 memory_kib;
} KtNodeMemory;
KT_LIST(KtNodeMemoryList, KtNodeMemory);

typedef struct KtGuestEffective {
	KtOptU64 pid;
	KtOptU64 cpu_shares; /* cpu.shares (v1) or cpu.weight (v2) of its cgroup */
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
	KtOptStr workload; /* class set in the metadata */
	KtWaiverList waivers;
	KtGuestConfig live;
	KtGuestConfig inactive;
	KtGuestEffective effective;
} KtGuest;
KT_LIST(KtGuestList, KtGuest);

extern const KtSchema kt_guest_schema;

/* Does @word name the guest, as virsh takes it: number of an active guest, UUID or name? */
bool kt_guest_is(const KtGuest *guest, const char *word);
