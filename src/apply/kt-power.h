/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Stopping and starting one guest, each step a call with a limit of its own.
 *
 * Only what a person has asked for by name comes here. A guest is addressed by its UUID. Messages
 * of errors do not name the guest: the caller does.
 */

#include "kt-machine.h"

#include <gio/gio.h>

typedef enum KtPowerState {
	KT_POWER_UNSET = 0,
	KT_POWER_OFF,
	KT_POWER_RUNNING,
	KT_POWER_PAUSED,
	KT_POWER_OTHER, /* crashed, suspended by its own power management, shutting down */
} KtPowerState;

typedef struct KtPowerLook {
	KtPowerState state;
	bool is_persistent;
	bool has_saved_state; /* a managed save image */
	char *job;            /* what is going on with it, "a block job on vda"; or NULL */
	char *running;        /* XML of what runs, with secrets; NULL when it is off */
	char *defined;        /* XML of its definition, with secrets; NULL when transient */
} KtPowerLook;

/* Frees the contents, wiping what may hold secrets. */
void kt_power_look_clear(KtPowerLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtPowerLook, kt_power_look_clear)

/* What there is to know before a guest is stopped. @disks: targets whose block jobs are asked for,
 * NULL-terminated. Read-only. Errors: as libvirt's. */
bool kt_power_look(KtMachine *machine, const char *uuid, const char *const *disks,
		   KtPowerLook *ret_look, GError **error) KT_WARN_UNUSED;

/* Does libvirt make a command line of QEMU out of the definition? It checks machine type, CPU and
 * devices against what QEMU can do, and starts nothing. Errors: as libvirt's. */
bool kt_power_try_definition(KtMachine *machine, const char *xml, GError **error) KT_WARN_UNUSED;

/* Asks the guest to shut down, through its agent or by the power button of ACPI. Success means
 * that it was asked. Errors: as libvirt's; TIMEOUT when the agent does not answer. */
bool kt_power_ask_off(KtMachine *machine, const char *uuid, bool is_by_agent, GError **error)
	KT_WARN_UNUSED;

/* Waits until the guest is off, for @limit_s, or until @cancellable says stop. *@ret_is_off: is it
 * off? Errors: as libvirt's. */
bool kt_power_wait_off(KtMachine *machine, const char *uuid, uint32_t limit_s,
		       GCancellable *cancellable, bool *ret_is_off, GError **error) KT_WARN_UNUSED;

/* Pulls the plug: SIGTERM to QEMU, and SIGKILL when that does not help. */
bool kt_power_cut(KtMachine *machine, const char *uuid, GError **error) KT_WARN_UNUSED;

/* Starts the defined guest. @is_trial: paused, and to be ended by libvirt when the connection goes.
 */
bool kt_power_start(KtMachine *machine, const char *uuid, bool is_trial, GError **error)
	KT_WARN_UNUSED;

/* Starts the guest as @xml says; its definition, which may differ, stays what it is. */
bool kt_power_start_as(KtMachine *machine, const char *xml, GError **error) KT_WARN_UNUSED;
