/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * One image looked at: file, file system and header.
 *
 * The file is opened for reading only, without a wait and without touching its times, and nothing
 * is locked: a guest may be running on it. Nothing but regular files and block devices is opened.
 * It can hang for as long as its file system does, so this runs in a thread of its own.
 */

#include "kt-arena.h"
#include "kt-facts-image.h"

/* Fills @image, with texts from @arena. *@ret_mount_id is the first column of the mount in
 * /proc/self/mountinfo; 0 when the kernel does not say (before Linux 5.8). Sets states for whatever
 * it meets and never fails. `path`, `filesystem` and what belongs to the mount are left alone. */
void kt_image_look(const char *path, KtArena *arena, KtImage *image, uint64_t *ret_mount_id);
