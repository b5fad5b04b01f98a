/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-facts.h"

#include "kt-test-settle.h"

#include <string.h>

/* A list or record deeper than this is a mistake in the tables. */
#define MAX_DEPTH 8

/* Of the values of a host that is varied, one in so many is random. */
#define VARIED_ONE_IN 8

/* Values per field, separated by '|'; %d is the index of the item in its list. */
static const struct {
	const char *schema;
	const char *field;
	const char *values;
} pools[] = {
	{.schema = "KtFactsMeta", .field = "libvirt_version", .values = "9000000|11003000"},
	{.schema = "KtFactsMeta", .field = "qemu_version", .values = "7002000|10000000|5000000"},
	{.schema = "KtFactsMeta", .field = "is_remote", .values = "0|0|0|1"},
	{.schema = "KtHugePool", .field = "size_kib", .values = "2048|1048576|16384"},
	{.schema = "KtHugePool", .field = "total", .values = "0|1|512|4096|30000"},
	{.schema = "KtHugePool", .field = "free", .values = "0|1|512|4096"},
	{.schema = "KtHugePool", .field = "reserved", .values = "0|0|0|256"},
	{.schema = "KtHugePool", .field = "surplus", .values = "0|0|16"},
	{.schema = "KtHugePool", .field = "overcommit", .values = "0|0|512"},
	{.schema = "KtNode", .field = "id", .values = "%d"},
	{.schema = "KtNode", .field = "cpus", .values = "0-3|4-7|0-7||8-15"},
	{.schema = "KtNode", .field = "memory_kib", .values = "0|16777216|67108864"},
	{.schema = "KtNode", .field = "free_kib", .values = "0|1048576|8388608|33554432"},
	{.schema = "KtDistance", .field = "to", .values = "%d"},
	{.schema = "KtDistance", .field = "value", .values = "10|21"},
	{.schema = "KtCpu", .field = "id", .values = "%d"},
	{.schema = "KtCpu", .field = "core", .values = "0|1|2|3"},
	{.schema = "KtCpu", .field = "package", .values = "0|1"},
	{.schema = "KtCpu", .field = "node", .values = "0|1"},
	{.schema = "KtCache", .field = "id", .values = "%d"},
	{.schema = "KtCache", .field = "cpus", .values = "0-3|4-7"},
	{.schema = "KtCpuTopology", .field = "online", .values = "0-7|0-15|0-3|0"},
	{.schema = "KtCpuTopology", .field = "possible", .values = "0-15"},
	{.schema = "KtCpuTopology", .field = "isolated", .values = "|||2-3|4-7"},
	{.schema = "KtCpuTopology", .field = "nohz_full", .values = "|||2-3"},
	{.schema = "KtCpuTopology", .field = "cores", .values = "2|4|8"},
	{.schema = "KtMemory", .field = "total_kib", .values = "4194304|33554432|134217728"},
	{.schema = "KtMemory",
	 .field = "available_kib",
	 .values = "500000|3000000|20000000|100000000"},
	{.schema = "KtMemory", .field = "page_kib", .values = "4|64"},
	{.schema = "KtMemory", .field = "hugepage_default_kib", .values = "2048|1048576"},
	{.schema = "KtKvm",
	 .field = "halt_poll_ns",
	 .values = "0|10000|50000|200000|500000|5000000"},
	{.schema = "KtKvm", .field = "enable_virt_at_load", .values = "Y|N"},
	{.schema = "KtThp", .field = "enabled", .values = "always|madvise|never|never"},
	{.schema = "KtThp", .field = "defrag", .values = "always|madvise|never"},
	{.schema = "KtKsm", .field = "run", .values = "0|1|1|1|2"},
	{.schema = "KtKsm", .field = "pages_sharing", .values = "0|1000|1000000|20000000"},
	{.schema = "KtKsm", .field = "pages_unshared", .values = "0|1000|100000000"},
	{.schema = "KtKsm", .field = "pages_volatile", .values = "0|1000|200000000"},
	{.schema = "KtKsm", .field = "full_scans", .values = "0|1|2|50"},
	{.schema = "KtKsm", .field = "general_profit", .values = "-4096|0|1000000"},
	{.schema = "KtKsm", .field = "advisor_mode", .values = "none|scan-time"},
	{.schema = "KtSysctl", .field = "swappiness", .values = "0|1|10|60|100|200"},
	{.schema = "KtSysctl", .field = "numa_balancing", .values = "0|1|2|3"},
	{.schema = "KtSysctl", .field = "aio_max_nr", .values = "0|1024|65536|1048576"},
	{.schema = "KtSysctl", .field = "aio_nr", .values = "0|1024|60000|1000000"},
	{.schema = "KtSysctl",
	 .field = "conntrack_max",
	 .values = "0|65536|262144|2000000|2000000000"},
	{.schema = "KtSysctl", .field = "conntrack_buckets", .values = "1024|65536|262144"},
	{.schema = "KtSysctl", .field = "conntrack_count", .values = "0|60000|250000|1900000"},
	{.schema = "KtSysctl", .field = "tcp_tw_recycle", .values = "0|1"},
	{.schema = "KtSysctl",
	 .field = "tcp_rmem",
	 .values = "4096\t131072\t6291456|4096\t87380\t33554432|4096\t16384\t16384"},
	{.schema = "KtSysctl", .field = "rmem_max_bytes", .values = "212992|4194304"},
	{.schema = "KtSysctl", .field = "udp_rcvbuf_errors", .values = "0|0|812"},
	{.schema = "KtHostMount", .field = "type", .values = "hugetlbfs|nfs|nfs4"},
	{.schema = "KtHostMount", .field = "point", .values = "/srv|/dev/hugepages"},
	{.schema = "KtHostMount",
	 .field = "options",
	 .values = "rw,pagesize=2M|rw,pagesize=1024M|rw,vers=4.2,soft|rw,vers=3,hard,rsize=8192"},
	{.schema = "KtNetDevice", .field = "kind", .values = "physical|tap"},
	{.schema = "KtNetDevice", .field = "speed_mbit", .values = "1000|10000|25000"},
	{.schema = "KtNetDevice", .field = "mtu", .values = "1500|1500|9000"},
	{.schema = "KtNetDevice", .field = "bridge", .values = "br0"},
	{.schema = "KtNetDevice", .field = "rx_missed", .values = "0|12|1000000"},
	{.schema = "KtNetDevice", .field = "rx_ring", .values = "256|4096"},
	{.schema = "KtNetDevice", .field = "rx_ring_max", .values = "4096"},
	{.schema = "KtNetDevice", .field = "channels", .values = "1|8"},
	{.schema = "KtNetDevice", .field = "channels_max", .values = "1|63"},
	{.schema = "KtSystem", .field = "xen_autoballoon", .values = "on|off|auto"},
	{.schema = "KtCgroup", .field = "system_cpus", .values = "||0-1|0-7"},
	{.schema = "KtCgroup", .field = "user_cpus", .values = "||0-1|0-7"},
	{.schema = "KtIrqDevice", .field = "kind", .values = "nic|nvme"},
	{.schema = "KtIrqDevice", .field = "vectors", .values = "1|8|32"},
	{.schema = "KtIrqDevice", .field = "cpus", .values = "0-3|0|2|4-7|0-7"},
	{.schema = "KtIrqDevice", .field = "shared_cpus", .values = "|0|2-3"},
	{.schema = "KtIrqDevice", .field = "busiest", .values = "0|0|2"},
	{.schema = "KtIrqDevice", .field = "n_busiest", .values = "1|8|32"},
	{.schema = "KtIrqbalance",
	 .field = "file",
	 .values = "/etc/default/irqbalance|/etc/sysconfig/irqbalance"},
	{.schema = "KtIrqbalance", .field = "banned", .values = "|2-3|0-7"},
	{.schema = "KtPciDevice", .field = "irq_cpus", .values = "0|4|0-7"},
	{.schema = "KtNetDevice", .field = "tx_queue_len", .values = "500|1000|4000"},
	{.schema = "KtNetDevice", .field = "tx_dropped", .values = "0|12|1000000"},
	{.schema = "KtImage", .field = "mount_point", .values = "/|/srv|/home"},
	{.schema = "KtThp", .field = "khugepaged_defrag", .values = "0|1"},
	{.schema = "KtThp", .field = "khugepaged_sleep_ms", .values = "10|1000|10000"},
	{.schema = "KtThp", .field = "shmem_enabled", .values = "never|advise|deny"},
	{.schema = "KtKsm", .field = "pages_to_scan", .values = "100|1000|1250"},
	{.schema = "KtKsm", .field = "sleep_ms", .values = "20|200|1000"},
	{.schema = "KtKsm", .field = "merge_across_nodes", .values = "0|1|1|1"},
	{.schema = "KtSysctl", .field = "zone_reclaim", .values = "0|0|1"},
	{.schema = "KtSysctl", .field = "overcommit_memory", .values = "0|1|2"},
	{.schema = "KtSysctl", .field = "dirty_ratio", .values = "0|1|10|20|40"},
	{.schema = "KtSysctl", .field = "dirty_background_ratio", .values = "0|5|10"},
	{.schema = "KtSysctl", .field = "dirty_bytes", .values = "0|0|1073741824|137438953472"},
	{.schema = "KtSysctl", .field = "min_free_kib", .values = "67584|1000000|30000000"},
	{.schema = "KtSysctl", .field = "stat_interval_s", .values = "1|10"},
	{.schema = "KtSysctl", .field = "file_max", .values = "1000|100000|9223372036854775807"},
	{.schema = "KtSysctl", .field = "file_nr", .values = "900|3000|95000"},
	{.schema = "KtSysctl", .field = "pid_max", .values = "32768|4194304|1000"},
	{.schema = "KtSysctl", .field = "threads_max", .values = "1000|30000|1000000"},
	{.schema = "KtSysctl", .field = "threads", .values = "500|950|29000"},
	{.schema = "KtSysctl", .field = "nmi_watchdog", .values = "0|1"},
	{.schema = "KtSysctl", .field = "timer_migration", .values = "0|1"},
	{.schema = "KtSysctl", .field = "tcp_tw_reuse", .values = "0|1|2"},
	{.schema = "KtSysctl", .field = "tcp_window_scaling", .values = "0|1"},
	{.schema = "KtSysctl", .field = "tcp_fin_timeout_s", .values = "5|30|60"},
	{.schema = "KtSysctl", .field = "tcp_keepalive_intvl_s", .values = "30|75"},
	{.schema = "KtSysctl", .field = "tcp_syncookies", .values = "0|1|2"},
	{.schema = "KtSysctl", .field = "tcp_synack_retries", .values = "1|5"},
	{.schema = "KtSysctl", .field = "tcp_congestion", .values = "cubic|bbr|vegas"},
	{.schema = "KtSysctl", .field = "bridge_call_iptables", .values = "0|1"},
	{.schema = "KtSysctl", .field = "neigh_limit", .values = "1|1024"},
	{.schema = "KtSystem",
	 .field = "tuned_profile",
	 .values = "virtual-host|powersave|virtual-guest|custom"},
	{.schema = "KtSystem", .field = "iommu_groups", .values = "0|48"},
	{.schema = "KtCpuTopology", .field = "present", .values = "0-15|0-7"},
	{.schema = "KtCpuTopology",
	 .field = "freq_driver",
	 .values = "intel_pstate|acpi-cpufreq|mixed"},
	{.schema = "KtCpuTopology", .field = "epp", .values = "performance|balance_power|power"},
	{.schema = "KtCpuTopology",
	 .field = "governor",
	 .values = "performance|powersave|schedutil"},
	{.schema = "KtMemory", .field = "commit_limit_kib", .values = "1000000|75000000"},
	{.schema = "KtKvm",
	 .field = "itlb_multihit",
	 .values = "Not affected|KVM: Mitigation: Split huge pages"},
	{.schema = "KtKvm", .field = "nx_huge_pages", .values = "N|Y|auto"},
	{.schema = "KtKvm", .field = "vhost_max_mem_regions", .values = "64|509"},
	{.schema = "KtCgroup", .field = "system_weight", .values = "100|200"},
	{.schema = "KtCgroup", .field = "machine_weight", .values = "100|50"},
	{.schema = "KtSwap", .field = "kind", .values = "partition|file|zram"},
	{.schema = "KtBlock", .field = "name", .values = "vd%d|sd%d|nvme%dn1|dm-%d"},
	{.schema = "KtBlock",
	 .field = "kind",
	 .values = "nvme|nvme|scsi|scsi|virtio|virtio|xen|mmc|dm|md|loop|zram|nbd|other"},
	{.schema = "KtBlock", .field = "transport", .values = "ata|sas|usb|iscsi|fc|raid|virtual"},
	{.schema = "KtBlock", .field = "scheduler", .values = "none|mq-deadline|bfq|kyber"},
	{.schema = "KtBlock",
	 .field = "schedulers",
	 .values = "none mq-deadline|none mq-deadline kyber bfq|none"},
	{.schema = "KtBlock", .field = "hw_queues", .values = "1|2|64"},
	{.schema = "KtBlock", .field = "serial", .values = "ABC%d|with space|a*b"},
	{.schema = "KtBlock", .field = "wwn", .values = "naa.5000c500a1b2c3d%d|t10.ATA     x"},
	{.schema = "KtModule",
	 .field = "name",
	 .values = "kvm|vhost_net|vboxdrv|vmmon|nbd|tcp_vegas|kvm_intel"},
	{.schema = "KtAgent",
	 .field = "name",
	 .values =
		 "irqbalance|numad|tuned|ksmtuned|power-profiles-daemon|firecracker|cloud-hypervisor"},
	{.schema = "KtWorkqueue", .field = "cpumask", .values = "0-7|0-15|0-1|4-7"},
	{.schema = "KtWorkqueue", .field = "cpumask_requested", .values = "0-7|0-15"},
	{.schema = "KtWorkqueue", .field = "writeback_cpumask", .values = "0-7|0-15|0-1"},
	{.schema = "KtCgroup", .field = "controllers", .values = "cpu cpuset io|io memory"},
	{.schema = "KtSysctl", .field = "tcp_congestion_available", .values = "reno cubic|reno"},
	{.schema = "KtCgroup", .field = "version", .values = "v1|v2|hybrid"},
	{.schema = "KtSystem", .field = "distribution_version", .values = "9.4|9.4|8.10|12"},
	{.schema = "KtSystem", .field = "distribution", .values = "debian|rhel|sles|openEuler"},
	{.schema = "KtSystem",
	 .field = "kernel",
	 .values = "6.1.0-25-amd64|6.12.9|5.10.0-30-amd64|4.9.0|3.10.0-1160.el7|odd"},
	{.schema = "KtSystem",
	 .field = "architecture",
	 .values = "x86_64|aarch64|s390x|ppc64le|sparc64"},
	{.schema = "KtSystem", .field = "init", .values = "systemd|sysvinit"},
	{.schema = "KtSystem",
	 .field = "cmdline",
	 .values =
		 "ro quiet|ro transparent_hugepage=never|elevator=noop ro|ro idle=poll|cgroup_disable=memory|amd_iommu=on ro|"},
	{.schema = "KtSystem",
	 .field = "bootloader",
	 .values = "grub-debian|bls|grub2|entries|grub-other|none"},
	{.schema = "KtSystem", .field = "hypervisor", .values = "kvm|xen"},
	{.schema = "KtSystem", .field = "xen_capabilities", .values = "control_d|"},
	{.schema = "KtSystem", .field = "uptime_s", .values = "10|86400|8640000"},
	{.schema = "KtVcpuPin", .field = "vcpu", .values = "%d"},
	{.schema = "KtVcpuPin", .field = "cpus", .values = "0|1|2|3|0-3|4-7|20"},
	{.schema = "KtIothreadPin", .field = "iothread", .values = "%d"},
	{.schema = "KtIothreadPin", .field = "cpus", .values = "0|1|4-7"},
	{.schema = "KtHugepageUse", .field = "size_kib", .values = "2048|1048576"},
	{.schema = "KtHugepageUse", .field = "nodeset", .values = "0|1"},
	{.schema = "KtDisk", .field = "target", .values = "vd%d|sd%d|hd%d"},
	{.schema = "KtDisk", .field = "bus", .values = "virtio|scsi|sata|ide|usb"},
	{.schema = "KtDisk", .field = "device", .values = "disk|disk|cdrom|lun|floppy"},
	{.schema = "KtDisk",
	 .field = "source_type",
	 .values = "file|file|file|block|network|volume"},
	{.schema = "KtDisk",
	 .field = "source",
	 .values = "/var/lib/libvirt/images/0.img|/var/lib/libvirt/images/0.img|"
		   "/var/lib/libvirt/images/1.img|/dev/vg/a"},
	{.schema = "KtDisk", .field = "format", .values = "raw|qcow2|qcow2"},
	{.schema = "KtDisk",
	 .field = "cache",
	 .values = "none|writeback|writethrough|directsync|unsafe|default"},
	{.schema = "KtDisk", .field = "io", .values = "native|threads|io_uring"},
	{.schema = "KtDisk", .field = "iothread", .values = "1|2"},
	{.schema = "KtDisk",
	 .field = "metadata_cache_bytes",
	 .values = "1048576|33554432|134479872"},
	{.schema = "KtImage", .field = "path", .values = "/var/lib/libvirt/images/%d.img"},
	{.schema = "KtImage", .field = "kind", .values = "file|file|block"},
	{.schema = "KtImage", .field = "file_id", .values = "8:1 1|8:1 2|8:1 3|8:1 4"},
	{.schema = "KtImage", .field = "size_bytes", .values = "200704|10737418240|1099679662080"},
	{.schema = "KtImage", .field = "allocated_bytes", .values = "200704|1000000000"},
	{.schema = "KtImage", .field = "mode", .values = "0600|0644"},
	{.schema = "KtImage", .field = "filesystem", .values = "ext4|xfs|btrfs|nfs4|nfs"},
	{.schema = "KtImage",
	 .field = "mount_options",
	 .values = "rw,relatime|rw,vers=4.2,hard|rw,vers=3,soft|rw,vers=3,hard,nolock"},
	{.schema = "KtImage", .field = "direct_align_bytes", .values = "512|4096"},
	{.schema = "KtImage", .field = "format", .values = "raw|qcow2|qcow2|qcow2|qed"},
	{.schema = "KtImage", .field = "version", .values = "2|3"},
	{.schema = "KtImage",
	 .field = "virtual_bytes",
	 .values = "1048576|10737418240|1099511627776"},
	{.schema = "KtImage", .field = "cluster_bytes", .values = "4096|65536|2097152"},
	{.schema = "KtImage", .field = "refcount_bits", .values = "16"},
	{.schema = "KtImage", .field = "compression", .values = "zlib|zstd"},
	{.schema = "KtImage", .field = "encryption", .values = "aes|luks"},
	{.schema = "KtImage", .field = "preallocation", .values = "off|metadata|full"},
	{.schema = "KtImage",
	 .field = "backing",
	 .values = "/var/lib/libvirt/images/1.img|/var/lib/libvirt/images/2.img|/srv/none|"
		   "json:..."},
	{.schema = "KtImage", .field = "backing_format", .values = "raw|qcow2|qcow2"},
	{.schema = "KtController", .field = "type", .values = "scsi|pci|usb|sata"},
	{.schema = "KtController", .field = "index", .values = "%d"},
	{.schema = "KtController",
	 .field = "model",
	 .values = "virtio-scsi|lsilogic|pcie-root|pcie-root-port"},
	{.schema = "KtController", .field = "iothread", .values = "1|2"},
	{.schema = "KtNic", .field = "mac", .values = "52:54:00:00:00:%02d"},
	{.schema = "KtNic", .field = "type", .values = "network|bridge|user|hostdev|vhostuser"},
	{.schema = "KtNic", .field = "model", .values = "virtio|e1000|e1000e|rtl8139"},
	{.schema = "KtNic", .field = "queues", .values = "1|2|4"},
	{.schema = "KtNic", .field = "managed", .values = "yes|no"},
	{.schema = "KtNic", .field = "pci_domain", .values = "0x0000"},
	{.schema = "KtNic", .field = "pci_bus", .values = "0x06|0x07"},
	{.schema = "KtNic", .field = "pci_slot", .values = "0x00|0x10"},
	{.schema = "KtNic", .field = "pci_function", .values = "0x0"},
	{.schema = "KtNic", .field = "teaming", .values = "persistent|transient"},
	{.schema = "KtHostdev", .field = "type", .values = "pci|pci|pci|usb|mdev"},
	{.schema = "KtHostdev", .field = "managed", .values = "yes|no"},
	{.schema = "KtHostdev", .field = "pci_domain", .values = "0x0000"},
	{.schema = "KtHostdev", .field = "pci_bus", .values = "0x06|0x07"},
	{.schema = "KtHostdev", .field = "pci_slot", .values = "0x00|0x10"},
	{.schema = "KtHostdev", .field = "pci_function", .values = "0x0"},
	{.schema = "KtPciDevice",
	 .field = "address",
	 .values = "0000:06:00.0|0000:06:10.0|0000:07:00.0|0000:07:10.0|0000:06:10.1"},
	{.schema = "KtPciDevice", .field = "class_id", .values = "0x020000|0x010802|0x060400"},
	{.schema = "KtPciDevice", .field = "driver", .values = "vfio-pci|ixgbe|nvme|pcieport"},
	{.schema = "KtPciDevice", .field = "iommu_group", .values = "30|30|31"},
	{.schema = "KtPciDevice", .field = "node", .values = "0|1"},
	{.schema = "KtPciDevice", .field = "physical", .values = "0000:06:00.0"},
	{.schema = "KtPciDevice", .field = "use", .values = "eth0 is up|nvme0n1 is swap"},
	{.schema = "KtShmem", .field = "name", .values = "ring|other"},
	{.schema = "KtIothread", .field = "id", .values = "%d"},
	{.schema = "KtIothread", .field = "poll_max_ns", .values = "0|32768|1000000"},
	{.schema = "KtImage", .field = "host_use", .values = "sdb is swap|sdb1 is mounted at /srv"},
	{.schema = "KtDisk", .field = "has_iothread_map", .values = "0|0|1"},
	{.schema = "KtDisk", .field = "reservations", .values = "yes|no"},
	{.schema = "KtMemoryDevice", .field = "block_kib", .values = "2048|1048576"},
	{.schema = "KtGuestConfig", .field = "pci_buses", .values = "0-1|0-3|0-5"},
	{.schema = "KtGuestConfig",
	 .field = "os_cmdline",
	 .values =
		 "root=/dev/vda1 ro|ro elevator=noop net.ifnames=0|console=ttyS0 ro quiet=1 quiet=2|"
		 "hugepagesz=1G hugepages=64 net.ifnames=0"},
	{.schema = "KtTimer", .field = "frequency_hz", .values = "2600000000"},
	{.schema = "KtThread", .field = "nodes", .values = "0|1|0-1"},
	{.schema = "KtGuestEffective", .field = "io_weight", .values = "100|500"},
	{.schema = "KtGuestEffective", .field = "memory_limit_kib", .values = "524288|5242880"},
	{.schema = "KtRng", .field = "model", .values = "virtio"},
	{.schema = "KtRng", .field = "backend", .values = "random|egd|builtin"},
	{.schema = "KtRng", .field = "source", .values = "/dev/urandom|/dev/random|/dev/hwrng"},
	{.schema = "KtGuestConfig", .field = "type", .values = "kvm|kvm|kvm|qemu|xen"},
	{.schema = "KtGuestConfig", .field = "architecture", .values = "x86_64|aarch64"},
	{.schema = "KtGuestConfig",
	 .field = "machine",
	 .values = "pc-q35-7.2|pc-i440fx-2.1|virt-7.2|pc-q35-4.2|pc-q35-2.0"},
	{.schema = "KtGuestConfig",
	 .field = "memory_kib",
	 .values = "524288|4194304|67108864|3000001"},
	{.schema = "KtGuestConfig", .field = "current_memory_kib", .values = "524288|4194304"},
	{.schema = "KtGuestConfig", .field = "vcpus_max", .values = "1|2|4|16"},
	{.schema = "KtGuestConfig", .field = "vcpus", .values = "1|2|4"},
	{.schema = "KtGuestConfig", .field = "vcpu_cpuset", .values = "0-3|0-7|20-21"},
	{.schema = "KtGuestConfig", .field = "placement", .values = "static|auto"},
	{.schema = "KtGuestConfig",
	 .field = "cpu_mode",
	 .values = "host-model|host-passthrough|maximum|custom"},
	{.schema = "KtGuestConfig",
	 .field = "cpu_model",
	 .values = "qemu64|kvm64|Skylake-Server|EPYC"},
	{.schema = "KtGuestConfig", .field = "cpu_match", .values = "exact|minimum|strict"},
	{.schema = "KtGuestConfig", .field = "cpu_check", .values = "none|partial|full"},
	{.schema = "KtGuestConfig", .field = "cpu_migratable", .values = "on|off"},
	{.schema = "KtGuestConfig", .field = "cpu_vendor", .values = "Intel|AMD"},
	{.schema = "KtGuestConfig", .field = "cpu_features", .values = "0|1|3"},
	{.schema = "KtGuestConfig", .field = "cpu_features_required", .values = "0|1"},
	{.schema = "KtGuestConfig",
	 .field = "cpu_shares",
	 .values = "2|100|1024|2048|10001|262144"},
	{.schema = "KtGuestConfig", .field = "emulator_pin", .values = "0|0-3|4-7"},
	{.schema = "KtGuestConfig", .field = "iothreads", .values = "0|1|2"},
	{.schema = "KtGuestConfig", .field = "iothread_ids", .values = "1|1-2|5"},
	{.schema = "KtGuestConfig",
	 .field = "numa_mode",
	 .values = "strict|strict|strict|preferred|interleave|restrictive"},
	{.schema = "KtGuestConfig", .field = "numa_nodeset", .values = "0|1|0-1|7"},
	{.schema = "KtGuestConfig", .field = "hugepages", .values = "0|0|0|1"},
	{.schema = "KtGuestConfig", .field = "nosharepages", .values = "0|0|0|1"},
	{.schema = "KtGuestConfig",
	 .field = "memory_source",
	 .values = "anonymous|anonymous|anonymous|memfd|file"},
	{.schema = "KtGuestConfig",
	 .field = "memory_access",
	 .values = "private|private|private|shared"},
	{.schema = "KtGuestConfig", .field = "hostdevs_pci", .values = "0|0|1"},
	{.schema = "KtGuestConfig", .field = "hostdevs", .values = "0|0|1"},
	{.schema = "KtDisk", .field = "discard", .values = "unmap|ignore"},
	{.schema = "KtDisk", .field = "detect_zeroes", .values = "off|on|unmap"},
	{.schema = "KtDisk", .field = "queues", .values = "1|2|4"},
	{.schema = "KtDisk", .field = "error_policy", .values = "stop|report|ignore|enospace"},
	{.schema = "KtDisk", .field = "rerror_policy", .values = "report|ignore"},
	{.schema = "KtDisk", .field = "rawio", .values = "yes|no"},
	{.schema = "KtController", .field = "queues", .values = "1|4"},
	{.schema = "KtNic", .field = "backend", .values = "vhost|qemu"},
	{.schema = "KtNic", .field = "event_idx", .values = "on|off"},
	{.schema = "KtNic", .field = "tx_queue_size", .values = "256|1024"},
	{.schema = "KtVideo", .field = "model", .values = "cirrus|vga|virtio|qxl"},
	{.schema = "KtGraphics", .field = "type", .values = "vnc|spice"},
	{.schema = "KtGraphics", .field = "keymap", .values = "en-us|de"},
	{.schema = "KtFilesystem", .field = "type", .values = "mount"},
	{.schema = "KtFilesystem", .field = "driver", .values = "path|virtiofs"},
	{.schema = "KtFilesystem", .field = "target", .values = "share%d"},
	{.schema = "KtChannel", .field = "type", .values = "unix|spicevmc"},
	{.schema = "KtChannel",
	 .field = "name",
	 .values = "org.qemu.guest_agent.0|com.redhat.spice.0"},
	{.schema = "KtSerial", .field = "type", .values = "pty|tcp|file"},
	{.schema = "KtSerial", .field = "tls", .values = "yes|no"},
	{.schema = "KtSerial", .field = "host", .values = "0.0.0.0|127.0.0.1"},
	{.schema = "KtInput", .field = "type", .values = "tablet|mouse|keyboard"},
	{.schema = "KtInput", .field = "bus", .values = "usb|ps2|virtio"},
	{.schema = "KtWatchdog", .field = "model", .values = "i6300esb|itco"},
	{.schema = "KtWatchdog", .field = "action", .values = "reset|none|pause"},
	{.schema = "KtMemoryDevice", .field = "model", .values = "dimm|virtio-mem|nvdimm"},
	{.schema = "KtMemoryDevice", .field = "size_kib", .values = "131072|1048576|102400"},
	{.schema = "KtMemoryDevice", .field = "node", .values = "0|1"},
	{.schema = "KtMemoryDevice", .field = "requested_kib", .values = "0|1048576"},
	{.schema = "KtMemoryDevice", .field = "current_kib", .values = "0|1048576"},
	{.schema = "KtCpuFeature", .field = "name", .values = "invtsc|avx512f|ssbd|pdpe1gb"},
	{.schema = "KtCpuFeature", .field = "policy", .values = "require|disable|force|optional"},
	{.schema = "KtCell", .field = "id", .values = "%d"},
	{.schema = "KtCell", .field = "vcpus", .values = "0-1|2-3|0|1"},
	{.schema = "KtCell", .field = "memory_kib", .values = "262144|2097152"},
	{.schema = "KtCell", .field = "access", .values = "shared|private"},
	{.schema = "KtMemnode", .field = "cell", .values = "%d"},
	{.schema = "KtMemnode", .field = "mode", .values = "strict|preferred"},
	{.schema = "KtMemnode", .field = "nodeset", .values = "0|1|0-1|7"},
	{.schema = "KtVcpuSched", .field = "vcpus", .values = "0|0-1"},
	{.schema = "KtVcpuSched", .field = "scheduler", .values = "fifo|rr|batch"},
	{.schema = "KtTimer", .field = "name", .values = "rtc|pit|hpet|hypervclock|kvmclock|tsc"},
	{.schema = "KtTimer", .field = "present", .values = "yes|no"},
	{.schema = "KtTimer", .field = "tickpolicy", .values = "catchup|delay"},
	{.schema = "KtQemuArg",
	 .field = "value",
	 .values = "-cpu|host,+invtsc|-device|virtio-balloon-pci,id=b|-m|4096"},
	{.schema = "KtGuestConfig", .field = "sockets", .values = "1|2|4"},
	{.schema = "KtGuestConfig", .field = "dies", .values = "1"},
	{.schema = "KtGuestConfig", .field = "cores", .values = "1|2|4"},
	{.schema = "KtGuestConfig", .field = "threads", .values = "1|2"},
	{.schema = "KtGuestConfig", .field = "cpu_quota_us", .values = "-1|50000|100000"},
	{.schema = "KtGuestConfig", .field = "global_quota_us", .values = "-1|200000"},
	{.schema = "KtGuestConfig", .field = "emulator_quota_us", .values = "-1|50000"},
	{.schema = "KtGuestConfig", .field = "iothread_quota_us", .values = "-1|50000"},
	{.schema = "KtGuestConfig", .field = "cpu_period_us", .values = "100000|50000"},
	{.schema = "KtGuestConfig", .field = "global_period_us", .values = "100000|50000"},
	{.schema = "KtGuestConfig", .field = "emulator_period_us", .values = "100000|50000"},
	{.schema = "KtGuestConfig", .field = "iothread_period_us", .values = "100000|50000"},
	{.schema = "KtGuestEffective", .field = "cpu_quota_us", .values = "-1|50000"},
	{.schema = "KtGuestEffective", .field = "global_quota_us", .values = "-1|200000"},
	{.schema = "KtGuestEffective", .field = "emulator_quota_us", .values = "-1|50000"},
	{.schema = "KtGuestEffective", .field = "iothread_quota_us", .values = "-1|50000"},
	{.schema = "KtGuestConfig",
	 .field = "max_memory_kib",
	 .values = "4194304|67108864|1099511627776"},
	{.schema = "KtGuestConfig", .field = "max_memory_slots", .values = "16|256|257"},
	{.schema = "KtGuestConfig",
	 .field = "hard_limit_kib",
	 .values = "524288|5242880|9007199254740991"},
	{.schema = "KtGuestConfig",
	 .field = "soft_limit_kib",
	 .values = "262144|4194304|9007199254740991"},
	{.schema = "KtGuestConfig",
	 .field = "swap_hard_limit_kib",
	 .values = "1048576|8388608|9007199254740991"},
	{.schema = "KtGuestConfig", .field = "blkio_weight", .values = "100|500|5000"},
	{.schema = "KtGuestConfig", .field = "dump_core", .values = "on|off"},
	{.schema = "KtGuestConfig", .field = "hyperv_mode", .values = "custom|passthrough"},
	{.schema = "KtGuestConfig", .field = "hv_relaxed", .values = "on|on|off"},
	{.schema = "KtGuestConfig", .field = "hv_vapic", .values = "on|on|off"},
	{.schema = "KtGuestConfig", .field = "hv_spinlocks", .values = "on"},
	{.schema = "KtGuestConfig", .field = "hv_vpindex", .values = "on"},
	{.schema = "KtGuestConfig", .field = "hv_synic", .values = "on"},
	{.schema = "KtGuestConfig", .field = "hv_stimer", .values = "on|off"},
	{.schema = "KtGuestConfig", .field = "poll_control", .values = "on|off"},
	{.schema = "KtGuestConfig",
	 .field = "on_crash",
	 .values = "destroy|restart|coredump-restart"},
	{.schema = "KtGuestConfig",
	 .field = "emulator",
	 .values =
		 "/usr/bin/qemu-system-x86_64|/usr/bin/qemu-system-i386|/usr/bin/qemu-system-aarch64"},
	{.schema = "KtGuestConfig", .field = "balloon", .values = "virtio|none"},
	{.schema = "KtGuestConfig", .field = "balloon_autodeflate", .values = "on|off"},
	{.schema = "KtGuestConfig", .field = "balloon_reporting", .values = "on|off"},
	{.schema = "KtGuestConfig", .field = "balloon_period_s", .values = "0|10"},
	{.schema = "KtGuestConfig", .field = "numa_placement", .values = "static|auto"},
	{.schema = "KtGuestConfig", .field = "consoles", .values = "0|1"},
	{.schema = "KtGuestConfig", .field = "panics", .values = "0|1"},
	{.schema = "KtGuestConfig", .field = "sounds", .values = "0|0|1"},
	{.schema = "KtGuestConfig", .field = "parallels", .values = "0|0|1"},
	{.schema = "KtGuestConfig", .field = "redirdevs", .values = "0|0|2"},
	{.schema = "KtGuestConfig",
	 .field = "os_id",
	 .values =
		 "http://debian.org/debian/12|http://microsoft.com/win/10|http://microsoft.com/win/2k22|http://redhat.com/rhel/9.4"},
	{.schema = "KtThread",
	 .field = "role",
	 .values = "vcpu|vcpu|iothread|emulator|worker|vhost"},
	{.schema = "KtThread", .field = "number", .values = "0|1|2"},
	{.schema = "KtThread", .field = "affinity", .values = "0|1|0-3|0-7|0-15"},
	{.schema = "KtNodeMemory", .field = "node", .values = "%d"},
	{.schema = "KtNodeMemory", .field = "memory_kib", .values = "0|1000000|4000000"},
	{.schema = "KtGuestEffective", .field = "cpu_shares", .values = "100|1024"},
	{.schema = "KtGuestEffective",
	 .field = "haltpoll_success_ns",
	 .values = "0|1000000000|400000000000000"},
	{.schema = "KtGuestEffective",
	 .field = "haltpoll_fail_ns",
	 .values = "0|1000000000|800000000000000"},
	{.schema = "KtInside", .field = "vcpus", .values = "0-1|0-3"},
	{.schema = "KtInside", .field = "vcpus_online", .values = "0|0-1|0-3"},
	{.schema = "KtInside", .field = "memory_blocks", .values = "0-1|0-1,32-39"},
	{.schema = "KtInside", .field = "memory_blocks_online", .values = "0-1|0-1,32-39"},
	{.schema = "KtInside", .field = "memory_block_kib", .values = "131072|2097152"},
	{.schema = "KtGuest", .field = "guest_exec", .values = "yes|no|perhaps"},
	{.schema = "KtGuest", .field = "name", .values = "guest%d"},
	{.schema = "KtGuest", .field = "uuid", .values = "00000000-0000-4000-8000-00000000000%d"},
	{.schema = "KtGuest", .field = "state", .values = "running|shutoff|paused"},
	{.schema = "KtGuest",
	 .field = "workload",
	 .values = "latency|throughput|dense|general|odd"},
};

