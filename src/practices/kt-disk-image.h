/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What practices about images share: the image of a disk, its chain, and who else uses it.
 */

#include "kt-guest.h"

/* Longer chains are told as this long. As KT_IMAGE_MAX_DEPTH of the collector. */
#define KT_CHAIN_MAX 200

/* An image and what is below it, as far as it was followed. */
typedef struct KtChain {
	const KtImage *images[KT_CHAIN_MAX]; /* [0] is the disk's own */
	size_t n;
	bool is_loop;        /* the last one names one that is already there */
	const char *missing; /* path of a base that is not there, or NULL */
} KtChain;

/* OK and the image of the view's disk, else what evaluate() has to return: NOT_APPLICABLE for what
 * is no disk (CD-ROM) or no file or device of this host, UNKNOWN, with the reason in @out, when the
 * image could not be looked at. */
KtVerdict kt_disk_image(const KtView *view, KtSink *out, const KtImage **ret_image);

/* Same; NOT_APPLICABLE also for what is not opened as qcow2 or does not look like it. */
KtVerdict kt_disk_image_qcow2(const KtView *view, KtSink *out, const KtImage **ret_image);

/* The format that the guest opens the disk as; libvirt takes raw when nothing is said. */
const char *kt_disk_format(const KtDisk *disk);

/* May the guest write to it? Also true when that is not known. */
bool kt_disk_is_written(const KtDisk *disk);

/* The disk of the running guest that has the name of the view's disk, or NULL. */
const KtDisk *kt_disk_live(const KtView *view);

/* Is the guest of a class that waits for its disks: latency or throughput? */
bool kt_disk_is_fast(const KtView *view);

/* Follows @image down. A base whose format the overlay does not say ends the chain. */
void kt_disk_chain(const KtFacts *facts, const KtImage *image, KtChain *ret_chain);

/* A guest, other than through the disk of @view, that has this very file as a disk it writes to;
 * NULL when there is none. An active one is preferred; *@ret_is_active says whether it is. */
const KtGuest *kt_disk_other_writer(const KtView *view, const KtImage *image, bool *ret_is_active);

/* The path for a command line, in quotes where a shell needs them. Free with g_free. */
char *kt_disk_quoted(const char *path);
