/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Limits of a guest on block devices of the host, as its control group has them: io.max of version
 * 2, blkio.throttle.* of version 1 (Linux: Documentation/admin-guide/cgroup-v2.rst, io.max;
 * admin-guide/cgroup-v1/blkio-controller.rst).
 */

#include "kt-facts.h"
#include "kt-root.h"

/* A limit for each of @devices, 0 where there is none. @group: folder of the guest's group. */
KtIoLimitList kt_guest_io_limits(KtRoot *root, KtFacts *facts, const char *group, bool is_v1,
				 const KtBlkioDeviceList *devices);
