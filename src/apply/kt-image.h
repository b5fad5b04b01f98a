/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Before-images on disk: the link between a reading and the journal.
 *
 * Whole files and XML documents go to before/NNN.M, synced with their folder before the intent is
 * written; all else (values, neighbours, permissions, digests) stands in the intent itself.
 */

#include "kt-journal.h"
#include "kt-reading.h"

/* Saves the blobs of @reading below @txn_dirfd and fills @intent with all that
 * kt_image_load() needs. */
bool kt_image_save(int txn_dirfd, const KtReading *reading, KtEntry *intent, GError **error)
	KT_WARN_UNUSED;

/* The neighbours alone: of an intent as they were, of a done record as our write left them. */
void kt_image_save_neighbours(const KtReading *reading, KtEntry *entry);
bool kt_image_load_neighbours(const KtEntry *entry, KtReading *reading, GError **error)
	KT_WARN_UNUSED;

/* Appends the folders that did not exist when @intent was written (char *). Reads no image. */
void kt_image_new_folders(const KtEntry *intent, GPtrArray *paths);

/* The reading that @intent was made from. Error JOURNAL when an image is missing or not what was
 * saved. */
KtReading *kt_image_load(int txn_dirfd, const KtEntry *intent, GError **error) KT_WARN_UNUSED;
