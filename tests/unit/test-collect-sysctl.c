/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* Sysctl files in the order in which they are applied, and the files that a plan may replace. */

#include "kt-test-tree.h"

#include <string.h>

/* "FILE:LINE KEY=VALUE", one to a line. */
static char *
show_lines(const KtFacts *facts)
{
	const KtSysctlLineList *list = &facts->host.sysctl_lines;
	GString *text = g_string_new(NULL);

	g_assert_cmpint(list->state, ==, KT_STATE_VALUE);
	for (uint32_t i = 0; i < list->n; i++)
		g_string_append_printf(text,
				       "%s:%u %s=%s\n",
				       list->v[i].file.v,
				       (unsigned)list->v[i].line.v,
				       list->v[i].key.v,
				       list->v[i].value.v);
	return g_string_free(text, FALSE);
}

static void
assert_lines(KtTestTree *tree, const char *expected)
{
	g_autoptr(KtFacts) facts = kt_test_collect(tree, NULL);
	g_autofree char *actual = show_lines(facts);

	g_assert_cmpstr(actual, ==, expected);
}

static void
test_order(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/usr/lib/sysctl.d/90-late.conf", "a.b = late\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/50-middle.conf", "a.b = middle\n");
	kt_test_tree_put(tree, "/run/sysctl.d/10-early.conf", "a.b = early\n");
	kt_test_tree_put(tree, "/usr/local/lib/sysctl.d/Z.conf", "a.b = Z\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/README", "a.b = no\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/backup.conf.old", "a.b = no\n");
	assert_lines(tree,
		     "/run/sysctl.d/10-early.conf:1 a.b=early\n"
		     "/etc/sysctl.d/50-middle.conf:1 a.b=middle\n"
		     "/usr/lib/sysctl.d/90-late.conf:1 a.b=late\n"
		     "/usr/local/lib/sysctl.d/Z.conf:1 a.b=Z\n");
}

/* Of one name the first directory counts, even with an empty file or a link to nothing. */
static void
test_masks(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/sysctl.d/1.conf", "a = etc\n");
	kt_test_tree_put(tree, "/run/sysctl.d/1.conf", "a = run\n");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/1.conf", "a = lib\n");
	kt_test_tree_put(tree, "/run/sysctl.d/2.conf", "b = run\n");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/2.conf", "b = lib\n");
	kt_test_tree_put(tree, "/usr/local/lib/sysctl.d/3.conf", "c = local\n");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/3.conf", "c = lib\n");
	kt_test_tree_put_link(tree, "/etc/sysctl.d/4.conf", "/dev/null");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/4.conf", "d = lib\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/5.conf", "");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/5.conf", "e = lib\n");
	/* /lib is a link to usr/lib on most hosts: the same file twice. */
	kt_test_tree_put(tree, "/lib/sysctl.d/3.conf", "c = lib\n");
	kt_test_tree_put(tree, "/lib/sysctl.d/6.conf", "f = lib\n");
	assert_lines(tree,
		     "/etc/sysctl.d/1.conf:1 a=etc\n"
		     "/run/sysctl.d/2.conf:1 b=run\n"
		     "/usr/local/lib/sysctl.d/3.conf:1 c=local\n"
		     "/lib/sysctl.d/6.conf:1 f=lib\n");
}

static void
test_syntax(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree,
			 "/etc/sysctl.d/a.conf",
			 "# vm.swappiness = 1\n"
			 "  ; vm.swappiness = 2\n"
			 "\n"
			 "\tvm.swappiness\t=  10  \n"
			 "vm/min_free_kbytes=67584\r\n"
			 "-net.netfilter.nf_conntrack_max = 262144\n"
			 "net/ipv4/conf/eth0.1/forwarding = 0\n"
			 "net.ipv4.conf.eth0/1.forwarding = 1\n"
			 "-net.ipv4.conf.eth1.forwarding\n"
			 "kernel.core_pattern = |/bin/x a=b %p\n"
			 "no assignment\n"
			 "= 5\n"
			 "- = 5\n"
			 "/kernel/panic = 3\n"
			 "net.ipv4.tcp_rmem = 4096 131072 6291456\n"
			 "empty =\n"
			 "last = 1");
	assert_lines(tree,
		     "/etc/sysctl.d/a.conf:4 vm.swappiness=10\n"
		     "/etc/sysctl.d/a.conf:5 vm.min_free_kbytes=67584\n"
		     "/etc/sysctl.d/a.conf:6 net.netfilter.nf_conntrack_max=262144\n"
		     "/etc/sysctl.d/a.conf:7 net.ipv4.conf.eth0/1.forwarding=0\n"
		     "/etc/sysctl.d/a.conf:8 net.ipv4.conf.eth0/1.forwarding=1\n"
		     "/etc/sysctl.d/a.conf:10 kernel.core_pattern=|/bin/x a=b %p\n"
		     "/etc/sysctl.d/a.conf:14 kernel.panic=3\n"
		     "/etc/sysctl.d/a.conf:15 net.ipv4.tcp_rmem=4096 131072 6291456\n"
		     "/etc/sysctl.d/a.conf:16 empty=\n"
		     "/etc/sysctl.d/a.conf:17 last=1\n");
}

