/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Standard streams: results to standard output, everything else to standard error, and no lost
 * write. A reader that went away (SIGPIPE) is no error; a full disk is.
 */

#include "kt-command.h"

/* Makes descriptors 0 to 2 open, so that no file that is opened later becomes standard output;
 * SIGPIPE becomes EPIPE. The first thing that main() does. */
void kt_output_init(void);

/* Writes all of @text to standard output. Errors: IO. */
bool kt_output_write(const char *text, size_t length, GError **error) KT_WARN_UNUSED;

/* One line to standard error, "kvmtune: @text"; control characters in it are replaced. */
void kt_output_message(const char *text);

/* "kvmtune: message", and "hint: ..." on a line of its own. */
void kt_output_error(const GError *error);

/* Columns of the terminal, of COLUMNS when that is set, 80 for files and pipes. */
unsigned kt_output_width(void);

/* Is colour wanted? @when: "auto" or NULL, "always", "never". Errors: USAGE. */
bool kt_output_wants_colour(const char *when, bool *ret_wanted, GError **error) KT_WARN_UNUSED;

/* Sends debug messages of libraries at or above the level (as in virsh, 0 is all) to standard
 * error. Errors: USAGE. */
bool kt_output_set_debug(const char *level, GError **error) KT_WARN_UNUSED;
