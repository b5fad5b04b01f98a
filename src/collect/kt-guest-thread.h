/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Threads of a QEMU process. Internal to kt-guest-process.c. */

#include "kt-facts.h"
#include "kt-root.h"

/* All threads of @pid, by thread id, then the vhost threads that older kernels keep outside the
 * process: they are found in @thread_list, the file with the threads of its control group (or
 * NULL). Threads that end meanwhile are left out. */
KtThreadList kt_guest_threads(KtRoot *root, KtFacts *facts, uint64_t pid, const char *thread_list);

/* Role of a thread with this name ("vcpu", "iothread", "emulator", "worker", "vhost", "other"; a
 * constant), and the number in the name when it has one. */
const char *kt_guest_thread_role(const char *name, bool is_main, uint64_t *ret_number,
				 bool *ret_has_number);
