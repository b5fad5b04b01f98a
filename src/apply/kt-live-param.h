/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Settings of a running guest that libvirt keeps as typed parameters, by locator:
 *
 *   sched/NAME         virDomainGetSchedulerParametersFlags: vcpu_quota (us), vcpu_period (us)...
 *   memory/NAME        virDomainGetMemoryParameters: hard_limit, soft_limit (KiB)...
 *   blkio/NAME         virDomainGetBlkioParameters: weight
 *   iotune/DISK/NAME   virDomainGetBlockIoTune: total_bytes_sec, read_iops_sec...
 *   numa/numa_nodeset  virDomainGetNumaParameters: nodes of the host, only of mode restrictive
 *   blkio-device/PATH/NAME   device_read_bytes_sec... of a block device of the host
 *
 * Values are decimal numbers, a list of nodes, or "unlimited". A parameter keeps the type that
 * libvirt gives it, so a new one needs no code here. To be called in a worker of kt-virt-conn.h.
 */

#include "kt-virt-conn.h"

/* Is @locator of one of these families? Whether the guest has it, only libvirt knows. */
bool kt_live_param_is(const char *locator);

/* Errors: NOT_FOUND (no such parameter), UNSUPPORTED, LIBVIRT. Free *@ret_value with g_free. */
bool kt_live_param_get(virDomainPtr domain, const char *locator, char **ret_value, GError **error)
	KT_WARN_UNUSED;

/* @value as kt_live_param_get() gives it. Errors: PARSE, NOT_FOUND, UNSUPPORTED, LIBVIRT. */
bool kt_live_param_set(virDomainPtr domain, const char *locator, const char *value, GError **error)
	KT_WARN_UNUSED;
