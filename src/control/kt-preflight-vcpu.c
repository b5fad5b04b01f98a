/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guest-check.h"
#include "kt-preflight-private.h"

/* Plugging vCPUs in and out: what tuning guides ask for, as far as it is so. */

static uint64_t
at_least_one(KtOptU64 value)
{
	return kt_known(value) && value.v ? value.v : 1;
}

/* QEMU has no hot-plugging of CPUs on Arm's 'virt' (hw/arm/virt.c, 6 to 10: the machine class has
 * no hotpluggable CPUs); for x86 it came with machine 1.5. */
static bool
check_machine(const KtCase *c, GError **error)
{
	g_auto(KtMachineType) machine = {.family = NULL};

	if (kt_opt_is(c->running->architecture, "aarch64"))
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "--config changes the number for the next start",
				     "vcpus: the machine type of aarch64 guests takes no CPU while "
				     "it runs");
	if (!kt_guest_is_x86(c->running) || !kt_guest_machine(c->running, &machine) ||
	    machine.major > 1 || (machine.major == 1 && machine.minor >= 5))
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "set machine to a newer type, and restart the guest",
			     "vcpus: machine '%s' is older than 1.5 and takes no CPU while it runs",
			     c->running->machine.v);
}

/* Linux sees a package on two nodes, and its scheduler may lock up. */
static bool
check_sockets(const KtCase *c, GError **error)
{
	const KtGuestConfig *config = c->running;
	uint64_t per_socket = at_least_one(config->dies) * at_least_one(config->cores) *
			      at_least_one(config->threads);

	if (config->cells.n < 2 || !kt_known(config->sockets))
		return true;
	for (uint32_t i = 0; i < config->cells.n; i++) {
		const KtCell *cell = &config->cells.v[i];
		if (!kt_known(cell->vcpus))
			continue;
		kt_cpuset_foreach (cell->vcpus.v, vcpu) {
			uint64_t first = vcpu / per_socket * per_socket;
			for (uint64_t v = first; v < first + per_socket; v++) {
				bool is_here = v < KT_CPUSET_BITS &&
					       kt_cpuset_has(cell->vcpus.v, (unsigned)v);
				if (!is_here && kt_known(config->vcpus_max) &&
				    v < config->vcpus_max.v)
					return kt_throw_hint(
						error,
						KT_ERROR_UNSUPPORTED,
						"give each NUMA cell whole sockets in its <cpu>",
						"vcpus: socket %" G_GUINT64_FORMAT
						" of the guest is split between its NUMA cells",
						first / per_socket);
			}
		}
	}
	return true;
}

/* vCPUs of the start stay. */
static bool
check_fixed(const KtCase *c, uint64_t wanted, GError **error)
{
	const KtOptU64 fixed = c->running->vcpus_fixed;

	if (!kt_known(fixed) || fixed.v == 0 || wanted >= fixed.v)
		return true;
	return kt_throw_hint(error,
			     KT_ERROR_UNSUPPORTED,
			     "set vcpus.online switches them off inside the guest; --config gives "
			     "its next start fewer",
			     "vcpus: %" G_GUINT64_FORMAT
			     " vCPUs were there when the guest started, and cannot be taken out",
			     fixed.v);
}

bool
kt_case_vcpus(const KtCase *c, GError **error)
{
	uint64_t wanted = g_ascii_strtoull(c->wish->value, NULL, 10);
	const KtOptU64 now =
		kt_known(c->running->vcpus) ? c->running->vcpus : c->running->vcpus_max;

	if (c->running == c->config || !kt_known(now) || wanted == now.v)
		return true;
	if (wanted < now.v)
		return check_fixed(c, wanted, error);
	return check_machine(c, error) && check_sockets(c, error);
}
