/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-put-back.h"
#include "kt-test-change.h"

#include <glib/gstdio.h>
#include <string.h>

/* Undo and recovery: what is put back, what is left, and what is said of it. */

#define SWAPPINESS "/proc/sys/vm/swappiness"
#define DROP_IN    "/etc/new.d/80-kvmtune.conf"

static const KtTestEdit value_row[] = {
	{.group = 1,
	 .knob = KT_KNOB_VALUE,
	 .path = SWAPPINESS,
	 .from = "60",
	 .to = "10",
	 .syntax = KT_SYNTAX_NUMBER},
	{.path = NULL},
};

static const KtTestEdit file_row[] = {
	{.group = 1, .knob = KT_KNOB_FILE, .path = DROP_IN, .to = "ours\n"},
	{.path = NULL},
};

static void
setup(KtTestChange *test, const void *data)
{
	kt_test_change_init(test);
	kt_test_put(test, SWAPPINESS, "60\n");
	kt_test_put(test, "/etc/hosts", "127.0.0.1 localhost\n");
}

static void
teardown(KtTestChange *test, const void *data)
{
	kt_test_change_clear(test);
}

static bool
has_folder(const KtTestChange *test, const char *path)
{
	g_autofree char *full = g_build_filename(test->dir, path, NULL);

	return g_file_test(full, G_FILE_TEST_IS_DIR);
}

static void
assert_undone(KtTestChange *test, uint32_t id, KtOutcome outcome)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = kt_test_undo(test, id, &error);

	g_assert_no_error(error);
	g_assert_cmpint(txn->state, ==, KT_TXN_UNDONE);
	g_assert_cmpint(txn->steps[0].outcome, ==, outcome);
}

/* T and I are there: killed between the folder and the file. */
static void
test_folder_alone(KtTestChange *test, const void *data)
{
	uint32_t id = kt_test_applied(test, file_row);

	kt_test_remove_file(test, DROP_IN);
	kt_test_cut_journal(test, id, 2);
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	g_assert_false(has_folder(test, "/etc/new.d"));
}

/* T, I and D: recovery was killed between removing the file and its folder. */
static void
test_folder_left(KtTestChange *test, const void *data)
{
	uint32_t id = kt_test_applied(test, file_row);

	kt_test_remove_file(test, DROP_IN);
	kt_test_cut_journal(test, id, 3);
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	g_assert_false(has_folder(test, "/etc/new.d"));
}

static void
test_folder_in_use(KtTestChange *test, const void *data)
{
	uint32_t id = kt_test_applied(test, file_row);

	kt_test_put(test, "/etc/new.d/foreign.conf", "theirs\n");
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, DROP_IN, NULL);
	kt_test_assert_file(test, "/etc/new.d/foreign.conf", "theirs\n");
}

static void
test_intent_only(KtTestChange *test, const void *data)
{
	uint32_t id = kt_test_applied(test, value_row);

	kt_test_put(test, SWAPPINESS, "60\n");
	kt_test_cut_journal(test, id, 2);
	assert_undone(test, id, KT_OUTCOME_UNCHANGED);
}

static void
test_no_done(KtTestChange *test, const void *data)
{
	uint32_t id = kt_test_applied(test, value_row);

	kt_test_cut_journal(test, id, 2);
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, SWAPPINESS, "60\n");
}

/* Killed before the write; then somebody sets a value between ours and theirs. */
static void
test_between(KtTestChange *test, const void *data)
{
	uint32_t id = kt_test_applied(test, value_row);

	kt_test_cut_journal(test, id, 2);
	kt_test_put(test, SWAPPINESS, "30\n");
	assert_undone(test, id, KT_OUTCOME_FOREIGN);
	kt_test_assert_file(test, SWAPPINESS, "30\n");
}

#define PAGES "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"

static const KtTestEdit pages_row[] = {
	{.group = 1,
	 .knob = KT_KNOB_VALUE,
	 .path = PAGES,
	 .from = "0",
	 .to = "512",
	 .syntax = KT_SYNTAX_NUMBER},
	{.path = NULL},
};

