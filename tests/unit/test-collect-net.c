/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Network devices: what their drivers say, which bridge they belong to; and memory of Xen's dom0.
 */

#include "kt-ethtool.h"
#include "kt-test-tree.h"

#define NIC "/sys/class/net/eno1"

static KtTestTree *
tree_with_nic(const char *answers)
{
	KtTestTree *tree = kt_test_tree_new();

	kt_test_tree_put(tree, NIC "/device/vendor", "0x8086\n");
	kt_test_tree_put(tree, NIC "/mtu", "9000\n");
	kt_test_tree_put(tree, NIC "/statistics/rx_missed_errors", "17\n");
	kt_test_tree_put_link(tree, NIC "/master", "../br0");
	kt_test_tree_put(tree, "/sys/class/net/br0/bridge/bridge_id", "8000.x\n");
	if (answers)
		kt_test_tree_put(tree, KT_ETHTOOL_DIR "/eno1", answers);
	return tree;
}

static void
test_answers(void)
{
	g_autoptr(KtTestTree) tree =
		tree_with_nic("rx-ring 512 4096\nchannels 8 63\ngro 1\nlro 0\n");

	kt_test_assert_collects(tree, "host/net_devices/0/rx_ring", "512");
	kt_test_assert_collects(tree, "host/net_devices/0/rx_ring_max", "4096");
	kt_test_assert_collects(tree, "host/net_devices/0/channels", "8");
	kt_test_assert_collects(tree, "host/net_devices/0/channels_max", "63");
	kt_test_assert_collects(tree, "host/net_devices/0/gro", "true");
	kt_test_assert_collects(tree, "host/net_devices/0/lro", "false");
	kt_test_assert_collects(tree, "host/net_devices/0/mtu", "9000");
	kt_test_assert_collects(tree, "host/net_devices/0/rx_missed", "17");
	kt_test_assert_collects(tree, "host/net_devices/0/bridge", "'br0'");
}

static void
test_no_answers(void)
{
	g_autoptr(KtTestTree) silent = tree_with_nic(NULL);
	g_autoptr(KtTestTree) odd = tree_with_nic("rx-ring\nchannels many 63\n\ngro -1\n");

	kt_test_assert_collects(silent, "host/net_devices/0/rx_ring", "{'state':'absent'}");
	kt_test_assert_collects(silent, "host/net_devices/0/gro", "{'state':'absent'}");
	kt_test_assert_collects(odd, "host/net_devices/0/rx_ring", "{'state':'absent'}");
	kt_test_assert_collects(odd, "host/net_devices/0/channels", "{'state':'broken'}");
	kt_test_assert_collects(odd, "host/net_devices/0/gro", "{'state':'broken'}");
	kt_test_tree_put_link(silent, NIC "/master", "../ovs-system");
	kt_test_assert_collects(silent, "host/net_devices/0/bridge", "{'state':'absent'}");
}

static void
test_device_of_path(void)
{
	g_assert_cmpstr(kt_ethtool_device(KT_ETHTOOL_DIR "/eno1"), ==, "eno1");
	g_assert_null(kt_ethtool_device(KT_ETHTOOL_DIR "/"));
	g_assert_null(kt_ethtool_device(KT_ETHTOOL_DIR "/a/b"));
	g_assert_null(kt_ethtool_device(KT_ETHTOOL_DIR "/sixteen-letters-"));
	g_assert_null(kt_ethtool_device("/run/kvmtune"));
}

/* Loopback answers little, and a device that is not there nothing. */
static void
test_live(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(KtRoot) root = kt_root_open("/", &error);
	g_autofree char *text = NULL;

	g_assert_no_error(error);
	g_assert_cmpint(kt_root_read(root, KT_ETHTOOL_DIR "/nosuchdevice", &text, NULL),
			==,
			KT_STATE_ABSENT);
	if (kt_root_read(root, KT_ETHTOOL_DIR "/lo", &text, NULL) == KT_STATE_VALUE)
		g_assert_nonnull(g_strstr_len(text, -1, "gro "));
}

static void
test_xen(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree,
			 "/etc/default/grub",
			 "GRUB_CMDLINE_LINUX=\"dom0_mem=1\"\n"
			 "GRUB_CMDLINE_XEN_DEFAULT=\"loglvl=all dom0_mem=1G+10%,max:1G+10%\"\n");
	kt_test_tree_put(
		tree, "/etc/xen/xl.conf", "# autoballoon=\"on\"\nautoballoon = \"off\" # x\n");
	kt_test_assert_collects(tree, "host/system/xen_dom0_mem", "{'state':'absent'}");
	kt_test_tree_put(tree, "/proc/xen/capabilities", "control_d\n");
	kt_test_assert_collects(tree, "host/system/xen_dom0_mem", "'1G+10%,max:1G+10%'");
	kt_test_assert_collects(tree, "host/system/xen_autoballoon", "'off'");
	kt_test_tree_put(tree, "/etc/xen/xl.conf", "autoballoon=1\n");
	kt_test_assert_collects(tree, "host/system/xen_autoballoon", "'on'");
	kt_test_tree_put(tree, "/etc/default/grub", "GRUB_CMDLINE_XEN=\"$X\"\n");
	kt_test_assert_collects(tree, "host/system/xen_dom0_mem", "{'state':'broken'}");
}

static void
test_slices(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/sys/fs/cgroup/system.slice/cpuset.cpus", "\n");
	kt_test_tree_put(tree, "/sys/fs/cgroup/user.slice/cpuset.cpus", "0-3\n");
	kt_test_assert_collects(tree, "host/cgroup/system_cpus", "''");
	kt_test_tree_put(tree, "/sys/devices/system/cpu/possible", "0-7\n");
	kt_test_assert_collects(tree, "host/cgroup/system_cpus", "'0-7'");
	kt_test_assert_collects(tree, "host/cgroup/user_cpus", "'0-3'");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/net/answers", test_answers);
	g_test_add_func("/collect/net/no-answers", test_no_answers);
	g_test_add_func("/collect/net/device-of-path", test_device_of_path);
	g_test_add_func("/collect/net/live", test_live);
	g_test_add_func("/collect/net/xen", test_xen);
	g_test_add_func("/collect/net/slices", test_slices);
	return g_test_run();
}
