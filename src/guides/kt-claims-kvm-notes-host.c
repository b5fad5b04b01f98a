/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_RIGHT, .practice = "host.ksm-mode",
	 .claim = "Be careful with KSM in production; it may help out in an emergency",
	 .reason =
	 "It costs CPU time and splits huge pages. When it helps out, let it end by itself and "
	 "write 2 to run to unmerge.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.ksm-mode",
	 .claim = "KSM suits test hosts and desktop virtualization",
	 .reason =
	 "So for many guests of the same system whose memory is anonymous; on hugetlb, memfd "
	 "or pinned memory it finds nothing.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.ksm-mode",
	 .claim = "KSM improves cache hits, and so the guests' performance",
	 .reason =
	 "Merging breaks huge pages into small ones, and each write to a merged page faults "
	 "and copies. It buys memory with speed.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst; mm/ksm.c, split_huge_page"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.ksm-mode",
	 .claim = "KSM opens side channels between guests",
	 .reason =
	 "Known since 2015; the advice for guests that do not trust each other is not to share "
	 "pages.",
	 .source = "CVE-2015-2877; CVE-2024-0564"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.ksm-mode",
	 .claim = "Stop KSM for all guests by writing 0 to pages_shared and pages_sharing",
	 .reason =
	 "Both are read-only counters, the write fails. 0 in run stops the scan and keeps what "
	 "is merged; 2 in run unmerges.",
	 .source = "Linux Documentation/admin-guide/mm/ksm.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepages-pool",
	 .claim = "Reserve huge pages by writing 25000 to nr_hugepages",
	 .reason =
	 "That is 48.8 GiB of 2 MiB pages. On a smaller host the write succeeds with fewer "
	 "pages and leaves it short of memory: add up the guests, cap, and read back.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.hugetlbfs-mounts",
	 .since = "systemd",
	 .claim = "Mount hugetlbfs at /dev/hugepages by hand, then restart libvirtd",
	 .reason =
	 "systemd mounts it (dev-hugepages.mount), and libvirt finds it at its start. Only a "
	 "second page size needs a mount of its own.",
	 .source = "systemd, units/dev-hugepages.mount"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.thp-enabled",
	 .claim = "Set THP to 'always' so that all guests get it",
	 .reason =
	 "'madvise' serves guests just as well, since QEMU asks for it, and spares other "
	 "programs surprises.",
	 .source = "QEMU 7.2, QEMU_MADV_HUGEPAGE in softmmu/physmem.c"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.thp-defrag",
	 .claim = "Set THP defrag to 'never'",
	 .reason =
	 "Guests then stay on 4 KiB pages whenever no free huge page is at hand. 'madvise', "
	 "the default, compacts for guests and nobody else.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.thp-khugepaged",
	 .claim = "Set khugepaged/defrag to 0",
	 .reason =
	 "khugepaged may then not compact, so guests that began on small pages stay there.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.io-scheduler",
	 .since = "Linux 5.0",
	 .claim = "The kernel offers noop, deadline and cfq",
	 .reason =
	 "All three are gone. Today there are none, mq-deadline, kyber and bfq, each if built "
	 "or loaded.",
	 .source = "Linux 5.0, block: remove legacy IO schedulers (f382fb0bcef4)"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.io-scheduler",
	 .since = "Linux 5.0",
	 .claim = "Choose cfq on the host, so that no guest takes all of the disk",
	 .reason =
	 "bfq is its heir, for rotating disks only. Hard caps for each guest (iotune) work "
	 "with every scheduler.",
	 .source = "Linux 5.0, block: remove legacy IO schedulers (f382fb0bcef4)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.io-scheduler",
	 .claim = "Change the scheduler with an echo of noop to /syc/block/sda/...",
	 .reason =
	 "The path is misspelt, the quotes are typographic, and noop is not the cfq that it "
	 "had just chosen. The place is /sys/block/X/queue/scheduler, kept by a udev rule.",
	 .source = "Linux Documentation/block/switching-sched.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.kvm-modules",
	 .claim = "modprobe vhost-net: 8 times the throughput, 10 % less latency",
	 .reason =
	 "Numbers of one machine around 2010. libvirt uses vhost by itself, and opening "
	 "/dev/vhost-net loads the module. Only where module loading is locked must it be "
	 "loaded at boot.",
	 .source =
	 "libvirt, formatdomain: interface driver name; Linux drivers/vhost/net.c, "
	 "MODULE_ALIAS"},
	{.truth = KT_TRUTH_WRONG, .practice = "ops.libvirt-log",
	 .claim = "libvirt has log levels 1 to 5, and 5 is fatal",
	 .reason = "There are four: 1 debug, 2 information, 3 warning, 4 error.",
	 .source = "libvirt, kbase: debug logs"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "ops.libvirt-log",
	 .claim = "Set log_level = 1 and log_outputs in libvirtd.conf; rotate the file",
	 .reason =
	 "Level 1 is for a search of minutes: log_filters keep it small, and virt-admin sets "
	 "them without a restart. With modular daemons the file is virtqemud.conf.",
	 .source = "libvirt, kbase: debug logs"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "ops.libvirt-log",
	 .since = "libvirt 5.6",
	 .claim = "When there is no log, run 'libvirtd --daemon --listen' by hand",
	 .reason =
	 "With socket activation --listen is refused, and a daemon started by hand misses its "
	 "unit's limits. Its messages are in the journal.",
	 .source = "libvirt 5.6 release notes, socket activation; libvirtd(8)"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.vcpu.pin",
	 .claim = "Pin a guest with 'taskset -cp 0 PID'",
	 .reason =
	 "It moves a single thread, QEMU's main loop; vCPUs stay where they were. libvirt does "
	 "not know and the next start forgets it: use virsh vcpupin and emulatorpin.",
	 .source = "taskset(1), --all-tasks; libvirt, formatdomain: cputune"},
};
/* clang-format on */

const KtClaims kt_claims_kvm_notes_host = {.rows = rows, .n = G_N_ELEMENTS(rows)};