static const KtTestEdit second_value_row[] = {
	{.group = 1,
	 .knob = KT_KNOB_VALUE,
	 .path = SWAPPINESS,
	 .from = "10",
	 .to = "5",
	 .syntax = KT_SYNTAX_NUMBER},
	{.path = NULL},
};

/* The older of two transactions on one place is undone first, then the newer, then it again. */
static void
test_older_first(KtTestChange *test, const void *data)
{
	uint32_t older = kt_test_applied(test, value_row);
	uint32_t newer = kt_test_applied(test, second_value_row);

	assert_undone(test, older, KT_OUTCOME_FOREIGN);
	kt_test_assert_file(test, SWAPPINESS, "5\n");
	g_autoptr(KtLog) log = kt_test_log(test, older);
	g_assert_true(kt_undo_has_foreign(log));

	assert_undone(test, newer, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, SWAPPINESS, "10\n");
	assert_undone(test, older, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, SWAPPINESS, "60\n");
}

/* What the newer one does elsewhere does not matter. */
static void
test_older_elsewhere(KtTestChange *test, const void *data)
{
	uint32_t older = kt_test_applied(test, value_row);
	uint32_t newer = kt_test_applied(test, file_row);

	assert_undone(test, older, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, SWAPPINESS, "60\n");
	kt_test_assert_file(test, DROP_IN, "ours\n");
	assert_undone(test, newer, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, DROP_IN, NULL);
}

static void
assert_damaged(KtTestChange *test, uint32_t id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = kt_test_undo(test, id, &error);

	g_assert_error(error, KT_ERROR, KT_ERROR_JOURNAL);
	g_assert_nonnull(strstr(error->message, "step 2: a before-image is damaged"));
	g_assert_nonnull(kt_error_hint(error));
	g_assert_cmpint(txn->state, ==, KT_TXN_APPLIED);
	kt_test_assert_file(test, SWAPPINESS, "10\n");
	kt_test_assert_file(test, "/etc/hosts", "ours\n");
}

static const KtTestEdit value_and_hosts[] = {
	{.group = 1,
	 .knob = KT_KNOB_VALUE,
	 .path = SWAPPINESS,
	 .from = "60",
	 .to = "10",
	 .syntax = KT_SYNTAX_NUMBER},
	{.group = 1,
	 .knob = KT_KNOB_FILE,
	 .path = "/etc/hosts",
	 .from = "127.0.0.1 localhost\n",
	 .to = "ours\n"},
	{.path = NULL},
};

/* Every byte of a before-image, its length, and itself. */
static void
test_damaged_image(KtTestChange *test, const void *data)
{
	static const char good[] = "127.0.0.1 localhost\n";
	uint32_t id = kt_test_applied(test, value_and_hosts);
	g_autofree char *path = kt_test_txn_path(test, id, "before/002.0");

	for (size_t i = 0; i < strlen(good); i++) {
		g_autofree char *bad = g_strdup(good);
		bad[i] ^= 1;
		g_assert_true(g_file_set_contents(path, bad, -1, NULL));
		assert_damaged(test, id);
	}
	g_assert_true(g_file_set_contents(path, good, (gssize)strlen(good) - 1, NULL));
	assert_damaged(test, id);
	g_assert_cmpint(g_remove(path), ==, 0);
	assert_damaged(test, id);
	g_assert_true(g_file_set_contents(path, good, -1, NULL));
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, "/etc/hosts", good);
}

/* Huge pages are given one by one: killed in the middle of the write there are some. */
static void
test_some_pages(KtTestChange *test, const void *data)
{
	kt_test_put(test, PAGES, "0\n");
	uint32_t id = kt_test_applied(test, pages_row);

	kt_test_cut_journal(test, id, 2);
	kt_test_put(test, PAGES, "300\n");
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, PAGES, "0\n");
}

/* And taken back one by one. The journal is T I D E B. */
static void
test_some_pages_left(KtTestChange *test, const void *data)
{
	kt_test_put(test, PAGES, "0\n");
	uint32_t id = kt_test_applied(test, pages_row);

	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_cut_journal(test, id, 5);
	kt_test_put(test, PAGES, "300\n");
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, PAGES, "0\n");
}

