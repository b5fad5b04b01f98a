/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Secrets in text: what looks like one is replaced by KT_SECRET_MARK.
 *
 * There is no grammar of secrets. The rule is the name: a setting whose name contains "pass",
 * "secret", "token", "key", "cred", "cookie", "pwd" or "psk", after known harmless words
 * ("keyboard", "passthrough"...) are taken away, has a value that nobody else should read. Names
 * and everything around them stay, so that it can still be seen that something was set.
 */

#include <stdbool.h>
#include <stddef.h>

#define KT_SECRET_MARK "REDACTED"

/* True when a setting, file or attribute of this name (@length bytes) holds a secret. */
bool kt_secret_is_name(const char *name, size_t length);

/* Settings as on the kernel command line and in configuration files: name=value, name = value,
 * name="value", name: value, also inside quotes and comments; and URLs with a password in them.
 * Returns a new text; free with g_free. */
char *kt_secret_redact_settings(const char *text);

/* Arguments separated by NUL, as in /proc/PID/cmdline: an argument with a secret's name in it
 * disappears as a whole, except for the first, which is the program. Free with g_free. */
char *kt_secret_redact_arguments(const char *text, size_t length, size_t *ret_length);
