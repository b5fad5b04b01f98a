/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.halt-polling",
	 .claim = "KVM halt polling is on by default and polls for 500000 ns",
	 .reason =
	 "So on AArch64, RISC-V and LoongArch; x86 has 200000, s390x 50000, POWER 10000. The "
	 "number is a ceiling: each vCPU grows and shrinks its own time below it.",
	 .source = "Linux 6.1 and 6.12, KVM_HALT_POLL_NS_DEFAULT in arch/*/include/asm/kvm_host.h"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.halt-polling",
	 .claim = "Write the polling time to halt_poll_ns, for example 400000",
	 .reason =
	 "The file is right and works on running guests, but on x86 400000 doubles the "
	 "default. Judge by the share of polls that succeed. It is lost at reboot unless a "
	 "modprobe option keeps it.",
	 .source = "Linux Documentation/virt/kvm/halt-polling.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.halt-polling",
	 .claim = "Polling makes idle guests look busy on the host",
	 .reason =
	 "It costs host CPU time, power and the SMT sibling's speed; it stops as soon as "
	 "another task wants the CPU.",
	 .source = "Linux Documentation/virt/kvm/halt-polling.rst"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.workqueue-cpumask",
	 .claim = "Kworkers are per-CPU threads, and workqueue/cpumask binds them to CPUs",
	 .reason =
	 "Only unbound ones (kworker/u*) obey the mask. Those bound to a CPU (kworker/3:1) "
	 "never move: keeping work off a CPU takes isolcpus= or nohz_full=.",
	 .source = "Linux Documentation/core-api/workqueue.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.workqueue-cpumask",
	 .claim = "Writing ff to workqueue/cpumask moves kworkers to CPU 0-7",
	 .reason =
	 "Right for unbound workers on a host that has these CPUs. Masks are hexadecimal in "
	 "groups of 32 bits with commas; a bit beyond the last CPU makes the write fail. A "
	 "mask without a node's CPUs starves that node.",
	 .source = "Linux Documentation/core-api/workqueue.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.workqueue-cpumask",
	 .claim = "Kworkers compete with vCPU threads and make guests jitter",
	 .reason = "So for guests pinned to single CPUs; others lose little to them.",
	 .source = "Linux Documentation/admin-guide/kernel-per-CPU-kthreads.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "host.hugepages-pool",
	 .claim = "Pages of 2 MiB or 1 GiB lower TLB misses of memory-bound guests",
	 .reason =
	 "A guest walks two page tables, so it gains more than a process on the host. "
	 "Transparent pages give most of it without a pool.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "host.hugepages-pool",
	 .since = "Linux 3.16",
	 .claim = "The pool of static huge pages has to be reserved before the host boots",
	 .reason =
	 "Pools of every size can be resized at run time, per node, as long as contiguous "
	 "memory is left. Early reservation stays the surest way for 1 GiB pages.",
	 .source =
	 "Linux 3.16, hugetlb: add support for gigantic page allocation at runtime "
	 "(944d9fec8d7a)"},
	{.truth = KT_TRUTH_WRONG, .practice = "host.hugepages-pool",
	 .claim = "Another page size takes effect only after a reboot of the host",
	 .reason =
	 "Pools of all sizes exist side by side under /sys/kernel/mm/hugepages; only "
	 "default_hugepagesz= needs a boot.",
	 .source = "Linux Documentation/admin-guide/mm/hugetlbpage.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.hugepage-sizes",
	 .claim = "Static huge pages come in 2 MiB and 1 GiB",
	 .reason =
	 "On x86-64. AArch64 sizes follow the base page: with 64 KiB pages they are 2 MiB, 512 "
	 "MiB and 16 GiB. The list is /sys/kernel/mm/hugepages.",
	 .source = "Linux Documentation/arch/arm64/hugetlbpage.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.hugepages",
	 .claim = "Static pages keep all memory of a guest in huge, contiguous pages",
	 .reason =
	 "libvirt preallocates it, so a start fails at once when the pool is short. In "
	 "exchange the guest has no balloon, KSM or swap.",
	 .source = "libvirt, formatdomain: memoryBacking, hugepages"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.hugepage-sizes",
	 .claim = "Without a free 2 MiB page THP falls back to 64 KiB on AArch64, 4 KiB on x86",
	 .reason =
	 "It falls back to the base page, which on AArch64 is 4, 16 or 64 KiB as the kernel "
	 "was built; the huge page is then 2, 32 or 512 MiB.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst; getconf PAGESIZE"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.thp-enabled",
	 .claim = "Switch THP on with 'always', off with 'never', at run time",
	 .reason =
	 "The file is right, but 'madvise' is enough: QEMU asks for huge pages for all guest "
	 "memory. 'never' leaves pages that exist as they are, and switching changes "
	 "vm.min_free_kbytes too.",
	 .source = "QEMU 7.2, QEMU_MADV_HUGEPAGE in softmmu/physmem.c; Linux transhuge.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.thp-enabled",
	 .claim = "Switch THP off on hosts whose guests all use static pages",
	 .reason =
	 "Harmless there, and worth it for guests that need low latency. The first guest "
	 "without a static pool then runs on base pages.",
	 .source = "Linux Documentation/admin-guide/mm/transhuge.rst"},
};
/* clang-format on */

const KtClaims kt_claims_openeuler_practices_host = {.rows = rows, .n = G_N_ELEMENTS(rows)};
