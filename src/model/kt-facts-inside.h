/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What a guest's own system says of itself, through its agent. Asked for only with --in-guest, and
 * only of a running guest whose agent is connected: else all members are UNSET (nobody asked) or
 * ABSENT (there is no agent to ask). DENIED: the agent, or libvirt, does not let it be asked.
 * BROKEN: it did not answer in time, or with nonsense. `trouble` has the reason in words.
 *
 * The guest is not to be trusted: texts are short, printable and UTF-8, lists have an end.
 */

#include "kt-schema.h"

/* A file system that is mounted in the guest. */
typedef struct KtInsideMount {
	KtOptStr mountpoint;
	KtOptStr type;  /* "ext4" */
	KtOptStr disks; /* of the guest's XML that it is on, "vda vdb" */
	KtOptU64 total_kib;
	KtOptU64 used_kib;
} KtInsideMount;
KT_LIST(KtInsideMountList, KtInsideMount);

typedef struct KtInside {
	KtOptStr trouble; /* why some of the others are not known; absent: nothing went wrong */
	KtOptBool is_answering; /* false: the agent is connected and says nothing */
	KtOptCpuset vcpus;
	KtOptCpuset vcpus_online;
	KtOptCpuset vcpus_offlinable;
	KtOptCpuset memory_blocks; /* numbers; absent also where no memory can be plugged in */
	KtOptCpuset memory_blocks_online;
	KtOptU64 memory_block_kib;
	KtOptStr os_name;    /* "Debian GNU/Linux 12 (bookworm)" */
	KtOptStr os_id;      /* "debian"; ID of os-release(5) */
	KtOptStr os_version; /* "12" */
	KtOptStr kernel;     /* "6.1.0-28-amd64" */
	KtInsideMountList mounts;
	KtOptStr hotplug_rules; /* text of the file of KT_INSIDE_HOTPLUG; only with consent */
} KtInside;

/* Where kvmtune's rules stand in a guest that is to use what is plugged in. */
#define KT_INSIDE_HOTPLUG "/etc/udev/rules.d/61-kvmtune-hotplug.rules"

extern const KtSchema kt_inside_schema;

/* Was anybody asked? */
static inline bool
kt_inside_is_asked(const KtInside *inside)
{
	return inside->vcpus.state != KT_STATE_UNSET;
}

/* Nothing could be had: all members get @state, but `trouble`, which stays, and `hotplug_rules`,
 * for which another question decides: its owner's consent. */
void kt_inside_set_state(KtInside *inside, KtState state);