static const char *
find_pool(const KtSchema *schema, const KtField *field)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pools); i++) {
		if (g_str_equal(pools[i].schema, schema->name) &&
		    g_str_equal(pools[i].field, field->name))
			return pools[i].values;
	}
	return NULL;
}

/* One chance in @n. */
static bool
once_in(int n)
{
	return g_test_rand_int_range(0, n) == 0;
}

static const char *
default_values(KtType type)
{
	switch (type) {
	case KT_TYPE_BOOL:
		return "0|1";
	case KT_TYPE_U64:
	case KT_TYPE_I64:
		return "0|1|2|100|65536|1000000000";
	case KT_TYPE_CPUSET:
		return "|0|0-3";
	case KT_TYPE_STR:
	case KT_TYPE_LIST:
	case KT_TYPE_RECORD:
	case KT_TYPE_UNSET:
	case KT_TYPE_N:
	default:
		return "text|other";
	}
}

/* A value of the pool, with the index of its item put in. Free with g_free. */
static char *
pick_text(const KtSchema *schema, const KtField *field, int index)
{
	const char *values = find_pool(schema, field);
	g_auto(GStrv) texts = g_strsplit(values ? values : default_values(field->type), "|", -1);
	int n = (int)g_strv_length(texts);
	const char *text = texts[g_test_rand_int_range(0, n)];
	const char *percent = strstr(text, "%d") ? strstr(text, "%d") : strstr(text, "%02d");

	if (!percent)
		return g_strdup(text);
	return g_strdup_printf("%.*s%0*d%s",
			       (int)(percent - text),
			       text,
			       percent[1] == 'd' ? 1 : 2,
			       index,
			       strchr(percent, 'd') + 1);
}

