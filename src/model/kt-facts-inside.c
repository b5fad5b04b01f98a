/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-facts-inside.h"

#include <string.h>

/* clang-format off: rows are data and read best one to a line */

static const KtField mount_fields[] = {
	KT_FIELD(KtInsideMount, mountpoint, .source = "agent: guest-get-fsinfo",
		 .doc = "where it is mounted"),
	KT_FIELD(KtInsideMount, type, .source = "agent: guest-get-fsinfo",
		 .doc = "ext4, xfs, NTFS..."),
	KT_FIELD(KtInsideMount, disks, .source = "agent: guest-get-fsinfo",
		 .doc = "disks of the XML that it is on"),
	KT_FIELD(KtInsideMount, total_kib, .unit = "KiB", .source = "agent: guest-get-fsinfo",
		 .doc = "size"),
	KT_FIELD(KtInsideMount, used_kib, .unit = "KiB", .source = "agent: guest-get-fsinfo",
		 .doc = "in use"),
};
static KT_SCHEMA(mount_schema, KtInsideMount, mount_fields, .doc = "a file system inside");

static const KtField disk_fields[] = {
	KT_FIELD(KtInsideDisk, name, .source = "agent: guest-get-disks", .doc = "vda, sdb..."),
	KT_FIELD(KtInsideDisk, scheduler, .source = "agent: guest-file-read", .doc = "in use"),
	KT_FIELD(KtInsideDisk, schedulers, .source = "agent: guest-file-read",
		 .doc = "to choose from"),
};
static KT_SCHEMA(disk_schema, KtInsideDisk, disk_fields, .doc = "a disk that the guest sees");

static const KtField inside_fields[] = {
	KT_FIELD(KtInside, trouble, .source = "agent", .doc = "why something is not known"),
	KT_FIELD(KtInside, is_answering, .source = "agent",
		 .doc = "false: it is connected and says nothing"),
	KT_FIELD(KtInside, vcpus, .source = "agent: guest-get-vcpus",
		 .doc = "vCPUs that its system sees"),
	KT_FIELD(KtInside, vcpus_online, .source = "agent: guest-get-vcpus",
		 .doc = "those that it uses"),
	KT_FIELD(KtInside, vcpus_offlinable, .source = "agent: guest-get-vcpus",
		 .doc = "those that it can do without"),
	KT_FIELD(
		KtInside, memory_blocks, .source = "agent: guest-get-memory-blocks",
		.doc = "numbers of the blocks of memory that its system sees; asked only where memory can be plugged in"),
	KT_FIELD(KtInside, memory_blocks_online, .source = "agent: guest-get-memory-blocks",
		 .doc = "those that it uses"),
	KT_FIELD(KtInside, memory_block_kib, .unit = "KiB",
		 .source = "agent: guest-get-memory-block-info", .doc = "size of a block"),
	KT_FIELD(KtInside, os_name, .source = "agent: guest-get-osinfo",
		 .doc = "name of its system"),
	KT_FIELD(KtInside, os_id, .source = "agent: guest-get-osinfo", .doc = "short name, debian"),
	KT_FIELD(KtInside, os_version, .source = "agent: guest-get-osinfo", .doc = "its version"),
	KT_FIELD(KtInside, kernel, .source = "agent: guest-get-osinfo",
		 .doc = "release of its kernel"),
	KT_FIELD_LIST(KtInside, mounts, mount_schema, .source = "agent: guest-get-fsinfo",
		      .doc = "file systems that are mounted"),
	KT_FIELD(KtInside, hotplug_rules, .source = "agent: guest-file-read " KT_INSIDE_HOTPLUG,
		 .doc = "kvmtune's rules for what is plugged in; only with consent"),
	KT_FIELD(KtInside, disk_rules, .source = "agent: guest-file-read " KT_INSIDE_DISKS,
		 .doc = "kvmtune's rules for disks; only with consent"),
	KT_FIELD_LIST(KtInside, disks, disk_schema, .source = "agent: guest-get-disks",
		      .doc = "disks of virtio and SCSI; only with consent"),
};
KT_SCHEMA(kt_inside_schema, KtInside, inside_fields, .doc = "what its own system says");

/* clang-format on */

bool
kt_inside_is_disk(const char *name)
{
	size_t length = strlen(name);

	if (!g_str_has_prefix(name, "vd") && !g_str_has_prefix(name, "sd"))
		return false;
	return length > 2 && length <= 5 &&
	       strspn(name + 2, "abcdefghijklmnopqrstuvwxyz") == length - 2;
}

char *
kt_inside_disk_of(const char *path)
{
	g_auto(GStrv) parts = g_strsplit(path, "/", /* max_tokens= */ 7);
	g_autofree char *wanted =
		g_strv_length(parts) == 6 ? g_strdup_printf(KT_INSIDE_SCHEDULER, parts[3]) : NULL;

	return wanted && g_str_equal(path, wanted) && kt_inside_is_disk(parts[3])
		       ? g_strdup(parts[3])
		       : NULL;
}

void
kt_inside_set_state(KtInside *inside, KtState state)
{
	*inside = (KtInside){
		.trouble = inside->trouble,
		.is_answering.state = state,
		.vcpus.state = state,
		.vcpus_online.state = state,
		.vcpus_offlinable.state = state,
		.memory_blocks.state = state,
		.memory_blocks_online.state = state,
		.memory_block_kib.state = state,
		.os_name.state = state,
		.os_id.state = state,
		.os_version.state = state,
		.kernel.state = state,
		.mounts.state = state,
	};
}
