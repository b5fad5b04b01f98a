/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Block devices: which count, what they are, and how they are connected. */

#include "kt-collect-host-private.h"
#include "kt-test-tree.h"

static void
test_kinds(void)
{
	static const struct {
		const char *name;
		const char *kind; /* NULL: skipped */
	} rows[] = {
		{.name = "dm-0", .kind = "dm"},
		{.name = "fd0", .kind = "other"},
		{.name = "loop1", .kind = "loop"},
		{.name = "md127", .kind = "md"},
		{.name = "md_d0", .kind = "md"},
		{.name = "mdx", .kind = "other"},
		{.name = "mmcblk0", .kind = "mmc"},
		{.name = "nbd0", .kind = "nbd"},
		{.name = "nvme0n1", .kind = "nvme"},
		{.name = "ram0"},
		{.name = "rbd0", .kind = "other"},
		{.name = "sda", .kind = "scsi"},
		{.name = "sdaa", .kind = "scsi"},
		{.name = "sr0", .kind = "other"},
		{.name = "vda", .kind = "virtio"},
		{.name = "xvda", .kind = "xen"},
		{.name = "zram0", .kind = "zram"},
	};
	g_autoptr(KtTestTree) tree = kt_test_tree_new();
	size_t n = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		kt_test_tree_put_at(tree, "1\n", "/sys/block/%s/size", rows[i].name);
	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (!rows[i].kind)
			continue;
		g_assert_cmpuint(facts->host.blocks.n, >, n);
		g_assert_cmpstr(facts->host.blocks.v[n].name.v, ==, rows[i].name);
		g_assert_cmpstr(facts->host.blocks.v[n].kind.v, ==, rows[i].kind);
		n++;
	}
	g_assert_cmpuint(facts->host.blocks.n, ==, n);
}

static void
test_skipped(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put_at(tree, "0\n", "/sys/block/loop0/size");
	kt_test_tree_put_at(tree, "2048\n", "/sys/block/loop1/size");
	kt_test_tree_put_at(tree, "0\n", "/sys/block/zram0/size");
	kt_test_tree_put_at(tree, "1\n", "/sys/block/nvme0c0n1/hidden");
	kt_test_tree_put_at(tree, "0\n", "/sys/block/nvme0n1/hidden");
	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	g_assert_cmpuint(facts->host.blocks.n, ==, 3);
	kt_test_assert_fact(facts, "host/blocks/0/name", "'loop1'");
	kt_test_assert_fact(facts, "host/blocks/1/name", "'nvme0n1'");
	kt_test_assert_fact(facts, "host/blocks/2/name", "'zram0'");
}

