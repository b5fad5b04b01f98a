/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* PCI devices of the host that guests name, and those that share an IOMMU group with them. */

#include "kt-facts.h"
#include "kt-root.h"

/* Fills facts->host.pci_devices, sorted by address; after the guests. Reads sysfs for the devices
 * that guests name only, so a host without assigned devices costs nothing. */
void kt_collect_pci(KtFacts *facts, KtRoot *root);
