/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-journal.h"
#include "kt-root.h"
#include "kt-test-change.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* The journal as text: what is torn, what is damaged, and that nothing is ever read wrongly. */

static GPtrArray *
parse(const char *text, size_t length, size_t *ret_length, GError **error)
{
	size_t intact = 0;

	return kt_journal_parse(text, length, ret_length ? ret_length : &intact, error);
}

/* A journal as a transaction with two steps leaves it. */
static GString *
sample(void)
{
	static const struct {
		KtPhase phase;
		uint32_t step;
		const char *key;
		const char *value;
	} rows[] = {
		{.phase = KT_PHASE_HEADER, .key = "version", .value = "1"},
		{.phase = KT_PHASE_INTENT, .step = 1, .key = "values", .value = "[\"60\"]"},
		{.phase = KT_PHASE_DONE, .step = 1, .key = "after", .value = "=10 per cent: 5%"},
		{.phase = KT_PHASE_INTENT, .step = 2, .key = "before", .value = "-"},
		{.phase = KT_PHASE_DONE, .step = 2, .key = "after", .value = "=line\nline"},
		{.phase = KT_PHASE_END},
		{.phase = KT_PHASE_CONFIRMED},
	};
	GString *text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(KtEntry) entry = kt_entry_new(rows[i].phase, rows[i].step);
		if (rows[i].key)
			kt_entry_set(entry, rows[i].key, rows[i].value);
		g_autofree char *line = kt_entry_format(entry);
		g_string_append(text, line);
	}
	return text;
}

/* All that a reading says, as one text. */
static char *
describe(const GPtrArray *entries)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < entries->len; i++) {
		g_autofree char *line = kt_entry_format(entries->pdata[i]);
		g_string_append(text, line);
	}
	return g_string_free(text, FALSE);
}

