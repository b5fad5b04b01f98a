/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the header of a disk image says, read without trusting it.
 *
 * Two questions that must not be mixed up: which format the first bytes look like
 * (kt_image_probe()), and what the header of a known format says (kt_image_header_read()). A guest
 * can write any header to a raw disk, so a probed format is a remark about the file and never a
 * reason to follow the names in it.
 *
 * Formats: qcow2 (QEMU, docs/interop/qcow2.txt), qed (docs/interop/qed_spec.txt), vmdk (VMware,
 * Virtual Disk Format 5.0, and QEMU's block/vmdk.c), qcow (QEMU, block/qcow.c), raw. The others are
 * only recognised. All limits are those of QEMU 7.2 unless a comment says otherwise: what it does
 * not open, is broken.
 *
 * Pure: bytes in, plain data out.
 */

#include "kt-image-source.h"

typedef enum KtImageFormat {
	KT_IMAGE_FORMAT_UNSET = 0,
	KT_IMAGE_FORMAT_RAW,
	KT_IMAGE_FORMAT_BOCHS,
	KT_IMAGE_FORMAT_CLOOP,
	KT_IMAGE_FORMAT_LUKS,
	KT_IMAGE_FORMAT_PARALLELS,
	KT_IMAGE_FORMAT_QCOW,
	KT_IMAGE_FORMAT_QCOW2,
	KT_IMAGE_FORMAT_QED,
	KT_IMAGE_FORMAT_VDI,
	KT_IMAGE_FORMAT_VHDX,
	KT_IMAGE_FORMAT_VMDK,
	KT_IMAGE_FORMAT_VPC,
	KT_IMAGE_FORMAT_N,
} KtImageFormat;

/* Members that a format does not have are 0, false or NULL. */
typedef struct KtImageHeader {
	KtImageFormat format;
	char *variant;          /* vmdk: "monolithicSparse", "streamOptimized"... */
	uint32_t version;       /* qcow2: 2 or 3; qcow: 1; vmdk: 1..3 */
	uint64_t virtual_bytes; /* what the guest sees; 0 where only the format is known */
	uint64_t cluster_bytes;
	uint32_t refcount_bits;  /* qcow2: 1..64 */
	uint32_t n_snapshots;    /* internal ones */
	uint64_t vm_state_bytes; /* guest memory that they hold */
	uint32_t n_bitmaps;      /* persistent dirty bitmaps */
	uint32_t n_extents;      /* vmdk: files that hold its data */
	bool has_subclusters;    /* qcow2: extended L2 entries */
	bool has_lazy_refcounts;
	bool is_dirty;   /* qcow2: refcounts need repair; qed: needs check */
	bool is_corrupt; /* qcow2: QEMU found it damaged and opens it read-only */
	bool has_data_file;
	bool has_raw_data_file;    /* that file can be read alone */
	bool has_unknown_features; /* QEMU 7.2 would refuse it */
	const char *compression;   /* "zlib", "zstd": of compressed clusters; a constant */
	const char *encryption;    /* "aes", "luks"; a constant */
	char *backing;             /* as written */
	char *backing_format;      /* as written; NULL: would be guessed */
	char *data_file;           /* as written */
} KtImageHeader;

void kt_image_header_clear(KtImageHeader *header);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtImageHeader, kt_image_header_clear)

/* QEMU's and libvirt's name of a format ("qcow2"); "unset" for 0. */
const char *kt_image_format_name(KtImageFormat format);

/* The inverse; KT_IMAGE_FORMAT_N for a format that kvmtune does not know, and for "unset". */
KtImageFormat kt_image_format_from_name(const char *name);

/* What the first bytes look like; RAW when like nothing. Errors: as kt_image_get(). */
bool kt_image_probe(KtImageSource *source, KtImageFormat *ret_format, GError **error)
	KT_WARN_UNUSED;

/* Reads the header of an image of @format. Errors: PARSE, LIMIT, and those of the source. Clear
 * the result with kt_image_header_clear(). */
bool kt_image_header_read(KtImageSource *source, KtImageFormat format, KtImageHeader *ret_header,
			  GError **error) KT_WARN_UNUSED;
