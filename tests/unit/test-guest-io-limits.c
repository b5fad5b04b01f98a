/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Limits of a control group on block devices, in both versions. */

#include "kt-guest-io-limits.h"

#include "kt-test-tree.h"

#define GROUP "/sys/fs/cgroup/vm"

static KtTestTree *
tree_with_disks(void)
{
	KtTestTree *tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/sys/class/block/vda/dev", "254:0\n");
	kt_test_tree_put(tree, "/sys/class/block/dm-3/dev", "253:3\n");
	kt_test_tree_put_link(tree, "/dev/mapper/vg-data", "../dm-3");
	return tree;
}

/* "rb wb ri wi" of each of vda, vg-data and a disk that is not there. */
static void
assert_limits(KtTestTree *tree, bool is_v1, const char *wanted)
{
	static const char *const paths[] = {"/dev/vda", "/dev/mapper/vg-data", "/dev/gone"};
	KtBlkioDevice items[G_N_ELEMENTS(paths)] = {0};
	const KtBlkioDeviceList devices = {
		.v = items, .n = G_N_ELEMENTS(items), .state = KT_STATE_VALUE};
	g_autoptr(KtRoot) root = kt_test_tree_root(tree);
	g_autoptr(KtFacts) facts = kt_facts_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++)
		items[i].path = (KtOptStr){.v = paths[i], .state = KT_STATE_VALUE};
	KtIoLimitList list = kt_guest_io_limits(root, facts, GROUP, is_v1, &devices);
	g_assert_cmpuint(list.n, ==, G_N_ELEMENTS(paths));
	for (uint32_t i = 0; i < list.n; i++) {
		const KtIoLimit *limit = &list.v[i];
		const KtOptU64 numbers[] = {limit->read_bytes_sec,
					    limit->write_bytes_sec,
					    limit->read_iops_sec,
					    limit->write_iops_sec};
		g_assert_true(kt_opt_is(limit->path, paths[i]));
		for (size_t j = 0; j < G_N_ELEMENTS(numbers); j++) {
			if (kt_known(numbers[j]))
				g_string_append_printf(
					text, "%" G_GUINT64_FORMAT " ", numbers[j].v);
			else
				g_string_append_printf(
					text, "%s ", kt_state_name(numbers[j].state));
		}
	}
	g_assert_cmpstr(text->str, ==, wanted);
}

static void
test_v2(void)
{
	g_autoptr(KtTestTree) tree = tree_with_disks();

	assert_limits(tree,
		      /* is_v1= */ false,
		      "absent absent absent absent absent absent absent absent "
		      "broken broken broken broken ");
	kt_test_tree_put(tree,
			 GROUP "/io.max",
			 "253:30 rbps=7 wbps=7 riops=7 wiops=7\n"
			 "253:3 rbps=1048576 wbps=max riops=max wiops=99\n");
	assert_limits(tree,
		      /* is_v1= */ false,
		      "0 0 0 0 1048576 0 0 99 broken broken broken broken ");
	kt_test_tree_put(tree, GROUP "/io.max", "254:0 rbps=x wbps=-1 riops=\n253:3\n");
	assert_limits(tree,
		      /* is_v1= */ false,
		      "broken broken broken 0 0 0 0 0 broken broken broken broken ");
}

static void
test_v1(void)
{
	g_autoptr(KtTestTree) tree = tree_with_disks();

	kt_test_tree_put(tree, GROUP "/blkio.throttle.read_bps_device", "254:0 5\n253:3 6\n");
	kt_test_tree_put(tree, GROUP "/blkio.throttle.write_bps_device", "");
	kt_test_tree_put_state(tree, GROUP "/blkio.throttle.read_iops_device", KT_STATE_DENIED);
	assert_limits(tree,
		      /* is_v1= */ true,
		      "5 0 denied absent 6 0 denied absent broken broken broken broken ");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/io-limits/v2", test_v2);
	g_test_add_func("/io-limits/v1", test_v1);
	return g_test_run();
}
