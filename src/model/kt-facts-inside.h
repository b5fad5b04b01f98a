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

/* A disk that the guest sees. */
typedef struct KtInsideDisk {
	KtOptStr name;       /* in the guest, "vda" */
	KtOptStr scheduler;  /* in use, "mq-deadline" */
	KtOptStr schedulers; /* to choose from, "mq-deadline none" */
} KtInsideDisk;
KT_LIST(KtInsideDiskList, KtInsideDisk);

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
	/* Only with the consent of the guest's owner, else UNSET: texts of kvmtune's own files, and
	 * what only files tell. */
	KtOptStr hotplug_rules;
	KtOptStr disk_rules;
	KtInsideDiskList disks;
} KtInside;

/* Where kvmtune's rules stand in a guest that is to use what is plugged in. */
#define KT_INSIDE_HOTPLUG "/etc/udev/rules.d/61-kvmtune-hotplug.rules"
/* The same of those for its disks, and where a disk's scheduler stands: a format for its name. */
#define KT_INSIDE_DISKS     "/etc/udev/rules.d/61-kvmtune-disks.rules"
#define KT_INSIDE_SCHEDULER "/sys/block/%s/queue/scheduler"

extern const KtSchema kt_inside_schema;

/* Is @name that of a disk of virtio or SCSI, vda or sdb, whose scheduler kvmtune may look at? */
bool kt_inside_is_disk(const char *name);

/* The name of the disk whose scheduler stands at @path, or NULL. Free with g_free. */
char *kt_inside_disk_of(const char *path);

/* Was anybody asked? */
static inline bool
kt_inside_is_asked(const KtInside *inside)
{
	return inside->vcpus.state != KT_STATE_UNSET;
}

/* Nothing could be had: all members get @state, but `trouble`, which stays, and those that need
 * consent. */
void kt_inside_set_state(KtInside *inside, KtState state);
