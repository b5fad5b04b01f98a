/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Paths and file names, which are bytes, as text that is safe in JSON and in an archive.
 *
 * '%', control characters, DEL and bytes from 0x80 become %XX (RFC 3986, section 2.1); so do the
 * dots of the components '.' and '..'. Everything else stands for itself.
 */

#include <stdbool.h>

/* Free with g_free. */
char *kt_escape(const char *bytes);

/* The inverse; NULL for a '%' without two hexadecimal digits, for %00, and for text that
 * kt_escape() cannot have made, so that one name has one spelling. Free with g_free. */
char *kt_unescape(const char *text);
