/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-clock.h"

#include <glib.h>
#include <time.h>

int64_t
kt_clock_wall_us(void)
{
	return g_get_real_time();
}

int64_t
kt_clock_boottime_us(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

char *
kt_clock_format(int64_t wall_us)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);

	return g_date_time_format(time, "%Y-%m-%dT%H:%M:%SZ");
}
