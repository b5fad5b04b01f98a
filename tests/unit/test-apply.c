/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-apply.h"
#include "kt-undo.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Apply, undo and recover on a small copied tree: values and files. */

typedef struct Fixture {
	char *dir;
	char *state;
	KtRoot *root;
	KtMachine machine;
	KtStateDir *state_dir;
} Fixture;

static void
put(const Fixture *fixture, const char *path, const char *text)
{
	g_autofree char *full = g_build_filename(fixture->dir, path, NULL);
	g_autofree char *parent = g_path_get_dirname(full);

	g_assert_cmpint(g_mkdir_with_parents(parent, 0755), ==, 0);
	g_assert_true(g_file_set_contents(full, text, -1, NULL));
}

static char *
get(const Fixture *fixture, const char *path)
{
	g_autofree char *full = g_build_filename(fixture->dir, path, NULL);
	char *text = NULL;

	return g_file_get_contents(full, &text, NULL, NULL) ? text : NULL;
}

#define assert_file(fixture, path, wanted)                                                         \
	do {                                                                                       \
		g_autofree char *assert_text = get((fixture), (path));                             \
		g_assert_cmpstr(assert_text, ==, (wanted));                                        \
	} while (0)

static void
open_machine(Fixture *fixture)
{
	g_autoptr(GError) error = NULL;

	fixture->root = kt_root_open(fixture->dir, &error);
	g_assert_no_error(error);
	kt_machine_init(&fixture->machine, fixture->root, "", 1000);
	fixture->state_dir = kt_state_dir_open(fixture->state, /* create= */ true, &error);
	g_assert_no_error(error);
	g_assert_true(kt_state_dir_lock(fixture->state_dir, 0, &error));
}

static void
setup(Fixture *fixture, const void *data)
{
	fixture->dir = g_dir_make_tmp("kvmtune-apply-XXXXXX", NULL);
	fixture->state = g_build_filename(fixture->dir, "var/lib/kvmtune", NULL);
	put(fixture, "proc/sys/kernel/random/boot_id", "boot-1\n");
	put(fixture, "proc/sys/vm/swappiness", "60\n");
	put(fixture, "sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
	put(fixture, "proc/sys/vm/min_free_kbytes", "67584\n");
	put(fixture, "etc/sysctl.d/99-local.conf", "# mine\nnet.ipv4.tcp_tw_recycle = 1\n");
	open_machine(fixture);
}

static void
close_machine(Fixture *fixture)
{
	kt_state_dir_free(fixture->state_dir);
	kt_machine_clear(&fixture->machine);
	kt_root_free(fixture->root);
}

static void
remove_tree(const char *path)
{
	g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);

	for (const char *name = dir ? g_dir_read_name(dir) : NULL; name;
	     name = g_dir_read_name(dir)) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		remove_tree(child);
	}
	(void)g_remove(path);
}

static void
teardown(Fixture *fixture, const void *data)
{
	close_machine(fixture);
	remove_tree(fixture->dir);
	g_free(fixture->dir);
	g_free(fixture->state);
}

static void
reopen(Fixture *fixture)
{
	close_machine(fixture);
	open_machine(fixture);
}

static const char plan_text[] =
	"{\"schema_version\":1,\"kind\":\"kvmtune-plan\",\"groups\":["
	"{\"id\":1,\"title\":\"swap\",\"practices\":\"host.swappiness\",\"severity\":\"medium\","
	"\"risk\":\"low\"},"
	"{\"id\":2,\"title\":\"line\",\"practices\":\"host.tcp-tw-recycle\",\"severity\":\"low\","
	"\"risk\":\"low\"}],\"steps\":["
	"{\"id\":1,\"group\":1,\"knob\":\"value\",\"target\":\"host\",\"title\":\"host\","
	"\"effect\":\"live\",\"risk\":\"low\",\"edits\":[{\"locator\":\"/proc/sys/vm/swappiness\","
	"\"from\":\"60\",\"to\":\"10\",\"syntax\":\"number\"}]},"
	"{\"id\":2,\"group\":1,\"knob\":\"file\",\"target\":\"host\",\"title\":\"host\","
	"\"effect\":\"boot\",\"risk\":\"low\",\"edits\":[{\"locator\":"
	"\"/etc/sysctl.d/80-kvmtune-vm.swappiness.conf\",\"from\":null,"
	"\"to\":\"vm.swappiness = 10\\n\",\"syntax\":\"plain\"}]},"
	"{\"id\":3,\"group\":2,\"knob\":\"file\",\"target\":\"host\",\"title\":\"host\","
	"\"effect\":\"boot\",\"risk\":\"low\",\"edits\":[{\"locator\":\"/etc/sysctl.d/99-local.conf\","
	"\"from\":\"# mine\\nnet.ipv4.tcp_tw_recycle = 1\\n\",\"to\":\"# mine\\n\","
	"\"syntax\":\"plain\"}]}],\"notes\":[]}";

