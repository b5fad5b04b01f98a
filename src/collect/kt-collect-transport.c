/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-collect-host-private.h"

#include <string.h>

/* A component of a device's path that begins so and goes on with a digit. The first row that is
 * found decides, so what is nearer to the disk stands first: SATA behind USB is USB. */
static const struct {
	const char *prefix;
	const char *transport;
} components[] = {
	{.prefix = "usb", .transport = "usb"},
	{.prefix = "session", .transport = "iscsi"},
	{.prefix = "rport-", .transport = "fc"},
	{.prefix = "end_device-", .transport = "sas"},
	{.prefix = "ata", .transport = "ata"},
	{.prefix = "virtio", .transport = "virtual"},
	{.prefix = "vmbus_", .transport = "virtual"},  /* Hyper-V */
	{.prefix = "VMBUS:", .transport = "virtual"},  /* Hyper-V */
	{.prefix = "vscsi-", .transport = "virtual"},  /* Xen */
	{.prefix = "adapter", .transport = "virtual"}, /* pseudo_0/adapter0: scsi_debug */
	{.prefix = "tcm_loop_adapter_", .transport = "virtual"},
};

/* Names of drivers (scsi_host/proc_name) whose disks without end_device are volumes of a
 * controller, or are made up by a hypervisor. */
static const struct {
	const char *driver;
	const char *transport;
} drivers[] = {
	{.driver = "3w-9xxx", .transport = "raid"},
	{.driver = "3w-sas", .transport = "raid"},
	{.driver = "aacraid", .transport = "raid"},
	{.driver = "arcmsr", .transport = "raid"},
	{.driver = "hpsa", .transport = "raid"},
	{.driver = "ibmvscsi", .transport = "virtual"},
	{.driver = "ipr", .transport = "raid"},
	{.driver = "megaraid_sas", .transport = "raid"},
	{.driver = "mpi3mr", .transport = "raid"},
	{.driver = "mpt2sas", .transport = "raid"},
	{.driver = "mpt3sas", .transport = "raid"},
	{.driver = "scsi_debug", .transport = "virtual"},
	{.driver = "smartpqi", .transport = "raid"},
	{.driver = "storvsc", .transport = "virtual"},
	{.driver = "virtio_scsi", .transport = "virtual"},
	{.driver = "vmw_pvscsi", .transport = "virtual"},
	{.driver = "xen-scsifront", .transport = "virtual"},
};

static bool
has_component(const char *link, const char *prefix)
{
	size_t length = strlen(prefix);

	for (const char *at = strstr(link, prefix); at; at = strstr(at + 1, prefix)) {
		if (at > link && at[-1] == '/' && g_ascii_isxdigit(at[length]))
			return true;
	}
	return false;
}

const char *
kt_host_transport(const char *link, const char *driver)
{
	for (size_t i = 0; i < G_N_ELEMENTS(components); i++) {
		if (has_component(link, components[i].prefix))
			return components[i].transport;
	}
	for (size_t i = 0; driver && i < G_N_ELEMENTS(drivers); i++) {
		if (g_str_equal(driver, drivers[i].driver))
			return drivers[i].transport;
	}
	return "unknown";
}
