/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Facts of the host: processors, NUMA nodes and memory. A part of kt-facts-host.h. */

#include "kt-schema.h"

typedef struct KtHugePool {
	KtOptU64 size_kib;
	KtOptU64 total;
	KtOptU64 free;
	KtOptU64 reserved;
	KtOptU64 surplus;
	KtOptU64 overcommit;
} KtHugePool;
KT_LIST(KtHugePoolList, KtHugePool);

typedef struct KtDistance {
	KtOptU64 to;
	KtOptU64 value;
} KtDistance;
KT_LIST(KtDistanceList, KtDistance);

typedef struct KtNode {
	KtOptU64 id;
	KtOptCpuset cpus;
	KtOptU64 memory_kib;
	KtOptU64 free_kib;
	KtDistanceList distances;
	KtHugePoolList huge_pools;
} KtNode;
KT_LIST(KtNodeList, KtNode);

typedef struct KtCpu {
	KtOptU64 id;
	KtOptU64 core;
	KtOptU64 package;
	KtOptU64 node;
	KtOptU64 l3;
} KtCpu;
KT_LIST(KtCpuList, KtCpu);

typedef struct KtCache {
	KtOptU64 id;
	KtOptU64 size_kib;
	KtOptCpuset cpus;
} KtCache;
KT_LIST(KtCacheList, KtCache);

typedef struct KtCpuTopology {
	KtOptCpuset online;
	KtOptCpuset possible;
	KtOptCpuset present;
	KtOptCpuset isolated;
	KtOptCpuset nohz_full;
	KtOptBool smt_active;
	KtOptStr smt_control;
	KtOptStr governor;
	KtOptStr freq_driver;
	KtOptStr epp;
	KtOptBool no_turbo;
	KtOptBool boost;
	KtOptBool has_virt;
	KtOptBool has_invtsc;
	KtOptU64 packages;
	KtOptU64 cores;
	KtCpuList list;
	KtCacheList l3;
} KtCpuTopology;

typedef struct KtMemory {
	KtOptU64 total_kib;
	KtOptU64 available_kib;
	KtOptU64 swap_total_kib;
	KtOptU64 swap_free_kib;
	KtOptU64 commit_limit_kib;
	KtOptU64 page_kib;
	KtOptU64 hugepage_default_kib;
	KtHugePoolList huge_pools;
} KtMemory;
