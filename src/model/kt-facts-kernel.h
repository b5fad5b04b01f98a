/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Facts of the host: settings of the kernel and of KVM. A part of kt-facts-host.h. */

#include "kt-schema.h"

typedef struct KtKvm {
	KtOptBool device;
	KtOptBool builtin;
	KtOptU64 halt_poll_ns;
	KtOptBool halt_poll_ns_writable;
	KtOptU64 halt_poll_ns_grow;
	KtOptU64 halt_poll_ns_grow_start;
	KtOptU64 halt_poll_ns_shrink;
	KtOptStr enable_virt_at_load;
	KtOptStr nested;
	KtOptBool ept;
	KtOptBool vpid;
	KtOptBool unrestricted_guest;
	KtOptBool npt;
	KtOptBool tdp_mmu;
	KtOptStr nx_huge_pages;
	KtOptStr itlb_multihit;
	KtOptBool vhost_net;
	KtOptU64 vhost_max_mem_regions;
} KtKvm;

typedef struct KtThp {
	KtOptStr enabled;
	KtOptStr defrag;
	KtOptStr shmem_enabled;
	KtOptU64 khugepaged_defrag;
	KtOptU64 khugepaged_sleep_ms;
} KtThp;

typedef struct KtKsm {
	KtOptU64 run;
	KtOptU64 pages_shared;
	KtOptU64 pages_sharing;
	KtOptU64 pages_unshared;
	KtOptU64 pages_volatile;
	KtOptU64 pages_to_scan;
	KtOptU64 sleep_ms;
	KtOptU64 full_scans;
	KtOptI64 general_profit;
	KtOptU64 merge_across_nodes;
	KtOptStr advisor_mode;
} KtKsm;

typedef struct KtSysctl {
	KtOptU64 swappiness;
	KtOptU64 min_free_kib;
	KtOptU64 zone_reclaim;
	KtOptU64 overcommit_memory;
	KtOptU64 dirty_ratio;
	KtOptU64 dirty_background_ratio;
	KtOptU64 dirty_bytes;
	KtOptU64 stat_interval_s;
	KtOptU64 numa_balancing;
	KtOptU64 numa_balancing_scan_mib;
	KtOptU64 aio_max_nr;
	KtOptU64 aio_nr;
	KtOptU64 file_max;
	KtOptU64 file_nr;
	KtOptU64 pid_max;
	KtOptU64 threads_max;
	KtOptU64 threads;
	KtOptU64 nmi_watchdog;
	KtOptU64 timer_migration;
	KtOptU64 conntrack_max;
	KtOptU64 conntrack_buckets;
	KtOptU64 conntrack_count;
	KtOptU64 conntrack_drop;
	KtOptU64 tcp_tw_recycle;
	KtOptU64 tcp_tw_reuse;
	KtOptU64 tcp_window_scaling;
	KtOptU64 tcp_fin_timeout_s;
	KtOptU64 tcp_keepalive_intvl_s;
	KtOptU64 tcp_syncookies;
	KtOptU64 tcp_synack_retries;
	KtOptStr tcp_congestion;
	KtOptStr tcp_congestion_available;
	KtOptU64 bridge_call_iptables;
	KtOptU64 bridge_call_ip6tables;
	KtOptU64 bridge_call_arptables;
	KtOptU64 neigh_limit;
	KtOptU64 rmem_max_bytes;
	KtOptStr tcp_rmem; /* "4096 131072 6291456": least, first, most */
	KtOptU64 udp_rcvbuf_errors;
} KtSysctl;
