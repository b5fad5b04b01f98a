/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Scripts that complete the command line in a shell, written from the rows. */

#include <glib.h>
#include <stdbool.h>

/* Appends the script for @shell ("bash", "zsh" or "fish"); false for any other. */
bool kt_completion_write(const char *shell, GString *out);
