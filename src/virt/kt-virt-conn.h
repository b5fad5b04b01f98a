/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A libvirt connection that cannot hang its user.
 *
 * libvirt calls have no time limit: a stopped libvirtd or QEMU blocks them for ever. So every call
 * runs in a worker thread that belongs to the connection, and the caller waits until the deadline
 * at most. A call that misses it fails with KT_ERROR_TIMEOUT; the connection is then dead, its
 * thread is left behind (it ends when the call does), and every later call fails at once.
 *
 * Calling sequence:
 *
 *	typedef struct Pin { char *uuid; int result; } Pin;      in a g_atomic_rc_box
 *	static bool pin(virConnectPtr conn, void *data, GError **error) {...}
 *
 *	Pin *data = g_atomic_rc_box_new0(Pin);
 *	if (!kt_virt_conn_call(conn, "pin vCPU 0 of 'web1'", pin, data, clear_pin, error)) ...
 *	use data->result; g_atomic_rc_box_release_full(data, clear_pin);
 *
 * The box is shared by caller and worker, because the worker may outlive the caller's patience. On
 * failure the caller may only release it. One thread at a time may use a connection.
 *
 * Which calls a stopped QEMU blocks was tried with libvirt 9.0 and QEMU 7.2: statistics of the
 * groups CPU_TOTAL, BALLOON, VCPU, BLOCK, IOTHREAD and DIRTYRATE, also with NOWAIT (that only
 * avoids waiting for another job), and virDomainGetIOThreadInfo(LIVE). Not blocked are: lists, XML,
 * state, pinning, scheduler parameters, metadata, define; nor statistics of the group STATE. While
 * somebody else hangs in such a call, changes to that guest fail after libvirt's own 30 s
 * ("cannot acquire state change lock"), which comes out as KT_ERROR_TIMEOUT too.
 *
 * qemu:///embed needs libvirt's event loop. It runs in a thread of its own that owns GLib's default
 * main context from then on; nobody else may iterate that context, and a child of fork() that does
 * not exec cannot use libvirt any more. A process can open one embedded root and keeps it, locked
 * against other processes, until it ends; it is always open for writing.
 */

#include "kt-virt-error.h"

#include <libvirt/libvirt.h>
#include <stdint.h>

typedef struct KtVirtConn KtVirtConn;

/* Runs in the worker. @data is the box given to kt_virt_conn_call(). On failure sets @error, with
 * kt_throw_virt() when libvirt is the reason, and returns false. */
typedef bool (*KtVirtFunc)(virConnectPtr conn, void *data, GError **error);

/* Connects to @uri, NULL = libvirt's own choice. @deadline_ms is the budget for opening and all
 * calls until kt_virt_conn_renew(). Errors: DENIED, LIBVIRT, TIMEOUT, UNSUPPORTED. */
KtVirtConn *kt_virt_conn_open(const char *uri, bool is_readonly, uint32_t deadline_ms,
			      GError **error) KT_WARN_UNUSED;

/* Closes, within one second or not at all. NULL is allowed. */
void kt_virt_conn_free(KtVirtConn *conn);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtVirtConn, kt_virt_conn_free)

/* Starts a new budget, for instance before each step of a long transaction. */
void kt_virt_conn_renew(KtVirtConn *conn, uint32_t deadline_ms);

/* Runs @func in the worker and waits. @what completes "libvirt did not answer: ..." and prefixes
 * nothing else: the messages of @func are its own. @data is a g_atomic_rc_box or NULL; @clear, when
 * not NULL, is called by whoever drops its last reference. */
bool kt_virt_conn_call(KtVirtConn *conn, const char *what, KtVirtFunc func, void *data,
		       GDestroyNotify clear, GError **error) KT_WARN_UNUSED;

/* The next call, and only that, waits @limit_ms at most even when more of the budget is left. */
void kt_virt_conn_limit_next(KtVirtConn *conn, uint32_t limit_ms);

/* True after a call missed its deadline. */
bool kt_virt_conn_is_dead(const KtVirtConn *conn);

/* Calls made so far, opening included. */
uint64_t kt_virt_conn_count(const KtVirtConn *conn);
