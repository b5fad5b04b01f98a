/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-facts-image.h"

#define HEADER "header"
#define STAT   "statx(2)"
#define MOUNT  "/proc/self/mountinfo"

/* clang-format off: rows are data and read best one to a line */

static const KtField image_fields[] = {
	KT_FIELD(KtImage, path, .source = "domain XML, header of the overlay",
		 .doc = "name of the file or device"),
	KT_FIELD(KtImage, kind, .source = STAT, .doc = "file, block"),
	KT_FIELD(KtImage, problem, .doc = "why it could not be read"),
	KT_FIELD(KtImage, file_id, .source = STAT, .doc = "the same for two names of one file"),
	KT_FIELD(KtImage, size_bytes, .unit = "B", .source = STAT,
		 .doc = "length of the file or device"),
	KT_FIELD(KtImage, allocated_bytes, .unit = "B", .source = STAT,
		 .doc = "space that it takes"),
	KT_FIELD(KtImage, mode, .source = STAT, .doc = "permissions, octal"),
	KT_FIELD(KtImage, owner, .source = STAT, .doc = "user id"),
	KT_FIELD(KtImage, group, .source = STAT, .doc = "group id"),
	KT_FIELD(KtImage, filesystem, .source = MOUNT, .doc = "type of the file system"),
	KT_FIELD(KtImage, mount_point, .source = MOUNT, .doc = "where that is mounted"),
	KT_FIELD(KtImage, mount_options, .source = MOUNT,
		 .doc = "of the mount and of the file system"),
	KT_FIELD(KtImage, is_nocow, .source = "FS_IOC_GETFLAGS",
		 .doc = "not copied on write (attribute C of btrfs)"),
	KT_FIELD(KtImage, direct_align_bytes, .unit = "B", .source = "statx(2), BLKSSZGET",
		 .doc = "alignment that O_DIRECT asks for"),
	KT_FIELD(KtImage, host_use, .source = "/sys/dev/block, /proc/self/mountinfo, /proc/swaps",
		 .doc = "what the host does with a block device"),
	KT_FIELD(KtImage, format, .source = HEADER,
		 .doc = "what the first bytes look like: raw, qcow2, qed, vmdk, luks..."),
	KT_FIELD(KtImage, variant, .source = HEADER, .doc = "vmdk: createType"),
	KT_FIELD(KtImage, version, .source = HEADER,
		 .doc = "qcow2: 2 (compat 0.10) or 3 (compat 1.1)"),
	KT_FIELD(KtImage, virtual_bytes, .unit = "B", .source = HEADER,
		 .doc = "size that the guest sees"),
	KT_FIELD(KtImage, cluster_bytes, .unit = "B", .source = HEADER,
		 .doc = "unit of allocation"),
	KT_FIELD(KtImage, refcount_bits, .source = HEADER, .doc = "width of reference counts"),
	KT_FIELD(KtImage, has_subclusters, .source = HEADER, .doc = "extended L2 entries"),
	KT_FIELD(KtImage, has_lazy_refcounts, .source = HEADER,
		 .doc = "reference counts are written late"),
	KT_FIELD(KtImage, is_dirty, .source = HEADER,
		 .doc = "was not closed; the next open repairs"),
	KT_FIELD(KtImage, is_corrupt, .source = HEADER, .doc = "QEMU found it damaged"),
	KT_FIELD(KtImage, has_unknown_features, .source = HEADER,
		 .doc = "made by a QEMU newer than 7.2"),
	KT_FIELD(KtImage, compression, .source = HEADER, .doc = "zlib, zstd"),
	KT_FIELD(KtImage, encryption, .source = HEADER, .doc = "aes, luks"),
	KT_FIELD(KtImage, snapshots, .source = HEADER, .doc = "internal snapshots"),
	KT_FIELD(KtImage, vm_state_bytes, .unit = "B", .source = HEADER,
		 .doc = "guest memory in its snapshots"),
	KT_FIELD(KtImage, bitmaps, .source = HEADER, .doc = "persistent dirty bitmaps"),
	KT_FIELD(
		KtImage, preallocation, .source = "header, statx(2)",
		.doc = "off, metadata (no clusters left to allocate), full (no space left to allocate)"),
	KT_FIELD(KtImage, backing, .source = HEADER,
		 .doc = "path of the file below, or what else the overlay names"),
	KT_FIELD(KtImage, backing_format, .source = HEADER,
		 .doc = "format that the overlay gives it"),
	KT_FIELD(KtImage, data_file, .source = HEADER, .doc = "file that holds its data"),
};
KT_SCHEMA(kt_image_schema, KtImage, image_fields, .doc = "an image of a guest's disk");
/* clang-format on */

/* State and origin of a member: all are of one of three types. */
static void
parts_of(const KtField *field, KtImage *image, KtState **ret_state, uint16_t **ret_origin)
{
	void *member = (char *)image + field->offset;

#define PARTS(Type)                                                                                \
	do {                                                                                       \
		Type *opt = member;                                                                \
		*ret_state = &opt->state;                                                          \
		*ret_origin = &opt->origin;                                                        \
	} while (0)

	if (field->type == KT_TYPE_STR)
		PARTS(KtOptStr);
	else if (field->type == KT_TYPE_BOOL)
		PARTS(KtOptBool);
	else
		PARTS(KtOptU64);
#undef PARTS
}

void
kt_image_fill(KtImage *image, KtState state)
{
	for (size_t i = 0; i < G_N_ELEMENTS(image_fields); i++) {
		KtState *member = NULL;
		uint16_t *origin = NULL;
		parts_of(&image_fields[i], image, &member, &origin);
		if (*member == KT_STATE_UNSET && member != &image->problem.state)
			*member = state;
	}
}

void
kt_image_set_origin(KtImage *image, uint16_t origin)
{
	for (size_t i = 0; i < G_N_ELEMENTS(image_fields); i++) {
		KtState *state = NULL;
		uint16_t *member = NULL;
		parts_of(&image_fields[i], image, &state, &member);
		*member = origin;
	}
}
