/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The demo guest: a small guest that runs in libvirt's QEMU driver inside this process
 * (qemu:///embed), with everything in one private folder. No libvirtd is needed and no other guest
 * is touched.
 *
 * It has no operating system and stays paused. It is deliberately configured as a newcomer might:
 * old CPU model, two vCPUs pinned to one CPU, a weight from the wrong version of control groups, no
 * random number device. A second guest is defined and never started: weights are judged beside
 * others. kt_demo_stop() ends it and removes the folder; what a killed
 * demo left behind is removed by the next kt_demo_start().
 */

#include "kt-error.h"

typedef struct KtDemo KtDemo;

#define KT_DEMO_GUEST "kvmtune-demo"

/* Starts it. The first start takes some seconds, because libvirt asks QEMU for its capabilities.
 * Errors: UNSUPPORTED (libvirt without the QEMU driver, no QEMU), LIBVIRT, IO. */
KtDemo *kt_demo_start(GError **error) KT_WARN_UNUSED;

/* Stops the guest and removes everything. NULL is allowed. */
void kt_demo_stop(KtDemo *demo);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtDemo, kt_demo_stop)

/* Connection URI of the guest, and a state directory for changes to it. Borrowed. */
const char *kt_demo_uri(const KtDemo *demo);
const char *kt_demo_state_dir(const KtDemo *demo);
