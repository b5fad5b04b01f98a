/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What a guest's XML has several of and is no device; where each stands is in kt-facts-guest.c. */

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

/* An IOThread that is named with its settings. */
typedef struct KtIothread {
	KtOptU64 id;
	KtOptU64 poll_max_ns; /* absent: QEMU's default */
} KtIothread;
KT_LIST(KtIothreadList, KtIothread);

typedef struct KtHugepageUse {
	KtOptU64 size_kib; /* absent: the host's default size */
	KtOptCpuset nodeset;
} KtHugepageUse;
KT_LIST(KtHugepageUseList, KtHugepageUse);

typedef struct KtCpuFeature {
	KtOptStr name;
	KtOptStr policy; /* "force", "require", "optional", "disable", "forbid" */
} KtCpuFeature;
KT_LIST(KtCpuFeatureList, KtCpuFeature);

/* A NUMA node of the guest. */
typedef struct KtCell {
	KtOptU64 id;
	KtOptCpuset vcpus;
	KtOptU64 memory_kib;
	KtOptStr access; /* "shared", "private" */
} KtCell;
KT_LIST(KtCellList, KtCell);

/* Where the memory of a guest's node comes from. */
typedef struct KtMemnode {
	KtOptU64 cell;
	KtOptStr mode;
	KtOptCpuset nodeset;
} KtMemnode;
KT_LIST(KtMemnodeList, KtMemnode);

/* A block device of the host with a limit of its own. */
typedef struct KtBlkioDevice {
	KtOptStr path;
} KtBlkioDevice;
KT_LIST(KtBlkioDeviceList, KtBlkioDevice);

/* Its limits in force; 0 = none. */
typedef struct KtIoLimit {
	KtOptStr path;
	KtOptU64 read_bytes_sec;
	KtOptU64 write_bytes_sec;
	KtOptU64 read_iops_sec;
	KtOptU64 write_iops_sec;
} KtIoLimit;
KT_LIST(KtIoLimitList, KtIoLimit);

typedef struct KtVcpuSched {
	KtOptCpuset vcpus;
	KtOptStr scheduler; /* "fifo", "rr", "batch", "idle" */
} KtVcpuSched;
KT_LIST(KtVcpuSchedList, KtVcpuSched);

typedef struct KtTimer {
	KtOptStr name;    /* "rtc", "pit", "hpet", "hypervclock", "kvmclock", "tsc" */
	KtOptStr present; /* "yes", "no" */
	KtOptStr tickpolicy;
	KtOptU64 frequency_hz; /* of the tsc, when it is to be the same everywhere */
} KtTimer;
KT_LIST(KtTimerList, KtTimer);

/* An argument that is handed to QEMU past libvirt. */
typedef struct KtQemuArg {
	KtOptStr value;
} KtQemuArg;
KT_LIST(KtQemuArgList, KtQemuArg);
