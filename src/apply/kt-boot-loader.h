/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Boot loaders: how a distribution keeps the kernel command line of the next boot.
 *
 *  - grub-debian: an own file in /etc/default/grub.d and update-grub (Debian, Ubuntu);
 *  - bls: Boot Loader Specification entries changed by grubby (RHEL 8 and newer, Fedora, openEuler
 *    where it is set up so). The rescue entry is left untouched: one entry must stay bootable.
 */

#include "kt-machine.h"
#include "kt-reading.h"

typedef struct KtBootLoader {
	const char *name;
	bool (*is_used)(KtRoot *root);
	/* Files that a change may touch: char * array of paths. */
	GPtrArray *(*files)(KtRoot *root, const char *key);
	/* The command lines of all normal entries, from the files' texts (KtBlob *). char * array.
	 */
	GPtrArray *(*lines)(const GPtrArray *blobs);
	/* Sets the argument for all normal entries; NULL takes it away. */
	bool (*set)(KtMachine *machine, const char *key, const char *value, const GPtrArray *before,
		    GError **error);
	/* The file that is the change's own (put back first), or NULL. Free with g_free. */
	char *(*own_file)(const char *key);
	/* What set() writes into it. Free with g_free. */
	char *(*own_text)(const char *key, const char *value);
	/* Generates the boot entries again from the configuration; NULL when there is no such step.
	 */
	bool (*regenerate)(KtMachine *machine, GError **error);
} KtBootLoader;

/* The loader of this root, or NULL with an error (UNSUPPORTED). */
const KtBootLoader *kt_boot_loader_find(KtRoot *root, GError **error);