static void
test_scheduler(void)
{
	static const struct {
		const char *text;
		const char *scheduler;
		const char *schedulers;
		const char *is_switchable;
	} rows[] = {
		{.text = "[none] mq-deadline kyber bfq \n",
		 .scheduler = "'none'",
		 .schedulers = "'none mq-deadline kyber bfq'",
		 .is_switchable = "true"},
		{.text = "none [mq-deadline]\n",
		 .scheduler = "'mq-deadline'",
		 .schedulers = "'none mq-deadline'",
		 .is_switchable = "true"},
		{.text = "none\n",
		 .scheduler = "'none'",
		 .schedulers = "'none'",
		 .is_switchable = "false"},
		{.text = "none mq-deadline\n",
		 .scheduler = "{'state':'broken'}",
		 .schedulers = "{'state':'broken'}",
		 .is_switchable = "{'state':'broken'}"},
		{.text = NULL,
		 .scheduler = "{'state':'absent'}",
		 .schedulers = "{'state':'absent'}",
		 .is_switchable = "{'state':'absent'}"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(KtTestTree) tree = kt_test_tree_new();
		kt_test_tree_put_at(tree, "1\n", "/sys/block/sda/size");
		if (rows[i].text)
			kt_test_tree_put_at(tree, rows[i].text, "/sys/block/sda/queue/scheduler");
		kt_test_assert_collects(tree, "host/blocks/0/scheduler", rows[i].scheduler);
		kt_test_assert_collects(tree, "host/blocks/0/schedulers", rows[i].schedulers);
		kt_test_assert_collects(tree, "host/blocks/0/is_switchable", rows[i].is_switchable);
	}
}

static void
test_queues(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	for (unsigned i = 0; i < 12; i++)
		kt_test_tree_put_at(tree, "0\n", "/sys/block/nvme0n1/mq/%u/cpu_list", i);
	kt_test_tree_put_at(tree, "0\n", "/sys/block/nvme0n1/queue/rotational");
	kt_test_tree_put_at(tree, "eui.0025385b21404321\n", "/sys/block/nvme0n1/wwid");
	kt_test_tree_put_at(tree, " S4EVNF0M \n", "/sys/block/nvme0n1/device/serial");
	kt_test_tree_put_at(tree, "1\n", "/sys/block/sda/queue/rotational");
	kt_test_tree_put_at(tree, "naa.5000c500a1b2c3d4\n", "/sys/block/sda/device/wwid");
	kt_test_tree_put_at(tree, "disk-1\n", "/sys/block/vda/serial");
	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	kt_test_assert_fact(facts, "host/blocks/0/hw_queues", "12");
	kt_test_assert_fact(facts, "host/blocks/0/rotational", "false");
	kt_test_assert_fact(facts, "host/blocks/0/serial", "'S4EVNF0M'");
	kt_test_assert_fact(facts, "host/blocks/0/wwn", "'eui.0025385b21404321'");
	kt_test_assert_fact(facts, "host/blocks/1/hw_queues", "{'state':'absent'}");
	kt_test_assert_fact(facts, "host/blocks/1/rotational", "true");
	kt_test_assert_fact(facts, "host/blocks/1/serial", "{'state':'absent'}");
	kt_test_assert_fact(facts, "host/blocks/1/wwn", "'naa.5000c500a1b2c3d4'");
	kt_test_assert_fact(facts, "host/blocks/2/serial", "'disk-1'");

	kt_test_tree_put_state(tree, "/sys/block/nvme0n1/mq", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/blocks/0/hw_queues", "{'state':'denied'}");
	kt_test_tree_put_at(tree, "", "/sys/block/sda/mq/x/cpu_list");
	kt_test_assert_collects(tree, "host/blocks/1/hw_queues", "{'state':'absent'}");
}

static void
test_multipath(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put_at(tree, "", "/sys/block/sda/holders/dm-0/any");
	kt_test_tree_put_at(tree, "", "/sys/block/sdb/holders/dm-1/any");
	kt_test_tree_put_at(tree, "", "/sys/block/sdc/holders/dm-1/any");
	kt_test_tree_put_at(tree, "", "/sys/block/sdc/holders/dm-0/any");
	kt_test_tree_put_at(tree, "LVM-abc\n", "/sys/block/dm-0/dm/uuid");
	kt_test_tree_put_at(tree, "mpath-3600508b1001c\n", "/sys/block/dm-1/dm/uuid");
	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	kt_test_assert_fact(facts, "host/blocks/0/is_multipath_leg", "{'state':'absent'}");
	kt_test_assert_fact(facts, "host/blocks/2/is_multipath_leg", "false");
	kt_test_assert_fact(facts, "host/blocks/3/is_multipath_leg", "true");
	kt_test_assert_fact(facts, "host/blocks/4/is_multipath_leg", "true");
}

/* Paths as real hosts show them. */
/* clang-format off: rows are data and read best one to a line */
static const struct {
	const char *link;
	const char *driver;
	const char *transport;
} transports[] = {
	{.link = "../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda",
	 .driver = "ahci",
	 .transport = "ata"},
	{.link = "../devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sda",
	 .driver = "usb-storage",
	 .transport = "usb"},
	{.link = "../devices/platform/host3/session1/target3:0:0/3:0:0:1/block/sda",
	 .driver = "iscsi_tcp",
	 .transport = "iscsi"},
	{.link = "../devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/host7/rport-7:0-2/target7:0:0/7:0:0:1/block/sda",
	 .driver = "qla2xxx",
	 .transport = "fc"},
	{.link = "../devices/pci0000:00/0000:00:01.0/0000:01:00.0/host0/port-0:0/end_device-0:0/target0:0:0/0:0:0:0/block/sda",
	 .driver = "mpt3sas",
	 .transport = "sas"},
	{.link = "../devices/pci0000:00/0000:00:01.0/0000:01:00.0/host0/port-0:0/expander-0:0/port-0:0:3/end_device-0:0:3/target0:0:3/0:0:3:0/block/sda",
	 .driver = "mpt3sas",
	 .transport = "sas"},
	{.link = "../devices/pci0000:00/0000:00:01.0/0000:01:00.0/host0/target0:2:0/0:2:0:0/block/sda",
	 .driver = "megaraid_sas",
	 .transport = "raid"},
	{.link = "../devices/pci0000:00/0000:00:01.0/0000:01:00.0/host0/target0:1:0/0:1:0:0/block/sda",
	 .driver = "mpt3sas",
	 .transport = "raid"},
	{.link = "../devices/pci0000:00/0000:00:05.0/virtio2/host2/target2:0:0/2:0:0:0/block/sda",
	 .driver = "virtio_scsi",
	 .transport = "virtual"},
	{.link = "../devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/f8b3781b-1e82-4818-a1c3-63d806ec15bb/host0/target0:0:0/0:0:0:0/block/sda",
	 .driver = "storvsc",
	 .transport = "virtual"},
	{.link = "../devices/pci0000:00/0000:00:15.0/0000:03:00.0/host0/target0:0:0/0:0:0:0/block/sda",
	 .driver = "vmw_pvscsi",
	 .transport = "virtual"},
	{.link = "../devices/pseudo_0/adapter0/host0/target0:0:0/0:0:0:0/block/sda",
	 .driver = "scsi_debug",
	 .transport = "virtual"},
	{.link = "../devices/pci0000:00/0000:00:10.0/host0/target0:0:0/0:0:0:0/block/sda",
	 .driver = "sym53c8xx",
	 .transport = "unknown"},
	{.link = "../devices/pci0000:00/0000:00:10.0/host0/target0:0:0/0:0:0:0/block/sda",
	 .driver = NULL,
	 .transport = "unknown"},
	{.link = "../devices/pci0000:00/usbx/atax/host0/sessions/block/sda",
	 .driver = NULL,
	 .transport = "unknown"},
};
/* clang-format on */

static void
test_transports(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(transports); i++) {
		g_test_message("%s", transports[i].link);
		g_assert_cmpstr(kt_host_transport(transports[i].link, transports[i].driver),
				==,
				transports[i].transport);
	}
}

static void
test_transport_of_disk(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put_at(tree, "1\n", "/sys/block/sda/size");
	kt_test_tree_put_at(tree, "1\n", "/sys/block/vda/size");
	kt_test_assert_collects(tree, "host/blocks/0/transport", "{'state':'absent'}");
	kt_test_tree_put_link(tree, "/sys/block/sda", "../devices/x/host12/target/block/sda");
	kt_test_tree_put_link(tree, "/sys/block/vda", "../devices/x/virtio1/block/vda");
	kt_test_assert_collects(tree, "host/blocks/0/transport", "'unknown'");
	kt_test_tree_put_at(tree, "smartpqi\n", "/sys/class/scsi_host/host12/proc_name");
	kt_test_assert_collects(tree, "host/blocks/0/transport", "'raid'");
	kt_test_assert_collects(tree, "host/blocks/1/transport", "{'state':'absent'}");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/block/kinds", test_kinds);
	g_test_add_func("/collect/block/skipped", test_skipped);
	g_test_add_func("/collect/block/scheduler", test_scheduler);
	g_test_add_func("/collect/block/queues", test_queues);
	g_test_add_func("/collect/block/multipath", test_multipath);
	g_test_add_func("/collect/block/transports", test_transports);
	g_test_add_func("/collect/block/transport-of-disk", test_transport_of_disk);
	return g_test_run();
}
