/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The journal of one transaction: what is about to be done, written and synced before it is done.
 *
 * Append only, one line per record, readable with cat:
 *
 *   <checksum> <phase> step=N key=value ...
 *
 * The checksum is the first 8 hexadecimal digits of the SHA-256 of the rest of the line; values are
 * percent-escaped. A last line that is torn never happened: every record is synced before the next
 * write to the machine, so what it announces was not begun (intent) or is seen by comparing
 * (done). Torn is what a power cut leaves: a line without its end, or with whole sectors of zeros.
 * Any other bad line is damage, and nothing is done automatically.
 *
 * Phases, in the order they occur (docs/journal-format.md):
 *   T  the transaction exists: version, boot id, time, deadline of confirmation
 *   I  intent: before-image of a step
 *   D  done: what was read back
 *   U  a step was put back (or why not)
 *   E  all groups are through: the transaction stands
 *   K  confirmed
 *   B  undo begins
 *   R  undo or roll-back is through
 */

#include "kt-error.h"

#include <stdint.h>

typedef enum KtPhase {
	KT_PHASE_UNSET = 0,
	KT_PHASE_HEADER = 'T',
	KT_PHASE_INTENT = 'I',
	KT_PHASE_DONE = 'D',
	KT_PHASE_PUT_BACK = 'U',
	KT_PHASE_END = 'E',
	KT_PHASE_CONFIRMED = 'K',
	KT_PHASE_UNDO = 'B',
	KT_PHASE_UNDONE = 'R',
} KtPhase;

typedef struct KtEntry {
	KtPhase phase;
	uint32_t step;      /* 0 = the transaction as a whole */
	GHashTable *values; /* char * -> char * */
} KtEntry;

/* An entry without values; the phase and the step are those of the line. */
KtEntry *kt_entry_new(KtPhase phase, uint32_t step);
void kt_entry_free(KtEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtEntry, kt_entry_free)

/* Copies both; a NULL @value is left out. */
void kt_entry_set(KtEntry *entry, const char *key, const char *value);
/* NULL when it is not there. */
const char *kt_entry_get(const KtEntry *entry, const char *key);

/* The line with its newline. Free with g_free. */
char *kt_entry_format(const KtEntry *entry);

/* Reads a whole journal. *@ret_length is the length of the part that is intact: a torn last line
 * is behind it. Errors: JOURNAL (damage), LIMIT. KtEntry * array. */
GPtrArray *kt_journal_parse(const char *text, size_t length, size_t *ret_length, GError **error)
	KT_WARN_UNUSED;

/* An open journal. */
typedef struct KtJournal KtJournal;

/* Creates "journal" in the folder @dirfd with room for @n_steps, so that a full disk is noticed
 * before anything is changed. */
KtJournal *kt_journal_create(int dirfd, uint32_t n_steps, GError **error) KT_WARN_UNUSED;

/* Opens it to append after its intact @length; a torn line is cut off. */
KtJournal *kt_journal_open(int dirfd, size_t length, GError **error) KT_WARN_UNUSED;
void kt_journal_free(KtJournal *journal);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtJournal, kt_journal_free)

/* Appends and syncs. A failed append leaves nothing, unless the disk refuses that, too: then the
 * journal is not clean, and every later append begins with trying again. */
bool kt_journal_put(KtJournal *journal, const KtEntry *entry, GError **error) KT_WARN_UNUSED;

/* False when it is unknown whether the last, failed record is on the disk. */
bool kt_journal_is_clean(const KtJournal *journal);
