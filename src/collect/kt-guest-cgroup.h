/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The control group that libvirt made for a guest. Internal to kt-guest-process.c. */

#include "kt-facts.h"
#include "kt-root.h"

/* CPU weight in force: cpu.shares (v1) or cpu.weight (v2) of the guest's group, which is the parent
 * of the group of the process @pid. ABSENT for a process outside such a group (sessions have none).
 * *@ret_thread_list is the path of the file with the threads of the emulator group, or NULL. */
KtOptU64 kt_guest_cgroup_shares(KtRoot *root, KtFacts *facts, uint64_t pid, char **ret_thread_list);

/* I/O weight in force: that of BFQ where it is, else of the cost model. ABSENT where no file of the
 * group has one, so that nothing enforces it. */
KtOptU64 kt_guest_cgroup_io_weight(KtRoot *root, KtFacts *facts, uint64_t pid);

/* Most memory of the group; ABSENT without a limit or a group. */
KtOptU64 kt_guest_cgroup_memory_limit(KtRoot *root, KtFacts *facts, uint64_t pid);
