/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-change.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static char *mounted;

void
kt_test_unmount(void)
{
	if (mounted)
		g_assert_cmpint(umount2(mounted, MNT_DETACH), ==, 0);
	g_clear_pointer(&mounted, g_free);
}

void
kt_test_remove_tree(const char *path)
{
	g_autoptr(GDir) dir =
		g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir)) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		kt_test_remove_tree(child);
	}
	(void)g_remove(path);
}

static void
open_all(KtTestChange *test)
{
	g_autoptr(GError) error = NULL;

	test->root = kt_root_open(test->dir, &error);
	g_assert_no_error(error);
	kt_machine_init(&test->machine, test->root, "", 1000);
	test->state_dir = kt_state_dir_open(test->state, /* create= */ true, &error);
	g_assert_no_error(error);
	bool is_locked = kt_state_dir_lock(test->state_dir, 0, &error);
	g_assert_no_error(error);
	g_assert_true(is_locked);
}

static void
close_all(KtTestChange *test)
{
	kt_state_dir_free(test->state_dir);
	kt_machine_clear(&test->machine);
	kt_root_free(test->root);
}

void
kt_test_change_init(KtTestChange *test)
{
	g_autoptr(GError) error = NULL;

	test->dir = g_dir_make_tmp("kvmtune-host-XXXXXX", &error);
	g_assert_no_error(error);
	test->state = g_strconcat(test->dir, ".state", NULL);
	kt_test_put(test, "/proc/sys/kernel/random/boot_id", "boot-1\n");
	open_all(test);
}

void
kt_test_change_clear(KtTestChange *test)
{
	close_all(test);
	kt_test_unmount();
	kt_test_remove_tree(test->dir);
	kt_test_remove_tree(test->state);
	g_free(test->dir);
	g_free(test->state);
}

void
kt_test_change_reopen(KtTestChange *test)
{
	close_all(test);
	open_all(test);
}

void
kt_test_put(const KtTestChange *test, const char *path, const char *text)
{
	g_autofree char *full = g_build_filename(test->dir, path, NULL);
	g_autofree char *parent = g_path_get_dirname(full);
	g_autoptr(GError) error = NULL;

	g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
	(void)g_file_set_contents(full, text, -1, &error);
	g_assert_no_error(error);
}

char *
kt_test_get(const KtTestChange *test, const char *path)
{
	g_autofree char *full = g_build_filename(test->dir, path, NULL);
	char *text = NULL;

	return g_file_get_contents(full, &text, NULL, NULL) ? text : NULL;
}

void
kt_test_remove_file(const KtTestChange *test, const char *path)
{
	g_autofree char *full = g_build_filename(test->dir, path, NULL);

	g_assert_cmpint(g_remove(full), ==, 0);
}

KtPlan *
kt_test_plan(const KtTestEdit *rows)
{
	KtPlan *plan = kt_plan_new();

	while (rows[plan->n_steps].path)
		plan->n_steps++;
	plan->n_groups = rows[plan->n_steps - 1].group;
	plan->groups = kt_arena_new0(plan->arena, KtGroup, plan->n_groups);
	plan->steps = kt_arena_new0(plan->arena, KtStep, plan->n_steps);
	for (uint32_t i = 0; i < plan->n_groups; i++)
		plan->groups[i] = (KtGroup){
			.id = i + 1,
			.title = "group",
			.practices = "host.swappiness",
			.severity = KT_SEVERITY_LOW,
			.risk = KT_RISK_LOW,
		};
	for (uint32_t i = 0; i < plan->n_steps; i++) {
		KtEdit *edit = kt_arena_new0(plan->arena, KtEdit, 1);
		edit->locator = rows[i].path;
		edit->from = rows[i].from;
		edit->to = rows[i].to;
		edit->syntax = rows[i].syntax ? rows[i].syntax : KT_SYNTAX_PLAIN;
		plan->steps[i] = (KtStep){
			.id = i + 1,
			.group = rows[i].group,
			.knob = rows[i].knob,
			.effect = rows[i].knob == KT_KNOB_VALUE ? KT_EFFECT_LIVE : KT_EFFECT_BOOT,
			.risk = KT_RISK_LOW,
			.target = "host",
			.title = "host",
			.edits = edit,
			.n_edits = 1,
		};
	}
	return plan;
}

KtTxn *
kt_test_apply(KtTestChange *test, const KtTestEdit *rows, GError **error)
{
	g_autoptr(KtPlan) plan = kt_test_plan(rows);
	KtTxn *txn = NULL;
	const KtApplyRun run = {
		.machine = &test->machine,
		.state_dir = test->state_dir,
		.plan = plan,
	};

	bool ok = kt_apply_run(&run, &txn, error);
	g_assert_true(ok == (*error == NULL));
	return txn;
}

KtTxn *
kt_test_undo(KtTestChange *test, uint32_t id, GError **error)
{
	g_autoptr(KtLog) log = kt_test_log(test, id);
	KtTxn *txn = NULL;

	bool ok = kt_undo_run(&test->machine, log, &txn, error);
	g_assert_true(ok == (*error == NULL));
	return txn;
}

uint32_t
kt_test_applied(KtTestChange *test, const KtTestEdit *rows)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = kt_test_apply(test, rows, &error);

	g_assert_no_error(error);
	g_assert_cmpint(txn->state, ==, KT_TXN_APPLIED);
	return txn->id;
}

KtLog *
kt_test_log(const KtTestChange *test, uint32_t id)
{
	g_autoptr(GError) error = NULL;
	KtLog *log = kt_log_load(test->state_dir, id, &error);

	g_assert_no_error(error);
	return log;
}

char *
kt_test_txn_path(const KtTestChange *test, uint32_t id, const char *name)
{
	return g_strdup_printf("%s/txn/%06u/%s", test->state, id, name);
}

void
kt_test_cut_journal(const KtTestChange *test, uint32_t id, unsigned n_lines)
{
	g_autofree char *path = kt_test_txn_path(test, id, "journal");
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	(void)g_file_get_contents(path, &text, NULL, &error);
	g_assert_no_error(error);

	const char *end = text;
	for (unsigned i = 0; i < n_lines; i++) {
		end = strchr(end, '\n');
		g_assert_nonnull(end);
		end++;
	}
	g_assert_cmpint(truncate(path, end - text), ==, 0);
}

bool
kt_test_mount(const char *path, const char *options)
{
	bool is_readonly = g_str_equal(options, "ro");

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("kvmtune-test",
		  path,
		  "tmpfs",
		  is_readonly ? MS_RDONLY : 0,
		  is_readonly ? "" : options) != 0) {
		g_test_skip(g_strerror(errno));
		return false;
	}
	mounted = g_strdup(path);
	return true;
}
