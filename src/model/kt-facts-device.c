/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-facts-device.h"

/* clang-format off: rows are data and read best one to a line */

static const KtField disk_fields[] = {
	KT_FIELD(KtDisk, target, .source = "disk/target/@dev", .doc = "name inside"),
	KT_FIELD(KtDisk, bus, .source = "disk/target/@bus", .doc = "virtio, scsi, sata, ide..."),
	KT_FIELD(KtDisk, device, .source = "disk/@device", .doc = "disk, cdrom, lun, floppy"),
	KT_FIELD(KtDisk, source_type, .source = "disk/@type",
		 .doc = "file, block, network, volume"),
	KT_FIELD(KtDisk, source, .source = "disk/source/@file|@dev|@dir|@name|@volume",
		 .doc = "file, device or name"),
	KT_FIELD(KtDisk, format, .source = "disk/driver/@type", .doc = "raw, qcow2..."),
	KT_FIELD(KtDisk, cache, .source = "disk/driver/@cache", .doc = "host cache mode"),
	KT_FIELD(KtDisk, io, .source = "disk/driver/@io", .doc = "threads, native, io_uring"),
	KT_FIELD(KtDisk, iothread, .source = "disk/driver/@iothread", .doc = "its IOThread"),
	KT_FIELD(KtDisk, readonly, .source = "disk/readonly", .doc = "read only"),
	KT_FIELD(KtDisk, shareable, .source = "disk/shareable", .doc = "shared between guests"),
	KT_FIELD(KtDisk, is_transient, .source = "disk/transient",
		 .doc = "changes are thrown away"),
	KT_FIELD(KtDisk, discard, .source = "disk/driver/@discard", .doc = "ignore, unmap"),
	KT_FIELD(KtDisk, detect_zeroes, .source = "disk/driver/@detect_zeroes",
		 .doc = "off, on, unmap"),
	KT_FIELD(KtDisk, queues, .source = "disk/driver/@queues", .doc = "queues"),
	KT_FIELD(KtDisk, error_policy, .source = "disk/driver/@error_policy",
		 .doc = "when a write fails: stop, report, ignore, enospace"),
	KT_FIELD(KtDisk, rerror_policy, .source = "disk/driver/@rerror_policy",
		 .doc = "when a read fails: stop, report, ignore"),
	KT_FIELD(KtDisk, rawio, .source = "disk/@rawio", .doc = "yes: CAP_SYS_RAWIO"),
	KT_FIELD(KtDisk, metadata_cache_bytes, .source = "disk/driver/metadata_cache/max_size",
		 .doc = "memory for the tables of a qcow2, in bytes"),
	KT_FIELD(KtDisk, is_throttled, .source = "disk/iotune", .doc = "limits are set"),
	KT_FIELD(KtDisk, has_iothread_map, .source = "disk/driver/iothreads",
		 .doc = "several IOThreads serve it"),
	KT_FIELD(KtDisk, reservations, .source = "disk/source/reservations/@managed",
		 .doc = "yes: libvirt runs qemu-pr-helper"),
};
KT_SCHEMA(kt_disk_schema, KtDisk, disk_fields, .doc = "a disk");

static const KtField controller_fields[] = {
	KT_FIELD(KtController, type, .source = "controller/@type", .doc = "scsi, pci, usb..."),
	KT_FIELD(KtController, index, .source = "controller/@index", .doc = "number"),
	KT_FIELD(KtController, model, .source = "controller/@model", .doc = "model"),
	KT_FIELD(KtController, iothread, .source = "controller/driver/@iothread",
		 .doc = "its IOThread"),
	KT_FIELD(KtController, queues, .source = "controller/driver/@queues", .doc = "queues"),
};
KT_SCHEMA(kt_controller_schema, KtController, controller_fields, .doc = "a controller");

