/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance-facts.h"

static const KtGuestConfig *
find_running(const KtFacts *facts, const char *name)
{
	for (uint32_t i = 0; i < facts->guests.n; i++) {
		const KtGuest *guest = &facts->guests.v[i];
		if (kt_opt_is(guest->name, name) && kt_opt_true(guest->is_active))
			return &guest->live;
	}
	return NULL;
}

/* Somebody has said where it is to run, or to have its memory. */
static bool
has_place(const KtGuestConfig *config)
{
	return config->vcpu_pins.n > 0 || kt_known(config->vcpu_cpuset) ||
	       kt_known(config->emulator_pin) || config->iothread_pins.n > 0 ||
	       kt_known(config->numa_nodeset) || config->memnodes.n > 0 ||
	       kt_opt_is(config->placement, "auto");
}

bool
kt_instance_take_newcomer(KtInstance *instance, const KtFacts *facts, const char *name,
			  GError **error)
{
	const KtGuestConfig *config = find_running(facts, name);
	int newcomer = kt_instance_find_guest(instance, name);

	if (!config || newcomer < 0)
		return kt_throw(error, KT_ERROR_NOT_FOUND, "guest '%s' does not run", name);
	if (has_place(config))
		return kt_throw_hint(error,
				     KT_ERROR_UNSUPPORTED,
				     "'kvmtune place' looks at all guests together",
				     "guest '%s' has pins or nodes of its own",
				     name);
	for (uint32_t i = 0; i < instance->n_guests; i++)
		instance->guests[i].is_fixed = true;

	KtInstGuest *guest = &instance->guests[newcomer];
	guest->is_fixed = false;
	guest->is_adrift = false;
	guest->n_current = 0;
	guest->current_nodes = NULL;
	guest->current_cpus = NULL;
	guest->current_set = NULL;
	guest->current_kib = NULL;
	guest->allowed = instance->n_nodes == KT_INSTANCE_MAX_NODES
				 ? UINT64_MAX
				 : (UINT64_C(1) << instance->n_nodes) - 1;
	/* Who starts with the host later finds room if there is some, and gives way if not. */
	guest->favour = KT_INSTANCE_MAX_PRIORITY;
	instance->has_newcomer = true;
	instance->newcomer = (uint32_t)newcomer;
	return true;
}
