/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Kernel command lines as text. What is not asked for stays byte for byte as it is: a host's
 * foreign arguments are neither copied nor reordered.
 */

#include <glib.h>
#include <stdbool.h>

/* May @key and @value (NULL = none) stand on a command line without quoting? */
bool kt_boot_line_is_clean(const char *key, const char *value);

/* Value of the last @key on @line: NULL = not there, "" = there without a value. Free with g_free.
 */
char *kt_boot_line_get(const char *line, const char *key);

/* How often @key stands on @line. */
unsigned kt_boot_line_count(const char *line, const char *key);

/* @line with every @key taken out. Free with g_free. */
char *kt_boot_line_without(const char *line, const char *key);

/* The lines of a generated grub.cfg that boot a kernel, recovery entries left out. char * array. */
GPtrArray *kt_boot_grub_lines(const char *grub_cfg);

/* The arguments of a Boot Loader Specification entry: its 'options' lines joined by a blank, ""
 * when there is none. Free with g_free. */
char *kt_boot_bls_options(const char *entry);

/* Are two files the same but for @key, and for the '#' padding of a grubenv block? */
bool kt_boot_text_differs_only_in(const char *a, const char *b, const char *key);
