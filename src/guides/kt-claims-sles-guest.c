/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.emulator",
	 .claim = "Use qemu-system-x86_64 for 32-bit guests too",
	 .reason = "Xen aside, qemu-system-i386 has no advantage.",
	 .source = "QEMU manual, system emulator targets"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.mem.hotplug",
	 .claim = "Memory hotplug needs maxMemory with slots in the definition",
	 .reason =
	 "So for DIMMs. A virtio-mem device does without slots (libvirt 9.5), and can be taken "
	 "back.",
	 .source = "libvirt, formatdomain: maxMemory; libvirt 9.5 release notes"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.hotplug",
	 .claim = "Plug a DIMM of 524287 KiB, as in the example",
	 .reason =
	 "libvirt rounds it up. Sizes have to be multiples of the guest's block size (128 MiB "
	 "on most x86 guests), or later DIMMs fail.",
	 .source = "Linux Documentation/admin-guide/mm/memory-hotplug.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.mem.hotplug",
	 .since = "libvirt 9.6",
	 .claim = "Memory hotplug needs at least one guest NUMA cell",
	 .reason = "libvirt adds one by itself since.",
	 .source = "libvirt 9.6 release notes"},
	{.truth = KT_TRUTH_RIGHT,
	 .claim = "KB, MB, GB count in thousands, KiB, MiB, GiB in 1024",
	 .reason = "libvirt stores KiB, rounded up.",
	 .source = "libvirt, formatdomain: memory unit"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.limits",
	 .claim = "Do not set hard_limit",
	 .reason =
	 "It counts QEMU's own memory too, and a guest that meets it is killed. Only locked "
	 "memory needs one.",
	 .source = "libvirt, formatdomain: memtune hard_limit"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.mem.limits",
	 .since = "cgroup v2",
	 .claim = "soft_limit acts only while memory is short",
	 .reason =
	 "There it becomes memory.high: the guest is slowed down and reclaimed at this line at "
	 "all times.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, memory.high"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.mem.limits",
	 .since = "cgroup v2",
	 .claim = "swap_hard_limit is memory and swap together",
	 .reason =
	 "There it becomes memory.swap.max, which is swap alone: 2 GiB then allow twice the "
	 "swap that was meant.",
	 .source = "Linux Documentation/admin-guide/cgroup-v2.rst, memory.swap.max"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.disk.bus",
	 .claim = "IDE, SATA and e1000 devices are compatible but slow",
	 .reason =
	 "Right, and also for disks of guests that have drivers: their only use is installing.",
	 .source = "virtio specification 1.2"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.disk.bus",
	 .claim = "Paravirtual devices (virtio) are fast and migrate",
	 .reason = "The default choice for disk and network.",
	 .source = "virtio specification 1.2"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.hostdev",
	 .claim = "An assigned device is not shared between guests",
	 .reason = "An SR-IOV card is: one virtual function a guest.",
	 .source = "Linux Documentation/PCI/pci-iov-howto.rst"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.hostdev",
	 .claim = "An assigned device makes live migration difficult",
	 .reason = "Unplug it before, or pair a VF with a virtio card (teaming, libvirt 6.1).",
	 .source = "libvirt, formatdomain: interface teaming"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.pci-slots",
	 .since = "Linux 4.12",
	 .claim = "A guest can have 8 assigned PCI devices",
	 .reason =
	 "The limit of KVM's old assignment, which is gone. With VFIO the ports of the machine "
	 "decide; q35 needs spare root ports.",
	 .source = "Linux 4.12, KVM: x86: drop legacy device assignment"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.backing-store",
	 .claim = "A block device as disk is faster than a file",
	 .reason = "With cache='none' on a preallocated file on XFS little is left between them.",
	 .source = "libvirt, formatdomain: disk type"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.vcpu.size",
	 .claim = "Start a guest of unknown need, or of one thread, with a single vCPU",
	 .reason =
	 "Two serve better: on one, everything waits behind what is busy, interrupts included. "
	 "An idle second one costs next to nothing.",
	 .source = "[eng] rule of kvmtune"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.cpu.mode",
	 .claim = "A CPU model like the host's is fastest",
	 .reason = "host-passthrough, or host-model where guests migrate.",
	 .source = "libvirt, formatdomain: cpu mode"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.cpu.topology",
	 .claim = "A topology like the host's is fastest",
	 .reason =
	 "For pinned guests. For others one socket with all cores; threads only when vCPUs are "
	 "pinned to sibling threads.",
	 .source = "libvirt, formatdomain: cpu topology"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.cpu.features",
	 .claim = "Add a feature with <feature name='invtsc'/>",
	 .reason =
	 "Without policy= the schema refuses it, so a validated definition fails. Write "
	 "policy='require'.",
	 .source = "libvirt, formatdomain: cpu feature policy"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.cpu.invtsc",
	 .since = "libvirt 6.5",
	 .claim = "invtsc with host-passthrough needs qemu:commandline",
	 .reason =
	 "Use <cpu mode='host-passthrough' migratable='off'> and the feature. The command line "
	 "gives QEMU two -cpu arguments and taints the guest.",
	 .source = "libvirt 6.5 release notes, cpu migratable"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.cpu.mode",
	 .claim = "host-passthrough guests cannot move to different hardware",
	 .reason = "Not even to another microcode or kernel without a test.",
	 .source = "libvirt, formatdomain: cpu mode, host-passthrough"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.vcpu.pin",
	 .claim = "Pinning vCPUs raises cache hits of CPU-bound guests",
	 .reason = "When others are kept off these CPUs as well.",
	 .source = "libvirt, formatdomain: cputune, vcpupin"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.migrate-check",
	 .claim = "Pinned guests are harder to migrate",
	 .reason = "The target must have these CPUs and nodes; plan the pins anew for it.",
	 .source = "libvirt, virDomainMigrate3, VIR_MIGRATE_PARAM_DEST_XML"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "ops.cpu-baseline",
	 .since = "libvirt 4.4",
	 .claim = "Collect 'virsh capabilities' of all hosts for virsh cpu-baseline",
	 .reason =
	 "That ignores what QEMU and KVM can give: use hypervisor-cpu-baseline on domain "
	 "capabilities. Its file names differ, too.",
	 .source = "libvirt 4.4 release notes; virsh(1): hypervisor-cpu-baseline"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.numa.cells",
	 .claim = "virt-install and virt-manager cannot set guest NUMA nodes",
	 .reason = "virt-install can: --cpu numa.cell0.memory=,numa.cell0.cpus= and --numatune.",
	 .source = "virt-install(1), --cpu, --numatune"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.cells",
	 .claim = "Guest NUMA nodes like the host's help large workloads",
	 .reason = "For guests wider than a node; smaller ones are better on one.",
	 .source = "libvirt, formatdomain: cpu numa"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.source",
	 .claim = "memAccess works only with memory on huge pages",
	 .reason =
	 "Shared memory goes with memfd and files as well, and virtiofs and vhost-user need "
	 "it.",
	 .source = "libvirt, formatdomain: memoryBacking access"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.numa.cells",
	 .claim = "memnode takes placement=\"strict\"",
	 .reason =
	 "There is no such attribute: it is dropped in silence, and refused when validated. "
	 "memory has one, with auto or static.",
	 .source = "libvirt, formatdomain: numatune memnode"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.numa.cells",
	 .claim = "memnode for cell 2 of a guest with the cells 0 and 1",
	 .reason = "As in the example: libvirt refuses the definition.",
	 .source = "libvirt, formatdomain: numatune memnode"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.numa.tune",
	 .claim = "numatune has the modes interleave, strict (default) and preferred",
	 .reason =
	 "There is a fourth, restrictive (libvirt 7.3), the only one whose nodes can be "
	 "changed while the guest runs.",
	 .source = "libvirt, formatdomain: numatune memory mode"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "host.memory-reserve",
	 .claim = "A start fails when strict node bindings cannot be met",
	 .reason =
	 "With huge pages or preallocation. Otherwise the guest starts and is killed when the "
	 "node runs out.",
	 .source = "Linux Documentation/admin-guide/mm/numa_memory_policy.rst, MPOL_BIND"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.numa.tune",
	 .claim = "Keep memory and vCPUs of a guest within a node",
	 .reason = "The largest single gain on hosts with several nodes.",
	 .source = "libvirt, formatdomain: numatune"},
	{.truth = KT_TRUTH_RIGHT, .practice = "image.format",
	 .claim = "Convert images to raw or qcow2",
	 .reason = "Others are for exchange.",
	 .source = "qemu-img(1)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "image.format-legacy",
	 .claim = "Compression and encryption of an image do not go together",
	 .reason =
	 "Still so. The option -e is gone, guests cannot use the old AES images, and LUKS is "
	 "what is left.",
	 .source = "qemu-img(1); QEMU, Removed features"},
	{.truth = KT_TRUTH_WRONG, .practice = "image.format",
	 .claim = "raw images take up all of their space on the file system",
	 .reason = "They are sparse on every usual file system; copies must keep the holes.",
	 .source = "qemu-img(1), raw"},
	{.truth = KT_TRUTH_RIGHT, .practice = "image.format",
	 .claim = "raw has the least overhead",
	 .reason = "qcow2 comes close with preallocation and a large enough cache.",
	 .source = "QEMU docs/qcow2-cache.txt"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "image.qcow2.l2cache",
	 .since = "QEMU 3.1",
	 .claim = "qcow2 has a cache of 1 MB, good for 8 GB; 64 GB need l2-cache-size=8M",
	 .reason =
	 "The cache grows to 32 MiB by itself, good for 256 GiB. Above, set metadata_cache in "
	 "the definition.",
	 .source = "QEMU docs/qcow2-cache.txt; libvirt 7.0, metadata_cache"},
	{.truth = KT_TRUTH_WRONG, .practice = "image.qcow2.cluster",
	 .claim = "qcow2 clusters have 512 KB to 2 MB",
	 .reason = "512 bytes to 2 MiB; 64 KiB is the default.",
	 .source = "QEMU docs/interop/qcow2.txt, cluster_bits"},
	{.truth = KT_TRUTH_RIGHT, .practice = "image.qcow2.preallocation",
	 .claim = "Preallocated metadata makes growing images faster",
	 .reason = "falloc goes further, for databases; on thin storage neither is wanted.",
	 .source = "qemu-img(1), preallocation"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.qcow2.lazy-refcounts",
	 .claim = "Lazy refcounts make images faster, above all with writethrough",
	 .reason =
	 "Little is gained with none or writeback, and after a crash the whole table is built "
	 "anew.",
	 .source = "QEMU docs/interop/qcow2.txt, lazy refcounts"},
	{.truth = KT_TRUTH_RIGHT, .practice = "image.format-legacy",
	 .claim = "qed is deprecated, vmdk is for exchange",
	 .reason = "Both still open; convert them.",
	 .source = "qemu-img(1)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "image.chain",
	 .claim = "A backing file changes only by commit",
	 .reason = "With two overlays on it a commit breaks the other one, without an error.",
	 .source = "qemu-img(1), commit"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "image.chain",
	 .since = "QEMU 6.1",
	 .claim = "Create overlays with 'qemu-img create -b BASE -f qcow2 OVERLAY'",
	 .reason =
	 "Refused without -F and the format of the base: with a guessed format a guest could "
	 "name host files.",
	 .source = "QEMU 6.1, Removed features: backing format"},
	{.truth = KT_TRUTH_WRONG, .practice = "image.rebase",
	 .claim = "After moving a base: link the new path to the old, then rebase -u",
	 .reason =
	 "Link and path are the wrong way round in the example, and -u now wants -F. Use "
	 "rebase -u -F FORMAT -b NEWPATH, with the guest off.",
	 .source = "qemu-img(1), rebase"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.open-raw",
	 .claim = "Open a raw image with losetup and kpartx",
	 .reason =
	 "losetup -fP --read-only does both. With the guest off, and never with an image that "
	 "is not trusted.",
	 .source = "losetup(8); guestfs-security(1)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "sec.image-open",
	 .claim = "Do not mount images of unknown origin; use guestfs tools",
	 .reason = "Their file systems are parsed by the host's kernel otherwise.",
	 .source = "guestfs-security(1)"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.open-qcow2",
	 .claim = "Open a qcow2 image with qemu-nbd -c",
	 .reason =
	 "With -r and -f qcow2, and with the guest off. A guessed format lets the image's "
	 "owner choose one.",
	 .source = "qemu-nbd(8)"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.open-lvm",
	 .claim = "Rename a guest's volume group that is called as the host's",
	 .reason =
	 "vgimportclone does that. Better: a devices file, so that the host never activates "
	 "guests' groups.",
	 .source = "vgimportclone(8); lvmdevices(8)"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.fs-share",
	 .since = "libvirt 6.2",
	 .claim = "Share host folders by 9p (filesystem type='mount')",
	 .reason =
	 "virtiofs is faster and behaves like a file system. A mounted 9p share keeps the "
	 "guest from migrating.",
	 .source = "libvirt, kbase: sharing files with virtiofs"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.disk.bus",
	 .claim = "Before changing a disk to virtio adapt root= and the initrd",
	 .reason = "Name root by UUID, and prove the driver with a small extra disk first.",
	 .source = "Linux Documentation/admin-guide/kernel-parameters.txt, root="},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.mem.balloon",
	 .claim = "Overcommit memory with the balloon (memory, currentMemory)",
	 .reason =
	 "It never grows back by itself, and takes memory from the guest at once. Free page "
	 "reporting (libvirt 6.9) does the same without a target.",
	 .source = "libvirt, formatdomain: memballoon freePageReporting"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.mem.balloon",
	 .claim = "virsh setmem takes KB",
	 .reason = "KiB, unless a unit is given.",
	 .source = "libvirt, virsh(1): setmem"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.virtio.bound",
	 .claim = "See in the guest's sysfs which virtio devices have a driver",
	 .reason = "A device in the definition without a driver in the guest is of no use.",
	 .source = "Linux Documentation/driver-api/virtio/virtio.rst"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.video",
	 .since = "QEMU 2.2",
	 .claim = "Use the cirrus card for speed and compatibility",
	 .reason =
	 "vga (stdvga) has been QEMU's default since; cirrus is old and slow. virtio for Linux "
	 "desktops.",
	 .source = "QEMU 2.2 release notes, default VGA"},
	{.truth = KT_TRUTH_OUTDATED, .practice = "guest.rng",
	 .since = "Linux 5.6",
	 .claim = "Install rng-tools in the guest to use virtio-rng",
	 .reason = "The kernel takes from it by itself, and /dev/random no longer blocks.",
	 .source = "Linux drivers/char/hw_random/core.c"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.devices.unused",
	 .claim = "Take devices out that a guest does not use",
	 .reason = "Each costs memory, wake-ups, and adds to what can be attacked.",
	 .source = "QEMU manual, Security"},
	{.truth = KT_TRUTH_WRONG, .practice = "guestos.windows",
	 .claim = "Windows guests: switch system updates off",
	 .reason =
	 "Put them into a time window instead. The rest of the list (effects, indexing, "
	 "services) is a matter of taste.",
	 .source = "Microsoft, Windows Update for Business: active hours"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guestos.windows",
	 .claim = "Windows guests: install paravirtual drivers",
	 .reason =
	 "Current virtio-win, and Hyper-V enlightenments in the definition, which the guide "
	 "does not name.",
	 .source = "libvirt, formatdomain: features hyperv"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guestos.linux",
	 .claim = "Linux guests: no X, no unneeded services and software",
	 .reason = "Less to update and to wake up.",
	 .source = "systemd.preset(5)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guestos.linux",
	 .claim = "Spread predictable tasks of guests over time",
	 .reason =
	 "RandomizedDelaySec= in timers: many guests that update in the same minute are a "
	 "storm.",
	 .source = "systemd.timer(5)"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.machine",
	 .claim = "Always move guests to the newest machine type",
	 .reason =
	 "When the old one is deprecated, or misses something; newest that all hosts of the "
	 "pool know. It takes a stop and start.",
	 .source = "QEMU, Deprecated features: versioned machine types"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.machine",
	 .claim = "A new machine type is transparent for Linux guests",
	 .reason =
	 "Within pc or q35, mostly; network cards may get other names. From pc to q35 it is "
	 "another machine.",
	 .source = "systemd.net-naming-scheme(7)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.acpi",
	 .claim = "Graceful shutdown needs ACPI in the definition",
	 .reason = "So do CPU and memory hotplug.",
	 .source = "libvirt, formatdomain: features acpi"},
	{.truth = KT_TRUTH_WRONG, .practice = "ops.acpi-shutdown",
	 .claim = "Most Linux systems ignore the power button until Polkit allows it",
	 .reason = "systemd-logind shuts down on it by default.",
	 .source = "logind.conf(5), HandlePowerKey="},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.graphics.keymap",
	 .claim = "Set a keymap (en-us) for VNC",
	 .reason =
	 "Leave it out: clients send scan codes, which a keymap makes QEMU ignore. A wrong "
	 "name keeps the guest from starting.",
	 .source = "libvirt, formatdomain: graphics keymap"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.graphics.listen",
	 .claim = "On hosts without IPv4 let spice listen on ::1",
	 .reason =
	 "It helps. A listen type 'none' or a socket needs no address; and SPICE is gone from "
	 "RHEL 9.",
	 .source = "libvirt, formatdomain: graphics listen"},
	{.truth = KT_TRUTH_WRONG, .practice = "ops.xml-to-argv",
	 .claim = "Start guests with the command that domxml-to-native prints",
	 .reason =
	 "It misses what libvirt prepares: taps, sockets, file rights, control groups. It is "
	 "for reading.",
	 .source = "libvirt, virConnectDomainXMLToNative"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.qemu-commandline",
	 .claim = "Add a balloon with qemu:commandline",
	 .reason =
	 "libvirt adds one by itself, the second does not start on q35, and the guest is "
	 "tainted.",
	 .source = "libvirt, formatdomain: memballoon"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.vcpu.unplug",
	 .claim = "Remove a vCPU safely with 0 in cpuX/online",
	 .reason =
	 "That takes it offline; the guest keeps it. virsh setvcpus removes those that were "
	 "plugged.",
	 .source = "libvirt, virsh(1): setvcpus"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.disk.pr",
	 .claim = "Reservations: multipath disk as lun with <reservations managed='yes'>",
	 .reason = "libvirt then starts a qemu-pr-helper for the guest.",
	 .source = "libvirt, formatdomain: disk source reservations"},
	{.truth = KT_TRUTH_RIGHT, .practice = "ops.scsi-pr",
	 .claim = "Name multipath disks by alias, so that migration finds them",
	 .reason = "The path has to be the same on both hosts.",
	 .source = "multipath.conf(5), alias"},
	{.truth = KT_TRUTH_WRONG, .practice = "ops.scsi-pr",
	 .claim = "A virtio-scsi controller has room for 7 units",
	 .reason =
	 "That is how many libvirt fills by itself; with an address written out unit 300 is "
	 "fine.",
	 .source = "libvirt, formatdomain: disk address drive"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.scsi.controller",
	 .claim = "Write the virtio-scsi controller out, or libvirt adds an LSI one",
	 .reason = "Still so, on q35 as well.",
	 .source = "libvirt, formatdomain: controllers"},
};
/* clang-format on */

const KtClaims kt_claims_sles_guest = {.rows = rows, .n = G_N_ELEMENTS(rows)};
