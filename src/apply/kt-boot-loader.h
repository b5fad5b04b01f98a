/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Boot loaders: how a distribution keeps the kernel command line of the next boot. Which there are,
 * and which one a host has, says kt-boot-choice.h. Rescue and recovery entries are left untouched:
 * one entry must stay bootable.
 */

#include "kt-boot-text.h"
#include "kt-machine.h"
#include "kt-reading.h"

typedef struct KtBootLoader {
	const char *name;
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
	/* Brings files that were put back to where the firmware reads them; NULL when it reads the
	 * files themselves. */
	bool (*install)(KtMachine *machine, GError **error);
	/* The files belong to the tool, which makes new ones instead of changing them: nothing is
	 * put back by hand, undo is another set(). */
	bool is_sealed;
} KtBootLoader;

extern const KtBootLoader kt_boot_loader_ostree;
extern const KtBootLoader kt_boot_loader_entries;
extern const KtBootLoader kt_boot_loader_zipl;
extern const KtBootLoader kt_boot_loader_grub2;
extern const KtBootLoader kt_boot_loader_transactional;

/* A grub-mkconfig with os-prober takes half a minute on a host with many disks. */
#define KT_BOOT_TOOL_LIMIT_S 180
/* rpm-ostree and transactional-update copy a system, on slow disks for minutes. */
#define KT_BOOT_IMAGE_LIMIT_S 900

/* The text of a file that was read; "" when it was not there. Free with g_free. */
char *kt_boot_blob_text(const KtBlob *blob);

/* The blob of @path, or NULL. */
const KtBlob *kt_boot_blob_find(const GPtrArray *blobs, const char *path);

/* The names in @dir that end in ".conf", added to @files as paths. */
void kt_boot_add_entries(KtRoot *root, const char *dir, GPtrArray *files);

/* Is it the entry of a rescue system? */
bool kt_boot_is_rescue(const char *path);

/* Changes the file @path, keeping all that belongs to it; one that is not there stays away. Error
 * UNSUPPORTED when @edit cannot do it. */
bool kt_boot_edit_file(KtMachine *machine, const char *path, KtBootEdit edit, const char *key,
		       const char *value, GError **error);

/* The loader of this root, or NULL with an error (UNSUPPORTED). */
const KtBootLoader *kt_boot_loader_find(KtRoot *root, GError **error);
