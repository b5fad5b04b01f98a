/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Interrupts of devices, and the settings of irqbalance. */

#include "kt-collect-irq.h"

#include "kt-test-tree.h"

static void
put_vector(KtTestTree *tree, const char *address, unsigned vector, const char *allowed,
	   const char *effective)
{
	kt_test_tree_put_at(tree, "msix\n", "/sys/bus/pci/devices/%s/msi_irqs/%u", address, vector);
	kt_test_tree_put_at(tree, allowed, "/proc/irq/%u/smp_affinity_list", vector);
	kt_test_tree_put_at(tree, effective, "/proc/irq/%u/effective_affinity_list", vector);
}

static void
put_nic(KtTestTree *tree, const char *name, const char *address, const char *operstate)
{
	g_autofree char *path = g_strconcat("/sys/class/net/", name, NULL);
	g_autofree char *link =
		g_strconcat("../../devices/pci0000:00/0000:00:02.0/", address, "/net/", name, NULL);

	kt_test_tree_put_link(tree, path, link);
	kt_test_tree_put_at(tree, operstate, "/sys/class/net/%s/operstate", name);
}

static void
test_devices(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	put_nic(tree, "eno1", "0000:01:00.0", "up\n");
	put_nic(tree, "eno2", "0000:01:00.1", "down\n");
	put_vector(tree, "0000:01:00.0", 30, "0-7\n", "2\n");
	put_vector(tree, "0000:01:00.0", 31, "3\n", "3\n");
	put_vector(tree, "0000:01:00.0", 32, "2\n", "2\n");
	put_vector(tree, "0000:01:00.1", 33, "5\n", "5\n");
	/* Nobody has asked for it, and one without an effective CPU. */
	kt_test_tree_put_at(tree, "msix\n", "/sys/bus/pci/devices/0000:01:00.0/msi_irqs/34");
	kt_test_tree_put_at(tree, "msix\n", "/sys/bus/pci/devices/0000:01:00.0/msi_irqs/35");
	kt_test_tree_put_at(tree, "6-7\n", "/proc/irq/35/smp_affinity_list");
	kt_test_tree_put_at(tree, "\n", "/proc/irq/35/effective_affinity_list");
	kt_test_tree_put_link(
		tree, "/sys/class/nvme/nvme0", "../../devices/pci0000:00/0000:02:00.0/nvme/nvme0");
	kt_test_tree_put_at(tree, "live\n", "/sys/class/nvme/nvme0/state");
	put_vector(tree, "0000:02:00.0", 40, "0\n", "0\n");
	/* Fabrics have no interrupts of their own. */
	kt_test_tree_put_link(
		tree, "/sys/class/nvme/nvme1", "../../devices/virtual/nvme-fabrics/ctl/nvme1");
	kt_test_tree_put_at(tree, "live\n", "/sys/class/nvme/nvme1/state");

	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	kt_test_assert_fact(facts,
			    "host/irq_devices",
			    "[{'busiest':2,'cpus':'2-3,6-7','kind':'nic','n_busiest':2,"
			    "'name':'eno1','shared_cpus':'2,6-7','vectors':4},"
			    "{'busiest':0,'cpus':'0','kind':'nvme','n_busiest':1,"
			    "'name':'nvme0','shared_cpus':'','vectors':1}]");
}

static void
test_states(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_assert_collects(tree, "host/irq_devices", "{'state':'absent'}");
	kt_test_tree_put_state(tree, "/sys/class/net", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/irq_devices", "{'state':'denied'}");
}

static void
test_address(void)
{
	static const struct {
		const char *link;
		const char *address;
	} rows[] = {
		{.link = "../../devices/pci0000:00/0000:00:1f.6/net/eno1",
		 .address = "0000:00:1f.6"},
		{.link = "../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/nvme/nvme0",
		 .address = "0000:01:00.0"},
		{.link = "../../devices/pci0000:00/0000:00:03.0/virtio2/net/eth0",
		 .address = "0000:00:03.0"},
		{.link = "../../devices/virtual/net/lo"},
		{.link = "0000:00:1f.66"},
		{.link = ""},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *address = kt_irq_address_of_link(rows[i].link);
		g_assert_cmpstr(address, ==, rows[i].address);
	}
}

static void
test_irqbalance(void)
{
	static const struct {
		const char *text;
		const char *banned;
	} rows[] = {
		{.text = "#IRQBALANCE_BANNED_CPULIST=\n", .banned = "{'state':'absent'}"},
		{.text = "IRQBALANCE_BANNED_CPULIST=\n", .banned = "{'state':'absent'}"},
		{.text = "IRQBALANCE_BANNED_CPULIST=\"2-3,6\"\n", .banned = "'2-3,6'"},
		{.text = "IRQBALANCE_BANNED_CPULIST=all\n", .banned = "{'state':'broken'}"},
		{.text = "IRQBALANCE_BANNED_CPULIST=$CPUS\n", .banned = "{'state':'broken'}"},
	};
	static const char *const paths[] = {"/etc/default/irqbalance", "/etc/sysconfig/irqbalance"};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(KtTestTree) tree = kt_test_tree_new();
		g_autofree char *path = g_strdup_printf("'%s'", paths[i % 2]);
		kt_test_tree_put(tree, paths[i % 2], rows[i].text);
		kt_test_assert_collects(tree, "host/irqbalance/banned", rows[i].banned);
		kt_test_assert_collects(tree, "host/irqbalance/file", path);
		kt_test_assert_collects(tree, "host/config_files/0/is_own", "false");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/irq/devices", test_devices);
	g_test_add_func("/collect/irq/states", test_states);
	g_test_add_func("/collect/irq/address", test_address);
	g_test_add_func("/collect/irq/irqbalance", test_irqbalance);
	return g_test_run();
}