static KtJson *
to_json(KtType type, const char *text)
{
	if (type == KT_TYPE_BOOL)
		return json_boolean(*text == '1');
	if (type == KT_TYPE_U64 || type == KT_TYPE_I64)
		return json_integer(g_ascii_strtoll(text, NULL, 10));
	return json_string(text);
}

static KtJson *
state_json(KtState state)
{
	return json_pack("{s:s}", "state", kt_state_name(state));
}

static KtJson *random_record(const KtSchema *schema, int index, int depth);

static KtJson *
random_list(const KtField *field, int depth)
{
	KtJson *list = json_array();
	int n = once_in(3) ? 0 : g_test_rand_int_range(1, 5);

	for (int i = 0; i < n; i++)
		json_array_append_new(list, random_record(field->schema, i, depth + 1));
	return list;
}

/* Mostly values; what is not known is as likely as the kinds of not knowing are on real hosts. */
static KtJson *
random_member(const KtSchema *schema, const KtField *field, int index, int depth)
{
	const char *values = find_pool(schema, field);
	bool is_key = values && strstr(values, "%");
	g_autofree char *text = NULL;

	g_assert(depth < MAX_DEPTH);
	if (field->type == KT_TYPE_RECORD)
		return random_record(field->schema, index, depth + 1);
	if (!is_key && once_in(12))
		return state_json((KtState[]){KT_STATE_UNSET,
					      KT_STATE_ABSENT,
					      KT_STATE_DENIED,
					      KT_STATE_BROKEN}[g_test_rand_int_range(0, 4)]);
	/* Flags and counts are always there when somebody looked; other parts of an XML often are
	 * not. */
	if (!is_key && strstr(schema->name, "Config") && field->type != KT_TYPE_BOOL &&
	    field->type != KT_TYPE_LIST && once_in(3))
		return state_json(KT_STATE_ABSENT);
	if (field->type == KT_TYPE_LIST)
		return random_list(field, depth);
	text = pick_text(schema, field, index);
	return to_json(field->type, text);
}

