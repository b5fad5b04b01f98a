/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What a guest's agent answered, to facts. The guest may be an enemy of the host: whatever is not
 * of the expected form and within the limits makes the members that it is about BROKEN. Only these
 * members are written; texts and lists belong to @arena, with everything else of @inside.
 *
 * Forms: QEMU, docs/interop/qemu-ga-ref.html; libvirt, virDomainGetGuestVcpus() and
 * virDomainGetGuestInfo().
 */

#include "kt-facts-inside.h"

#include <libvirt/libvirt.h>

/* libvirt's protocol carries 2048 parameters at most (src/remote/remote_protocol.x,
 * REMOTE_DOMAIN_GUEST_INFO_PARAMS_MAX), of which a file system takes five or more. */
#define KT_INSIDE_MAX_MOUNTS 410u
/* More disks than these are not looked at: each takes three questions. */
#define KT_INSIDE_MAX_DISKS 26u
/* Longest text that is taken, in bytes; longest path (PATH_MAX of linux/limits.h with its end). */
#define KT_INSIDE_MAX_TEXT 256u
#define KT_INSIDE_MAX_PATH 4095u

/* vcpus, vcpus_online, vcpus_offlinable; from virDomainGetGuestVcpus(). */
void kt_inside_read_vcpus(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside);

/* os_name, os_id, os_version, kernel; from virDomainGetGuestInfo(OS). */
void kt_inside_read_os(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside);

/* mounts; from virDomainGetGuestInfo(FILESYSTEM). */
void kt_inside_read_mounts(const virTypedParameter *params, int n, KtArena *arena,
			   KtInside *inside);

/* The names of disks; from virDomainGetGuestInfo(DISKS). */
void kt_inside_read_disks(const virTypedParameter *params, int n, KtArena *arena, KtInside *inside);

/* scheduler, schedulers of @disk; from the text of its file, "[mq-deadline] none\n". */
void kt_inside_read_scheduler(const char *text, KtArena *arena, KtInsideDisk *disk);

/* memory_blocks, memory_blocks_online; what guest-get-memory-blocks returned. */
void kt_inside_read_blocks(const KtJson *blocks, KtArena *arena, KtInside *inside);

/* memory_block_kib; what guest-get-memory-block-info returned. */
void kt_inside_read_block_size(const KtJson *info, KtInside *inside);
