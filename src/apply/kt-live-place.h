/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Places of a running guest that libvirt changes with a call, by locator: those of kt-live-param.h,
 * and
 *
 *   vcpus               how many vCPUs are plugged in; an agent brings new ones online
 *   vcpus-online        which of them the guest's system uses ("0-3"); needs the agent
 *   iothreads           numbers of the IOThreads: "1-2,5", or "none"
 *   iothread/N/NAME     poll-max-ns, poll-grow, poll-shrink, pool-min, pool-max
 *   balloon             KiB that the guest has
 *   stats-period        seconds between two statistics of the balloon; 0 = none
 *   dimm/SLOT           "SIZE@NODE", KiB and node of the guest; absent = nothing in the slot
 *   virtio-mem/NAME     "REQUESTED/SIZE@NODE" of the device with the alias ua-NAME
 *   link/MAC            up, down
 *   inside/PATH         text of a file of kvmtune's inside the guest, or the scheduler of a disk
 *                       there; needs the agent, and the consent of the guest's metadata
 *   title, description  texts
 *
 * A call that libvirt calls a success is not believed: vCPUs, balloon and memory are waited for
 * (KT_LIVE_PATIENCE_S), and what the guest does not give back is an error with a hint. To be called
 * in a worker of kt-virt-conn.h.
 */

#include "kt-virt-conn.h"

/* libvirt waits 5 s for an unplugged device (src/qemu/qemu_hotplug.c,
 * qemuDomainRemoveDeviceWaitTime); a guest under load takes longer. Below the default deadline of a
 * call (30 s), so that our words are seen and not "no answer". */
#define KT_LIVE_PATIENCE_S 20

/* Is @locator a place of a running guest? Whether this guest has it, only libvirt knows. */
bool kt_live_place_is(const char *locator);

/* *@ret_value NULL: not there (an empty slot). Errors: NOT_FOUND, UNSUPPORTED, LIBVIRT. Free
 * *@ret_value with g_free. */
bool kt_live_place_get(virDomainPtr domain, const char *locator, char **ret_value, GError **error)
	KT_WARN_UNUSED;

/* @value as kt_live_place_get() gives it; NULL takes away what is there. Errors: PARSE, NOT_FOUND,
 * UNSUPPORTED (it cannot be taken away), TIMEOUT (the guest did not follow), LIBVIRT. */
bool kt_live_place_set(virDomainPtr domain, const char *locator, const char *value, GError **error)
	KT_WARN_UNUSED;
