/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Addresses of PCI devices as sysfs writes them, out of the four numbers of a domain XML. */

#include "kt-facts-device.h"

/* "0000:06:10.0". NULL when it is no PCI device of the host, or the address makes no sense. Free
 * with g_free. */
char *kt_pci_address_of_hostdev(const KtHostdev *hostdev);
char *kt_pci_address_of_nic(const KtNic *nic);
