/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Devices of a guest as its XML says; where each member stands is in kt-facts-device.c. */

#include "kt-schema.h"

typedef struct KtDisk {
	KtOptStr target; /* "vda" */
	KtOptStr bus;
	KtOptStr device;      /* "disk", "cdrom", "lun", "floppy" */
	KtOptStr source_type; /* "file", "block", "network", "volume" */
	KtOptStr source;
	KtOptStr format;
	KtOptStr cache;
	KtOptStr io;
	KtOptU64 iothread;
	KtOptBool readonly;
	KtOptBool shareable;
	KtOptBool is_transient;
	KtOptStr discard;       /* "ignore", "unmap" */
	KtOptStr detect_zeroes; /* "off", "on", "unmap" */
	KtOptU64 queues;
	KtOptStr error_policy;  /* "stop", "report", "ignore", "enospace" */
	KtOptStr rerror_policy; /* "stop", "report", "ignore" */
	KtOptStr rawio;
	KtOptU64 metadata_cache_bytes; /* libvirt prints it in bytes, whatever was given */
	KtOptBool is_throttled;        /* has <iotune> */
	KtOptBool has_iothread_map;    /* several IOThreads serve it */
	KtOptStr reservations;         /* "yes", "no": libvirt runs the helper for them */
} KtDisk;
KT_LIST(KtDiskList, KtDisk);

typedef struct KtController {
	KtOptStr type;
	KtOptU64 index;
	KtOptStr model;
	KtOptU64 iothread;
	KtOptU64 queues;
} KtController;
KT_LIST(KtControllerList, KtController);

typedef struct KtNic {
	KtOptStr mac;
	KtOptStr type;
	KtOptStr model;
	KtOptStr target;
	KtOptU64 queues;
	KtOptStr backend; /* "vhost", "qemu" */
	KtOptStr event_idx;
	KtOptU64 tx_queue_size;
	KtOptStr managed; /* as of KtHostdev; type "hostdev" */
	KtOptStr pci_domain;
	KtOptStr pci_bus;
	KtOptStr pci_slot;
	KtOptStr pci_function;
	KtOptStr teaming; /* "persistent", "transient": half of a pair for migration */
} KtNic;
KT_LIST(KtNicList, KtNic);

/* A device of the host that the guest has for itself. NICs of type "hostdev" are in KtNic. */
typedef struct KtHostdev {
	KtOptStr type;    /* "pci", "usb", "scsi", "mdev" */
	KtOptStr managed; /* "yes": libvirt takes it from its host driver and gives it back */
	KtOptStr pci_domain;
	KtOptStr pci_bus; /* "0x06" */
	KtOptStr pci_slot;
	KtOptStr pci_function;
} KtHostdev;
KT_LIST(KtHostdevList, KtHostdev);

/* Memory that several guests of one host have in common. */
typedef struct KtShmem {
	KtOptStr name;
} KtShmem;
KT_LIST(KtShmemList, KtShmem);

typedef struct KtRng {
	KtOptStr model;
	KtOptStr backend; /* "random", "egd", "builtin" */
	KtOptStr source;  /* "/dev/urandom" */
	KtOptBool has_rate;
} KtRng;
KT_LIST(KtRngList, KtRng);

typedef struct KtVideo {
	KtOptStr model;
} KtVideo;
KT_LIST(KtVideoList, KtVideo);

typedef struct KtGraphics {
	KtOptStr type;
	KtOptStr keymap;
} KtGraphics;
KT_LIST(KtGraphicsList, KtGraphics);

typedef struct KtFilesystem {
	KtOptStr type;
	KtOptStr driver; /* "path" or absent: 9p; "virtiofs" */
	KtOptStr target; /* the name that the guest mounts */
} KtFilesystem;
KT_LIST(KtFilesystemList, KtFilesystem);

typedef struct KtChannel {
	KtOptStr type;
	KtOptStr name;  /* "org.qemu.guest_agent.0" */
	KtOptStr state; /* "connected": a program in the guest has opened it; live XML only */
} KtChannel;
KT_LIST(KtChannelList, KtChannel);

typedef struct KtSerial {
	KtOptStr type; /* "pty", "tcp", "file"... */
	KtOptStr tls;
	KtOptStr host; /* address that a TCP port is bound to, or connects to */
} KtSerial;
KT_LIST(KtSerialList, KtSerial);

typedef struct KtInput {
	KtOptStr type; /* "tablet", "mouse", "keyboard" */
	KtOptStr bus;
} KtInput;
KT_LIST(KtInputList, KtInput);

typedef struct KtWatchdog {
	KtOptStr model;
	KtOptStr action;
} KtWatchdog;
KT_LIST(KtWatchdogList, KtWatchdog);

/* Memory that is added to that of the boot. */
typedef struct KtMemoryDevice {
	KtOptStr model; /* "dimm", "virtio-mem", "nvdimm", "virtio-pmem" */
	KtOptU64 size_kib;
	KtOptU64 node; /* of the guest */
	KtOptU64 requested_kib;
	KtOptU64 current_kib;
	KtOptStr slot;      /* of a DIMM; with a 0x in front of a PCI device */
	KtOptStr alias;     /* "ua-NAME" when somebody gave it one */
	KtOptU64 block_kib; /* virtio-mem: in what steps it changes */
} KtMemoryDevice;
KT_LIST(KtMemoryDeviceList, KtMemoryDevice);

extern const KtSchema kt_disk_schema;
extern const KtSchema kt_controller_schema;
extern const KtSchema kt_nic_schema;
extern const KtSchema kt_hostdev_schema;
extern const KtSchema kt_shmem_schema;
extern const KtSchema kt_rng_schema;
extern const KtSchema kt_video_schema;
extern const KtSchema kt_graphics_schema;
extern const KtSchema kt_filesystem_schema;
extern const KtSchema kt_channel_schema;
extern const KtSchema kt_serial_schema;
extern const KtSchema kt_input_schema;
extern const KtSchema kt_watchdog_schema;
extern const KtSchema kt_memory_device_schema;
