/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What a step's place holds at one moment, completely enough to put it back.
 *
 * `values` is compared with the plan (one per edit, NULL = absent). `mark` identifies the state as
 * a whole and is what the journal keeps: equal marks are equal states. `blobs` are whole files or
 * whole XML documents, `neighbours` values that the kernel moves when the step's own value is
 * written, `context` names the process that a live value dies with.
 */

#include "kt-plan.h"

typedef struct KtBlob {
	char *path;
	bool exists;
	bool is_dir; /* a folder that had to be made for the file; never has content */
	GBytes *bytes;
	uint32_t mode; /* permission bits */
	uint32_t uid;
	uint32_t gid;
	GHashTable *xattrs; /* char * -> GBytes *; may be NULL */
	char *file;         /* name below before/, once saved */
} KtBlob;

void kt_blob_free(KtBlob *blob);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtBlob, kt_blob_free)

typedef struct KtNeighbour {
	char *path;
	char *value;
} KtNeighbour;

typedef struct KtReading {
	GPtrArray *values; /* char * or NULL, one per edit */
	char *mark;
	char *context;         /* or NULL */
	GPtrArray *blobs;      /* KtBlob * */
	GPtrArray *neighbours; /* KtNeighbour * */
	/* Of a before-image: the step was never seen to end, so that what the place holds now is
	 * what our write made of it. */
	bool is_of_stopped;
} KtReading;

/* Nothing read yet: no values, no files, no mark. */
KtReading *kt_reading_new(void);
void kt_reading_free(KtReading *reading);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtReading, kt_reading_free)

/* Appends a value (copied); NULL = absent. */
void kt_reading_add_value(KtReading *reading, const char *value);

/* Sets the mark from the values: the text itself when short, else its SHA-256. */
void kt_reading_mark_values(KtReading *reading);

/* "=text", "#sha256..." for long texts, "-" for NULL. Free with g_free. */
char *kt_mark_text(const char *text);

/* Same for bytes: always "#sha256...". */
char *kt_mark_bytes(GBytes *bytes);

/* For people: the value of "=text", "(absent)", "(long text)". Free with g_free. */
char *kt_mark_describe(const char *mark);

/* True when every edit of @step finds the value that the plan was made for, or the one it wants. A
 * value that the kernel rounded up counts as wanted, never as found. */
bool kt_reading_matches_from(const KtReading *reading, const KtStep *step);
bool kt_reading_matches_to(const KtReading *reading, const KtStep *step);
