/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Facts of the host: plain data, filled by collect/, read by practices. What each member means and
 * where it is read from stands in the row tables of kt-facts-host.c (and so in docs/facts.md).
 */

#include "kt-facts-kernel.h"
#include "kt-facts-net.h"
#include "kt-facts-topology.h"

/* One assignment in a sysctl configuration file. */
typedef struct KtSysctlLine {
	KtOptStr file;
	KtOptU64 line;
	KtOptStr key; /* dots, no leading '-' */
	KtOptStr value;
} KtSysctlLine;
KT_LIST(KtSysctlLineList, KtSysctlLine);

/* A value that a file sets at boot: of tmpfiles.d(5), modprobe.d(5), udev(7), tuned.conf(5). */
typedef struct KtBootLine {
	KtOptStr file;
	KtOptU64 line;
	KtOptStr place; /* path in /sys or /proc, MODULE.OPTION, a sysctl, or KT_PLACE_SCHEDULER */
	KtOptStr value;
} KtBootLine;
KT_LIST(KtBootLineList, KtBootLine);

/* The schedulers of whichever disks a rule, or a profile of tuned, is for. */
#define KT_PLACE_SCHEDULER "ATTR{queue/scheduler}"

/* A configuration file that a plan may have to replace: own drop-ins, and foreign files that hold
 * a line which a practice wants gone. */
typedef struct KtConfigFile {
	KtOptStr path;
	KtOptStr text;
	KtOptBool is_own;
} KtConfigFile;
KT_LIST(KtConfigFileList, KtConfigFile);

typedef struct KtSwap {
	KtOptStr device;
	KtOptStr kind; /* "partition", "file", "zram" */
	KtOptU64 size_kib;
} KtSwap;
KT_LIST(KtSwapList, KtSwap);

typedef struct KtBlock {
	KtOptStr name;
	KtOptStr kind; /* "nvme", "scsi", "virtio", "xen", "mmc", "dm", "md", "loop", "zram", "nbd",
			  "other" */
	KtOptStr transport; /* "ata", "sas", "usb", "iscsi", "fc", "raid", "virtual", "unknown"; of
			       kind scsi */
	KtOptStr scheduler;
	KtOptStr schedulers; /* all that can be chosen, separated by spaces */
	KtOptBool is_switchable;
	KtOptBool rotational;
	KtOptU64 hw_queues;
	KtOptBool is_multipath_leg;
	KtOptStr serial;
	KtOptStr wwn;
} KtBlock;
KT_LIST(KtBlockList, KtBlock);

typedef struct KtModule {
	KtOptStr name;
} KtModule;
KT_LIST(KtModuleList, KtModule);

/* A running program that writes the same knobs or runs guests outside libvirt. */
typedef struct KtAgent {
	KtOptStr name;
	KtOptU64 pid;
} KtAgent;
KT_LIST(KtAgentList, KtAgent);

/* A mount that guests depend on: huge pages, NFS. */
typedef struct KtHostMount {
	KtOptStr point;
	KtOptStr type; /* "hugetlbfs", "nfs", "nfs4" */
	KtOptStr options;
} KtHostMount;
KT_LIST(KtHostMountList, KtHostMount);

typedef struct KtWorkqueue {
	KtOptCpuset cpumask;
	KtOptCpuset cpumask_requested;
	KtOptCpuset writeback_cpumask;
} KtWorkqueue;

typedef struct KtCgroup {
	KtOptStr version; /* "v1", "v2", "hybrid" */
	KtOptStr controllers;
	KtOptU64 system_weight;
	KtOptU64 machine_weight;
	KtOptCpuset system_cpus; /* of system.slice */
	KtOptCpuset user_cpus;
	KtOptStr io_cost; /* devices whose io.cost is on; "" = none */
} KtCgroup;

/* A PCI device that a guest names, or that is in one IOMMU group with such a device. */
typedef struct KtPciDevice {
	KtOptStr address;     /* "0000:06:10.0" */
	KtOptStr class_id;    /* "0x020000" */
	KtOptStr driver;      /* "vfio-pci", "ixgbe"; absent = none */
	KtOptU64 iommu_group; /* absent = no IOMMU */
	KtOptU64 node;        /* absent = not said */
	KtOptStr physical;    /* of a virtual function: address of its card */
	KtOptCpuset irq_cpus; /* where its interrupts arrive; absent = it has none */
	KtOptStr use;         /* "eth0 is up", "sda1 is mounted at /srv"; absent = none */
	KtOptBool is_assigned;
} KtPciDevice;
KT_LIST(KtPciDeviceList, KtPciDevice);

typedef struct KtSystem {
	KtOptStr hostname;
	KtOptStr distribution;         /* ID of os-release */
	KtOptStr distribution_like;    /* ID_LIKE */
	KtOptStr distribution_version; /* VERSION_ID */
	KtOptStr distribution_name;    /* PRETTY_NAME */
	KtOptStr kernel;               /* release, "6.1.0-25-amd64" */
	KtOptStr architecture;         /* of the kernel: "x86_64", "aarch64"... */
	KtOptStr init;                 /* "systemd" or the name of PID 1 */
	KtOptStr cmdline;
	KtOptStr boot_id;
	KtOptStr bootloader; /* a name of kt-boot-choice.h */
	KtOptStr lockdown;   /* "none", "integrity", "confidentiality" */
	KtOptStr
		hypervisor; /* this host is itself a guest of: "kvm", "xen", ...; absent on metal */
	KtOptStr xen_capabilities;
	KtOptStr xen_dom0_mem;    /* argument of the hypervisor at the next boot */
	KtOptStr xen_autoballoon; /* "on", "off", "auto" */
	KtOptStr tuned_profile;
	KtOptU64 iommu_groups;
	KtOptBool has_numad;
	KtOptU64 uptime_s;
} KtSystem;

typedef struct KtHost {
	KtSystem system;
	KtCpuTopology cpu;
	KtNodeList nodes;
	KtMemory memory;
	KtKvm kvm;
	KtThp thp;
	KtKsm ksm;
	KtSysctl sysctl;
	KtSysctlLineList sysctl_lines;
	KtBootLineList boot_lines;  /* in the order in which they are read */
	KtBootLineList udev_lines;  /* of rules that come after kvmtune's own */
	KtBootLineList tuned_lines; /* what its profile sets after the boot */
	KtConfigFileList config_files;
	KtSwapList swaps;
	KtBlockList blocks;
	KtHostMountList mounts;
	KtNetDeviceList net_devices;
	KtIrqDeviceList irq_devices;
	KtIrqbalance irqbalance;
	KtWorkqueue workqueue;
	KtModuleList modules;
	KtCgroup cgroup;
	KtAgentList agents;
	KtPciDeviceList pci_devices;
} KtHost;

extern const KtSchema kt_block_schema;
extern const KtSchema kt_host_schema;
extern const KtSchema kt_huge_pool_schema;