#define THP      "/sys/kernel/mm/transparent_hugepage/enabled"
#define MIN_FREE "/proc/sys/vm/min_free_kbytes"

static const KtTestEdit thp_row[] = {
	{.group = 1,
	 .knob = KT_KNOB_VALUE,
	 .path = THP,
	 .from = "madvise",
	 .to = "never",
	 .syntax = KT_SYNTAX_CHOICE},
	{.path = NULL},
};

static uint32_t
applied_thp(KtTestChange *test)
{
	kt_test_put(test, THP, "always [madvise] never\n");
	kt_test_put(test, MIN_FREE, "67584\n");
	return kt_test_applied(test, thp_row);
}

/* Cut between write and D, and the kernel has moved the neighbour. */
static void
test_neighbour(KtTestChange *test, const void *data)
{
	uint32_t id = applied_thp(test);

	kt_test_cut_journal(test, id, 2);
	kt_test_put(test, MIN_FREE, "19826\n");
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, MIN_FREE, "67584\n");
}

/* The administrator has set the neighbour after us. */
static void
test_foreign_neighbour(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	uint32_t id = applied_thp(test);

	kt_test_put(test, MIN_FREE, "131072\n");
	g_autoptr(KtTxn) txn = kt_test_undo(test, id, &error);
	g_assert_no_error(error);
	g_assert_cmpint(txn->steps[0].outcome, ==, KT_OUTCOME_RESTORED);
	g_assert_nonnull(strstr(txn->steps[0].detail, MIN_FREE));
	kt_test_assert_file(test, THP, "madvise\n");
	kt_test_assert_file(test, MIN_FREE, "131072\n");
}

/* Where kt_file_put() writes first: a folder of that name is in its way. */
#define BLOCKER "/etc/.hosts.kvmtune-tmp"

static const KtTestEdit hosts_row[] = {
	{.group = 1,
	 .knob = KT_KNOB_FILE,
	 .path = "/etc/hosts",
	 .from = "127.0.0.1 localhost\n",
	 .to = "ours\n"},
	{.path = NULL},
};

static void
block(const KtTestChange *test)
{
	g_autofree char *path = g_build_filename(test->dir, BLOCKER, NULL);

	g_assert_cmpint(g_mkdir(path, 0755), ==, 0);
}

static void
assert_stuck(KtTestChange *test, uint32_t id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = kt_test_undo(test, id, &error);

	g_assert_error(error, KT_ERROR, KT_ERROR_INCOMPLETE);
	g_assert_cmpint(txn->state, ==, KT_TXN_INCOMPLETE);
	g_assert_cmpint(txn->steps[0].outcome, ==, KT_OUTCOME_FAILED);
	kt_test_assert_file(test, "/etc/hosts", "ours\n");
}

/* @n_lines of the journal: with an end, or interrupted. */
static void
check_stuck(KtTestChange *test, unsigned n_lines)
{
	uint32_t id = kt_test_applied(test, hosts_row);

	kt_test_cut_journal(test, id, n_lines);
	block(test);
	assert_stuck(test, id);
	assert_stuck(test, id);
	kt_test_remove_file(test, BLOCKER);
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	kt_test_assert_file(test, "/etc/hosts", "127.0.0.1 localhost\n");

	kt_test_change_reopen(test);
	g_autoptr(KtLog) log = kt_test_log(test, id);
	g_assert_cmpint(kt_log_state(log), ==, KT_TXN_UNDONE);
}

static void
test_stuck_undo(KtTestChange *test, const void *data)
{
	check_stuck(test, 4);
}

static void
test_stuck_recovery(KtTestChange *test, const void *data)
{
	check_stuck(test, 3);
}

static const KtTestEdit two_groups[] = {
	{.group = 1,
	 .knob = KT_KNOB_FILE,
	 .path = "/etc/hosts",
	 .from = "127.0.0.1 localhost\n",
	 .to = "ours\n"},
	{.group = 2, .knob = KT_KNOB_FILE, .path = DROP_IN, .to = "ours\n"},
	{.path = NULL},
};