static KtPlan *
make_plan(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtJson) json = kt_json_parse(text, strlen(text), "plan", &error);
	KtPlan *plan = json ? kt_plan_from_json(json, &error) : NULL;

	g_assert_no_error(error);
	return plan;
}

static KtTxn *
apply_text(Fixture *fixture, const char *text, GError **error)
{
	g_autoptr(KtPlan) plan = make_plan(text);
	KtTxn *txn = NULL;
	const KtApplyRun run = {
		.machine = &fixture->machine,
		.state_dir = fixture->state_dir,
		.plan = plan,
	};

	bool ok = kt_apply_run(&run, &txn, error);
	g_assert_true(ok == (*error == NULL));
	return txn;
}

static KtTxn *
apply(Fixture *fixture, GError **error)
{
	return apply_text(fixture, plan_text, error);
}

static KtTxn *
undo(Fixture *fixture, uint32_t id)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtLog) log = kt_log_load(fixture->state_dir, id, &error);
	KtTxn *txn = NULL;

	g_assert_no_error(error);
	bool ok = kt_undo_run(&fixture->machine, log, &txn, &error);
	g_assert_no_error(error);
	g_assert_true(ok);
	return txn;
}

static void
assert_before(const Fixture *fixture)
{
	assert_file(fixture, "proc/sys/vm/swappiness", "60\n");
	assert_file(fixture, "etc/sysctl.d/80-kvmtune-vm.swappiness.conf", NULL);
	assert_file(fixture, "etc/sysctl.d/99-local.conf", "# mine\nnet.ipv4.tcp_tw_recycle = 1\n");
}

static void
assert_after(const Fixture *fixture)
{
	assert_file(fixture, "proc/sys/vm/swappiness", "10\n");
	assert_file(fixture, "etc/sysctl.d/80-kvmtune-vm.swappiness.conf", "vm.swappiness = 10\n");
	assert_file(fixture, "etc/sysctl.d/99-local.conf", "# mine\n");
}

static void
test_apply_undo(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = apply(fixture, &error);

	g_assert_no_error(error);
	g_assert_cmpint(txn->state, ==, KT_TXN_APPLIED);
	g_assert_cmpuint(kt_txn_count(txn, KT_OUTCOME_APPLIED), ==, 3);
	assert_after(fixture);

	g_autoptr(KtTxn) undone = undo(fixture, txn->id);
	g_assert_cmpint(undone->state, ==, KT_TXN_UNDONE);
	g_assert_cmpuint(kt_txn_count(undone, KT_OUTCOME_RESTORED), ==, 3);
	assert_before(fixture);
}

static void
test_apply_again(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) first = apply(fixture, &error);
	g_autoptr(KtTxn) second = apply(fixture, &error);

	g_assert_no_error(error);
	g_assert_cmpuint(second->id, ==, 0);
	g_assert_cmpint(second->state, ==, KT_TXN_UNSET);
	g_assert_cmpuint(kt_txn_count(second, KT_OUTCOME_ALREADY), ==, 3);
}

static void
test_apply_stale(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;

	put(fixture, "proc/sys/vm/swappiness", "33\n");
	g_autoptr(KtTxn) txn = apply(fixture, &error);
	g_assert_error(error, KT_ERROR, KT_ERROR_STALE);
	g_assert_nonnull(strstr(error->message, "step 1"));
	g_assert_cmpint(txn->state, ==, KT_TXN_UNSET);
	assert_file(fixture, "etc/sysctl.d/80-kvmtune-vm.swappiness.conf", NULL);
	assert_file(fixture, "proc/sys/vm/swappiness", "33\n");
}

