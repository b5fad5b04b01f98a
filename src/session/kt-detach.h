/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Another kvmtune that goes on when this one is gone. */

#include "kt-session.h"

/* The call of this program with the options of the session: "PATH --root ... -c URI". The caller
 * adds the verb, its arguments and NULL. Free with g_ptr_array_unref. */
GPtrArray *kt_detach_argv(const KtSessionOptions *options);

/* Starts it in a session of its own, without any of our descriptors. Errors: IO. */
bool kt_detach_spawn(const GPtrArray *argv, GError **error);

/* Waits up to @wait_ms until no other kvmtune holds the lock that this function takes: the program
 * itself, so that no file is left behind. The caller closes *@ret_fd. Errors: BUSY, IO. */
bool kt_detach_lock(uint32_t wait_ms, int *ret_fd, GError **error) KT_WARN_UNUSED;
