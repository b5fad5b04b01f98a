/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.io-scheduler",
	 .since = "Linux 5.0",
	 .claim = "Host and guest choose between noop, deadline and cfq",
	 .reason = "All three are gone. Today there are none, mq-deadline, kyber and bfq.",
	 .source = "Linux 5.0, block: remove legacy IO schedulers (f382fb0bcef4)"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.io-scheduler",
	 .since = "Linux 5.0",
	 .claim = "deadline is the default of most kernels and does for a KVM host",
	 .reason =
	 "The default is mq-deadline for devices with one queue, none for NVMe and others with "
	 "several; both are good.",
	 .source = "Linux 6.12, block/elevator.c, elevator_get_default"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.io-scheduler",
	 .since = "Linux 5.4",
	 .claim = "Keep the scheduler over a reboot with elevator=deadline",
	 .reason =
	 "The argument does nothing any more. A udev rule keyed by the disk's serial number "
	 "keeps it, for each device.",
	 .source = "Linux 5.4, block: remove elevator kernel parameter (85c0a037dc7a)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.io-scheduler",
	 .claim = "Append GRUB_CMDLINE_LINUX=\"...\" to /etc/default/grub with >>",
	 .reason =
	 "The last assignment wins, so it erases every argument that stood there before, IOMMU "
	 "and console settings included. Use a drop-in, or change the line.",
	 .source = "GNU GRUB manual, Simple configuration"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.io-scheduler",
	 .claim = "For guests on iSCSI or GlusterFS deadline may be better than noop",
	 .reason =
	 "The layer that holds the queue decides. An iSCSI disk of the host takes mq-deadline "
	 "or none; for GlusterFS or Ceph the host has no disk to set it on, and in the guest "
	 "none stays right.",
	 .source = "Linux Documentation/block/switching-sched.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.baseline-measure",
	 .claim = "Measure first, change little at a time, measure again",
	 .reason = "Nothing in a list of settings is true for every workload.",
	 .source = "Linux tools/perf documentation; fio(1)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.tuned-conflict",
	 .claim = "Distributions ship tuned profiles for server roles",
	 .reason =
	 "virtual-host is the one for KVM. What it sets must not be set again elsewhere with "
	 "another value.",
	 .source = "tuned 2.28, profiles/virtual-host"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.cgroup-controllers",
	 .claim = "The QEMU driver uses cpuset, cpu, memory, blkio and devices",
	 .reason =
	 "On cgroup v2 blkio is called io, and devices is a BPF program. What a guest really "
	 "has stands in /proc/PID/cgroup.",
	 .source = "libvirt 9.0, qemu.conf: cgroup_controllers; cgroup-v2.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.cgroup-controllers",
	 .since = "Linux 6.1",
	 .claim = "Boot with cgroup_enable=memory swapaccount=1",
	 .reason = "Memory and swap are accounted by default; swapaccount= is no longer of use.",
	 .source = "Linux 6.1, mm: memcontrol: deprecate swapaccounting=0 mode (b25806dcd3d5)"},
	{.truth = KT_TRUTH_WRONG,
	 .claim = "Boot with acpi=noirq noapic, as in the example's command line",
	 .reason =
	 "Left-overs of one machine: they switch off interrupt routing by ACPI and the I/O "
	 "APIC, and cost a host much. Do not copy them.",
	 .source = "Linux Documentation/admin-guide/kernel-parameters.txt"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.io-weight",
	 .claim = "A lower blkio weight gives a guest better I/O priority",
	 .reason =
	 "It is the other way round: more weight, more share. And it acts only with bfq or "
	 "io.cost on the disk; with mq-deadline or none it does nothing.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, io.weight"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.io-weight",
	 .since = "Linux 5.0",
	 .claim = "The weight shows in .../blkio/machine/NAME.libvirt-qemu/blkio.weight",
	 .reason =
	 "The file went with cfq. Today it is blkio.bfq.weight on cgroup v1, io.bfq.weight or "
	 "io.weight on v2, below the group named in /proc/PID/cgroup.",
	 .source = "Linux 5.0, block: remove legacy IO schedulers (f382fb0bcef4); cgroup-v2.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.time-window",
	 .claim = "Give guests more I/O at certain times of the day",
	 .reason = "Sensible, with a change that ends by itself instead of a forgotten cron job.",
	 .source = "libvirt, virsh(1): blkiotune, blkdeviotune"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepages-pool",
	 .claim = "Raise the pool with vm.nr_hugepages=25000",
	 .reason =
	 "48.8 GiB of 2 MiB pages, from a machine with 128 GiB. The kernel takes what it can "
	 "get and says nothing: compute it per node, cap it, read it back.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.hugepages-pool",
	 .claim = "Keep vm.nr_hugepages by a line in /etc/sysctl.conf",
	 .reason =
	 "A file in /etc/sysctl.d is surer: Debian 13 no longer reads sysctl.conf at boot, and "
	 "others read it as 99-sysctl.conf, over everything else.",
	 .source = "sysctl.d(5); Debian 13 release notes"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepage-sizes",
	 .claim = "The CPU flags pse and pdpe1gb say which huge pages there are",
	 .reason =
	 "pse means 4 MiB pages of 32-bit kernels; x86-64 always has 2 MiB, and other "
	 "architectures have no such flags. Ask /sys/kernel/mm/hugepages.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepages-1g",
	 .claim = "Boot with hugepagesz=1GB hugepages=1 to give guests 1 GiB pages",
	 .reason =
	 "The suffix is G. And <hugepages/> alone takes the default size, so the page is never "
	 "used: name it with <page size='1' unit='GiB'/>.",
	 .source = "Linux kernel-parameters.txt, hugepagesz; libvirt, formatdomain: hugepages"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.hugepages-pool",
	 .claim = "Install the package 'hugepages' and list the pools with hugeadm",
	 .reason =
	 "Debian and Ubuntu call it libhugetlbfs-bin; it is not needed: what it shows stands "
	 "in /sys/kernel/mm/hugepages, and per node below /sys/devices/system/node.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugetlbfs-mounts",
	 .claim = "Switch huge pages on with KVM_HUGEPAGES=1 in /etc/default/qemu-kvm",
	 .reason =
	 "Only an init script of old Debian and Ubuntu packages ever read it. Nothing reads it "
	 "today.",
	 .source = "Debian bug 712898"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.hugetlbfs-mounts",
	 .since = "systemd",
	 .claim = "Mount hugetlbfs by fstab (gid=2021), then restart libvirt-bin",
	 .reason =
	 "systemd mounts /dev/hugepages, libvirt sets owners itself, and 2021 is an arbitrary "
	 "group. The service is libvirtd or virtqemud.",
	 .source = "systemd, units/dev-hugepages.mount; libvirt, qemu.conf: hugetlbfs_mount"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugetlbfs-mounts",
	 .claim = "A start that says that hugetlbfs is not mounted wants its mount",
	 .reason =
	 "Today it says that there is no usable mount for this page size; memfd memory needs "
	 "none.",
	 .source = "libvirt 9.0, src/qemu/qemu_conf.c, qemuGetDomainHupageMemPath"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugepages-pool",
	 .claim = "A start that cannot map its RAM wants a larger pool",
	 .reason =
	 "Compare the guest's need with free minus reserved pages of its node before the "
	 "start.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugepages-pool",
	 .claim = "Not every workload gains from huge pages; databases do. Measure",
	 .reason = "Databases and memory-bound guests gain most.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_WRONG,
	 .claim = "nodeinfo's 40 CPUs and 'socket(s) 1' mean a host with one socket",
	 .reason =
	 "nodeinfo counts sockets per NUMA node: two nodes, two sockets. hwloc (lstopo) tells "
	 "the truth.",
	 .source = "libvirt, virNodeInfo in libvirt-host.h"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.cpu-weight",
	 .claim = "512 shares instead of 1024 give a guest half of the CPU time",
	 .reason =
	 "Only when CPUs are contended by others with 1024. On cgroup v2 the default is 100, "
	 "so 512 is five times the rest.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, cpu.weight"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.cgroup-controllers",
	 .since = "cgroup v2",
	 .claim = "Read the shares in /sys/fs/cgroup/cpu/machine/NAME.libvirt-qemu/cpu.shares",
	 .reason =
	 "With systemd the group is machine.slice/machine-qemu...scope, and on v2 the file is "
	 "cpu.weight. Take the path from /proc/PID/cgroup.",
	 .source = "libvirt, Control Groups resource management"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.numa.tune",
	 .claim = "ldd /usr/sbin/libvirtd shows whether libvirt can do NUMA",
	 .reason =
	 "With loadable drivers and modular daemons the library hangs on the QEMU driver. "
	 "virsh capabilities lists the nodes.",
	 .source = "libvirt, Daemons: modular driver daemons"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.numad",
	 .claim = "numad balances guests by itself; useful on OpenStack nodes",
	 .reason =
	 "It overrides every pin of libvirt, works against the kernel's own NUMA balancing, "
	 "and stopping it undoes nothing. Use one of them, best the kernel's.",
	 .source = "numad 0.5 source: sched_setaffinity, migrate_pages; numad(8)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.numad",
	 .claim = "numad -S 0 -p $(pidof qemu-system-x86_64) puts numad in charge of guests",
	 .reason =
	 "Right with a single guest only: -p takes one process, and further numbers are stray "
	 "arguments.",
	 .source = "numad(8)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.thp-khugepaged",
	 .claim = "numad sets khugepaged's scan_sleep_millisecs from 10000 to 1000",
	 .reason = "It does, and does not set it back when it ends.",
	 .source = "numad 0.5 source; numad(8), -H"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.sock-buffers",
	 .claim = "TCP settings of the host speed up the network of its guests",
	 .reason =
	 "Guest TCP ends in the guest; bridged, macvtap and SR-IOV traffic never meets these "
	 "values. They steer sockets of the host: migration, NFS, iSCSI, consoles.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.baseline-measure",
	 .claim = "The network values are examples to understand, not to copy",
	 .reason = "The book says so itself; most copies of its list leave that out.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.sock-buffers",
	 .claim = "Raise rmem_max and wmem_max from 212992 to 33554432",
	 .reason =
	 "They limit what programs ask for with SO_RCVBUF, not TCP's own tuning. Worth it when "
	 "UDP receive errors grow on a fast link. Newer kernels begin at 4 MiB.",
	 .source = "Linux Documentation/admin-guide/sysctl/net.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.tcp-buffers",
	 .claim = "Set tcp_rmem to 4096 87380 33554432, tcp_wmem to 4096 65536 33554432",
	 .reason =
	 "87380 lowers the default of 131072, and 65536 raises that of each sending socket "
	 "fourfold. Leave both, raise the maximum only when migration needs it.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_rmem"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.tcp-buffers",
	 .claim = "TCP maximum: 16 MB for 1G cards, 32 or 54 MB for 10G",
	 .reason =
	 "What is needed is twice bandwidth times round trip: 25G over 0.2 ms takes 1.25 MB, "
	 "10G over 10 ms takes 25 MB. Inside a data centre 6 MiB, the default, does.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_rmem"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.tcp-window-scaling",
	 .claim = "Make sure that net.ipv4.tcp_window_scaling is 1",
	 .reason = "It is the default; 0 limits every connection to windows of 64 KiB.",
	 .source = "RFC 7323; Linux ip-sysctl.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.txqueuelen",
	 .claim = "ifconfig eth0 txqueuelen 5000 raises throughput of 1G cards and up",
	 .reason =
	 "fq_codel and fq ignore it, elsewhere it adds delay. It counts for taps, whose ring "
	 "it sizes. ip link has taken ifconfig's place.",
	 .source = "Linux 6.12, drivers/net/tun.c, tun_queue_resize; tc-fq_codel(8)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.tcp-fin-timeout",
	 .claim = "Lower tcp_fin_timeout from 60 to 30",
	 .reason =
	 "It is for connections of the host that wait for the peer's last FIN after close; "
	 "TIME_WAIT stays 60 s. No guest gains.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_fin_timeout"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.tcp-keepalive",
	 .claim = "Lower tcp_keepalive_intvl from 75 to 30",
	 .reason =
	 "Only for sockets with SO_KEEPALIVE, and only after tcp_keepalive_time, two hours. "
	 "libvirt has a keepalive of its own.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_keepalive_intvl"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.tcp-tw-recycle",
	 .since = "Linux 4.12",
	 .claim = "Set tcp_tw_recycle to 1",
	 .reason = "The key is gone. Before, it broke clients behind NAT. Delete the line.",
	 .source = "Linux 4.12, tcp: remove tcp_tw_recycle (4396e46187ca)"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.tcp-tw-reuse",
	 .since = "Linux 4.19",
	 .claim = "tcp_tw_reuse is 0 by default",
	 .reason = "The default is 2: for loopback only.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_tw_reuse"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.tcp-tw-reuse",
	 .claim = "tcp_tw_reuse=1 speeds up new connections on hosts with many guests",
	 .reason =
	 "It is for connections that the host itself opens. The kernel's own text says not to "
	 "change it without expert advice.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_tw_reuse"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.tcp-congestion",
	 .since = "Linux 2.6.19",
	 .claim = "Ubuntu's default congestion control is bic/cubic",
	 .reason = "It is cubic everywhere; bic was before.",
	 .source = "Linux net/ipv4/Kconfig, DEFAULT_TCP_CONG"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.tcp-congestion",
	 .since = "Linux 4.9",
	 .claim = "Load tcp_htcp, tcp_bic, tcp_vegas and tcp_westwood for a choice",
	 .reason =
	 "Nobody needs them loaded: cubic for the LAN, bbr (in the kernel since 4.9) for long "
	 "or lossy paths.",
	 .source = "Linux 4.9, tcp_bbr: add BBR congestion control (0f8782ea1497)"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.tcp-congestion",
	 .claim = "For long fast paths use cubic or htcp",
	 .reason = "cubic, or bbr where packets get lost, as on migration over a WAN.",
	 .source = "Linux net/ipv4/Kconfig, TCP_CONG_BBR"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.syn-flood",
	 .claim = "Against SYN floods raise tcp_max_syn_backlog to 16384",
	 .reason =
	 "Each listener is bound by its own backlog and net.core.somaxconn too, so alone it "
	 "does nothing. tcp_syncookies=1, the default, is the protection.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_syncookies"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.syn-flood",
	 .claim = "Against SYN floods set tcp_synack_retries to 1",
	 .reason =
	 "It gives up after about three seconds, so clients on a lossy path are turned away.",
	 .source = "Linux Documentation/networking/ip-sysctl.rst, tcp_synack_retries"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.file-max",
	 .claim = "Every connection takes a file descriptor: have enough of them",
	 .reason =
	 "What runs out first are limits of a process: LimitNOFILE of libvirt's daemon, "
	 "max_files in qemu.conf.",
	 .source = "libvirt, qemu.conf: max_files; systemd.exec(5)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.file-max",
	 .claim = "Raise fs.file-max to 10000000",
	 .reason =
	 "In the book's own output it was 13110746 before: the command lowers it. systemd sets "
	 "it to the largest number there is.",
	 .source = "systemd 240 release notes; Linux Documentation/admin-guide/sysctl/fs.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.conntrack",
	 .claim = "'nf_conntrack: table full, dropping packet' wants a larger table",
	 .reason =
	 "Better still is not to track guest traffic at all: bridges hand it to iptables only "
	 "while br_netfilter's switches are on.",
	 .source = "Linux Documentation/networking/nf_conntrack-sysctl.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.conntrack",
	 .since = "Linux 5.15",
	 .claim = "nf_conntrack_max is 65536; set 1000000, and hashsize to a quarter",
	 .reason =
	 "Today maximum and buckets are equal (262144 above 4 GiB), and each flow stands twice "
	 "in the table: a quarter gives chains of 8. Keep both equal.",
	 .source = "Linux 5.15, netfilter: conntrack: sanitize table size default settings"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.conntrack",
	 .since = "Linux 5.15",
	 .claim = "A tracked connection takes 316 bytes, a million of them 316 MB",
	 .reason =
	 "The entry is 256 bytes and its extensions now, and buckets come on top. The own "
	 "kernel tells in /proc/slabinfo.",
	 .source = "Linux Documentation/networking/nf_conntrack-sysctl.rst; /proc/slabinfo"},
};
/* clang-format on */

const KtClaims kt_claims_cookbook_host = {.rows = rows, .n = G_N_ELEMENTS(rows)};
