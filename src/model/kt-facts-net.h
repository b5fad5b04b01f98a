/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Facts of the host: network devices and interrupts. A part of kt-facts-host.h. */

#include "kt-schema.h"

/* A network device that packets of guests or of migrations pass. */
typedef struct KtNetDevice {
	KtOptStr name;
	KtOptStr kind; /* "physical", "tap" */
	KtOptU64 speed_mbit;
	KtOptU64 tx_queue_len;
	KtOptU64 tx_dropped;
	KtOptU64 mtu;
	KtOptStr bridge; /* that it is a port of */
	KtOptU64 rx_missed;
	KtOptU64 rx_ring;
	KtOptU64 rx_ring_max;
	KtOptU64 channels;
	KtOptU64 channels_max;
	KtOptBool gro;
	KtOptBool lro;
} KtNetDevice;
KT_LIST(KtNetDeviceList, KtNetDevice);

/* A device of the host whose interrupts may disturb guests; its vectors taken together. */
typedef struct KtIrqDevice {
	KtOptStr name;
	KtOptStr kind;    /* "nic", "nvme" */
	KtOptU64 vectors; /* in use */
	KtOptCpuset cpus;
	KtOptCpuset shared_cpus;
	KtOptU64 busiest;
	KtOptU64 n_busiest;
} KtIrqDevice;
KT_LIST(KtIrqDeviceList, KtIrqDevice);

/* What irqbalance(1) reads from its environment since version 1.8.0; the older mask
 * IRQBALANCE_BANNED_CPUS is only warned about. */
#define KT_IRQBALANCE_BANNED "IRQBALANCE_BANNED_CPULIST"

typedef struct KtIrqbalance {
	KtOptStr file; /* that its unit reads; absent: there is none */
	KtOptCpuset banned;
} KtIrqbalance;
