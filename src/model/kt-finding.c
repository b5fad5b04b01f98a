/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-finding.h"

static const char *
guest_name(const KtFacts *facts, uint32_t index)
{
	const KtGuest *guest = &facts->guests.v[index];

	return kt_known(guest->name) ? guest->name.v : "(unnamed guest)";
}

static const char *
guest_uuid(const KtFacts *facts, uint32_t index)
{
	const KtGuest *guest = &facts->guests.v[index];

	return kt_known(guest->uuid) ? guest->uuid.v : "unknown";
}

/* The configuration that the next start uses; a transient guest has only the live one. */
const KtGuestConfig *
kt_guest_config(const KtGuest *guest)
{
	return kt_known(guest->inactive.type) || !kt_opt_true(guest->is_active) ? &guest->inactive
										: &guest->live;
}

static const char *
disk_name(const KtFacts *facts, KtTarget target)
{
	const KtDisk *disk = &kt_guest_config(&facts->guests.v[target.index])->disks.v[target.sub];

	return kt_known(disk->target) ? disk->target.v : "?";
}

static const char *
nic_name(const KtFacts *facts, KtTarget target)
{
	const KtNic *nic = &kt_guest_config(&facts->guests.v[target.index])->nics.v[target.sub];

	return kt_known(nic->mac) ? nic->mac.v : "?";
}

static const char *
block_name(const KtFacts *facts, uint32_t index)
{
	const KtBlock *block = &facts->host.blocks.v[index];

	return kt_known(block->name) ? block->name.v : "?";
}

static uint64_t
node_id(const KtFacts *facts, uint32_t index)
{
	return facts->host.nodes.v[index].id.v;
}

char *
kt_target_path(const KtFacts *facts, KtTarget target)
{
	switch (target.scope) {
	case KT_SCOPE_HOST:
		return g_strdup("host");
	case KT_SCOPE_NODE:
		return g_strdup_printf("host/node/%" G_GUINT64_FORMAT,
				       node_id(facts, target.index));
	case KT_SCOPE_BLOCK:
		return g_strdup_printf("host/block/%s", block_name(facts, target.index));
	case KT_SCOPE_GUEST:
		return g_strdup_printf("guest/%s", guest_uuid(facts, target.index));
	case KT_SCOPE_GUEST_DISK:
		return g_strdup_printf("guest/%s/disk/%s",
				       guest_uuid(facts, target.index),
				       disk_name(facts, target));
	case KT_SCOPE_GUEST_NIC:
		return g_strdup_printf("guest/%s/nic/%s",
				       guest_uuid(facts, target.index),
				       nic_name(facts, target));
	case KT_SCOPE_UNSET:
	case KT_SCOPE_N:
	default:
		g_assert_not_reached();
	}
}

char *
kt_target_title(const KtFacts *facts, KtTarget target)
{
	switch (target.scope) {
	case KT_SCOPE_HOST:
		return g_strdup("host");
	case KT_SCOPE_NODE:
		return g_strdup_printf("node %" G_GUINT64_FORMAT, node_id(facts, target.index));
	case KT_SCOPE_BLOCK:
		return g_strdup_printf("block device %s", block_name(facts, target.index));
	case KT_SCOPE_GUEST:
		return g_strdup_printf("guest %s", guest_name(facts, target.index));
	case KT_SCOPE_GUEST_DISK:
		return g_strdup_printf("disk %s of guest %s",
				       disk_name(facts, target),
				       guest_name(facts, target.index));
	case KT_SCOPE_GUEST_NIC:
		return g_strdup_printf("NIC %s of guest %s",
				       nic_name(facts, target),
				       guest_name(facts, target.index));
	case KT_SCOPE_UNSET:
	case KT_SCOPE_N:
	default:
		g_assert_not_reached();
	}
}

void
kt_audit_free(KtAudit *audit)
{
	if (!audit)
		return;

	for (guint i = 0; i < audit->results->len; i++) {
		KtResult *result = audit->results->pdata[i];
		g_ptr_array_unref(result->evidence);
		g_ptr_array_unref(result->advice);
		g_ptr_array_unref(result->changes);
	}
	g_ptr_array_unref(audit->results);
	kt_facts_unref(audit->facts);
	kt_arena_free(audit->arena);
	g_free(audit);
}
