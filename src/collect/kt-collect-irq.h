/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Interrupts of PCI devices: on which CPUs their message signalled vectors arrive.
 *
 * Only the vectors of devices that matter are looked at, two small files each (13 us): 17 ms for
 * 1,280 vectors. /proc/interrupts has a column of eleven characters per CPU and a line per vector,
 * seven megabytes for as many vectors on 512 CPUs, which the kernel formats for each reader.
 */

#include "kt-cpuset.h"
#include "kt-root.h"

/* Vectors looked at per device. The MSI-X table of a function has 2048 entries at most (PCI Local
 * Bus Specification 3.0, 6.8.2). */
#define KT_IRQ_MAX_VECTORS 2048u

typedef struct KtIrqSum {
	KtState state;     /* ABSENT: the device has no vectors in use */
	uint32_t n;        /* vectors in use */
	KtCpuset cpus;     /* where they arrive */
	KtCpuset shared;   /* where those arrive that may be sent to several CPUs */
	uint16_t *per_cpu; /* vectors per CPU, KT_CPUSET_BITS numbers; NULL = do not count */
} KtIrqSum;

/* Adds up the vectors of the device at @address ("0000:01:00.0"). */
void kt_irq_add_up(KtRoot *root, const char *address, KtIrqSum *sum);

/* The last PCI address in a link of sysfs ("../../devices/pci0000:00/0000:01:00.0/nvme/nvme0");
 * NULL when there is none. Free with g_free. */
char *kt_irq_address_of_link(const char *link);
