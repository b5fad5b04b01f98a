/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Facts of the images behind the disks of guests, and of the files below them in a chain.
 *
 * One record per path, however many disks use it. A chain is followed from `path` to `backing`
 * (which is a path, when it begins with '/') by looking that up in the list; a base whose format no
 * header and no domain XML names is in the list, but what it names in turn is not. All that a
 * header says is meant when QEMU reads the file as `format`, which is what its first bytes look
 * like: a guest can write any header to a disk that its XML calls raw.
 */

#include "kt-schema.h"

typedef struct KtImage {
	KtOptStr path; /* as the domain XML or the overlay names it */
	KtOptStr kind; /* "file", "block"; ABSENT: there is nothing; BROKEN: see `problem` */
	KtOptStr problem;
	/* the file */
	KtOptStr file_id; /* the same for two names of one file */
	KtOptU64 size_bytes;
	KtOptU64 allocated_bytes;
	KtOptStr mode; /* "0600" */
	KtOptU64 owner;
	KtOptU64 group;
	KtOptStr filesystem; /* "ext4", "nfs4"...; ABSENT for block devices */
	KtOptStr mount_point;
	KtOptStr mount_options;
	KtOptBool is_nocow;
	KtOptU64 direct_align_bytes; /* of reads and writes with O_DIRECT */
	KtOptStr host_use;           /* of a block device: "mounted at /srv"; ABSENT: none */
	/* its header */
	KtOptStr format;
	KtOptStr variant;
	KtOptU64 version;
	KtOptU64 virtual_bytes;
	KtOptU64 cluster_bytes;
	KtOptU64 refcount_bits;
	KtOptBool has_subclusters;
	KtOptBool has_lazy_refcounts;
	KtOptBool is_dirty;
	KtOptBool is_corrupt;
	KtOptBool has_unknown_features;
	KtOptStr compression;
	KtOptStr encryption;
	KtOptU64 snapshots;
	KtOptU64 vm_state_bytes;
	KtOptU64 bitmaps;
	KtOptStr preallocation; /* "off", "metadata", "full" */
	KtOptStr backing;
	KtOptStr backing_format;
	KtOptStr data_file;
} KtImage;
KT_LIST(KtImageList, KtImage);

extern const KtSchema kt_image_schema;

/* Gives every member that nobody has set yet (UNSET) this state, all but `problem`. */
void kt_image_fill(KtImage *image, KtState state);

/* Gives every member this origin. */
void kt_image_set_origin(KtImage *image, uint16_t origin);
