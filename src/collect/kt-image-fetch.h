/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The images of all guests of this machine, and how they become facts.
 *
 * Live collection is a fetch and then a merge; replay is a merge of what a fetch gave earlier. So
 * there is one code path, and a snapshot holds no byte of an image, which may be a guest's, but
 * what was understood of its header.
 *
 * An image is looked at in a thread of its own. A file system that does not answer (NFS with its
 * server gone, multipath without paths) costs KT_IMAGE_WAIT_MS once: its images become BROKEN with
 * the reason, their thread is left behind. After KT_IMAGE_MAX_HUNG of them nothing more is looked
 * at.
 */

#include "kt-facts.h"

/* A disk that is there answers within some 10 ms, a loaded NFS server within a second. [eng] */
#define KT_IMAGE_WAIT_MS  2000
#define KT_IMAGE_MAX_HUNG 4

/* Chains that libvirt starts have at most 200 (libvirt 9.0, QEMU_DOMAIN_STORAGE_SOURCE_CHAIN_MAX_
 * DEPTH); a longer one is followed so far. */
#define KT_IMAGE_MAX_DEPTH 200

/* Of one host: a thousand guests with some dozens of disks each. */
#define KT_IMAGE_MAX 65536

/* {"images": [...]} in the form of kt_image_schema: the images of the disks in @facts->guests that
 * are local files or devices, and what is below them. New reference. */
KtJson *kt_image_fetch(const KtFacts *facts, uint32_t deadline_ms);

/* Makes facts of what kt_image_fetch() gave. NULL: nobody looked. Errors: PARSE, LIMIT. */
bool kt_image_merge(KtFacts *facts, const KtJson *images, GError **error) KT_WARN_UNUSED;