static void
test_round_trip(void)
{
	g_autoptr(GError) error = NULL;
	GString *text = sample();
	size_t intact = 0;
	g_autoptr(GPtrArray) entries = parse(text->str, text->len, &intact, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(entries->len, ==, 7);
	g_assert_cmpuint(intact, ==, text->len);
	g_autofree char *again = describe(entries);
	g_assert_cmpstr(again, ==, text->str);
	g_assert_cmpstr(kt_entry_get(entries->pdata[4], "after"), ==, "=line\nline");
	g_string_free(text, TRUE);
}

/* Cut anywhere: the whole lines in front are there, and no more. */
static void
test_torn(void)
{
	GString *text = sample();

	for (size_t length = 0; length <= text->len; length++) {
		g_autoptr(GError) error = NULL;
		size_t intact = 0;
		g_autoptr(GPtrArray) entries = parse(text->str, length, &intact, &error);
		const char *end = length ? g_strrstr_len(text->str, (gssize)length, "\n") : NULL;

		g_assert_no_error(error);
		g_assert_cmpuint(intact, ==, end ? (size_t)(end + 1 - text->str) : 0);
		g_autofree char *read = describe(entries);
		g_assert_cmpuint(strlen(read), ==, intact);
	}
	g_string_free(text, TRUE);
}

/* A power cut may leave the size of the last line without the sector that holds it. */
static void
test_lost_sector(void)
{
	g_autoptr(GError) error = NULL;
	GString *text = sample();
	char *last = g_strrstr_len(text->str, (gssize)text->len - 1, "\n") + 1;
	size_t intact = 0;

	g_assert_cmpuint(text->len, <, 512);
	memset(last, 0, (size_t)(text->str + text->len - last));
	g_autoptr(GPtrArray) entries = parse(text->str, text->len, &intact, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(entries->len, ==, 6);
	g_assert_cmpuint(intact, ==, (size_t)(last - text->str));
	g_string_free(text, TRUE);
}

/* Of a line that spans two sectors either may be missing. */
static void
test_lost_half(void)
{
	for (int half = 0; half < 2; half++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(KtEntry) entry = kt_entry_new(KT_PHASE_INTENT, 1);
		g_autofree char *value = g_strnfill(600, 'x');
		GString *text = sample();
		size_t start = text->len;

		kt_entry_set(entry, "before", value);
		g_autofree char *line = kt_entry_format(entry);
		g_string_append(text, line);
		if (half == 0)
			memset(text->str + start, 0, 512 - start);
		else
			memset(text->str + 512, 0, text->len - 512);
		g_autoptr(GPtrArray) entries = parse(text->str, text->len, NULL, &error);
		g_assert_no_error(error);
		g_assert_cmpuint(entries->len, ==, 7);
		g_string_free(text, TRUE);
	}
}

/* Nor need there be more of it in the next sector than the newline. */
static void
test_lost_newline(void)
{
	g_autoptr(GError) error = NULL;
	GString *text = sample();
	size_t n_lines = 8;

	while (text->len != 513) {
		g_autoptr(KtEntry) entry = kt_entry_new(KT_PHASE_INTENT, 1);
		g_autofree char *line = kt_entry_format(entry);
		size_t missing = 513 - text->len - strlen(line);
		g_autofree char *value = g_strnfill(missing - strlen(" k="), 'x');
		kt_entry_set(entry, "k", value);
		g_autofree char *fitting = kt_entry_format(entry);
		g_string_append(text, fitting);
	}
	g_autoptr(GPtrArray) whole = parse(text->str, text->len, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(whole->len, ==, n_lines);
	text->str[512] = '\0';
	g_autoptr(GPtrArray) entries = parse(text->str, text->len, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(entries->len, ==, n_lines - 1);
	g_string_free(text, TRUE);
}

static void
assert_damaged(const char *text, size_t length)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) entries = parse(text, length, NULL, &error);

	g_assert_error(error, KT_ERROR, KT_ERROR_JOURNAL);
	g_assert_null(entries);
	g_assert_nonnull(kt_error_hint(error));
}

static void
test_damaged_middle(void)
{
	GString *text = sample();

	text->str[100] ^= 1;
	assert_damaged(text->str, text->len);
	g_string_free(text, TRUE);
}

/* A wrong letter in the last line is no power cut either: forgetting a confirmation would undo what
 * was confirmed. */
static void
test_damaged_end(void)
{
	GString *text = sample();

	text->str[text->len - 3] ^= 1;
	assert_damaged(text->str, text->len);
	g_string_free(text, TRUE);
}

/* Every bit of every byte: the reading is the same, or refused, or what a power cut leaves. */
static void
test_flipped(void)
{
	GString *text = sample();
	unsigned n_torn = 0;

	for (size_t i = 0; i < text->len * 8; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *copy = g_memdup2(text->str, text->len);
		copy[i / 8] = (char)(copy[i / 8] ^ (1 << (i % 8)));
		g_autoptr(GPtrArray) entries = parse(copy, text->len, NULL, &error);
		if (!entries) {
			g_assert_error(error, KT_ERROR, KT_ERROR_JOURNAL);
			continue;
		}
		n_torn++;
	}
	g_assert_cmpuint(n_torn, ==, 0);
	g_string_free(text, TRUE);
}

static void
test_foreign_text(void)
{
	static const char *const texts[] = {
		"hello\n",
		"\n",
		"\n\n\n",
		"0123456789\n",
		"aaaaaaaa T step=0\n",
		"12345678 \n",
	};

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GPtrArray) entries = parse(texts[i], strlen(texts[i]), NULL, &error);
		g_assert_true(!entries || entries->len == 0);
	}
}

/* On disk. */

typedef struct Folder {
	char *path;
	int fd;
} Folder;

static void
folder_init(Folder *folder, const void *data)
{
	folder->path = g_dir_make_tmp("kvmtune-journal-XXXXXX", NULL);
	folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	g_assert_cmpint(folder->fd, >=, 0);
}

static void
folder_clear(Folder *folder, const void *data)
{
	(void)close(folder->fd);
	kt_test_remove_tree(folder->path);
	g_free(folder->path);
}

