/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Times. The pure layers get them as values; only collect/, apply/ and above ask the clock. */

#include <stdint.h>

/* Microseconds since 1970-01-01 UTC. */
int64_t kt_clock_wall_us(void);

/* Microseconds since boot, counting suspend (CLOCK_BOOTTIME): a deadline in this clock can be
 * neither moved by setting the date nor slept through. */
int64_t kt_clock_boottime_us(void);

/* RFC 3339 in UTC with seconds, "2026-11-21T04:38:10Z". Free with g_free. */
char *kt_clock_format(int64_t wall_us);
