/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Who keeps the kernel command line of the next boot. One place decides, for the facts and for
 * those who write: a plan must not promise what apply cannot do.
 *
 *  - "ostree": rpm-ostree kargs (Fedora CoreOS, Silverblue, RHEL image mode);
 *  - "bls": Boot Loader Specification entries changed by grubby (RHEL 8 and newer, Fedora,
 * openEuler where it is set up so);
 *  - "entries": the same entries read by systemd-boot, without a tool that edits them; new ones are
 *    made from /etc/kernel/cmdline by kernel-install(8);
 *  - "transactional": /etc/default/grub and transactional-update, which makes the boot menu of the
 *    next snapshot (SLE Micro, openSUSE MicroOS);
 *  - "grub-debian": an own file in /etc/default/grub.d and update-grub (Debian, Ubuntu);
 *  - "grub2": a variable of /etc/default/grub and grub2-mkconfig (SLES, openEuler);
 *  - "zipl": /etc/zipl.conf and zipl (s390x without entries);
 *  - "grub-other": GRUB without a known tool; "none": nothing that is known. Neither is edited.
 */

#include "kt-root.h"

/* VALUE with one of the names above, else why it cannot be told. *@ret_path: what decided. */
KtState kt_boot_choice(KtRoot *root, const char **ret_name, const char **ret_path);

/* The first directory that holds entries, or NULL. */
const char *kt_boot_entry_dir(KtRoot *root);

/* The first of @paths (NULL-terminated) that exists, or NULL. */
const char *kt_boot_first(KtRoot *root, const char *const *paths);

/* Where grubby and zipl may be: NULL-terminated. */
extern const char *const kt_boot_grubby_paths[];
extern const char *const kt_boot_zipl_paths[];
extern const char *const kt_boot_mkconfig_paths[];