/* The second group fails: the first stands, nothing of the second is left. */
static void
test_apply_group_fails(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *blocker = g_build_filename(
		fixture->dir, "etc/sysctl.d/.80-kvmtune-vm.swappiness.conf.kvmtune-tmp", NULL);

	g_assert_cmpint(g_mkdir(blocker, 0755), ==, 0);
	g_autoptr(KtTxn) txn = apply(fixture, &error);
	g_assert_error(error, KT_ERROR, KT_ERROR_ROLLED_BACK);
	assert_file(fixture, "proc/sys/vm/swappiness", "60\n");
	assert_file(fixture, "etc/sysctl.d/80-kvmtune-vm.swappiness.conf", NULL);
	assert_file(fixture, "etc/sysctl.d/99-local.conf", "# mine\n");
	g_assert_cmpint(txn->steps[0].outcome, ==, KT_OUTCOME_ROLLED_BACK);
	g_assert_cmpint(txn->steps[1].outcome, ==, KT_OUTCOME_FAILED);
	g_assert_cmpint(txn->steps[2].outcome, ==, KT_OUTCOME_APPLIED);
}

static void
test_undo_foreign(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = apply(fixture, &error);

	put(fixture, "proc/sys/vm/swappiness", "42\n");
	g_autoptr(KtTxn) undone = undo(fixture, txn->id);
	g_assert_cmpint(undone->steps[0].outcome, ==, KT_OUTCOME_FOREIGN);
	assert_file(fixture, "proc/sys/vm/swappiness", "42\n");
	assert_file(fixture, "etc/sysctl.d/80-kvmtune-vm.swappiness.conf", NULL);
}

/* After a reboot the live value is what the boot made it, not a foreign one. */
static void
test_undo_after_reboot(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtTxn) txn = apply(fixture, &error);

	put(fixture, "proc/sys/kernel/random/boot_id", "boot-2\n");
	put(fixture, "proc/sys/vm/swappiness", "30\n");
	reopen(fixture);
	g_autoptr(KtTxn) undone = undo(fixture, txn->id);
	g_assert_cmpint(undone->steps[0].outcome, ==, KT_OUTCOME_GONE);
	assert_file(fixture, "etc/sysctl.d/80-kvmtune-vm.swappiness.conf", NULL);
}

static void
test_file_keeps_owner(Fixture *fixture, const void *data)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = g_build_filename(fixture->dir, "etc/sysctl.d/99-local.conf", NULL);
	GStatBuf info = {0};

	g_assert_cmpint(g_chmod(path, 0640), ==, 0);
	g_autoptr(KtTxn) txn = apply(fixture, &error);
	g_assert_no_error(error);
	g_assert_cmpint(g_stat(path, &info), ==, 0);
	g_assert_cmpuint(info.st_mode & 07777, ==, 0640);
}

static const char slice_plan[] =
	"{\"schema_version\":1,\"kind\":\"kvmtune-plan\",\"groups\":["
	"{\"id\":1,\"title\":\"cpus\",\"practices\":\"host.cpu-isolation\",\"severity\":\"high\","
	"\"risk\":\"low\"}],\"steps\":["
	"{\"id\":1,\"group\":1,\"knob\":\"value\",\"target\":\"host\",\"title\":\"host\","
	"\"effect\":\"live\",\"risk\":\"low\",\"edits\":[{\"locator\":"
	"\"/sys/fs/cgroup/system.slice/cpuset.cpus\",\"from\":\"0-7\",\"to\":\"0-2\","
	"\"syntax\":\"list\"}]}],\"notes\":[]}";

/* The kernel takes no empty list back while programs run in the group. */
static void
test_slice_cpus(Fixture *fixture, const void *data)
{
	const char *path = "sys/fs/cgroup/system.slice/cpuset.cpus";
	g_autoptr(GError) error = NULL;

	put(fixture, path, "\n");
	put(fixture, "sys/devices/system/cpu/possible", "0-7\n");
	g_autoptr(KtTxn) txn = apply_text(fixture, slice_plan, &error);
	g_assert_no_error(error);
	assert_file(fixture, path, "0-2\n");

	g_autoptr(KtTxn) undone = undo(fixture, txn->id);
	g_assert_cmpint(undone->steps[0].outcome, ==, KT_OUTCOME_RESTORED);
	assert_file(fixture, path, "0-7\n");
}

#define ADD(name, func) g_test_add("/apply/" name, Fixture, NULL, setup, func, teardown)

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	ADD("apply-undo", test_apply_undo);
	ADD("apply-again-writes-nothing", test_apply_again);
	ADD("stale-plan-is-refused", test_apply_stale);
	ADD("failed-group-is-put-back", test_apply_group_fails);
	ADD("undo-leaves-foreign-value", test_undo_foreign);
	ADD("undo-after-reboot", test_undo_after_reboot);
	ADD("replaced-file-keeps-permissions", test_file_keeps_owner);
	ADD("slice-without-a-list-gets-all-cpus", test_slice_cpus);
	return g_test_run();
}
