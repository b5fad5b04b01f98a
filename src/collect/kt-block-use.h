/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the host itself does with a block device: a file system that is mounted from it, swap, or
 * another device on top of it (LVM, RAID, multipath). Its partitions count.
 */

#include "kt-root.h"

#include <glib.h>

/* @dir: its directory in sysfs ("/sys/dev/block/8:0"); @mounts: kt_mounts_parse(); @swaps: the text
 * of /proc/swaps, or NULL. "sda1 is mounted at /srv", or NULL when the host leaves it alone. Free
 * with g_free. */
char *kt_block_use(KtRoot *root, const char *dir, const GArray *mounts, const char *swaps);