/* Group 1 could not be rolled back, group 2 stands: only the first is tried again. */
static void
test_stuck_group(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	uint32_t id = kt_test_applied(test, two_groups);
	g_autoptr(KtLog) log = kt_test_log(test, id);
	KtEntry *entry = kt_entry_new(KT_PHASE_PUT_BACK, 1);
	g_autoptr(KtTxn) txn = NULL;

	kt_entry_set(entry, "outcome", "failed");
	kt_log_tell(log, entry);
	g_assert_cmpint(kt_log_state(log), ==, KT_TXN_INCOMPLETE);
	g_assert_true(kt_undo_is_stuck(log));

	bool ok = kt_undo_retry(&test->machine, log, &txn, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	g_assert_cmpint(txn->state, ==, KT_TXN_APPLIED);
	g_assert_cmpint(txn->steps[0].outcome, ==, KT_OUTCOME_ROLLED_BACK);
	g_assert_cmpint(txn->steps[1].outcome, ==, KT_OUTCOME_APPLIED);
	kt_test_assert_file(test, "/etc/hosts", "127.0.0.1 localhost\n");
	kt_test_assert_file(test, DROP_IN, "ours\n");
}

static const KtTestEdit two_files[] = {
	{.group = 1, .knob = KT_KNOB_FILE, .path = DROP_IN, .to = "ours\n"},
	{.group = 1, .knob = KT_KNOB_FILE, .path = "/etc/new.d/b.conf", .to = "ours\n"},
	{.path = NULL},
};

/* The folder belongs to the first step, and is in use until the second is put back. */
static void
test_folder_later(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	uint32_t id = kt_test_applied(test, two_files);

	kt_test_remove_file(test, "/etc/new.d/b.conf");
	kt_test_put(test, "/etc/new.d/b.conf/x", "");
	g_autoptr(KtTxn) stuck = kt_test_undo(test, id, &error);
	g_assert_error(error, KT_ERROR, KT_ERROR_INCOMPLETE);
	g_assert_cmpint(stuck->steps[0].outcome, ==, KT_OUTCOME_RESTORED);
	g_assert_cmpint(stuck->steps[1].outcome, ==, KT_OUTCOME_FAILED);

	kt_test_remove_file(test, "/etc/new.d/b.conf/x");
	kt_test_remove_file(test, "/etc/new.d/b.conf");
	kt_test_put(test, "/etc/new.d/b.conf", "ours\n");
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	g_assert_false(has_folder(test, "/etc/new.d"));
}

/* Makes the test run again in a process of its own, whose fault points count from one. False in
 * that process; also where there are no fault points, which skips the test. */
static bool
is_parent(void)
{
	if (g_test_subprocess())
		return false;
#ifdef KT_FAULT_INJECTION
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
#else
	g_test_skip("built without fault injection");
#endif
	return true;
}

static void
set_fault(const char *spec)
{
	if (spec)
		g_setenv("KVMTUNE_FAULT", spec, TRUE);
	else
		g_unsetenv("KVMTUNE_FAULT");
}

static KtTxnState
state_on_disk(KtTestChange *test, uint32_t id)
{
	kt_test_change_reopen(test);
	g_autoptr(KtLog) log = kt_test_log(test, id);
	return kt_log_state(log);
}

/* 28 is ENOSPC. The journal's records: T 1, I 2, D 3, E 4. */
static KtTxn *
apply_without_end(KtTestChange *test, const char *fault)
{
	g_autoptr(GError) error = NULL;

	set_fault(fault);
	KtTxn *txn = kt_test_apply(test, hosts_row, &error);
	set_fault(NULL);
	g_assert_error(error, KT_ERROR, KT_ERROR_ROLLED_BACK);
	g_assert_nonnull(strstr(error->message, "No space left"));
	g_assert_cmpint(txn->steps[0].outcome, ==, KT_OUTCOME_ROLLED_BACK);
	kt_test_assert_file(test, "/etc/hosts", "127.0.0.1 localhost\n");
	return txn;
}

static void
test_no_end_once(KtTestChange *test, const void *data)
{
	if (is_parent())
		return;
	g_autoptr(KtTxn) txn = apply_without_end(test, "journal-before-put:4:28");
	g_assert_cmpint(txn->state, ==, KT_TXN_UNDONE);
	g_assert_cmpint(state_on_disk(test, txn->id), ==, KT_TXN_UNDONE);
}

static void
test_no_end(KtTestChange *test, const void *data)
{
	if (is_parent())
		return;
	g_autoptr(KtTxn) txn = apply_without_end(test, "journal-before-put:4:28+");
	g_assert_cmpint(txn->state, ==, KT_TXN_INTERRUPTED);
	g_assert_cmpint(state_on_disk(test, txn->id), ==, KT_TXN_INTERRUPTED);
	assert_undone(test, txn->id, KT_OUTCOME_UNCHANGED);
}

/* B 1, U 2, R 3: what closes is not written before what it closes. */
static void
test_late_note(KtTestChange *test, const void *data)
{
	if (is_parent())
		return;
	uint32_t id = kt_test_applied(test, hosts_row);
	set_fault("journal-before-put:2:28");
	assert_undone(test, id, KT_OUTCOME_RESTORED);
	set_fault(NULL);
	g_assert_cmpint(state_on_disk(test, id), ==, KT_TXN_UNDONE);
	g_autoptr(KtLog) log = kt_test_log(test, id);
	g_assert_nonnull(log->steps[0].put_back);
}

/* A failure that is not noted must not be forgotten. */
static void
test_late_failure(KtTestChange *test, const void *data)
{
	if (is_parent())
		return;
	uint32_t id = kt_test_applied(test, hosts_row);
	block(test);
	set_fault("journal-before-put:2:28");
	assert_stuck(test, id);
	set_fault(NULL);
	g_assert_cmpint(state_on_disk(test, id), ==, KT_TXN_INCOMPLETE);
}

static void
test_undo_without_end(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;

	if (is_parent())
		return;
	uint32_t id = kt_test_applied(test, hosts_row);
	set_fault("journal-before-put:3:28+");
	g_autoptr(KtTxn) txn = kt_test_undo(test, id, &error);
	set_fault(NULL);
	g_assert_error(error, KT_ERROR, KT_ERROR_IO);
	g_assert_nonnull(strstr(error->message, "all is put back"));
	g_assert_cmpint(txn->state, ==, KT_TXN_INTERRUPTED);
	kt_test_assert_file(test, "/etc/hosts", "127.0.0.1 localhost\n");
	g_assert_cmpint(state_on_disk(test, id), ==, KT_TXN_INTERRUPTED);
	assert_undone(test, id, KT_OUTCOME_RESTORED);
}

#define ADD(name, func) g_test_add("/put-back/" name, KtTestChange, NULL, setup, func, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("folder-made-for-a-file-goes", test_folder_alone);
	ADD("folder-left-by-a-killed-recovery-goes", test_folder_left);
	ADD("folder-that-others-use-stays", test_folder_in_use);
	ADD("killed-before-the-write", test_intent_only);
	ADD("killed-after-the-write", test_no_done);
	ADD("value-between-is-foreign", test_between);
	ADD("older-of-two-first", test_older_first);
	ADD("older-of-two-elsewhere", test_older_elsewhere);
	ADD("damaged-before-image", test_damaged_image);
	ADD("some-huge-pages-are-ours", test_some_pages);
	ADD("some-huge-pages-left-are-ours", test_some_pages_left);
	ADD("neighbour-is-put-back", test_neighbour);
	ADD("foreign-neighbour-stays", test_foreign_neighbour);
	ADD("folder-goes-with-its-last-file", test_folder_later);
	ADD("undo-that-failed-is-tried-again", test_stuck_undo);
	ADD("recovery-that-failed-is-tried-again", test_stuck_recovery);
	ADD("group-that-failed-to-roll-back-is-tried-again", test_stuck_group);
	ADD("end-not-written-once", test_no_end_once);
	ADD("end-not-written", test_no_end);
	ADD("put-back-is-noted-before-the-end", test_late_note);
	ADD("failure-is-noted-before-the-end", test_late_failure);
	ADD("undo-cannot-be-closed", test_undo_without_end);
	return g_test_run();
}
