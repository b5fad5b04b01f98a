/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The CPUs that a control group of version 2 may use, in words that can be written back.
 *
 * A group that nobody has restricted shows an empty cpuset.cpus and uses what its parent has. Once
 * a list was written the kernel takes no empty one any more while programs run in the group: ENOSPC
 * (Linux: kernel/cgroup/cpuset.c, validate_change()). The list of all CPUs that are possible says
 * the same, also for CPUs that come later, and is taken at any time; so that is what stands for
 * the empty one here.
 */

#include "kt-root.h"

/* Is this the file cpuset.cpus of a slice? */
bool kt_slice_cpus_is(const char *path);

/* The list in @path, for an empty one all CPUs that are possible (as it is when that is not known).
 * Free with g_free. Only KT_STATE_VALUE writes the result. */
KtState kt_slice_cpus_read(KtRoot *root, const char *path, char **ret_list);
