/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-instance.h"

#include <string.h>

static const char *const smt_names[KT_SMT_N] = {
	[KT_SMT_UNSET] = "unset",
	[KT_SMT_PREFER] = "prefer",
	[KT_SMT_REQUIRE] = "require",
	[KT_SMT_ISOLATE] = "isolate",
};

const char *
kt_smt_name(KtSmt smt)
{
	return smt_names[smt];
}

KtInstance *
kt_instance_new(void)
{
	KtInstance *instance = g_new0(KtInstance, 1);

	instance->arena = kt_arena_new();
	return instance;
}

void
kt_instance_free(KtInstance *instance)
{
	if (!instance)
		return;
	kt_arena_free(instance->arena);
	g_free(instance);
}

int
kt_instance_find_node(const KtInstance *instance, uint64_t id)
{
	for (uint32_t n = 0; n < instance->n_nodes; n++) {
		if (instance->nodes[n].id == id)
			return (int)n;
	}
	return -1;
}

int
kt_instance_find_guest(const KtInstance *instance, const char *name)
{
	for (uint32_t v = 0; v < instance->n_guests; v++) {
		if (g_str_equal(instance->guests[v].name, name))
			return (int)v;
	}
	return -1;
}

void
kt_instance_split(const KtInstGuest *guest, uint32_t n, KtInstCell *cells)
{
	uint64_t pages = (guest->memory_kib + guest->page_kib - 1) / guest->page_kib;
	uint64_t left = guest->memory_kib;

	for (uint32_t i = 0; i < n; i++) {
		uint64_t share = pages / n + (i < pages % n ? 1 : 0);
		uint64_t kib = MIN(share * guest->page_kib, left);
		cells[i] = (KtInstCell){
			.vcpus = guest->vcpus / n + (i < guest->vcpus % n ? 1 : 0),
			.memory_kib = kib,
		};
		left -= kib;
	}
}
