/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-machine.h"

void
kt_machine_init(KtMachine *machine, KtRoot *root, const char *uri, uint32_t deadline_ms)
{
	*machine = (KtMachine){
		.root = root,
		.uri = uri,
		.deadline_ms = deadline_ms,
		.lock_fd = -1,
	};
	if (kt_root_read_line(root, "/proc/sys/kernel/random/boot_id", &machine->boot_id) !=
	    KT_STATE_VALUE)
		machine->boot_id = NULL;
}

void
kt_machine_clear(KtMachine *machine)
{
	g_clear_pointer(&machine->virt, kt_virt_conn_free);
	g_clear_pointer(&machine->boot_id, g_free);
}

KtVirtConn *
kt_machine_virt(KtMachine *machine, GError **error)
{
	if (!machine->virt)
		machine->virt = kt_virt_conn_open(
			machine->uri, /* is_readonly= */ false, machine->deadline_ms, error);
	else
		kt_virt_conn_renew(machine->virt, machine->deadline_ms);
	return machine->virt;
}
