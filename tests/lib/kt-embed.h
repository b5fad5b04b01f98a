/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Real guests for tests: libvirt's QEMU driver inside the test program, with a directory of its own
 * (qemu:///embed?root=DIR), and guests of type 'qemu' that need no KVM. Needs root.
 *
 * Calling sequence: kt_embed_new() first in main(), while there is one thread; define and start;
 * test; kt_embed_free(). A guardian process cleans up (QEMU processes, control groups, the
 * directory) when the test program is gone, however it went.
 *
 * A process that opens an embedded root keeps it from all others until it ends. So define, start
 * and destroy each work in a child process: that is the way to test the kvmtune command on
 * kt_embed_uri(). A test that opens libvirt itself (kt_collect() and the like) calls
 * kt_embed_conn() first; from then on they work in its own process.
 *
 * libvirt probes QEMU for some five seconds at the first start; the answers are kept in the
 * directory KVMTUNE_TEST_CACHE, when that is set, and make later tests start in 0.4 s.
 */

#include "kt-virt-conn.h"

#include <sys/types.h>

typedef struct KtEmbed KtEmbed;

/* UNSUPPORTED when this machine cannot run such guests: skip the test. */
KtEmbed *kt_embed_new(GError **error) KT_WARN_UNUSED;
void kt_embed_free(KtEmbed *embed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtEmbed, kt_embed_free)

/* "qemu:///embed?root=DIR" and DIR. Borrowed. */
const char *kt_embed_uri(const KtEmbed *embed);
const char *kt_embed_root(const KtEmbed *embed);

/* The connection of this process; opened when needed. Borrowed. */
KtVirtConn *kt_embed_conn(KtEmbed *embed);

/* XML of a guest that starts anywhere: 64 MiB, 2 vCPUs, no disk. @domain goes into <domain>,
 * @devices into <devices>; "" for nothing. Free with g_free. */
char *kt_embed_xml(const char *name, const char *domain, const char *devices);

/* These end the test program when libvirt refuses. */
void kt_embed_define(KtEmbed *embed, const char *xml);
void kt_embed_start(KtEmbed *embed, const char *name, bool is_paused);
void kt_embed_destroy(KtEmbed *embed, const char *name);

/* Of its QEMU process, out of the pid file; 0 when it does not run. */
pid_t kt_embed_pid(const KtEmbed *embed, const char *name);