static GPtrArray *
read_journal(const Folder *folder, size_t *ret_length)
{
	g_autofree char *path = g_build_filename(folder->path, "journal", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	gsize length = 0;

	(void)g_file_get_contents(path, &text, &length, &error);
	g_assert_no_error(error);
	GPtrArray *entries = kt_journal_parse(text, length, ret_length, &error);
	g_assert_no_error(error);
	return entries;
}

static bool
put(KtJournal *journal, KtPhase phase, size_t value_length, GError **error)
{
	g_autoptr(KtEntry) entry = kt_entry_new(phase, 1);
	g_autofree char *value = g_strnfill(value_length, 'v');

	kt_entry_set(entry, "value", value);
	return kt_journal_put(journal, entry, error);
}

static void
test_goes_on_behind_torn(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	size_t length = 0;

	g_autoptr(KtJournal) journal = kt_journal_create(folder->fd, 1, &error);
	g_assert_no_error(error);
	g_assert_true(put(journal, KT_PHASE_HEADER, 10, &error));
	g_assert_true(put(journal, KT_PHASE_INTENT, 1000, &error));
	g_clear_pointer(&journal, kt_journal_free);

	g_autofree char *path = g_build_filename(folder->path, "journal", NULL);
	GStatBuf info = {0};
	g_assert_cmpint(g_stat(path, &info), ==, 0);
	g_assert_cmpint(truncate(path, info.st_size - 5), ==, 0);

	g_autoptr(GPtrArray) torn = read_journal(folder, &length);
	g_assert_cmpuint(torn->len, ==, 1);
	journal = kt_journal_open(folder->fd, length, &error);
	g_assert_no_error(error);
	g_assert_true(put(journal, KT_PHASE_UNDONE, 3, &error));
	g_autoptr(GPtrArray) entries = read_journal(folder, &length);
	g_assert_cmpuint(entries->len, ==, 2);
	g_assert_cmpint(((KtEntry *)entries->pdata[1])->phase, ==, KT_PHASE_UNDONE);
}

/* What could not be read back must not be written. */
static void
test_line_limit(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	size_t length = 0;

	g_autoptr(KtJournal) journal = kt_journal_create(folder->fd, 1, &error);
	g_assert_no_error(error);
	g_assert_true(put(journal, KT_PHASE_HEADER, 10, &error));
	g_assert_false(put(journal, KT_PHASE_INTENT, 1024 * 1024, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_LIMIT);
	g_clear_error(&error);
	g_assert_true(put(journal, KT_PHASE_END, 10, &error));
	g_autoptr(GPtrArray) entries = read_journal(folder, &length);
	g_assert_cmpuint(entries->len, ==, 2);
}

static void
test_size_limit(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	size_t length = 0;
	unsigned n = 0;

	g_autoptr(KtJournal) journal = kt_journal_create(folder->fd, 1, &error);
	g_assert_no_error(error);
	while (put(journal, KT_PHASE_INTENT, 1000 * 1000, &error))
		n++;
	g_assert_error(error, KT_ERROR, KT_ERROR_LIMIT);
	g_assert_cmpuint(n, >=, 15);
	g_autoptr(GPtrArray) entries = read_journal(folder, &length);
	g_assert_cmpuint(entries->len, ==, n);
}

/* A write that stops in the middle (here at RLIMIT_FSIZE) leaves no half line, and the next one is
 * read again. */
static void
test_half_write(Folder *folder, const void *data)
{
	struct rlimit old = {0};
	g_autoptr(GError) error = NULL;
	size_t length = 0;

	g_autoptr(KtJournal) journal = kt_journal_create(folder->fd, 1, &error);
	g_assert_no_error(error);
	g_assert_true(put(journal, KT_PHASE_HEADER, 10, &error));

	(void)signal(SIGXFSZ, SIG_IGN);
	g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &old), ==, 0);
	const struct rlimit small = {.rlim_cur = 500, .rlim_max = old.rlim_max};
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
	bool is_written = put(journal, KT_PHASE_INTENT, 1000, &error);
	g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &old), ==, 0);
	g_assert_false(is_written);
	g_assert_error(error, KT_ERROR, KT_ERROR_IO);
	g_clear_error(&error);

	g_autoptr(GPtrArray) before = read_journal(folder, &length);
	g_assert_cmpuint(before->len, ==, 1);
	g_assert_true(put(journal, KT_PHASE_INTENT, 1000, &error));
	g_autoptr(GPtrArray) entries = read_journal(folder, &length);
	g_assert_cmpuint(entries->len, ==, 2);
}

#define ADD(name, func) g_test_add("/journal/" name, Folder, NULL, folder_init, func, folder_clear)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/journal/round-trip", test_round_trip);
	g_test_add_func("/journal/torn-anywhere", test_torn);
	g_test_add_func("/journal/lost-sector", test_lost_sector);
	g_test_add_func("/journal/lost-half", test_lost_half);
	g_test_add_func("/journal/lost-newline", test_lost_newline);
	g_test_add_func("/journal/damaged-in-the-middle", test_damaged_middle);
	g_test_add_func("/journal/damaged-at-the-end", test_damaged_end);
	g_test_add_func("/journal/every-bit-flipped", test_flipped);
	g_test_add_func("/journal/foreign-text", test_foreign_text);
	ADD("goes-on-behind-a-torn-line", test_goes_on_behind_torn);
	ADD("line-that-could-not-be-read", test_line_limit);
	ADD("journal-that-could-not-be-read", test_size_limit);
	ADD("half-a-write", test_half_write);
	return g_test_run();
}
