/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.backup-before-change",
	 .claim = "Back up files and images before changing anything",
	 .reason =
	 "kvmtune keeps what was there before every change of its own; images and data are "
	 "still yours to back up.",
	 .source = "libvirt, virsh(1): dumpxml, checkpoint-create"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.baseline-measure",
	 .claim = "Do not try settings on production systems; test the own workload",
	 .reason = "A number that fits one workload harms another.",
	 .source = "Linux tools/perf documentation; fio(1)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.libvirt-only",
	 .claim = "Manage guests with libvirt, and do not mix in hypervisor tools",
	 .reason =
	 "What is changed behind libvirt's back it does not see, and overwrites at the next "
	 "occasion.",
	 .source = "libvirt, virDomainQemuMonitorCommand: domain is marked tainted"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.memory-reserve",
	 .claim = "When all guests ask at once the host must be able to deliver",
	 .reason =
	 "Memory most of all: without it guests are killed. Keep guests, overhead and a "
	 "reserve for the host below the whole.",
	 .source = "Linux Documentation/admin-guide/mm/concepts.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepage-sizes",
	 .claim = "A host with 32 GB has a TLB of 8,388,608 entries of 4 KB",
	 .reason =
	 "Those are page table entries; a TLB holds a few thousand. And 32 GB is 32*1024*1024 "
	 "KB, not 32*1014*1024. That larger pages help is right.",
	 .source = "Intel SDM volume 3, paging: TLBs"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepage-sizes",
	 .claim = "The CPU flags pse and pdpe1gb say which huge pages there are",
	 .reason =
	 "pse means 4 MiB pages of 32-bit kernels; x86-64 always has 2 MiB, and other "
	 "architectures have no such flags. Ask /sys/kernel/mm/hugepages.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepages-pool",
	 .claim = "Huge pages lower the memory use of the host",
	 .reason = "Only page tables shrink. The pool is taken from the host at once, used or not.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepages-pool",
	 .claim = "Boot with hugepages=1 to activate huge pages",
	 .reason =
	 "They need no activation; this reserves a single page. The pool can be set at run "
	 "time.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.hugepages-1g",
	 .since = "Linux 3.16",
	 .claim = "Pages of 1 GB can only be had at boot, and never given back",
	 .reason =
	 "Both work at run time, per node, when contiguous memory is left; since 5.16 they can "
	 "be split into 2 MiB pages (demote).",
	 .source =
	 "Linux 3.16, hugetlb: add support for gigantic page allocation at runtime "
	 "(944d9fec8d7a)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugepages-pool",
	 .claim = "With huge pages the balloon, KSM and swapping are of no use",
	 .reason = "libvirt does accept a balloon, but it gives nothing back.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.hugetlbfs-mounts",
	 .since = "systemd",
	 .claim = "Mount hugetlbfs at /dev/hugepages by hand",
	 .reason =
	 "systemd mounts it (dev-hugepages.mount). Only a second page size needs a mount of "
	 "its own.",
	 .source = "systemd, units/dev-hugepages.mount"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.hugepages-pool",
	 .claim = "sysctl vm.nr_hugepages=512 reserves 1 GiB for a guest",
	 .reason =
	 "It is for the default page size only and spreads over all nodes; a guest bound to "
	 "one node finds half of it. Set nr_hugepages of the node, keep it over a reboot, and "
	 "read it back.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.hugepages-overcommit",
	 .claim = "HugePages_Free are the pages that are left",
	 .reason =
	 "Free minus Rsvd: reserved pages are promised already. With nr_overcommit_hugepages "
	 "there can be surplus pages on top.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugepages-overcommit",
	 .claim = "Surplus pages are bounded by nr_overcommit_hugepages",
	 .reason =
	 "They also appear when a pool in use is made smaller, and go when the guest stops.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.thp-enabled",
	 .claim = "THP is on by default and needs no administration",
	 .reason =
	 "Enough for most guests; watch the share of huge pages in QEMU's memory on hosts that "
	 "have run for long.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.thp-enabled",
	 .claim = "THP takes page faults down by a factor of 1000",
	 .reason =
	 "One fault for 2 MiB instead of 4 KiB is a factor of 512, with memory touched in "
	 "order.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.thp-enabled",
	 .claim = "For databases boot with transparent_hugepage=never",
	 .reason =
	 "In the guest that runs the database, as its vendor says. On the host it takes huge "
	 "pages from every guest and makes their memory slower.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.thp-enabled",
	 .claim = "The word in brackets in transparent_hugepage/enabled is the setting",
	 .reason =
	 "It is for anonymous memory; guests on memfd or shared memory obey shmem_enabled.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.thp-enabled",
	 .claim = "THP does not exist under Xen",
	 .reason = "So for paravirtual domains; HVM and PVH domains have it.",
	 .source = "Linux arch/x86/xen/enlighten_pv.c, X86_FEATURE_PSE cleared"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.xen-dom0-memory",
	 .claim = "Xen: no autoballoon; dom0 gets 10 % of the memory and 1 GB",
	 .reason = "SUSE's default since 15 SP1. kvmtune looks at it, but does not tune Xen hosts.",
	 .source = "Xen docs/misc/xen-command-line, dom0_mem; xl.conf(5)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.xen-dom0-memory",
	 .claim = "Xen: set dom0_mem= in /etc/default/grub",
	 .reason =
	 "It is an option of the hypervisor: GRUB_CMDLINE_XEN_DEFAULT, not the line of the "
	 "kernel.",
	 .source = "Xen docs/misc/xen-command-line, dom0_mem"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.ksm-services",
	 .claim = "Switch KSM on with ksm.service (package qemu-ksm), or 1 in run",
	 .reason =
	 "The service's name and package are SUSE's; elsewhere ksmtuned writes the same files "
	 "each minute. Have one owner of these values.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst; ksmtuned package"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.ksm-mode",
	 .claim = "All memory of guests is anonymous memory that KSM can merge",
	 .reason =
	 "Not with huge pages, memfd, shared memory or passthrough, where KSM finds nothing.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.ksm-mode",
	 .claim = "KSM tells its counters in sysfs (pages_sharing, full_scans...)",
	 .reason =
	 "pages_sharing times the page size is what is saved; newer kernels add "
	 "general_profit, which also counts the cost.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.ksm-rate",
	 .claim = "KSM: sleep_millisecs above 1000, and pages_to_scan 1000 to begin with",
	 .reason =
	 "That scans 3.9 MiB/s, five times slower than the default of 100 pages every 20 ms: "
	 "64 GiB take five hours, twice. Since Linux 6.8 let the scan-time advisor choose.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst, advisor_mode"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.ksm-numa",
	 .claim = "KSM merges pages across NUMA nodes by default",
	 .reason = "Merged pages may then lie on the far node.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst, merge_across_nodes"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.ksm-numa",
	 .claim = "Stop merging across nodes with an echo of 0 to merge_across_nodes",
	 .reason =
	 "Refused (EBUSY) while any page is merged. Write 2 to run, wait until pages_shared is "
	 "0, write it, and start again.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst, merge_across_nodes"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.ksm-mode",
	 .claim = "Disable KSM with 0 in run, or by stopping ksm.service",
	 .reason =
	 "Both stop the scan and keep what is merged, with its cost at each write. 2 in run "
	 "unmerges; have the memory for it free.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst, run"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.ksm-mode",
	 .claim = "KSM pays for equal guests; switch it off when guests differ",
	 .reason = "Judge by its counters after two full scans.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.nosharepages",
	 .claim = "On mixed hosts keep KSM on and give some guests <nosharepages/>",
	 .reason = "It becomes mem-merge=off of the machine, and needs a start of the guest.",
	 .source = "libvirt, formatdomain: memoryBacking, nosharepages"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.swap-present",
	 .claim = "With KSM keep enough swap for the day when pages are shared no more",
	 .reason = "As much as is saved (pages_sharing), or the memory itself.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.swap-present",
	 .claim = "Have a minimum of swap on the host",
	 .reason =
	 "A few GiB as a buffer before the OOM killer; a guest that lives in swap is a fault.",
	 .source = "Linux Documentation/admin-guide/mm/concepts.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.swappiness",
	 .claim = "swappiness goes from 0 to 200",
	 .reason =
	 "Since Linux 5.8, and to 100 before: SLE 15 SP3 and RHEL 8 refuse 200. Above 100 is "
	 "for swap in memory (zram).",
	 .source =
	 "Linux 5.8, mm: allow swappiness that prefers reclaiming anon over the file "
	 "(c843966c556d)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.swappiness",
	 .claim = "swappiness 0 disables swap",
	 .reason =
	 "The kernel still swaps when free and file memory of a zone fall below its high mark. "
	 "To have no swap, configure none.",
	 .source = "Linux Documentation/admin-guide/sysctl/vm.rst, swappiness"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.swappiness",
	 .claim = "Keep vm.swappiness by a line in /etc/systcl.conf",
	 .reason = "Misspelt, so the file is never read. Use a file of your own in /etc/sysctl.d.",
	 .source = "sysctl.d(5)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.io-scheduler",
	 .claim = "BFQ is the I/O scheduler of SLE 15 SP2 and later",
	 .reason =
	 "For rotating disks only, by SUSE's udev rules; SSDs and NVMe keep the kernel's "
	 "choice, multipath components get none.",
	 .source = "SUSE udev rules 60-io-scheduler.rules; Linux block/elevator.c"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.io-scheduler",
	 .claim = "Use mq-deadline on the host and none in guests",
	 .reason =
	 "Right for SATA and SAS disks. NVMe wants none on the host too; multipath components "
	 "always.",
	 .source = "Linux 6.12, block/elevator.c, elevator_get_default"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.io-scheduler",
	 .claim = "Change the scheduler of a disk at run time in queue/scheduler",
	 .reason = "It also resets nr_requests and the scheduler's own values.",
	 .source = "Linux Documentation/block/switching-sched.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.io-scheduler",
	 .claim = "Keep schedulers in /usr/lib/tmpfiles.d, with lines for sda and sdb",
	 .reason =
	 "/usr/lib is the vendor's, names like sda change between boots, and a disk found late "
	 "is skipped in silence. A udev rule with the serial number holds.",
	 .source = "tmpfiles.d(5); udev(7)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.aio-max-nr",
	 .claim = "aio-max-nr counts contexts; hundreds of guests use up 65536",
	 .reason =
	 "It counts requests, and QEMU takes 1024 for each event loop with io='native' disks: "
	 "64 of them are enough. Beyond it QEMU falls back to threads without an error.",
	 .source = "Linux Documentation/admin-guide/sysctl/fs.rst; QEMU 7.2, block/linux-aio.c"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.aio-max-nr",
	 .claim = "Keep fs.aio-max-nr = 1048576 in a file in /etc/sysctl.d",
	 .reason =
	 "It costs nothing until it is used. libvirt ships such a file, Debian only as an "
	 "example.",
	 .source = "libvirt, src/remote/libvirtd.sysctl"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.nfs-client",
	 .claim = "NFS: raise rsize and wsize to 16 KB (example: 8192)",
	 .reason =
	 "Client and server agree on up to 1 MiB by themselves: this makes requests 64 to 128 "
	 "times smaller. The example contradicts the text.",
	 .source = "nfs(5), rsize"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.nfs-client",
	 .claim = "NFS: larger blocks let all operations freeze when something hangs",
	 .reason = "That is what 'hard' does; the size has nothing to do with it.",
	 .source = "nfs(5), hard"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.nfs-client",
	 .claim = "NFS: mount image shares with 'sync'",
	 .reason =
	 "Each write then waits for the server's disk. With cache='none' the guest's own "
	 "flushes do what is needed.",
	 .source = "nfs(5), The sync mount option"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.nfs-client",
	 .claim = "NFS: 'hard' is the best choice against corrupted data",
	 .reason = "Soft mounts give guests I/O errors when the server is slow.",
	 .source = "nfs(5), soft"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.nfs-server-threads",
	 .claim = "NFS server: retrans of 'nfsstat -rc' tells that threads are short",
	 .reason =
	 "-c shows the client's counters, and retransmits also come from loss and slow disks. "
	 "Look whether all nfsd threads are busy.",
	 .source = "nfsstat(8); Linux fs/nfsd"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.nfs-server-threads",
	 .claim = "NFS server: raise USE_KERNEL_NFSD_NUMBER in /etc/sysconfig/nfs",
	 .reason =
	 "A variable of SUSE's scripts. /etc/nfs.conf, [nfsd] threads=, is read everywhere.",
	 .source = "nfs.conf(5)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.cpu-overcommit",
	 .claim = "Best performance is one vCPU to one host CPU, with no overcommit",
	 .reason =
	 "For latency and databases. Others share CPUs well as long as vCPUs do not wait for "
	 "them.",
	 .source = "Linux Documentation/accounting/psi.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.cpu-overcommit",
	 .claim = "Twice as many vCPUs as CPUs is fine while none is loaded above 50 %",
	 .reason = "A sound first guess; measured waiting (vcpu.N.delay, PSI) decides.",
	 .source = "libvirt, virConnectGetAllDomainStats: vcpu.delay"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.cpu-overcommit",
	 .claim = "More than 8 vCPUs a core make the host fail and unstable",
	 .reason =
	 "Slow rather than unstable; dense desktops run at 8. Measured waiting decides, not "
	 "the ratio.",
	 .source = "libvirt, virConnectGetAllDomainStats: vcpu.delay"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.cpu-overcommit",
	 .claim = "Aim at about 70 % CPU load of a guest",
	 .reason = "A common rule; sustained more asks for a vCPU, below 20 % for one fewer.",
	 .source = "[eng] rule of kvmtune; virConnectGetAllDomainStats: vcpu.time"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.vcpu.size",
	 .since = "Linux 2.6.24",
	 .claim = "vCPUs that are not used cost timer interrupts",
	 .reason =
	 "Idle CPUs have had no tick for long. What surplus vCPUs cost is scheduling delay and "
	 "IPIs.",
	 .source = "Linux Documentation/timers/no_hz.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.size",
	 .claim = "A guest with more vCPUs than the host has CPUs is always wrong",
	 .reason = "Its vCPUs wait for each other's locks.",
	 .source = "libvirt, virConnectGetAllDomainStats: vcpu.delay"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.numa-balancing",
	 .claim = "Automatic NUMA balancing is on and moves tasks and memory together",
	 .reason = "It helps guests that are not bound; bound memory and huge pages are skipped.",
	 .source = "Linux Documentation/admin-guide/sysctl/kernel.rst, numa_balancing"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.numa-balancing-scan",
	 .since = "Linux 5.13",
	 .claim = "Tune NUMA balancing with kernel.numa_balancing_scan_* sysctls",
	 .reason =
	 "They moved to /sys/kernel/debug/sched/numa_balancing, which cannot be read under "
	 "kernel lockdown. The defaults are good.",
	 .source = "Linux 5.13, sched: Move SCHED_DEBUG sysctl to debugfs (8a99b6833c88)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.numa-balancing",
	 .claim = "NUMA balancing: faster scanning costs more, follows changes sooner",
	 .reason =
	 "The counters numa_hint_faults and numa_pages_migrated in /proc/vmstat show both.",
	 .source = "Linux Documentation/admin-guide/sysctl/kernel.rst, numa_balancing"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.sharing",
	 .claim = "Tasks that share memory belong on one node",
	 .reason =
	 "vhost-user switches and their guests, for example: balancing cannot please two "
	 "owners.",
	 .source = "Linux Documentation/admin-guide/mm/numa_memory_policy.rst"},
	{.truth = KT_TRUTH_RIGHT,
	 .claim = "numactl --hardware and virsh capabilities show nodes and CPUs",
	 .reason = "hwloc's lstopo shows caches as well.",
	 .source = "numactl(8); libvirt, formatcaps"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.numa.tune",
	 .claim = "The cpuset controller has the policies interleave, bind and preferred",
	 .reason =
	 "Those are memory policies of processes (mbind, numatune). A cpuset has only a list "
	 "of allowed nodes.",
	 .source = "Linux Documentation/admin-guide/cgroup-v1/cpusets.rst; numa_memory_policy.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.numa.tune",
	 .claim = "Move a guest with cgset on sysdefault/libvirt/qemu/NAME/emulator",
	 .reason =
	 "No such group exists today, it would be the emulator's only, and libvirt overwrites "
	 "it. virsh numatune does it where the mode allows.",
	 .source = "libvirt, Control Groups resource management; virsh(1): numatune"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.numa.migrate-pages",
	 .claim = "migratepages brings a guest's memory to another node",
	 .reason =
	 "It moves what is there now. The policy stays, so with a strict binding new pages go "
	 "back, and the definition still names the old node.",
	 .source = "migrate_pages(2)"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.numa.migrate-pages",
	 .claim = "'grep Cpus /proc/PID/status' tells whether migratepages did its work",
	 .reason = "That is about CPUs. Memory is in Mems_allowed_list and in numa_maps.",
	 .source = "proc(5)"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.cgroup-controllers",
	 .since = "cgroup v2",
	 .claim = "memory.numa_stat lies in .../memory/sysdefault/libvirt/qemu/NAME",
	 .reason = "Take the group from /proc/PID/cgroup: below machine.slice.",
	 .source = "libvirt, Control Groups resource management; cgroup-v2.rst, memory.numa_stat"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.rng",
	 .since = "Linux 5.6",
	 .claim = "Feed guests' random numbers from the host's /dev/random",
	 .reason =
	 "It no longer blocks nor is better than /dev/urandom; QEMU's built-in source needs no "
	 "file at all.",
	 .source = "Linux 5.6, random: make /dev/random be almost like /dev/urandom (30c08efec888)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.single-hypervisor",
	 .claim = "One virtualization technology to a host; never KVM and Xen together",
	 .reason = "Each counts on having the CPUs' virtualization and the memory to itself.",
	 .source = "Linux 6.12, kvm.enable_virt_at_load"},
	{.truth = KT_TRUTH_RIGHT, .practice = "sec.minimal-host",
	 .claim = "Run few services on the host",
	 .reason = "Each takes CPU time and memory from guests and adds to what can be attacked.",
	 .source = "libvirt, Securing the host"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.nbd-module",
	 .claim = "modprobe nbd max_part=16 supports 16 devices",
	 .reason =
	 "max_part is partitions of a device; nbds_max is the number of devices. The module "
	 "does not belong on a production host for long.",
	 .source = "Linux 6.12, drivers/block/nbd.c"},
	{.truth = KT_TRUTH_DEPENDS,
	 .claim = "Add boot arguments to GRUB_CMDLINE_LINUX_DEFAULT, run grub2-mkconfig",
	 .reason =
	 "Right on SLE. Debian has drop-ins and update-grub; hosts with boot loader entries "
	 "(RHEL 8 on, Fedora) need grubby, or the change is lost without a word.",
	 .source = "RHEL 9.3 release notes, grub2-mkconfig --update-bls-cmdline; grubby(8)"},
	{.truth = KT_TRUTH_OUTDATED,
	 .since = "SLE 12",
	 .claim = "On SLE 11 edit /boot/grub/menu.lst",
	 .reason =
	 "GRUB legacy, out of support. kvmtune says which line to change and leaves the file "
	 "alone.",
	 .source = "GNU GRUB manual, changes from GRUB Legacy"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.cpu-online",
	 .claim = "Take a CPU down with 0 in cpuX/online before removing it",
	 .reason = "Right; on a host, guests pinned to this CPU lose their pin without a word.",
	 .source = "Linux Documentation/core-api/cpu_hotplug.rst"},
};
/* clang-format on */

const KtClaims kt_claims_sles_host = {.rows = rows, .n = G_N_ELEMENTS(rows)};
