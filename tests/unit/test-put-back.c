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

#define ADD(name, func) g_test_add("/put-back/" name, KtTestChange, NULL, setup, func, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("folder-made-for-a-file-goes", test_folder_alone);
	ADD("folder-that-others-use-stays", test_folder_in_use);
	ADD("killed-before-the-write", test_intent_only);
	ADD("killed-after-the-write", test_no_done);
	return g_test_run();
}
