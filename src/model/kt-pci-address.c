/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-pci-address.h"

/* PCI Local Bus Specification: 8 bits of bus, 5 of device, 3 of function; ACPI: 16 of segment. */
#define MAX_DOMAIN   0xffff
#define MAX_BUS      0xff
#define MAX_SLOT     0x1f
#define MAX_FUNCTION 7

/* "0x06" or "6", as libvirt reads it. */
static bool
parse(KtOptStr text, uint64_t max, uint64_t *ret_number)
{
	char *end = NULL;

	if (!kt_known(text) || !g_ascii_isdigit(*text.v))
		return false;
	*ret_number = g_ascii_strtoull(text.v, &end, 0);
	return !*end && *ret_number <= max;
}

static char *
format(KtOptStr domain, KtOptStr bus, KtOptStr slot, KtOptStr function)
{
	uint64_t numbers[4] = {0};

	/* The domain and the function may be left out: 0. */
	if ((kt_known(domain) && !parse(domain, MAX_DOMAIN, &numbers[0])) ||
	    !parse(bus, MAX_BUS, &numbers[1]) || !parse(slot, MAX_SLOT, &numbers[2]) ||
	    (kt_known(function) && !parse(function, MAX_FUNCTION, &numbers[3])))
		return NULL;
	return g_strdup_printf("%04x:%02x:%02x.%x",
			       (unsigned)numbers[0],
			       (unsigned)numbers[1],
			       (unsigned)numbers[2],
			       (unsigned)numbers[3]);
}

char *
kt_pci_address_of_hostdev(const KtHostdev *hostdev)
{
	if (!kt_opt_is(hostdev->type, "pci"))
		return NULL;
	return format(
		hostdev->pci_domain, hostdev->pci_bus, hostdev->pci_slot, hostdev->pci_function);
}

char *
kt_pci_address_of_nic(const KtNic *nic)
{
	if (!kt_opt_is(nic->type, "hostdev"))
		return NULL;
	return format(nic->pci_domain, nic->pci_bus, nic->pci_slot, nic->pci_function);
}
