/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-change.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The state directory: who may change the machine, and where transactions come from. */

typedef struct Folder {
	char *base;
	char *path; /* does not exist yet, nor does its parent */
} Folder;

static void
setup(Folder *folder, const void *data)
{
	folder->base = g_dir_make_tmp("kvmtune-state-XXXXXX", NULL);
	folder->path = g_build_filename(folder->base, "var/lib/kvmtune", NULL);
}

static void
teardown(Folder *folder, const void *data)
{
	kt_test_unmount();
	kt_test_remove_tree(folder->base);
	g_free(folder->base);
	g_free(folder->path);
}

static KtStateDir *
open_dir(const Folder *folder, bool create)
{
	g_autoptr(GError) error = NULL;
	KtStateDir *dir = kt_state_dir_open(folder->path, create, &error);

	g_assert_no_error(error);
	return dir;
}

static unsigned
mode_of(const char *path)
{
	GStatBuf info = {0};

	g_assert_cmpint(g_stat(path, &info), ==, 0);
	return info.st_mode & 07777;
}

static void
test_private(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) dir = open_dir(folder, /* create= */ true);
	g_autofree char *lock = g_build_filename(folder->path, "lock", NULL);
	g_autofree char *txns = g_build_filename(folder->path, "txn", NULL);

	g_assert_true(kt_state_dir_lock(dir, 0, &error));
	g_assert_cmpuint(mode_of(folder->path), ==, 0700);
	g_assert_cmpuint(mode_of(txns), ==, 0700);
	g_assert_cmpuint(mode_of(lock), ==, 0600);
}

/* Looking at transactions makes nothing. */
static void
test_absent(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) dir = open_dir(folder, /* create= */ false);
	g_autoptr(GArray) ids = kt_state_dir_list(dir, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(ids->len, ==, 0);
	g_assert_cmpint(kt_state_dir_open_txn(dir, 1, &error), ==, -1);
	g_assert_error(error, KT_ERROR, KT_ERROR_NOT_FOUND);
	g_assert_false(g_file_test(folder->path, G_FILE_TEST_EXISTS));
}

static void
test_numbers(Folder *folder, const void *data)
{
	static const char *const names[] = {"000007", "000002", "000009.new", "hello", "12x"};
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) dir = open_dir(folder, /* create= */ true);
	uint32_t id = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder->path, "txn", names[i], NULL);
		g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	}
	g_autoptr(GArray) ids = kt_state_dir_list(dir, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(ids->len, ==, 2);
	g_assert_cmpuint(g_array_index(ids, uint32_t, 0), ==, 2);
	g_assert_cmpuint(g_array_index(ids, uint32_t, 1), ==, 7);

	int fd = kt_state_dir_begin_txn(dir, &id, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(id, ==, 8);
	(void)close(fd);
}

static bool
has_txn(const Folder *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder->path, "txn", name, NULL);

	return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void
test_publish(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) dir = open_dir(folder, /* create= */ true);
	uint32_t id = 0;

	int fd = kt_state_dir_begin_txn(dir, &id, &error);
	g_assert_no_error(error);
	(void)close(fd);
	g_assert_true(has_txn(folder, "000001.new"));
	g_assert_true(kt_state_dir_publish_txn(dir, id, &error));
	g_assert_true(has_txn(folder, "000001"));
	g_assert_false(has_txn(folder, "000001.new"));
	fd = kt_state_dir_open_txn(dir, id, &error);
	g_assert_cmpint(fd, >=, 0);
	(void)close(fd);
}

static void
test_sweep(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) dir = open_dir(folder, /* create= */ true);
	g_autofree char *deep = g_build_filename(folder->path, "txn/000001.new/before", NULL);
	g_autofree char *file = g_build_filename(deep, "001.0", NULL);
	g_autofree char *kept = g_build_filename(folder->path, "txn/000002", NULL);

	g_assert_cmpint(g_mkdir_with_parents(deep, 0700), ==, 0);
	g_assert_true(g_file_set_contents(file, "x", 1, NULL));
	g_assert_cmpint(g_mkdir(kept, 0700), ==, 0);
	g_assert_true(kt_state_dir_sweep(dir, &error));
	g_assert_false(has_txn(folder, "000001.new"));
	g_assert_true(has_txn(folder, "000002"));
}