static const KtField nic_fields[] = {
	KT_FIELD(KtNic, mac, .source = "interface/mac/@address", .doc = "address"),
	KT_FIELD(KtNic, type, .source = "interface/@type", .doc = "network, bridge..."),
	KT_FIELD(KtNic, model, .source = "interface/model/@type", .doc = "virtio, e1000..."),
	KT_FIELD(KtNic, target, .source = "interface/target/@dev", .doc = "host side"),
	KT_FIELD(KtNic, queues, .source = "interface/driver/@queues", .doc = "queue pairs"),
	KT_FIELD(KtNic, backend, .source = "interface/driver/@name", .doc = "vhost, qemu"),
	KT_FIELD(KtNic, event_idx, .source = "interface/driver/@event_idx", .doc = "on, off"),
	KT_FIELD(KtNic, tx_queue_size, .source = "interface/driver/@tx_queue_size",
		 .doc = "length of a transmit queue"),
	KT_FIELD(KtNic, managed, .source = "interface/@managed", .doc = "yes, no; type hostdev"),
	KT_FIELD(KtNic, pci_domain, .source = "interface/source/address/@domain",
		 .doc = "address on the host, type hostdev"),
	KT_FIELD(KtNic, pci_bus, .source = "interface/source/address/@bus", .doc = "same"),
	KT_FIELD(KtNic, pci_slot, .source = "interface/source/address/@slot", .doc = "same"),
	KT_FIELD(KtNic, pci_function, .source = "interface/source/address/@function",
		 .doc = "same"),
	KT_FIELD(KtNic, teaming, .source = "interface/teaming/@type",
		 .doc = "persistent, transient: half of a pair for migration"),
};
KT_SCHEMA(kt_nic_schema, KtNic, nic_fields, .doc = "a network interface");

static const KtField hostdev_fields[] = {
	KT_FIELD(KtHostdev, type, .source = "hostdev/@type", .doc = "pci, usb, scsi, mdev"),
	KT_FIELD(KtHostdev, managed, .source = "hostdev/@managed",
		 .doc = "yes: libvirt takes it from its driver and gives it back"),
	KT_FIELD(KtHostdev, pci_domain, .source = "hostdev/source/address/@domain",
		 .doc = "address on the host, type pci"),
	KT_FIELD(KtHostdev, pci_bus, .source = "hostdev/source/address/@bus", .doc = "same"),
	KT_FIELD(KtHostdev, pci_slot, .source = "hostdev/source/address/@slot", .doc = "same"),
	KT_FIELD(KtHostdev, pci_function, .source = "hostdev/source/address/@function",
		 .doc = "same"),
};
KT_SCHEMA(kt_hostdev_schema, KtHostdev, hostdev_fields, .doc = "an assigned device of the host");

static const KtField shmem_fields[] = {
	KT_FIELD(KtShmem, name, .source = "shmem/@name", .doc = "what the guests call it"),
};
KT_SCHEMA(kt_shmem_schema, KtShmem, shmem_fields, .doc = "memory that guests share");

static const KtField rng_fields[] = {
	KT_FIELD(KtRng, model, .source = "rng/@model", .doc = "virtio"),
	KT_FIELD(KtRng, backend, .source = "rng/backend/@model", .doc = "random, egd, builtin"),
	KT_FIELD(KtRng, source, .source = "rng/backend", .doc = "host file"),
	KT_FIELD(KtRng, has_rate, .source = "rng/rate", .doc = "rate limit set"),
};
KT_SCHEMA(kt_rng_schema, KtRng, rng_fields, .doc = "a random number device");

static const KtField video_fields[] = {
	KT_FIELD(KtVideo, model, .source = "video/model/@type",
		 .doc = "cirrus, vga, virtio, qxl..."),
};
KT_SCHEMA(kt_video_schema, KtVideo, video_fields, .doc = "a video card");

