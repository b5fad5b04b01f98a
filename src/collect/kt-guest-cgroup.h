/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The control groups that libvirt made for a guest. */

#include "kt-facts.h"
#include "kt-root.h"

/*
 * Fills what the groups of the process @guest->effective.pid have in force: weights, quotas, limits
 * of memory. ABSENT is what nothing enforces: that of a controller that is not there, all of it for
 * a process outside libvirt's groups (sessions have none). No quota is -1, no limit
 * KT_MEMORY_UNLIMITED_KIB. Its live configuration has to be there. *@ret_thread_list: path of the
 * file with the threads of the emulator's group; left alone without such a group. Free with g_free.
 */
void kt_guest_cgroup_read(KtRoot *root, KtFacts *facts, KtGuest *guest, char **ret_thread_list);

/* All of that is @state: there is no process to look at. */
void kt_guest_cgroup_unknown(KtState state, KtGuestEffective *effective);
