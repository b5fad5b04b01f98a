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
	g_clear_error(&machine->silence);
	g_clear_pointer(&machine->boot_id, g_free);
}

KtVirtConn *
kt_machine_virt(KtMachine *machine, GError **error)
{
	g_autoptr(GError) problem = NULL;

	if (machine->virt) {
		kt_virt_conn_renew(machine->virt, machine->deadline_ms);
		return machine->virt;
	}
	if (!machine->silence) {
		machine->virt = kt_virt_conn_open(
			machine->uri, /* is_readonly= */ false, machine->deadline_ms, &problem);
		if (machine->virt)
			return machine->virt;
		/* A deadline for each of a plan's steps would be no deadline. */
		if (g_error_matches(problem, KT_ERROR, KT_ERROR_TIMEOUT))
			machine->silence = g_error_copy(problem);
	}
	g_propagate_error(error,
			  problem ? g_steal_pointer(&problem) : g_error_copy(machine->silence));
	return NULL;
}
