/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-tree.h"

#define CPU  "/sys/devices/system/cpu/"
#define NODE "/sys/devices/system/node/"
#define THP  "/sys/kernel/mm/transparent_hugepage/"
#define KSM  "/sys/kernel/mm/ksm/"
#define KVM  "/sys/module/kvm/parameters/"

/* clang-format off: rows are data and read best one to a line */
static const struct {
	const char *path;
	const char *text;
} rows[] = {
	{.path = "/etc/default/grub", .text = "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"\n"},
	{.path = "/etc/os-release",
	 .text = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\nID=debian\n"},
	{.path = "/dev/kvm", .text = ""},
	{.path = "/proc/1/comm", .text = "systemd\n"},
	{.path = "/proc/cgroups",
	 .text = "#subsys_name\thierarchy\tnum_cgroups\tenabled\ncpuset\t0\t90\t1\nmemory\t0\t90\t1\nfreezer\t0\t90\t0\n"},
	{.path = "/proc/cmdline", .text = "BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet\n"},
	{.path = "/proc/meminfo",
	 .text = "MemTotal:       263840000 kB\nMemFree:        10000 kB\nMemAvailable:   200000000 kB\nSwapTotal:       8388604 kB\nSwapFree:        8388000 kB\nHugePages_Total:      64\nHugepagesize:       2048 kB\n"},
	{.path = "/proc/modules",
	 .text = "kvm_intel 380928 4 - Live 0x0000000000000000\nkvm 1146880 1 kvm_intel, Live 0x0000000000000000\n"},
	{.path = "/proc/net/stat/nf_conntrack",
	 .text = "entries  clashres found drop\n00000010  00000000 00000000 0000000a\n00000010  00000000 00000000 00000006\n"},
	{.path = "/proc/swaps",
	 .text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/dev/sda2                               partition\t8388604\t\t604\t\t-2\n"},
	{.path = "/proc/sys/fs/aio-max-nr", .text = "65536\n"},
	{.path = "/proc/sys/fs/aio-nr", .text = "2048\n"},
	{.path = "/proc/sys/kernel/arch", .text = "x86_64\n"},
	{.path = "/proc/sys/kernel/hostname", .text = "server\n"},
	{.path = "/proc/sys/kernel/numa_balancing", .text = "1\n"},
	{.path = "/proc/sys/kernel/osrelease", .text = "6.1.0-25-amd64\n"},
	{.path = "/proc/sys/kernel/random/boot_id",
	 .text = "06956f3b-3325-4a87-b884-92de704ba0db\n"},
	{.path = "/proc/sys/net/netfilter/nf_conntrack_buckets", .text = "262144\n"},
	{.path = "/proc/sys/net/netfilter/nf_conntrack_count", .text = "16\n"},
	{.path = "/proc/sys/net/netfilter/nf_conntrack_max", .text = "262144\n"},
	{.path = "/proc/sys/vm/min_free_kbytes", .text = "67584\n"},
	{.path = "/proc/sys/vm/swappiness", .text = "60\n"},
	{.path = "/proc/uptime", .text = "1234567.89 9876543.21\n"},
	{.path = "/run/systemd/system/any", .text = ""},
	{.path = "/sys/block/sda/holders/none", .text = ""},
	{.path = "/sys/block/sda/queue/rotational", .text = "1\n"},
	{.path = "/sys/block/sda/queue/scheduler", .text = "none [mq-deadline] kyber bfq\n"},
	{.path = "/sys/block/sda/mq/0/cpu_list", .text = "0, 1\n"},
	{.path = "/sys/class/dmi/id/product_name", .text = "PowerEdge R650\n"},
	{.path = "/sys/class/dmi/id/sys_vendor", .text = "Dell Inc.\n"},
	{.path = "/sys/devices/system/clocksource/clocksource0/available_clocksource",
	 .text = "tsc hpet acpi_pm \n"},
	{.path = "/sys/devices/virtual/workqueue/cpumask", .text = "ff,00000000\n"},
	{.path = "/sys/devices/virtual/workqueue/writeback/cpumask", .text = "3\n"},
	{.path = "/sys/fs/cgroup/cgroup.controllers",
	 .text = "cpuset cpu io memory hugetlb pids\n"},
	{.path = "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages", .text = "0\n"},
	{.path = "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages", .text = "60\n"},
	{.path = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", .text = "64\n"},
	{.path = "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages",
	 .text = "0\n"},
	{.path = "/sys/kernel/mm/hugepages/hugepages-2048kB/resv_hugepages", .text = "1\n"},
	{.path = "/sys/kernel/mm/hugepages/hugepages-2048kB/surplus_hugepages", .text = "2\n"},
	{.path = "/sys/kernel/security/lockdown", .text = "none [integrity] confidentiality\n"},
	{.path = "/sys/module/kvm/initstate", .text = "live\n"},
	{.path = "/sys/module/kvm_intel/parameters/nested", .text = "Y\n"},
	{.path = "/usr/sbin/update-grub", .text = "#!/bin/sh\n"},
	{.path = CPU "cpufreq/policy0/scaling_governor", .text = "performance\n"},
	{.path = CPU "cpufreq/policy1/scaling_governor", .text = "performance\n"},
	{.path = CPU "isolated", .text = "\n"},
	{.path = CPU "modalias",
	 .text = "cpu:type:x86,ven0000fam0006mod006A:feature:,0000,0001,0085,00F0\n"},
	{.path = CPU "nohz_full", .text = "  (null)\n"},
	{.path = CPU "smt/active", .text = "1\n"},
	{.path = CPU "smt/control", .text = "on\n"},
	{.path = KSM "full_scans", .text = "7\n"},
	{.path = KSM "general_profit", .text = "-4096\n"},
	{.path = KSM "merge_across_nodes", .text = "1\n"},
	{.path = KSM "pages_shared", .text = "1\n"},
	{.path = KSM "pages_sharing", .text = "2\n"},
	{.path = KSM "pages_to_scan", .text = "100\n"},
	{.path = KSM "pages_unshared", .text = "3\n"},
	{.path = KSM "pages_volatile", .text = "4\n"},
	{.path = KSM "run", .text = "1\n"},
	{.path = KVM "halt_poll_ns", .text = "200000\n"},
	{.path = KVM "halt_poll_ns_grow", .text = "2\n"},
	{.path = KVM "halt_poll_ns_grow_start", .text = "10000\n"},
	{.path = KVM "halt_poll_ns_shrink", .text = "0\n"},
	{.path = THP "defrag", .text = "always defer defer+madvise [madvise] never\n"},
	{.path = THP "enabled", .text = "[always] madvise never\n"},
	{.path = THP "shmem_enabled", .text = "always within_size advise [never] deny force\n"},
};
/* clang-format on */

typedef struct Server {
	KtTestTree *tree;
	unsigned packages;
	unsigned cores;
	unsigned threads;
} Server;

static unsigned
cpu_number(const Server *server, unsigned package, unsigned core, unsigned thread)
{
	return (thread * server->packages + package) * server->cores + core;
}

static KtCpuset
core_cpus(const Server *server, unsigned package, unsigned core)
{
	KtCpuset cpus = {0};

	for (unsigned thread = 0; thread < server->threads; thread++)
		kt_cpuset_add(&cpus, cpu_number(server, package, core, thread));
	return cpus;
}

static KtCpuset
package_cpus(const Server *server, unsigned package)
{
	KtCpuset cpus = {0};

	for (unsigned core = 0; core < server->cores; core++) {
		KtCpuset one = core_cpus(server, package, core);
		kt_cpuset_or(&cpus, &one);
	}
	return cpus;
}

static void
put_cpu(const Server *server, unsigned cpu, unsigned package, unsigned core)
{
	KtCpuset core_set = core_cpus(server, package, core);
	KtCpuset package_set = package_cpus(server, package);
	g_autofree char *core_mask = kt_cpuset_to_mask(&core_set);
	g_autofree char *package_mask = kt_cpuset_to_mask(&package_set);
	g_autofree char *core_id = g_strdup_printf("%u\n", core);
	g_autofree char *package_id = g_strdup_printf("%u\n", package);

	kt_test_tree_put_at(server->tree, core_id, CPU "cpu%u/topology/core_id", cpu);
	kt_test_tree_put_at(server->tree, core_mask, CPU "cpu%u/topology/core_cpus", cpu);
	kt_test_tree_put_at(server->tree, core_mask, CPU "cpu%u/topology/thread_siblings", cpu);
	kt_test_tree_put_at(server->tree, package_mask, CPU "cpu%u/topology/package_cpus", cpu);
	kt_test_tree_put_at(server->tree, package_mask, CPU "cpu%u/topology/core_siblings", cpu);
	kt_test_tree_put_at(
		server->tree, package_id, CPU "cpu%u/topology/physical_package_id", cpu);
	kt_test_tree_put_at(server->tree, "3\n", CPU "cpu%u/cache/index3/level", cpu);
	kt_test_tree_put_at(server->tree, "Unified\n", CPU "cpu%u/cache/index3/type", cpu);
	kt_test_tree_put_at(server->tree, "32768K\n", CPU "cpu%u/cache/index3/size", cpu);
	kt_test_tree_put_at(
		server->tree, package_mask, CPU "cpu%u/cache/index3/shared_cpu_map", cpu);
}

/* Node @number; a number beyond the packages is memory only. */
static void
put_node(const Server *server, unsigned number)
{
	KtCpuset cpus = {0};
	GString *distances = g_string_new(NULL);

	if (number < server->packages)
		cpus = package_cpus(server, number);
	for (unsigned other = 0; other <= server->packages; other++)
		g_string_append_printf(
			distances, "%s%u", other ? " " : "", other == number ? 10 : 20 + other);

	g_autofree char *mask = kt_cpuset_to_mask(&cpus);
	g_autofree char *list = kt_cpuset_to_list(&cpus);
	g_autofree char *line = g_strconcat(list, "\n", NULL);
	g_autofree char *row = g_string_free(distances, FALSE);
	g_autofree char *meminfo = g_strdup_printf("Node %u MemTotal:       131072000 kB\n"
						   "Node %u MemFree:        %u kB\n",
						   number,
						   number,
						   1000 + number);
	kt_test_tree_put_at(server->tree, mask, NODE "node%u/cpumap", number);
	kt_test_tree_put_at(server->tree, line, NODE "node%u/cpulist", number);
	kt_test_tree_put_at(server->tree, row, NODE "node%u/distance", number);
	kt_test_tree_put_at(server->tree, meminfo, NODE "node%u/meminfo", number);
	kt_test_tree_put_at(server->tree,
			    "32\n",
			    NODE "node%u/hugepages/hugepages-2048kB/nr_hugepages",
			    number);
	kt_test_tree_put_at(server->tree,
			    "30\n",
			    NODE "node%u/hugepages/hugepages-2048kB/free_hugepages",
			    number);
	kt_test_tree_put_at(server->tree,
			    "0\n",
			    NODE "node%u/hugepages/hugepages-2048kB/surplus_hugepages",
			    number);
}

KtTestTree *
kt_test_tree_server(unsigned packages, unsigned cores, unsigned threads)
{
	Server server = {
		.tree = kt_test_tree_new(),
		.packages = packages,
		.cores = cores,
		.threads = threads,
	};
	g_autofree char *cpus = g_strdup_printf("0-%u\n", packages * cores * threads - 1);
	g_autofree char *nodes = g_strdup_printf("0-%u\n", packages);

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		kt_test_tree_put(server.tree, rows[i].path, rows[i].text);
	kt_test_tree_put(server.tree, CPU "online", cpus);
	kt_test_tree_put(server.tree, CPU "possible", cpus);
	kt_test_tree_put(server.tree, NODE "online", nodes);
	kt_test_tree_put_link(
		server.tree,
		"/sys/block/sda",
		"../devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda");
	for (unsigned package = 0; package < packages; package++) {
		for (unsigned core = 0; core < cores; core++) {
			for (unsigned thread = 0; thread < threads; thread++)
				put_cpu(&server,
					cpu_number(&server, package, core, thread),
					package,
					core);
		}
	}
	for (unsigned node = 0; node <= packages; node++)
		put_node(&server, node);
	return server.tree;
}
