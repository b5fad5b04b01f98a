/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-confirm-timer.h"

#include "kt-clock.h"
#include "kt-detach.h"
#include "kt-log.h"
#include "kt-root.h"

#include <time.h>
#include <unistd.h>

/* A journal that cannot be read at first: the disk is busy, memory short. Then it is given up. */
#define MAX_MISSES 5

/* How soon the timer notices that it is no longer needed; the deadline itself is exact. */
#define LOOK_EVERY_US (2 * G_USEC_PER_SEC)

static void
add(GPtrArray *argv, const char *text)
{
	g_ptr_array_add(argv, g_strdup(text));
}

static void
add_pair(GPtrArray *argv, const char *option, const char *value)
{
	if (!value)
		return;
	add(argv, option);
	add(argv, value);
}

static GPtrArray *
make_argv(const char *root, const char *uri, const char *state_dir, uint32_t id)
{
	GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *number = g_strdup_printf("%u", id);
	g_autofree char *full_root = g_canonicalize_filename(root, NULL);
	g_autofree char *full_state = g_canonicalize_filename(state_dir, NULL);

	add(argv, self ? self : "kvmtune");
	add_pair(argv, "--root", full_root);
	add_pair(argv, "--state-dir", full_state);
	add_pair(argv, "-c", uri);
	add(argv, "timer");
	add(argv, number);
	g_ptr_array_add(argv, NULL);
	return argv;
}

static bool
start_unit(const GPtrArray *argv, uint32_t id)
{
	g_autoptr(GPtrArray) full = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *unit = g_strdup_printf("--unit=kvmtune-confirm-%u", id);
	int status = -1;

	add(full, "systemd-run");
	add(full, "--quiet");
	add(full, "--collect");
	add(full, unit);
	for (guint i = 0; argv->pdata[i]; i++)
		add(full, argv->pdata[i]);
	g_ptr_array_add(full, NULL);
	return g_spawn_sync("/",
			    (char **)full->pdata,
			    NULL,
			    G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL |
				    G_SPAWN_STDERR_TO_DEV_NULL,
			    NULL,
			    NULL,
			    NULL,
			    NULL,
			    &status,
			    NULL) &&
	       g_spawn_check_wait_status(status, NULL);
}

bool
kt_confirm_timer_start(const char *root, bool is_live, const char *uri, const char *state_dir,
		       uint32_t id, GError **error)
{
	g_autoptr(GPtrArray) argv = make_argv(root, uri, state_dir, id);
	bool has_systemd = is_live && g_file_test("/run/systemd/system", G_FILE_TEST_IS_DIR);

	if (has_systemd && start_unit(argv, id))
		return true;
	return kt_detach_spawn(argv, error) || kt_prefix(error, "the confirmation timer");
}

static bool
read_left(const char *state_dir, uint32_t id, const char *boot_id, int64_t *ret_left_us,
	  GError **error)
{
	g_autoptr(KtStateDir) dir = kt_state_dir_open(state_dir, /* create= */ false, error);
	g_autoptr(KtLog) log = dir ? kt_log_load(dir, id, error) : NULL;

	if (!log)
		return false;

	KtTxnState state = kt_log_state(log);
	bool is_open = state == KT_TXN_UNCONFIRMED || state == KT_TXN_INTERRUPTED;
	*ret_left_us = is_open ? kt_log_confirm_left_us(log, boot_id, kt_clock_boottime_us()) : 0;
	return true;
}

static void
sleep_until(int64_t boottime_us)
{
	const struct timespec until = {
		.tv_sec = boottime_us / G_USEC_PER_SEC,
		.tv_nsec = boottime_us % G_USEC_PER_SEC * 1000,
	};

	(void)clock_nanosleep(CLOCK_BOOTTIME, TIMER_ABSTIME, &until, NULL);
}

void
kt_confirm_timer_sleep(uint32_t seconds)
{
	sleep_until(kt_clock_boottime_us() + (int64_t)seconds * G_USEC_PER_SEC);
}

/* The deadline is remembered: what cannot be read later must not keep it from passing. */
bool
kt_confirm_timer_wait(const char *state_dir, uint32_t id, const char *boot_id, GError **error)
{
	int64_t deadline_us = INT64_MAX;

	for (unsigned n_misses = 0; kt_clock_boottime_us() < deadline_us;) {
		g_autoptr(GError) problem = NULL;
		int64_t left_us = 0;
		if (read_left(state_dir, id, boot_id, &left_us, &problem)) {
			if (left_us == INT64_MAX)
				break;
			deadline_us = kt_clock_boottime_us() + left_us;
		} else if (deadline_us == INT64_MAX && ++n_misses == MAX_MISSES) {
			g_propagate_error(error, g_steal_pointer(&problem));
			return false;
		}
		sleep_until(MIN(deadline_us, kt_clock_boottime_us() + LOOK_EVERY_US));
	}
	return true;
}