static KtJson *
random_record(const KtSchema *schema, int index, int depth)
{
	KtJson *record = json_object();

	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		kt_json_set(record, field->name, random_member(schema, field, index, depth));
	}
	return record;
}

static KtFacts *
facts_of(KtJson *json)
{
	KtFacts *facts = kt_facts_new();
	g_autoptr(GError) error = NULL;
	bool ok = kt_facts_merge_json(facts, json, &error);

	g_assert_no_error(error);
	g_assert_true(ok);
	json_decref(json);
	return facts;
}

KtFacts *
kt_test_facts_random(void)
{
	return kt_test_facts_settle(facts_of(random_record(&kt_facts_schema, 0, 0)));
}

static KtJson *vary_record(const KtSchema *schema, const KtJson *record, int index, int depth);

static KtJson *
vary_list(const KtField *field, const KtJson *list, int depth)
{
	KtJson *varied = json_array();

	for (size_t i = 0; i < json_array_size(list); i++)
		json_array_append_new(
			varied,
			vary_record(field->schema, json_array_get(list, i), (int)i, depth + 1));
	return varied;
}

static KtJson *
vary_record(const KtSchema *schema, const KtJson *record, int index, int depth)
{
	KtJson *varied = json_object();

	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		KtJson *old = json_object_get(record, field->name);
		const char *values = find_pool(schema, field);
		bool is_key = values && strstr(values, "%");
		if (field->type == KT_TYPE_RECORD)
			kt_json_set(varied,
				    field->name,
				    vary_record(field->schema, old, index, depth + 1));
		else if (!is_key && once_in(VARIED_ONE_IN))
			kt_json_set(
				varied, field->name, random_member(schema, field, index, depth));
		else if (field->type == KT_TYPE_LIST && json_is_array(old))
			kt_json_set(varied, field->name, vary_list(field, old, depth));
		else if (old)
			kt_json_set(varied, field->name, json_incref(old));
	}
	return varied;
}

KtFacts *
kt_test_facts_random_from(const KtJson *base)
{
	return kt_test_facts_settle(facts_of(vary_record(&kt_facts_schema, base, 0, 0)));
}

static KtJson *
record_in_state(const KtSchema *schema, KtState state, bool has_items)
{
	KtJson *record = json_object();

	for (size_t i = 0; i < schema->n_fields; i++) {
		const KtField *field = &schema->fields[i];
		if (field->type == KT_TYPE_RECORD) {
			kt_json_set(record,
				    field->name,
				    record_in_state(field->schema, state, has_items));
			continue;
		}
		if (field->type != KT_TYPE_LIST || !has_items) {
			kt_json_set(record, field->name, state_json(state));
			continue;
		}
		KtJson *list = json_array();
		json_array_append_new(list, record_in_state(field->schema, state, has_items));
		kt_json_set(record, field->name, list);
	}
	return record;
}

KtFacts *
kt_test_facts_in_state(KtState state, bool has_items)
{
	return facts_of(record_in_state(&kt_facts_schema, state, has_items));
}
