/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What is in force: the QEMU process of a guest, its threads, its cgroup and its memory.
 *
 * The process is found through the driver's pid file and believed only when its command line holds
 * the guest's UUID; without a pid file all QEMU processes are looked through, once. QEMU is never
 * spoken to, so a stopped one is read like any other.
 *
 * Every read goes through the root: a snapshot replays it.
 */

#include "kt-facts.h"
#include "kt-root.h"

typedef struct KtProcesses KtProcesses;

/* @pid_dir may be NULL. Both are borrowed. */
KtProcesses *kt_processes_new(KtRoot *root, const char *pid_dir);
void kt_processes_free(KtProcesses *processes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtProcesses, kt_processes_free)

/* Fills guest->effective except for what libvirt says itself (halt polling). @is_deep: also memory
 * per node. The guest must be active and have name and UUID. */
void kt_guest_process_read(KtProcesses *processes, KtFacts *facts, bool is_deep, KtGuest *guest);
