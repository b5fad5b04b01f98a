/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Files that hold kernel command lines, changed as text: comments, order and foreign arguments stay
 * byte for byte. @value NULL takes the argument away, "" is one without a value. Every result is
 * freed with g_free.
 */

#include <glib.h>
#include <stdbool.h>

typedef char *(*KtBootEdit)(const char *text, const char *key, const char *value);

/* A command line without its newline. The argument goes to the end. */
char *kt_boot_line_with(const char *line, const char *key, const char *value);

/* A Boot Loader Specification entry (type #1): its 'options' lines. */
char *kt_boot_entry_with(const char *text, const char *key, const char *value);

/* /etc/kernel/cmdline (kernel-install(8)): the whole file is one command line. */
char *kt_boot_cmdline_with(const char *text, const char *key, const char *value);

/* /etc/zipl.conf (zipl.conf(5)): every 'parameters' line. */
char *kt_boot_zipl_with(const char *text, const char *key, const char *value);

/* The values of those lines. char * array. */
GPtrArray *kt_boot_zipl_lines(const char *text);

/* /etc/default/grub: GRUB_CMDLINE_LINUX_DEFAULT, which recovery entries do not have;
 * GRUB_CMDLINE_LINUX where the argument stands there already. NULL when those can only be told by
 * a shell. */
char *kt_boot_grub_with(const char *text, const char *key, const char *value);

/* What both variables of /etc/default/grub say together. NULL as above. */
char *kt_boot_grub_line(const char *text);