/* A child that holds the lock until it is killed. */
static pid_t
start_holder(const Folder *folder)
{
	int ready[2];
	char byte = 0;

	g_assert_cmpint(pipe(ready), ==, 0);
	pid_t pid = fork();
	g_assert_cmpint(pid, >=, 0);
	if (pid == 0) {
		KtStateDir *dir = kt_state_dir_open(folder->path, /* create= */ true, NULL);
		if (!dir || !kt_state_dir_lock(dir, 0, NULL) || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
	(void)close(ready[0]);
	(void)close(ready[1]);
	return pid;
}

static void
test_lock(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) dir = open_dir(folder, /* create= */ true);
	pid_t pid = start_holder(folder);
	g_autofree char *name = g_strdup_printf("process %d", (int)pid);
	int status = 0;

	g_assert_false(kt_state_dir_lock(dir, 100, &error));
	g_assert_error(error, KT_ERROR, KT_ERROR_BUSY);
	g_assert_nonnull(strstr(error->message, name));
	g_clear_error(&error);
	g_assert_true(kt_state_dir_is_busy(dir));

	g_assert_cmpint(kill(pid, SIGKILL), ==, 0);
	g_assert_true(kt_state_dir_lock(dir, 1000, &error));
	g_assert_no_error(error);
	g_assert_false(kt_state_dir_is_busy(dir));
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
}

/* A reader needs no lock, and sees only what is whole. */
static void
test_reader(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtStateDir) writer = open_dir(folder, /* create= */ true);
	uint32_t id = 0;

	g_assert_true(kt_state_dir_lock(writer, 0, &error));
	int fd = kt_state_dir_begin_txn(writer, &id, &error);
	g_assert_cmpint(fd, >=, 0);
	(void)close(fd);
	g_autoptr(KtStateDir) reader = open_dir(folder, /* create= */ false);
	g_autoptr(GArray) ids = kt_state_dir_list(reader, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(ids->len, ==, 0);
}

static void
test_not_a_folder(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *parent = g_path_get_dirname(folder->path);

	g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
	g_assert_true(g_file_set_contents(folder->path, "x", 1, NULL));
	g_autoptr(KtStateDir) dir = kt_state_dir_open(folder->path, /* create= */ true, &error);
	g_assert_null(dir);
	g_assert_error(error, KT_ERROR, KT_ERROR_IO);
}

/* What a mount makes of a state directory is tried in processes of their own. */

static const KtTestEdit file_row[] = {
	{.group = 1, .knob = KT_KNOB_FILE, .path = "/etc/a.conf", .to = "ours\n"},
	{.path = NULL},
};

static bool
is_parent(void)
{
	if (g_test_subprocess())
		return false;
	if (getuid() != 0) {
		g_test_skip("mounting takes root");
		return true;
	}
	g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
	g_test_trap_assert_passed();
	return true;
}

static void
test_read_only(Folder *folder, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *parent = g_path_get_dirname(folder->path);

	if (is_parent())
		return;
	g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
	if (!kt_test_mount(parent, "ro"))
		return;
	g_autoptr(KtStateDir) dir = kt_state_dir_open(folder->path, /* create= */ true, &error);
	g_assert_null(dir);
	g_assert_error(error, KT_ERROR, KT_ERROR_DENIED);
	g_assert_nonnull(strstr(error->message, "Read-only file system"));
}

/* No room for the transaction: nothing is changed, and nothing is left of it. */
static void
test_full(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;

	if (is_parent() || !kt_test_mount(test->state, "size=12k"))
		return;
	kt_test_put(test, "/etc/b.conf", "theirs\n");
	kt_test_change_reopen(test);
	g_autoptr(KtTxn) txn = kt_test_apply(test, file_row, &error);
	g_assert_error(error, KT_ERROR, KT_ERROR_IO);
	g_assert_true(g_str_has_prefix(error->message, "nothing was changed"));
	g_assert_nonnull(strstr(error->message, "No space left on device"));
	g_assert_null(txn);
	kt_test_assert_file(test, "/etc/a.conf", NULL);

	g_autofree char *left = g_build_filename(test->state, "txn/000001.new", NULL);
	g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
}

static char *
long_text(char letter)
{
	return g_strnfill(200 * 1024, letter);
}

/* Room for the journal, not for the before-image: the group is given up before it is begun. */
static void
test_no_room_for_image(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *old = long_text('o');
	const KtTestEdit rows[] = {
		{.group = 1, .knob = KT_KNOB_FILE, .path = "/etc/a.conf", .to = "ours\n"},
		{.group = 1, .knob = KT_KNOB_FILE, .path = "/etc/long", .from = old, .to = "s\n"},
		{.path = NULL},
	};

	if (is_parent() || !kt_test_mount(test->state, "size=320k"))
		return;
	kt_test_put(test, "/etc/long", old);
	kt_test_change_reopen(test);
	g_autoptr(KtTxn) txn = kt_test_apply(test, rows, &error);
	g_assert_error(error, KT_ERROR, KT_ERROR_ROLLED_BACK);
	g_assert_nonnull(strstr(error->message, "No space left on device"));
	g_assert_cmpint(txn->state, ==, KT_TXN_UNDONE);
	g_assert_cmpint(txn->steps[0].outcome, ==, KT_OUTCOME_ROLLED_BACK);
	g_assert_cmpint(txn->steps[1].outcome, ==, KT_OUTCOME_FAILED);
	kt_test_assert_file(test, "/etc/a.conf", NULL);
	kt_test_assert_file(test, "/etc/long", old);
}

/* The disk of the configuration is full. */
static void
test_no_room_for_file(KtTestChange *test, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *new = long_text('n');
	g_autofree char *folder = g_build_filename(test->dir, "etc/small", NULL);
	const KtTestEdit rows[] = {
		{.group = 1, .knob = KT_KNOB_FILE, .path = "/etc/a.conf", .to = "ours\n"},
		{.group = 1, .knob = KT_KNOB_FILE, .path = "/etc/small/b", .to = new},
		{.path = NULL},
	};

	g_assert_cmpint(g_mkdir_with_parents(folder, 0755), ==, 0);
	if (is_parent() || !kt_test_mount(folder, "size=64k"))
		return;
	kt_test_change_reopen(test);
	g_autoptr(KtTxn) txn = kt_test_apply(test, rows, &error);
	g_assert_error(error, KT_ERROR, KT_ERROR_ROLLED_BACK);
	g_assert_cmpint(txn->state, ==, KT_TXN_UNDONE);
	kt_test_assert_file(test, "/etc/a.conf", NULL);
	kt_test_assert_file(test, "/etc/small/b", NULL);
	kt_test_assert_file(test, "/etc/small/.b.kvmtune-tmp", NULL);
}

static void
setup_change(KtTestChange *test, const void *data)
{
	kt_test_change_init(test);
}

static void
teardown_change(KtTestChange *test, const void *data)
{
	kt_test_change_clear(test);
}

#define ADD(name, func) g_test_add("/state-dir/" name, Folder, NULL, setup, func, teardown)
#define ADD_CHANGE(name, func)                                                                     \
	g_test_add("/state-dir/" name, KtTestChange, NULL, setup_change, func, teardown_change)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("is-private", test_private);
	ADD("looking-makes-nothing", test_absent);
	ADD("numbers", test_numbers);
	ADD("publish", test_publish);
	ADD("sweep", test_sweep);
	ADD("dead-holder-never-blocks", test_lock);
	ADD("reader-needs-no-lock", test_reader);
	ADD("not-a-folder", test_not_a_folder);
	ADD("read-only", test_read_only);
	ADD_CHANGE("full-disk", test_full);
	ADD_CHANGE("no-room-for-a-before-image", test_no_room_for_image);
	ADD_CHANGE("no-room-for-a-file", test_no_room_for_file);
	return g_test_run();
}
