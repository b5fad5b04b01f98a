/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-guide-claims.h"

/* In the order of the guide. */
/* clang-format off */
static const KtClaim rows[] = {
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.iothreads",
	 .claim = "Without IOThreads QEMU's main thread serves all disks under one lock",
	 .reason =
	 "One busy disk then holds up the other devices, and the thread's CPU is the ceiling.",
	 .source = "QEMU docs/devel/multiple-iothreads.txt"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.iothreads",
	 .claim = "Give IOThreads to virtio-blk disks or to virtio-scsi controllers",
	 .reason =
	 "A disk on a SCSI bus cannot have one, its controller can; SATA and IDE never. Newer "
	 "versions spread one disk over several.",
	 .source = "libvirt, formatdomain: disk driver iothread"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.iothreads",
	 .claim = "Each IOThread number may be given to one disk only",
	 .reason =
	 "Disks may share an IOThread. One each is right for the busy ones, and idle ones can "
	 "share.",
	 .source = "libvirt, formatdomain: iothreads, iothreadids"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.iothread.pin",
	 .claim = "Pin IOThreads so that disk I/O keeps off the CPUs of vCPUs",
	 .reason = "Best to CPUs of the node that the guest and the storage controller are on.",
	 .source = "libvirt, formatdomain: cputune, iothreadpin"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.disk.aio",
	 .claim = "Use io='native' with cache='none' for disks that must be fast",
	 .reason =
	 "Right for block devices and preallocated files. Sparse files can block in it; "
	 "io_uring (libvirt 6.3) or threads are better there. libvirt refuses native with "
	 "other caches.",
	 .source = "libvirt, formatdomain: disk driver io; QEMU block/file-posix.c"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "image.backing-store",
	 .claim = "A block device as disk is faster than a file",
	 .reason =
	 "With cache='none' on a preallocated file on XFS little is left between them; files "
	 "are easier to handle.",
	 .source = "libvirt, formatdomain: disk type"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.disk.rdm-virtual",
	 .claim = "A block device on virtio-scsi (device='disk') passes most SCSI commands",
	 .reason =
	 "It is a SCSI disk that QEMU emulates; commands end there. Nothing but reads and "
	 "writes reaches the device.",
	 .source = "QEMU hw/scsi/scsi-disk.c, scsi-hd"},
	{.truth = KT_TRUTH_WRONG, .practice = "guest.disk.rdm-physical",
	 .claim = "device='lun' is faster than device='disk'",
	 .reason =
	 "For reads and writes they are alike, and virtio-blk is often faster. lun is for "
	 "guests that need SCSI commands: reservations, vendor tools.",
	 .source = "libvirt, formatdomain: disk device lun"},
	{.truth = KT_TRUTH_DEPENDS, .practice = "guest.disk.rdm-physical",
	 .claim = "Give physical mappings rawio='yes'",
	 .reason =
	 "Only for vendor commands: it gives the whole QEMU process CAP_SYS_RAWIO, for every "
	 "disk that it has.",
	 .source = "libvirt, formatdomain: disk rawio; capabilities(7)"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.disk.rdm-physical",
	 .claim = "Physical mapping takes whole SCSI disks; partitions and LVs do not work",
	 .reason = "The guest does not even start with one: use device='disk' or virtio for them.",
	 .source = "libvirt, formatdomain: disk device lun"},
	{.truth = KT_TRUTH_RIGHT, .practice = "guest.mem.hugepages",
	 .claim = "Choose the page size of a guest with <page size='1' unit='GiB'/>",
	 .reason =
	 "It needs a mount of that size, or memfd memory, and a guest size that is a multiple "
	 "of it.",
	 .source = "libvirt, formatdomain: memoryBacking, hugepages"},
};
/* clang-format on */

const KtClaims kt_claims_openeuler_practices_guest = {.rows = rows, .n = G_N_ELEMENTS(rows)};