/* Debian's link: the file counts where the link sorts, under its own name. */
static void
test_sysctl_conf_linked(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/run/systemd/system/any", "");
	kt_test_tree_put(tree, "/etc/sysctl.conf", "a = conf\n");
	kt_test_tree_put_link(tree, "/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
	kt_test_tree_put(tree, "/etc/sysctl.d/99-z.conf", "a = z\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/10-a.conf", "a = a\n");
	assert_lines(tree,
		     "/etc/sysctl.d/10-a.conf:1 a=a\n"
		     "/etc/sysctl.conf:1 a=conf\n"
		     "/etc/sysctl.d/99-z.conf:1 a=z\n");
}

static void
test_sysctl_conf_alone(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/sysctl.conf", "a = conf\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/99-z.conf", "a = z\n");
	kt_test_tree_put(tree, "/proc/1/comm", "init\n");
	assert_lines(tree, "/etc/sysctl.d/99-z.conf:1 a=z\n/etc/sysctl.conf:1 a=conf\n");
	kt_test_tree_put(tree, "/run/systemd/system/any", "");
	assert_lines(tree, "/etc/sysctl.d/99-z.conf:1 a=z\n");
}

/* A list with a hole would let a practice say that nothing is there. */
static void
test_unreadable(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/sysctl.d/a.conf", "a = 1\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/b.conf", "b = 1\n");
	kt_test_tree_put_state(tree, "/etc/sysctl.d/b.conf", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/sysctl_lines", "{'state':'denied'}");
	kt_test_tree_put_state(tree, "/etc/sysctl.d/b.conf", KT_STATE_UNSET);
	kt_test_tree_put_bytes(tree, "/etc/sysctl.d/b.conf", "b = 1\0\n", 7);
	kt_test_assert_collects(tree, "host/sysctl_lines", "{'state':'broken'}");
	kt_test_tree_put(tree, "/etc/sysctl.d/b.conf", "b = \374ber\n");
	assert_lines(tree,
		     "/etc/sysctl.d/a.conf:1 a=1\n/etc/sysctl.d/b.conf:1 b=\357\277\275ber\n");
	kt_test_tree_put_state(tree, "/run/sysctl.d", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/sysctl_lines", "{'state':'denied'}");
}

static void
test_many_lines(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();
	g_autoptr(GString) text = g_string_new(NULL);

	for (unsigned i = 0; i < 70000; i++)
		g_string_append(text, "a=1\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/a.conf", text->str);
	kt_test_assert_collects(tree, "host/sysctl_lines", "{'state':'broken'}");
}

static void
test_config_files(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/sysctl.d/80-kvmtune-host.conf", "vm.swappiness = 10\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/80-kvmtune-.conf", "vm.swappiness = 10\n");
	kt_test_tree_put(tree, "/etc/sysctl.d/81-kvmtune-x.conf", "vm.swappiness = 10\n");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/80-kvmtune-x.conf", "vm.swappiness = 10\n");
	kt_test_tree_put(tree, "/etc/tmpfiles.d/20-kvmtune-thp.conf", "w /x - - - - y\n");
	kt_test_tree_put(tree, "/etc/tmpfiles.d/other.conf", "no\n");
	kt_test_tree_put(tree, "/etc/modprobe.d/zz-kvmtune-kvm.conf", "options kvm a=1\n");
	kt_test_tree_put(tree, "/etc/udev/rules.d/61-kvmtune-io.rules", "#\n");
	kt_test_tree_put(tree, "/etc/udev/rules.d/61-kvmtune-io.conf", "#\n");
	kt_test_tree_put(tree, "/etc/default/grub.d/90-kvmtune-args.cfg", "A=1\n");
	kt_test_assert_collects(
		tree,
		"host/config_files",
		"[{'is_own':true,'path':'/etc/default/grub.d/90-kvmtune-args.cfg','text':'A=1\\n'},"
		"{'is_own':true,'path':'/etc/modprobe.d/zz-kvmtune-kvm.conf',"
		"'text':'options kvm a=1\\n'},"
		"{'is_own':true,'path':'/etc/sysctl.d/80-kvmtune-host.conf',"
		"'text':'vm.swappiness = 10\\n'},"
		"{'is_own':true,'path':'/etc/tmpfiles.d/20-kvmtune-thp.conf',"
		"'text':'w /x - - - - y\\n'},"
		"{'is_own':true,'path':'/etc/udev/rules.d/61-kvmtune-io.rules','text':'#\\n'}]");
}

/* A foreign file is there with its text when it holds a line that has to go. */
static void
test_foreign_files(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/sysctl.conf", "a = 1\nnet/ipv4/tcp_tw_recycle=1\n");
	kt_test_tree_put_link(tree, "/etc/sysctl.d/99-sysctl.conf", "../sysctl.conf");
	kt_test_tree_put(tree, "/etc/sysctl.d/a.conf", "# net.ipv4.tcp_tw_recycle = 1\n");
	kt_test_tree_put(tree, "/usr/lib/sysctl.d/b.conf", "net.ipv4.tcp_tw_recycle = 1\n");
	kt_test_assert_collects(tree,
				"host/config_files",
				"[{'is_own':false,'path':'/etc/sysctl.conf',"
				"'text':'a = 1\\nnet/ipv4/tcp_tw_recycle=1\\n'}]");

	/* JSON would not keep these bytes, so nobody may write the text back. */
	kt_test_tree_put(tree, "/etc/sysctl.conf", "# \374\nnet.ipv4.tcp_tw_recycle=1\n");
	kt_test_assert_collects(tree,
				"host/config_files",
				"[{'is_own':false,'path':'/etc/sysctl.conf',"
				"'text':{'state':'broken'}}]");
}

static void
test_config_files_unreadable(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree, "/etc/modprobe.d/zz-kvmtune-kvm.conf", "options kvm a=1\n");
	kt_test_tree_put_state(tree, "/etc/modprobe.d/zz-kvmtune-kvm.conf", KT_STATE_DENIED);
	kt_test_assert_collects(tree,
				"host/config_files",
				"[{'is_own':true,'path':'/etc/modprobe.d/zz-kvmtune-kvm.conf',"
				"'text':{'state':'denied'}}]");
	kt_test_tree_put_state(tree, "/etc/tmpfiles.d", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/config_files", "{'state':'denied'}");
}

/* Values of /sys and /proc, and options of modules, in the order in which they are read. */
static void
test_boot_lines(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree,
			 "/usr/lib/tmpfiles.d/IO.conf",
			 "# a guide\n"
			 "w /sys/block/sda/queue/scheduler - - - - mq-deadline\n"
			 "w\t/proc/sys/x\t-\t-\t-\t-\ttwo words  \n"
			 "d /sys/no - - - - -\n"
			 "w /etc/no - - - - x\n"
			 "w /sys/no - -\n"
			 "w");
	kt_test_tree_put(tree, "/etc/tmpfiles.d/masked.conf", "");
	kt_test_tree_put(tree, "/usr/lib/tmpfiles.d/masked.conf", "w /sys/no - - - - 1\n");
	kt_test_tree_put(
		tree,
		"/etc/modprobe.d/kvm.conf",
		"options  kvm-amd nested=1 npt  avic=0\nblacklist kvm\noptions\noptions x\n");
	kt_test_assert_collects(
		tree,
		"host/boot_lines",
		"[{'file':'/usr/lib/tmpfiles.d/IO.conf','line':2,"
		"'place':'/sys/block/sda/queue/scheduler','value':'mq-deadline'},"
		"{'file':'/usr/lib/tmpfiles.d/IO.conf','line':3,'place':'/proc/sys/x',"
		"'value':'two words'},"
		"{'file':'/etc/modprobe.d/kvm.conf','line':1,'place':'kvm_amd.nested','value':'1'},"
		"{'file':'/etc/modprobe.d/kvm.conf','line':1,'place':'kvm_amd.avic','value':'0'}]");
	kt_test_tree_put_state(tree, "/etc/modprobe.d", KT_STATE_DENIED);
	kt_test_assert_collects(tree, "host/boot_lines", "{'state':'denied'}");
}

/* Only rules that come after kvmtune's own can win; a comparison sets nothing. */
static void
test_udev_lines(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_tree_put(tree,
			 "/etc/udev/rules.d/99-site.rules",
			 "# ATTR{queue/scheduler}=\"no\"\n"
			 "KERNEL==\"sd*\", ATTR{queue/rotational}==\"1\", "
			 "ATTR{queue/scheduler}=\"bfq\", ATTR{queue/nr_requests}:=\"64\"\n"
			 "ATTR{queue/scheduler}\nATTR{queue/\nATTR{queue/x}=\"\n"
			 "ATTR{address}=\"x\"\n");
	kt_test_tree_put(tree,
			 "/usr/lib/udev/rules.d/60-io.rules",
			 "KERNEL==\"sda\", ATTR{queue/scheduler}=\"bfq\"\n");
	kt_test_tree_put(tree,
			 "/etc/udev/rules.d/61-kvmtune-block-sda-queue-scheduler.rules",
			 "ATTR{queue/scheduler}=\"none\"\n");
	kt_test_assert_collects(tree,
				"host/udev_lines",
				"[{'file':'/etc/udev/rules.d/99-site.rules','line':2,"
				"'place':'ATTR{queue/scheduler}','value':'bfq'},"
				"{'file':'/etc/udev/rules.d/99-site.rules','line':2,"
				"'place':'ATTR{queue/nr_requests}','value':'64'}]");
}

static void
test_tuned_lines(void)
{
	g_autoptr(KtTestTree) tree = kt_test_tree_new();

	kt_test_assert_collects(tree, "host/tuned_lines", "[]");
	kt_test_tree_put(tree, "/etc/tuned/active_profile", "mine\n");
	kt_test_tree_put(tree,
			 "/etc/tuned/mine/tuned.conf",
			 "[main]\nsummary=x\ninclude=virtual-host, mine\n"
			 "; a comment\n[sysfs]\n/sys/a = 1\n/sys/b=${isolated}\nx=1\n"
			 "[other disks]\ntype=disk\nelevator=none\nreadahead=>4096\n");
	kt_test_tree_put(tree,
			 "/usr/lib/tuned/virtual-host/tuned.conf",
			 "/sys/lost=1\n[vm]\ntransparent_hugepages=always\n"
			 "transparent_hugepage.defrag=madvise\n[sysctl]\nvm.swappiness=10\n"
			 "[disk]\nelevator=bfq\n[sysfs]\n/sys/a=0\n[");
	/* The sysctl gives way to /etc/sysctl.d; what a child says stands for its parent's. */
	kt_test_assert_collects(
		tree,
		"host/tuned_lines",
		"[{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':3,"
		"'place':'/sys/kernel/mm/transparent_hugepage/enabled','value':'always'},"
		"{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':4,"
		"'place':'/sys/kernel/mm/transparent_hugepage/defrag','value':'madvise'},"
		"{'file':'/etc/tuned/mine/tuned.conf','line':11,"
		"'place':'ATTR{queue/scheduler}','value':'none'},"
		"{'file':'/etc/tuned/mine/tuned.conf','line':6,"
		"'place':'/sys/a','value':'1'}]");
	kt_test_tree_put(tree, "/etc/tuned/tuned-main.conf", "# x\nreapply_sysctl = False\n");
	kt_test_tree_put(tree, "/etc/tuned/active_profile", "../../x no-such virtual-host\n");
	kt_test_assert_collects(
		tree,
		"host/tuned_lines",
		"[{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':3,"
		"'place':'/sys/kernel/mm/transparent_hugepage/enabled','value':'always'},"
		"{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':4,"
		"'place':'/sys/kernel/mm/transparent_hugepage/defrag','value':'madvise'},"
		"{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':6,"
		"'place':'vm.swappiness','value':'10'},"
		"{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':8,"
		"'place':'ATTR{queue/scheduler}','value':'bfq'},"
		"{'file':'/usr/lib/tuned/virtual-host/tuned.conf','line':10,"
		"'place':'/sys/a','value':'0'}]");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/collect/sysctl/order", test_order);
	g_test_add_func("/collect/sysctl/masks", test_masks);
	g_test_add_func("/collect/sysctl/syntax", test_syntax);
	g_test_add_func("/collect/sysctl/conf-linked", test_sysctl_conf_linked);
	g_test_add_func("/collect/sysctl/conf-alone", test_sysctl_conf_alone);
	g_test_add_func("/collect/sysctl/unreadable", test_unreadable);
	g_test_add_func("/collect/sysctl/many-lines", test_many_lines);
	g_test_add_func("/collect/boot-lines", test_boot_lines);
	g_test_add_func("/collect/config-files/own", test_config_files);
	g_test_add_func("/collect/config-files/foreign", test_foreign_files);
	g_test_add_func("/collect/config-files/unreadable", test_config_files_unreadable);
	g_test_add_func("/collect/sysctl/udev-lines", test_udev_lines);
	g_test_add_func("/collect/sysctl/tuned-lines", test_tuned_lines);
	return g_test_run();
}
