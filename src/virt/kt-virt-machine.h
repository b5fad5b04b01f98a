/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Names of machine types. "pc", "q35" or "virt" mean the newest type that the installed QEMU has of
 * that kind; libvirt writes that one, "pc-q35-7.2", into the definition.
 */

#include "kt-virt-conn.h"

/* The name that libvirt would write for @name in a guest of this @emulator, @architecture and @type
 * of domain. Free with g_free. Errors: LIBVIRT (QEMU has no such machine), TIMEOUT, PARSE. */
char *kt_virt_machine_name(KtVirtConn *conn, const char *emulator, const char *architecture,
			   const char *type, const char *name, GError **error) KT_WARN_UNUSED;