static const KtField graphics_fields[] = {
	KT_FIELD(KtGraphics, type, .source = "graphics/@type", .doc = "vnc, spice..."),
	KT_FIELD(KtGraphics, keymap, .source = "graphics/@keymap", .doc = "keyboard layout"),
};
KT_SCHEMA(kt_graphics_schema, KtGraphics, graphics_fields, .doc = "a remote screen");

static const KtField filesystem_fields[] = {
	KT_FIELD(KtFilesystem, type, .source = "filesystem/@type", .doc = "mount..."),
	KT_FIELD(KtFilesystem, driver, .source = "filesystem/driver/@type",
		 .doc = "path, virtiofs..."),
	KT_FIELD(KtFilesystem, target, .source = "filesystem/target/@dir", .doc = "name inside"),
};
KT_SCHEMA(kt_filesystem_schema, KtFilesystem, filesystem_fields, .doc = "a shared folder");

static const KtField channel_fields[] = {
	KT_FIELD(KtChannel, type, .source = "channel/@type", .doc = "unix, spicevmc..."),
	KT_FIELD(KtChannel, name, .source = "channel/target/@name", .doc = "name inside"),
	KT_FIELD(KtChannel, state, .source = "channel/target/@state",
		 .doc = "connected: a program inside has opened it"),
};
KT_SCHEMA(kt_channel_schema, KtChannel, channel_fields, .doc = "a channel to a program inside");

static const KtField serial_fields[] = {
	KT_FIELD(KtSerial, type, .source = "serial/@type", .doc = "pty, tcp, file..."),
	KT_FIELD(KtSerial, tls, .source = "serial/source/@tls", .doc = "yes: encrypted"),
	KT_FIELD(KtSerial, host, .source = "serial/source/@host", .doc = "address, type tcp"),
};
KT_SCHEMA(kt_serial_schema, KtSerial, serial_fields, .doc = "a serial port");

static const KtField input_fields[] = {
	KT_FIELD(KtInput, type, .source = "input/@type", .doc = "tablet, mouse, keyboard"),
	KT_FIELD(KtInput, bus, .source = "input/@bus", .doc = "usb, ps2, virtio"),
};
KT_SCHEMA(kt_input_schema, KtInput, input_fields, .doc = "an input device");

static const KtField watchdog_fields[] = {
	KT_FIELD(KtWatchdog, model, .source = "watchdog/@model", .doc = "i6300esb, itco..."),
	KT_FIELD(KtWatchdog, action, .source = "watchdog/@action", .doc = "what it does"),
};
KT_SCHEMA(kt_watchdog_schema, KtWatchdog, watchdog_fields, .doc = "a watchdog");

static const KtField memory_device_fields[] = {
	KT_FIELD(KtMemoryDevice, model, .source = "memory/@model", .doc = "dimm, virtio-mem..."),
	KT_FIELD(KtMemoryDevice, size_kib, .unit = "KiB", .source = "memory/target/size",
		 .doc = "size"),
	KT_FIELD(KtMemoryDevice, node, .source = "memory/target/node", .doc = "node of the guest"),
	KT_FIELD(KtMemoryDevice, requested_kib, .unit = "KiB", .source = "memory/target/requested",
		 .doc = "virtio-mem: asked for"),
	KT_FIELD(KtMemoryDevice, current_kib, .unit = "KiB", .source = "memory/target/current",
		 .doc = "virtio-mem: in use"),
	KT_FIELD(KtMemoryDevice, slot, .source = "memory/address/@slot", .doc = "of a DIMM"),
	KT_FIELD(KtMemoryDevice, alias, .source = "memory/alias/@name", .doc = "its alias"),
	KT_FIELD(KtMemoryDevice, block_kib, .unit = "KiB", .source = "memory/target/block",
		 .doc = "virtio-mem: its steps"),
};
KT_SCHEMA(kt_memory_device_schema, KtMemoryDevice, memory_device_fields,
	  .doc = "memory that is added to that of the boot");
/* clang-format on */
