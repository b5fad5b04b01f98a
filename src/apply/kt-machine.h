/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* The machine that is changed: its files, its libvirt, and which boot this is. */

#include "kt-root.h"
#include "kt-virt-conn.h"

typedef struct KtMachine {
	KtRoot *root;     /* borrowed; a directory root */
	const char *uri;  /* libvirt connection, NULL = default */
	KtVirtConn *virt; /* opened at first use; owned */
	GError *silence;  /* of a libvirt that did not answer: it is not asked again */
	char *boot_id;    /* of the running kernel, or NULL when the root has none */
	uint32_t deadline_ms;
	int lock_fd; /* borrowed; tools that are run keep it open (kt-spawn.h). -1 = none */
} KtMachine;

/* Reads the boot id. Release with kt_machine_clear(). */
void kt_machine_init(KtMachine *machine, KtRoot *root, const char *uri, uint32_t deadline_ms);
void kt_machine_clear(KtMachine *machine);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtMachine, kt_machine_clear)

/* The read-write libvirt connection, opened at the first call. Borrowed. */
KtVirtConn *kt_machine_virt(KtMachine *machine, GError **error) KT_WARN_UNUSED;
