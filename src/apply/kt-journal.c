/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-journal.h"

#include "kt-fault.h"
#include "kt-fd.h"
#include "kt-fdio.h"
#include "kt-root.h"

#include <fcntl.h>
#include <string.h>

#define CHECKSUM_DIGITS 8
/* Intent, done and put-back of one value step take well under 2 KiB; files are saved elsewhere. */
#define BYTES_PER_STEP 4096
#define MAX_LINE       ((size_t)(1024 * 1024))
/* What a disk writes as a whole, at least (NVM Express Base Specification: the smallest LBA). */
#define SECTOR_BYTES ((size_t)512)

struct KtJournal {
	int fd; /* appends */
	off_t length;
	bool is_clean; /* nothing stands behind `length` */
};

KtEntry *
kt_entry_new(KtPhase phase, uint32_t step)
{
	KtEntry *entry = g_new0(KtEntry, 1);

	entry->phase = phase;
	entry->step = step;
	entry->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	return entry;
}

void
kt_entry_free(KtEntry *entry)
{
	if (!entry)
		return;

	g_hash_table_unref(entry->values);
	g_free(entry);
}

void
kt_entry_set(KtEntry *entry, const char *key, const char *value)
{
	if (value)
		g_hash_table_replace(entry->values, g_strdup(key), g_strdup(value));
}

const char *
kt_entry_get(const KtEntry *entry, const char *key)
{
	return g_hash_table_lookup(entry->values, key);
}

static char *
checksum(const char *text, size_t length)
{
	g_autofree char *digest =
		g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const guchar *)text, length);

	return g_strndup(digest, CHECKSUM_DIGITS);
}

char *
kt_entry_format(const KtEntry *entry)
{
	g_autoptr(GString) body = g_string_new(NULL);
	g_autoptr(GList) keys = g_hash_table_get_keys(entry->values);

	keys = g_list_sort(keys, (GCompareFunc)strcmp);
	g_string_append_printf(body, "%c step=%u", (char)entry->phase, entry->step);
	for (GList *item = keys; item; item = item->next) {
		const char *value = kt_entry_get(entry, item->data);
		g_autofree char *escaped = g_uri_escape_bytes(
			(const guint8 *)value, strlen(value), "/:.,+=@#[]{}()'\"*?!;&<>|");
		g_string_append_printf(body, " %s=%s", (char *)item->data, escaped);
	}

	g_autofree char *sum = checksum(body->str, body->len);
	return g_strdup_printf("%s %s\n", sum, body->str);
}

static bool
parse_pairs(KtEntry *entry, char **words)
{
	for (size_t i = 0; words[i]; i++) {
		char *equals = strchr(words[i], '=');
		if (!equals)
			return false;
		g_autofree char *key = g_strndup(words[i], (size_t)(equals - words[i]));
		g_autofree char *value = g_uri_unescape_string(equals + 1, NULL);
		if (!value)
			return false;
		g_hash_table_replace(entry->values, g_steal_pointer(&key), g_steal_pointer(&value));
	}
	return true;
}

static bool
is_phase(char letter)
{
	return letter && strchr("TIDUEKBR", letter);
}

/* NULL when the line is not intact. */
static KtEntry *
parse_line(const char *line, size_t length)
{
	if (length < CHECKSUM_DIGITS + 2 || length > MAX_LINE || line[CHECKSUM_DIGITS] != ' ')
		return NULL;

	const char *body = line + CHECKSUM_DIGITS + 1;
	size_t body_length = length - CHECKSUM_DIGITS - 1;
	g_autofree char *sum = checksum(body, body_length);
	if (memcmp(sum, line, CHECKSUM_DIGITS) != 0 || memchr(body, '\0', body_length))
		return NULL;

	g_autofree char *text = g_strndup(body, body_length);
	g_auto(GStrv) words = g_strsplit(text, " ", -1);
	if (!words[0] || strlen(words[0]) != 1 || !is_phase(words[0][0]))
		return NULL;

	g_autoptr(KtEntry) entry = kt_entry_new((KtPhase)words[0][0], 0);
	if (!parse_pairs(entry, words + 1))
		return NULL;
	const char *step = kt_entry_get(entry, "step");
	guint64 number = 0;
	if (!step || !g_ascii_string_to_unsigned(step, 10, 0, UINT32_MAX, &number, NULL))
		return NULL;
	entry->step = (uint32_t)number;
	g_hash_table_remove(entry->values, "step");
	return g_steal_pointer(&entry);
}

/* Does a stretch of the file that lies in one sector hold nothing? */
static bool
has_lost_sector(const char *text, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		size_t end = MIN(to, (at / SECTOR_BYTES + 1) * SECTOR_BYTES);
		size_t zeros = 0;
		while (at + zeros < end && !text[at + zeros])
			zeros++;
		if (at + zeros == end)
			return true;
		at = end;
	}
	return false;
}

/* Is what stands behind the last intact line, @from..@to, what a power cut leaves of one that was
 * being written? A part of it from the left, or all of it with sectors missing. */
