/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The timer of --confirm-within: a process of its own, because it must outlive the terminal, the
 * network connection and kvmtune itself. A systemd transient unit where systemd runs, else a
 * detached child in a session of its own.
 */

#include "kt-error.h"

#include <stdint.h>

/* Starts "kvmtune timer ID" for the state directory. Returns when it runs. @uri may be NULL. */
bool kt_confirm_timer_start(const char *root, bool is_live, const char *uri, const char *state_dir,
			    uint32_t id, GError **error) KT_WARN_UNUSED;

/* Sleeps until transaction @id is settled or its deadline has passed (CLOCK_BOOTTIME). @boot_id is
 * that of the machine that is changed; NULL = it has none. */
bool kt_confirm_timer_wait(const char *state_dir, uint32_t id, const char *boot_id, GError **error)
	KT_WARN_UNUSED;

/* Sleeps, suspend included. */
void kt_confirm_timer_sleep(uint32_t seconds);
