/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Loading a topology with hwloc: settings, environment and translation of failure are here only. */

#include "kt-root.h"

#include <hwloc.h>

typedef struct hwloc_topology *KtHwloc;

/* Loads @xml, or discovers below @root when it is NULL: packages, cores, L3 caches, NUMA nodes and
 * all online CPUs, whether a cpuset allows kvmtune to run there or not. ABSENT when the root has no
 * processors to look at, BROKEN when hwloc refuses what it finds. Release with kt_hwloc_clear(). */
KtState kt_hwloc_load(const KtRoot *root, const char *xml, KtHwloc *ret_topology);

/* hwloc's XML, version 2. Free with g_free; NULL on failure. */
char *kt_hwloc_to_xml(KtHwloc topology);

/* The members of @bitmap; false when it is empty, endless or beyond KT_CPUSET_BITS. */
bool kt_hwloc_to_cpuset(hwloc_const_bitmap_t bitmap, KtCpuset *ret_set);

/* Destroys *@topology unless it is NULL, and makes it that. */
void kt_hwloc_clear(KtHwloc *topology);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(KtHwloc, kt_hwloc_clear)
