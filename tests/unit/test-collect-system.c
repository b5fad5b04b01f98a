/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* The operating system: what it is, what it runs on, what runs on it. */

#include "kt-test-tree.h"

#include <sys/stat.h>

/* Up to four files, and what one fact becomes. */
typedef struct Case {
	struct {
		const char *path;
		const char *text;
	} files[4];
	const char *expected;
} Case;

#define FILE(path_, text_)                                                                         \
	{                                                                                          \
		.path = (path_), .text = (text_)                                                   \
	}

static void
assert_cases(const Case *cases, size_t n, const char *pointer)
{
	for (size_t i = 0; i < n; i++) {
		g_autoptr(KtTestTree) tree = kt_test_tree_new();
		for (size_t j = 0; j < G_N_ELEMENTS(cases[i].files); j++) {
			if (cases[i].files[j].path)
				kt_test_tree_put(
					tree, cases[i].files[j].path, cases[i].files[j].text);
		}
		g_test_message("case %zu", i);
		kt_test_assert_collects(tree, pointer, cases[i].expected);
	}
}

#define MODALIAS "/sys/devices/system/cpu/modalias"
#define ON_METAL FILE(MODALIAS, "cpu:type:x86,ven0000:feature:,0000,0085,009E,00A0\n")
#define IN_GUEST FILE(MODALIAS, "cpu:type:x86,ven0000:feature:,0000,0085,009F,00A0\n")
#define ON_ARM   FILE(MODALIAS, "cpu:type:aarch64:feature:,0000,009F\n")
#define CLOCK    "/sys/devices/system/clocksource/clocksource0/available_clocksource"
#define VENDOR   "/sys/class/dmi/id/sys_vendor"
#define PRODUCT  "/sys/class/dmi/id/product_name"

