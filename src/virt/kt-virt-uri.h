/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What a libvirt URI says, without connecting. */

#include <stdbool.h>

/* The URI that NULL stands for, from VIRSH_DEFAULT_CONNECT_URI and LIBVIRT_DEFAULT_URI in this
 * order, as virsh does; NULL = leave it to libvirt. Without root that would be the user's own
 * session, for which libvirt starts a daemon: the guests of the host are qemu:///system. Borrowed
 * from the environment, or static. */
const char *kt_virt_uri_default(void);

/* True when the URI names another machine: it has a host part that is not this machine. */
bool kt_virt_uri_is_remote(const char *text);

/* True when the guests of the URI are QEMU processes ("qemu:///...", "qemu+ssh://..."). */
bool kt_virt_uri_is_qemu(const char *text);

/* True for the driver that runs inside the calling process, "qemu:///embed?root=DIR". */
bool kt_virt_uri_is_embed(const char *text);

/* Where the QEMU driver of the local URI @text keeps its pid files, or NULL for other URIs.
 * @runtime_dir is XDG_RUNTIME_DIR, for sessions. Free with g_free. */
char *kt_virt_uri_pid_dir(const char *text, const char *runtime_dir);

/* Where the QEMU driver of the local URI @text has NAME.log of each QEMU process, or NULL for other
 * URIs. @cache_dir is XDG_CACHE_HOME, for sessions. Free with g_free. */
char *kt_virt_uri_log_dir(const char *text, const char *cache_dir);
