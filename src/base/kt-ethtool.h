/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What only the call SIOCETHTOOL tells of a network device, as a file of the live root: it is read
 * through a root like everything else, so that snapshots hold it.
 *
 * Lines, those that the driver answers: "rx-ring NOW MAX", "channels NOW MAX", "gro 0|1",
 * "lro 0|1". None of these questions needs a privilege (net/ethtool/ioctl.c, dev_ethtool()).
 */

#include "kt-opt.h"

#include <stddef.h>

/* The folder of the files; nothing is ever written there. */
#define KT_ETHTOOL_DIR "/run/kvmtune/ethtool"

/* The device of a path in KT_ETHTOOL_DIR; NULL when it is another path. Borrowed. */
const char *kt_ethtool_device(const char *path);

/* ABSENT when there is no such device or its driver answers nothing. Free with g_free. */
KtState kt_ethtool_read(const char *device, char **ret_text, size_t *ret_length);
