/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.cpu.mode",
	 .claim = "CPU modes by speed: host-passthrough, host-model, custom",
	 .reason =
	 "host-model is today nearly passthrough, minus what libvirt has no name for. A named "
	 "model is slower by the features that it lacks.",
	 .source = "libvirt, formatdomain: cpu mode"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.cpu.mode",
	 .since = "libvirt 3.2",
	 .claim = "host-model costs 4 %, custom 5 % against passthrough (HEPSpec06)",
	 .reason =
	 "Measured around 2014. Since then host-model is what QEMU and KVM can give, not a "
	 "guess from a list.",
	 .source = "libvirt 3.2 release notes, host-model CPU from QEMU"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.cpu.mode",
	 .claim = "Use host-passthrough only where guests never migrate",
	 .reason =
	 "Or where hosts are the same in CPU, microcode, kernel and QEMU. It is normal for "
	 "latency and databases.",
	 .source = "libvirt, formatdomain: cpu mode, host-passthrough"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.cpu.mode",
	 .since = "libvirt 4.7",
	 .claim = "host-model is chosen from /usr/share/libvirt/cpu_map.xml",
	 .reason = "It is a directory of files now, and the model comes from QEMU's answer.",
	 .source = "libvirt 4.7, cpu: split up the CPU map data file"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.cpu.mode",
	 .claim = "Migration reach: custom most, then host-model, then passthrough",
	 .reason = "For a mixed pool take a baseline of all hosts.",
	 .source = "libvirt, virConnectBaselineHypervisorCPU"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.migrate-check",
	 .claim = "Group hosts by CPU and migrate within a group",
	 .reason = "Or give all guests the baseline of the pool.",
	 .source = "libvirt, virConnectBaselineHypervisorCPU"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.cpu.mode",
	 .since = "RHEL 7",
	 .claim = "Kernels of 2.6 panic with host-passthrough",
	 .reason = "Of the CentOS 6 time; no kernel in support is known for it.",
	 .source = "Red Hat Enterprise Linux life cycle"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.cpu.mode",
	 .claim = "Mode custom has no SSE4, so programs stop with illegal instruction",
	 .reason =
	 "custom is any named model, and those from Nehalem on have SSE4.2. Only qemu64, kvm64 "
	 "and the oldest lack it: the default when no <cpu> is given.",
	 .source = "libvirt cpu_map/x86_Nehalem.xml; QEMU docs/system/qemu-cpu-models.rst"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.cpu.features",
	 .claim = "After an illegal instruction build the program anew in the guest",
	 .reason =
	 "First look what the model lacks, or what check='partial' dropped without a word. A "
	 "better model helps all programs.",
	 .source = "libvirt, formatdomain: cpu check"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.cpu.mode",
	 .claim = "host-model carries nearly all programs over from real machines",
	 .reason = "It has the host's features as far as libvirt can name them.",
	 .source = "libvirt, formatdomain: cpu mode, host-model"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guestos.linux",
	 .claim = "Boot guests with net.ifnames=0 biosdevname=0 to have eth0",
	 .reason = "With one card. With more their order may change; match by MAC address instead.",
	 .source = "systemd.net-naming-scheme(7); systemd.link(5)"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guestos.linux",
	 .claim = "Guests need no swap partition: cloud guests have none either",
	 .reason =
	 "A decision of the workload. A little swap or zram softens shortage, and a balloon "
	 "wants it.",
	 .source = "Linux Documentation/admin-guide/mm/concepts.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guestos.linux",
	 .since = "RHEL 9",
	 .claim = "Restart the network with /etc/init.d/network restart",
	 .reason =
	 "NetworkManager, systemd-networkd or netplan now; not over the very connection "
	 "without a way back.",
	 .source = "RHEL 9, Considerations in adopting RHEL 9: network scripts"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guestos.linux",
	 .claim = "Install tools: nmap, nc, tcpdump, htop, iotop, sysstat, net-tools...",
	 .reason =
	 "sysstat and iotop help to find faults. nmap and nc help attackers more, and iproute2 "
	 "has replaced net-tools.",
	 .source = "iproute2, ip(8)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.clone",
	 .claim = "Clone a stopped guest with virt-clone",
	 .reason =
	 "It gives the copy its own UUID and MAC address. Machine id and SSH keys are for "
	 "virt-sysprep.",
	 .source = "virt-clone(1); virt-sysprep(1)"},
	{.truth = KT_TRUTH_WRONG, .practice = "ops.clone",
	 .claim = "Clone to another host: copy image and XML of the guest, edit its name",
	 .reason =
	 "Its example copies the disk while the guest runs, and keeps the MAC address. Stop "
	 "it, or use the backup API; new UUID and MAC, virt-sysprep.",
	 .source = "libvirt, virDomainBackupBegin; virt-sysprep(1)"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.vcpu.pin",
	 .claim = "Put two vCPUs on one core, three to twelve on one socket",
	 .reason =
	 "Two busy vCPUs on one core share its pipelines. Take different cores that share an "
	 "L3 cache.",
	 .source = "hwloc, lstopo(1): L3 objects"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.vcpu.pin",
	 .claim = "Binding brings 10 to 16 % (JVM)",
	 .reason =
	 "Numbers of one test. Alone it brings little: others must be kept off these CPUs too.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, cpuset"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.nosharepages",
	 .claim = "Keep a guest out of KSM with <nosharepages/>",
	 .reason = "It becomes mem-merge=off of the machine.",
	 .source = "libvirt, formatdomain: memoryBacking, nosharepages"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.hugepages",
	 .claim = "<hugepages/> gives one guest transparent huge pages",
	 .reason =
	 "It takes static pages from the pool. Transparent ones need nothing in the "
	 "definition.",
	 .source = "libvirt, formatdomain: memoryBacking, hugepages"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.disk.bus",
	 .claim = "Use virtio for disks and network",
	 .reason = "IDE, SATA and e1000 are for guests without drivers.",
	 .source = "virtio specification 1.2"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.disk.cache",
	 .claim = "Disk cache modes by safety: writethrough, none, writeback",
	 .reason =
	 "none and writeback honour the guest's flushes alike and are as safe; only unsafe "
	 "ignores them.",
	 .source = "QEMU manual, -drive cache=; libvirt, formatdomain: disk driver cache"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.disk.cache",
	 .claim = "Disk cache modes by speed: writeback, none, writethrough",
	 .reason =
	 "writeback wins while host memory is to spare; with many guests none is steadier.",
	 .source = "QEMU manual, -drive cache="},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.disk.cache",
	 .claim = "Use cache='none'",
	 .reason = "The guest has its own cache; the host's memory is for guests.",
	 .source = "libvirt, formatdomain: disk driver cache"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.format",
	 .claim = "raw is faster than qcow2",
	 .reason = "By little, when the qcow2 image is preallocated and its cache covers the disk.",
	 .source = "QEMU docs/qcow2-cache.txt"},
	{.truth = KT_TRUTH_WRONG, .practice = "image.format",
	 .claim = "qcow2 is safer than raw",
	 .reason =
	 "It has checks and snapshots, and more that can break. Safety comes from cache mode, "
	 "flushes and backup.",
	 .source = "QEMU docs/interop/qcow2.txt"},
	{.truth = KT_TRUTH_WRONG, .practice = "image.format",
	 .claim = "qcow2 saves space, raw does not",
	 .reason = "Raw files are sparse too on every usual file system.",
	 .source = "qemu-img(1), raw"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.format",
	 .claim = "Use qcow2 unless the last bit of speed counts",
	 .reason =
	 "Incremental backup and overlays need it; databases and latency take raw or a block "
	 "device.",
	 .source = "libvirt, domain backup; qemu-img(1)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.net.queues",
	 .claim = "Several queues let virtio-net use several vCPUs",
	 .reason = "As many as vCPUs, up to 8 for most.",
	 .source = "libvirt, formatdomain: interface driver queues"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.net.driver-knobs",
	 .claim = "With queues set txmode='iothread' ioeventfd='on' event_idx='off'",
	 .reason =
	 "libvirt's own manual says to leave them alone: txmode means nothing with vhost, and "
	 "event_idx='off' makes more interrupts.",
	 .source = "libvirt, formatdomain: interface driver"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.net.queues",
	 .claim = "Directories in /sys/class/net/eth0/queues show that queues are used",
	 .reason = "They are there even when unused: ethtool -l tells how many are in use.",
	 .source = "ethtool(8), -l"},
};
/* clang-format on */

const KtClaims kt_claims_kvm_notes_guest = {.rows = rows, .n = G_N_ELEMENTS(rows)};
