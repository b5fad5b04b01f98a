/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Files that are named on the command line and hold JSON. */

#include "kt-json.h"

/* How messages call @path: itself, or "standard input" for "-". Borrowed. */
const char *kt_input_name(const char *path);

/* Reads and parses it; "-" is standard input. Errors: IO, NOT_FOUND, DENIED, PARSE, and LIMIT when
 * it has more than @most bytes. */
KtJson *kt_input_read_json(const char *path, size_t most, GError **error) KT_WARN_UNUSED;
