/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* One reader per format. Each fills a zeroed header and may leave it half-filled on failure; the
 * caller clears it. */

#include "kt-image-header.h"

#define KT_IMAGE_SECTOR 512

/* Longest name that QEMU stores or accepts (qcow2.txt: "at most 1023 bytes"). */
#define KT_IMAGE_MAX_NAME 1023

/* Version 1 of QEMU's format. Errors: as kt_image_header_read(), also below. */
bool kt_image_read_qcow(KtImageSource *source, KtImageHeader *header, GError **error);
/* Versions 2 and 3, with extensions and the table of snapshots. */
bool kt_image_read_qcow2(KtImageSource *source, KtImageHeader *header, GError **error);
/* The enhanced disk format that qcow2 v3 took the place of. */
bool kt_image_read_qed(KtImageSource *source, KtImageHeader *header, GError **error);
/* Sparse extents with a descriptor inside, and descriptors that stand alone. */
bool kt_image_read_vmdk(KtImageSource *source, KtImageHeader *header, GError **error);

/* The name of @length bytes at @offset, which the header gave as @what. Length 0 is an error too.
 * Free with g_free. */
bool kt_image_get_name(KtImageSource *source, uint64_t offset, uint64_t length, const char *what,
		       char **ret_name, GError **error) KT_WARN_UNUSED;