static void
test_hypervisor(void)
{
	static const Case cases[] = {
		{.files = {ON_METAL}, .expected = "{'state':'absent'}"},
		/* A name alone proves nothing where the CPU knows better. */
		{.files = {ON_METAL, FILE(VENDOR, "QEMU\n")}, .expected = "{'state':'absent'}"},
		{.files = {IN_GUEST}, .expected = "'unknown'"},
		{.files = {IN_GUEST, FILE(CLOCK, "tsc kvm-clock \n"), FILE(VENDOR, "QEMU\n")},
		 .expected = "'kvm'"},
		{.files = {IN_GUEST, FILE(CLOCK, "tsc \n"), FILE(VENDOR, "QEMU\n")},
		 .expected = "'qemu'"},
		{.files = {IN_GUEST, FILE(VENDOR, "VMware, Inc.\n")}, .expected = "'vmware'"},
		{.files = {IN_GUEST,
			   FILE(VENDOR, "Microsoft Corporation\n"),
			   FILE(PRODUCT, "Virtual Machine\n")},
		 .expected = "'microsoft'"},
		{.files = {IN_GUEST, FILE("/sys/hypervisor/type", "xen\n")}, .expected = "'xen'"},
		{.files = {ON_ARM}, .expected = "{'state':'absent'}"},
		{.files = {ON_ARM, FILE(VENDOR, "QEMU\n")}, .expected = "'qemu'"},
		{.files = {ON_ARM, FILE(VENDOR, "Amazon EC2\n"), FILE(PRODUCT, "c7g.large\n")},
		 .expected = "'amazon'"},
		{.files = {ON_ARM, FILE(VENDOR, "Amazon EC2\n"), FILE(PRODUCT, "c7g.metal\n")},
		 .expected = "{'state':'absent'}"},
		{.files = {FILE("/proc/device-tree/hypervisor/compatible", "linux,kvm")},
		 .expected = "'kvm'"},
		{.files = {FILE("/proc/uptime", "1 1")}, .expected = "{'state':'absent'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/system/hypervisor");
}

#define GRUB        FILE("/etc/default/grub", "")
#define UPDATE_GRUB FILE("/usr/sbin/update-grub", "")
#define ENTRY       FILE("/boot/loader/entries/a.conf", "")

static void
test_bootloader(void)
{
	static const Case cases[] = {
		{.files = {GRUB, UPDATE_GRUB, FILE("/etc/os-release", "ID=debian\n")},
		 .expected = "'grub-debian'"},
		{.files = {GRUB,
			   UPDATE_GRUB,
			   FILE("/etc/os-release", "ID=ubuntu\nID_LIKE=debian\n")},
		 .expected = "'grub-debian'"},
		{.files = {GRUB, FILE("/etc/os-release", "ID=debian\n")},
		 .expected = "'grub-other'"},
		{.files = {GRUB,
			   UPDATE_GRUB,
			   FILE("/etc/os-release", "ID=arch\nID_LIKE=debianish\n")},
		 .expected = "'grub-other'"},
		{.files = {GRUB, FILE("/etc/os-release", "ID=sles\n")}, .expected = "'grub-other'"},
		{.files = {GRUB, ENTRY, FILE("/usr/sbin/grubby", "")}, .expected = "'bls'"},
		{.files = {GRUB, ENTRY, FILE("/sbin/grubby", "")}, .expected = "'bls'"},
		{.files = {GRUB, ENTRY}, .expected = "'grub-other'"},
		{.files = {GRUB,
			   FILE("/boot/loader/entries/a.txt", ""),
			   FILE("/usr/sbin/grubby", "")},
		 .expected = "'grub-other'"},
		{.files = {GRUB,
			   ENTRY,
			   FILE("/usr/sbin/grubby", ""),
			   FILE("/run/ostree-booted", "")},
		 .expected = "'none'"},
		{.files = {ENTRY, FILE("/usr/bin/rpm-ostree", ""), FILE("/run/ostree-booted", "")},
		 .expected = "'ostree'"},
		{.files = {ENTRY, FILE("/boot/loader/loader.conf", "")}, .expected = "'entries'"},
		{.files = {FILE("/efi/loader/entries/a.conf", ""),
			   FILE("/efi/loader/loader.conf", "")},
		 .expected = "'entries'"},
		{.files = {GRUB,
			   FILE("/etc/os-release", "ID=sles\n"),
			   FILE("/usr/sbin/grub2-mkconfig", "")},
		 .expected = "'grub2'"},
		{.files = {GRUB,
			   FILE("/usr/sbin/transactional-update", ""),
			   FILE("/usr/sbin/grub2-mkconfig", "")},
		 .expected = "'transactional'"},
		{.files = {FILE("/etc/zipl.conf", ""), FILE("/sbin/zipl", "")},
		 .expected = "'zipl'"},
		{.files = {FILE("/etc/os-release", "ID=debian\n")}, .expected = "'none'"},
	};
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	assert_cases(cases, G_N_ELEMENTS(cases), "host/system/bootloader");
	/* 0700 on Fedora: another user cannot know. */
	kt_test_tree_put(tree, "/usr/sbin/grubby", "");
	kt_test_tree_put(tree, "/etc/default/grub", "");
	kt_test_tree_put_state(tree, "/boot/loader/entries", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/system/bootloader", "{'state':'denied'}");
}

/* Files of others are facts only with what a guide left in them. */
static void
test_leftovers(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/default/grub", "GRUB_CMDLINE_LINUX=a\n");
	kt_test_assert_collects(tree, "host/config_files", "[]");
	kt_test_tree_put(tree, "/etc/default/grub", "GRUB_CMDLINE_LINUX=a\nGRUB_CMDLINE_LINUX=b\n");
	kt_test_assert_collects(tree, "host/config_files/0/path", "'/etc/default/grub'");
	kt_test_assert_collects(tree, "host/config_files/0/is_own", "false");
	kt_test_tree_put_state(tree, "/etc/default/grub", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/config_files/0/text", "{'state':'denied'}");

	g_autoptr(KtTestTree) other = kt_test_tree_new();
	kt_test_tree_put(other, "/etc/default/qemu-kvm", "KVM_HUGEPAGES=1\n");
	kt_test_assert_collects(other, "host/config_files/0/path", "'/etc/default/qemu-kvm'");
}

static void
test_architecture(void)
{
	static const Case cases[] = {
		{.files = {FILE("/proc/sys/kernel/arch", "aarch64\n"),
			   FILE("/proc/sys/kernel/osrelease", "6.1.0-amd64\n")},
		 .expected = "'aarch64'"},
		{.files = {FILE("/proc/sys/kernel/osrelease", "5.10.0-8-amd64\n")},
		 .expected = "'x86_64'"},
		{.files = {FILE("/proc/sys/kernel/osrelease", "4.18.0-553.el8.aarch64\n")},
		 .expected = "'aarch64'"},
		{.files = {FILE("/proc/sys/kernel/osrelease", "5.14.21-default\n")},
		 .expected = "{'state':'absent'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/system/architecture");
}

static void
test_os_release(void)
{
	static const Case cases[] = {
		{.files = {FILE("/etc/os-release",
				"NAME=x\nID_LIKE='rhel fedora'\nID=\"rocky\"\n")},
		 .expected = "'rocky'"},
		{.files = {FILE("/etc/os-release", " ID=a\n#ID=b\nID=c\n")}, .expected = "'c'"},
		{.files = {FILE("/usr/lib/os-release", "ID=fedora\n")}, .expected = "'fedora'"},
		{.files = {FILE("/etc/os-release", "ID=\"open\n")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE("/etc/os-release", "VERSION_ID=1\n")},
		 .expected = "{'state':'absent'}"},
		{.files = {FILE("/etc/os-release", "\377\376")}, .expected = "{'state':'broken'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/system/distribution");
}

static void
test_init_and_xen(void)
{
	static const Case inits[] = {
		{.files = {FILE("/proc/1/comm", "init\n")}, .expected = "'init'"},
		{.files = {FILE("/proc/1/comm", "x\n"), FILE("/run/systemd/system/a", "")},
		 .expected = "'systemd'"},
		{.files = {FILE("/proc/uptime", "")}, .expected = "{'state':'absent'}"},
	};
	static const Case xens[] = {
		{.files = {FILE("/proc/xen/capabilities", "control_d\n")},
		 .expected = "'control_d'"},
		{.files = {FILE("/proc/xen/capabilities", "")}, .expected = "''"},
	};

	assert_cases(inits, G_N_ELEMENTS(inits), "host/system/init");
	assert_cases(xens, G_N_ELEMENTS(xens), "host/system/xen_capabilities");
}

static void
test_uptime(void)
{
	static const Case cases[] = {
		{.files = {FILE("/proc/uptime", "0.01 0.00\n")}, .expected = "0"},
		{.files = {FILE("/proc/uptime", "12\n")}, .expected = "12"},
		{.files = {FILE("/proc/uptime", ".5 1\n")}, .expected = "{'state':'broken'}"},
		{.files = {FILE("/proc/uptime", "")}, .expected = "{'state':'broken'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/system/uptime_s");
}

static void
test_cgroup(void)
{
	static const Case versions[] = {
		{.files = {FILE("/sys/fs/cgroup/cgroup.controllers", "cpu\n")}, .expected = "'v2'"},
		{.files = {FILE("/sys/fs/cgroup/cpu/tasks", ""),
			   FILE("/sys/fs/cgroup/unified/cgroup.controllers", "")},
		 .expected = "'hybrid'"},
		{.files = {FILE("/sys/fs/cgroup/cpu/tasks", "")}, .expected = "'v1'"},
		{.files = {FILE("/proc/cgroups", "")}, .expected = "{'state':'absent'}"},
	};
	static const Case controllers[] = {
		{.files = {FILE("/sys/fs/cgroup/cpu/tasks", ""),
			   FILE("/proc/cgroups",
				"#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
				"cpu\t1\t2\t1\nmemory\t0\t1\t0\nblkio\t11\t1\t1\n")},
		 .expected = "'cpu blkio'"},
		{.files = {FILE("/sys/fs/cgroup/cgroup.controllers", "cpu io\n"),
			   FILE("/proc/cgroups", "memory\t0\t1\t1\n")},
		 .expected = "'cpu io'"},
	};

	assert_cases(versions, G_N_ELEMENTS(versions), "host/cgroup/version");
	assert_cases(controllers, G_N_ELEMENTS(controllers), "host/cgroup/controllers");
}

static void
test_swaps(void)
{
	static const char heading[] = "Filename\tType\tSize\tUsed\tPriority\n";
	static const Case cases[] = {
		{.files = {FILE("/proc/swaps", heading)}, .expected = "[]"},
		{.files = {FILE("/proc/swaps",
				"Filename Type Size Used Priority\n"
				"/swap\\040file\\040(deleted)   file\t\t1024\t\t0\t\t-2\n"
				"/dev/zram0 partition 2048 0 100\n"
				"/dev/dm-1 partition 4096 0 -3\n")},
		 .expected = "[{'device':'/swap file (deleted)','kind':'file','size_kib':1024},"
			     "{'device':'/dev/zram0','kind':'zram','size_kib':2048},"
			     "{'device':'/dev/dm-1','kind':'partition','size_kib':4096}]"},
		{.files = {FILE("/proc/swaps", "Filename\n/dev/sda2 partition x 0 0\n")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE("/proc/swaps", "Filename\n/dev/sda2\n")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE("/proc/uptime", "")}, .expected = "{'state':'absent'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/swaps");
}

static void
test_conntrack(void)
{
	static const char path[] = "/proc/net/stat/nf_conntrack";
	static const Case cases[] = {
		/* Old kernels have other columns; a sum is a sum of hexadecimal numbers. */
		{.files = {FILE(path, "entries  drop early_drop\n0 000000ff 1\n0 00000001 2\n")},
		 .expected = "256"},
		{.files = {FILE(path, "entries early_drop\n0 1\n")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE(path, "entries drop\n0\n")}, .expected = "{'state':'broken'}"},
		{.files = {FILE(path, "entries drop\n")}, .expected = "0"},
		{.files = {FILE(path, "")}, .expected = "{'state':'broken'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/sysctl/conntrack_drop");
}

static void
test_meminfo(void)
{
	static const Case cases[] = {
		{.files = {FILE("/proc/meminfo", "XMemTotal: 1 kB\nMemTotal:   2 kB\n")},
		 .expected = "2"},
		{.files = {FILE("/proc/meminfo", "MemTotal: 2\n")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE("/proc/meminfo", "MemTotal: kB\n")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE("/proc/meminfo", "MemFree: 2 kB\n")},
		 .expected = "{'state':'absent'}"},
		{.files = {FILE("/proc/meminfo", "MemTotal:")}, .expected = "{'state':'broken'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/memory/total_kib");
}

static void
test_kvm(void)
{
	static const char path[] = "/sys/module/kvm/parameters/halt_poll_ns";
	static const Case builtins[] = {
		{.files = {FILE("/sys/module/kvm/initstate", "live\n")}, .expected = "false"},
		{.files = {FILE(path, "0\n")}, .expected = "true"},
		{.files = {FILE("/proc/uptime", "")}, .expected = "{'state':'absent'}"},
	};
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	assert_cases(builtins, G_N_ELEMENTS(builtins), "host/kvm/builtin");
	kt_test_tree_put(tree, path, "0\n");
	kt_test_tree_put_mode(tree, path, S_IFREG | 0444);
	kt_test_assert_collects(tree, "host/kvm/halt_poll_ns_writable", "false");
	kt_test_tree_put_mode(tree, path, S_IFREG | 0644);
	kt_test_assert_collects(tree, "host/kvm/halt_poll_ns_writable", "true");
	kt_test_assert_collects(tree, "host/kvm/device", "false");
	kt_test_tree_put(tree, "/sys/module/kvm_amd/parameters/nested", "1\n");
	kt_test_assert_collects(tree, "host/kvm/nested", "'1'");
}

static void
test_governor(void)
{
	static const char one[] = "/sys/devices/system/cpu/cpufreq/policy0/scaling_governor";
	static const char two[] = "/sys/devices/system/cpu/cpufreq/policy4/scaling_governor";
	static const char offline[] = "/sys/devices/system/cpu/cpufreq/policy0/affected_cpus";
	static const Case cases[] = {
		{.files = {FILE(offline, "\n"), FILE(two, "powersave\n")},
		 .expected = "'powersave'"},
		{.files = {FILE(one, "performance\n"), FILE(two, "performance\n")},
		 .expected = "'performance'"},
		{.files = {FILE(one, "performance\n"), FILE(two, "powersave\n")},
		 .expected = "'mixed'"},
		{.files = {FILE(one, "performance\n"), FILE(two, "")},
		 .expected = "{'state':'broken'}"},
		{.files = {FILE("/sys/devices/system/cpu/cpufreq/boost", "1\n")},
		 .expected = "{'state':'absent'}"},
	};

	assert_cases(cases, G_N_ELEMENTS(cases), "host/cpu/governor");
}

static void
test_agents(void)
{
	static const struct {
		const char *path;
		const char *comm;
	} rows[] = {
		{.path = "/proc/1/comm", .comm = "systemd\n"},
		{.path = "/proc/9/comm", .comm = "tuned\n"},
		{.path = "/proc/10/comm", .comm = "irqbalance\n"},
		{.path = "/proc/11/comm", .comm = "irqbalanced\n"},
		{.path = "/proc/12/comm", .comm = "firecracker-v1.\n"},
		{.path = "/proc/13/comm", .comm = "cloud-hyperviso\n"},
		{.path = "/proc/14/comm", .comm = "power-profiles-\n"},
		{.path = "/proc/15/comm", .comm = "python3\n"},
		{.path = "/proc/16/comm", .comm = "firecracker\n"},
		{.path = "/proc/17/comm", .comm = "xnumad\n"},
		{.path = "/proc/18/comm", .comm = "VirtualBoxVM\n"},
		{.path = "/proc/19/comm", .comm = "tuned-ppd\n"},
		{.path = "/proc/self/comm", .comm = "numad\n"},
		{.path = "/proc/20x/comm", .comm = "numad\n"},
		{.path = "/proc/21/comm", .comm = "\n"},
	};
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		kt_test_tree_put(tree, rows[i].path, rows[i].comm);
	kt_test_tree_put_state(tree, "/proc/21/comm", KT_STATE_ABSENT);
	kt_test_assert_collects(tree,
				"host/agents",
				"[{'name':'VirtualBox','pid':18},"
				"{'name':'cloud-hypervisor','pid':13},"
				"{'name':'firecracker','pid':12},{'name':'firecracker','pid':16},"
				"{'name':'irqbalance','pid':10},"
				"{'name':'power-profiles-daemon','pid':14},"
				"{'name':'tuned','pid':9},{'name':'tuned-ppd','pid':19}]");
	kt_test_tree_put(tree, "/run/tuned/tuned.pid", "15\n");
	kt_test_assert_collects(tree, "host/agents/7", "{'name':'tuned','pid':15}");
	/* A stale file names a process that is something else now. */
	kt_test_tree_put(tree, "/run/tuned/tuned.pid", "1\n");
	kt_test_assert_collects(tree, "host/agents/7", "{'name':'tuned-ppd','pid':19}");
}

/* Under hidepid nobody can say that no agent runs. */
static void
test_agents_hidden(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/proc/meminfo", "");
	kt_test_assert_collects(tree, "host/agents", "{'state':'absent'}");
	kt_test_tree_put(tree, "/proc/4711/comm", "bash\n");
	kt_test_assert_collects(tree, "host/agents", "{'state':'denied'}");
	kt_test_tree_put(tree, "/proc/1/comm", "systemd\n");
	kt_test_assert_collects(tree, "host/agents", "[]");
	kt_test_tree_put_state(tree, "/proc/1/comm", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/agents", "{'state':'denied'}");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/system/hypervisor", test_hypervisor);
	g_test_add_func("/collect/system/bootloader", test_bootloader);
	g_test_add_func("/collect/system/leftovers", test_leftovers);
	g_test_add_func("/collect/system/architecture", test_architecture);
	g_test_add_func("/collect/system/os-release", test_os_release);
	g_test_add_func("/collect/system/init-and-xen", test_init_and_xen);
	g_test_add_func("/collect/system/uptime", test_uptime);
	g_test_add_func("/collect/cgroup", test_cgroup);
	g_test_add_func("/collect/swaps", test_swaps);
	g_test_add_func("/collect/conntrack", test_conntrack);
	g_test_add_func("/collect/meminfo", test_meminfo);
	g_test_add_func("/collect/kvm", test_kvm);
	g_test_add_func("/collect/governor", test_governor);
	g_test_add_func("/collect/agents/names", test_agents);
	g_test_add_func("/collect/agents/hidden", test_agents_hidden);
	return g_test_run();
}