static bool
is_torn(const char *text, size_t from, size_t to)
{
	const char *newline = memchr(text + from, '\n', to - from);

	if (newline)
		return newline == text + to - 1 && has_lost_sector(text, from, to);
	/* Complete but for the newline: its sector was lost, or something else is in its place. */
	if (!text[to - 1])
		return true;
	g_autoptr(KtEntry) entry = parse_line(text + from, to - from - 1);
	return !entry;
}

static bool
throw_damage(size_t at, GError **error)
{
	return kt_throw_hint(error,
			     KT_ERROR_JOURNAL,
			     "the file system lost data: read the journal and its before/ folder "
			     "by hand",
			     "journal is damaged at byte %zu",
			     at);
}

GPtrArray *
kt_journal_parse(const char *text, size_t length, size_t *ret_length, GError **error)
{
	g_autoptr(GPtrArray) entries =
		g_ptr_array_new_with_free_func((GDestroyNotify)kt_entry_free);
	size_t intact = 0;

	if (length > KT_ROOT_MAX_BYTES) {
		kt_throw(error,
			 KT_ERROR_LIMIT,
			 "journal is larger than %zu bytes",
			 KT_ROOT_MAX_BYTES);
		return NULL;
	}
	while (intact < length) {
		const char *begin = text + intact;
		const char *end = memchr(begin, '\n', length - intact);
		KtEntry *entry = end ? parse_line(begin, (size_t)(end - begin)) : NULL;
		if (!entry)
			break;
		g_ptr_array_add(entries, entry);
		intact = (size_t)(end - text) + 1;
	}
	if (intact < length && !is_torn(text, intact, length)) {
		throw_damage(intact, error);
		return NULL;
	}
	*ret_length = intact;
	return g_steal_pointer(&entries);
}

static KtJournal *
journal_new(int fd, off_t length)
{
	KtJournal *journal = g_new0(KtJournal, 1);

	journal->fd = fd;
	journal->length = length;
	journal->is_clean = true;
	return journal;
}

KtJournal *
kt_journal_create(int dirfd, uint32_t n_steps, GError **error)
{
	kt_autofd fd = kt_open_at(dirfd, "journal", O_WRONLY | O_APPEND | O_CREAT | O_EXCL, error);
	off_t room = ((off_t)n_steps + 2) * BYTES_PER_STEP;

	if (fd < 0)
		return NULL;
	/* Where the file system cannot reserve, a full disk is found at the write. */
	if (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, room) != 0 && errno == ENOSPC) {
		kt_throw_errno(error, errno, "reserve room for the journal");
		return NULL;
	}

	KtJournal *journal = journal_new(fd, 0);
	fd = -1;
	return journal;
}

KtJournal *
kt_journal_open(int dirfd, size_t length, GError **error)
{
	kt_autofd fd = kt_open_at(dirfd, "journal", O_WRONLY | O_APPEND, error);

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)length) != 0) {
		kt_throw_errno(error, errno, "cut a torn line off the journal");
		return NULL;
	}

	KtJournal *journal = journal_new(fd, (off_t)length);
	fd = -1;
	return journal;
}

void
kt_journal_free(KtJournal *journal)
{
	if (!journal)
		return;

	kt_fd_clear(&journal->fd);
	g_free(journal);
}

static bool
sync_data(int fd)
{
	return KT_MUTANT("no-fsync") || fdatasync(fd) == 0;
}

static bool
append(int fd, const char *line, GError **error)
{
	int fault = KT_FAULT("journal-before-put");

	if (fault)
		return kt_throw_errno(error, fault, "write the journal");
	if (!kt_write_all(fd, line, strlen(line), "journal", error))
		return false;
	return sync_data(fd) || kt_throw_errno(error, errno, "sync the journal");
}

/* Half a line would make the next one unreadable, and a whole one would be believed. */
static bool
cut(KtJournal *journal, GError **error)
{
	if (ftruncate(journal->fd, journal->length) != 0 || !sync_data(journal->fd))
		return kt_throw_errno(error, errno, "cut a failed line off the journal");
	journal->is_clean = true;
	return true;
}

bool
kt_journal_put(KtJournal *journal, const KtEntry *entry, GError **error)
{
	g_autofree char *line = kt_entry_format(entry);
	size_t length = strlen(line);

	/* Nothing is written that could not be read again. */
	if (length > MAX_LINE || (size_t)journal->length + length > KT_ROOT_MAX_BYTES)
		return kt_throw(error, KT_ERROR_LIMIT, "the journal would become too large");
	if (!journal->is_clean && !cut(journal, error))
		return false;
	journal->is_clean = false;
	if (!append(journal->fd, line, error)) {
		(void)cut(journal, NULL);
		return false;
	}
	journal->is_clean = true;
	journal->length += (off_t)length;
	(void)KT_FAULT("journal-after-put");
	return true;
}

bool
kt_journal_is_clean(const KtJournal *journal)
{
	return journal->is_clean;
}
