/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */

/* What the guides say about guests that is wrong, outdated or misleading was collected once, and
 * numbered; each of these is told to those who ask. */

#include "kt-guide.h"

#include <string.h>

#define N_CORRECTIONS 65

#define PRACTICES "openeuler-practices"
#define RESOURCES "openeuler-resources"
#define NOTES     "kvm-notes"
#define COOKBOOK  "cookbook"
#define SLES      "sles"

/* One that stands in several guides, or in several sentences, has several rows. */
/* clang-format off */
static const struct {
	unsigned number;
	const char *guide;
	const char *claim;
} told[] = {
	{1, RESOURCES, "Memory hotplug on x86 works from machine type pc-i440fx-1.5 on"},
	{2, RESOURCES, "Memory hotplug on AArch64 works from machine type virt-4.1 on"},
	{2, RESOURCES, "CPU hotplug on AArch64 needs machine type virt-4.1 or newer"},
	{3, RESOURCES, "n virtio NICs leave room for min(slots, 64 - n) memory plugs"},
	{4, RESOURCES, "A guest with vhost-user devices cannot get memory plugged"},
	{4, RESOURCES, "After memory was plugged no vhost-user device can be added"},
	{5, RESOURCES, "A Linux guest needs 4 GB of memory before any can be plugged"},
	{6, RESOURCES, "Memory hotplug needs guest NUMA nodes in the definition"},
	{6, SLES, "Memory hotplug needs at least one guest NUMA cell"},
	{7, RESOURCES, "Sizes must be multiples of the guest's block_size_bytes"},
	{7, SLES, "Plug a DIMM of 524287 KiB, as in the example"},
	{8, RESOURCES, "Going from 1024 to 2048 shares doubles the guest's run time"},
	{8, RESOURCES, "A guest has 1024 shares by default"},
	{8, COOKBOOK, "512 shares instead of 1024 give a guest half of the CPU time"},
	{9, COOKBOOK, "A lower blkio weight gives a guest better I/O priority"},
	{10, COOKBOOK, "The weight shows in .../blkio/machine/NAME.libvirt-qemu/blkio.weight"},
	{10, COOKBOOK, "Host and guest choose between noop, deadline and cfq"},
	{10, COOKBOOK, "Keep the scheduler over a reboot with elevator=deadline"},
	{10, COOKBOOK, "Choose noop in guests, by elevator=noop"},
	{11, COOKBOOK, "Read the shares in /sys/fs/cgroup/cpu/machine/NAME.libvirt-qemu/cpu.shares"},
	{12, COOKBOOK, "Switch huge pages on with KVM_HUGEPAGES=1 in /etc/default/qemu-kvm"},
	{12, COOKBOOK, "Mount hugetlbfs by fstab (gid=2021), then restart libvirt-bin"},
	{13, COOKBOOK, "Give a guest a memory hard limit with virsh memtune"},
	{14, SLES, "swap_hard_limit is memory and swap together"},
	{14, SLES, "soft_limit acts only while memory is short"},
	{15, NOTES, "<hugepages/> gives one guest transparent huge pages"},
	{16, PRACTICES, "The pool of static huge pages has to be reserved before the host boots"},
	{16, PRACTICES, "Another page size takes effect only after a reboot of the host"},
	{16, SLES, "Pages of 1 GB can only be had at boot, and never given back"},
	{17, SLES, "Huge pages lower the memory use of the host"},
	{17, SLES, "A host with 32 GB has a TLB of 8,388,608 entries of 4 KB"},
	{18, SLES, "With huge pages the balloon, KSM and swapping are of no use"},
	{19, NOTES, "CPU modes by speed: host-passthrough, host-model, custom"},
	{19, NOTES, "host-model costs 4 %, custom 5 % against passthrough (HEPSpec06)"},
	{19, NOTES, "Mode custom has no SSE4, so programs stop with illegal instruction"},
	{19, NOTES, "Kernels of 2.6 panic with host-passthrough"},
	{20, NOTES, "host-model is chosen from /usr/share/libvirt/cpu_map.xml"},
	{21, SLES, "invtsc with host-passthrough needs qemu:commandline"},
	{22, SLES, "Collect 'virsh capabilities' of all hosts for virsh cpu-baseline"},
	{23, NOTES, "Put two vCPUs on one core, three to twelve on one socket"},
	{23, NOTES, "Pin a guest with 'taskset -cp 0 PID'"},
	{24, SLES, "Start a guest of unknown need, or of one thread, with a single vCPU"},
	{24, SLES, "vCPUs that are not used cost timer interrupts"},
	{25, SLES, "Remove a vCPU safely with 0 in cpuX/online"},
	{26, PRACTICES, "Each IOThread number may be given to one disk only"},
	{27, NOTES, "Disk cache modes by safety: writethrough, none, writeback"},
	{28, NOTES, "modprobe vhost-net: 8 times the throughput, 10 % less latency"},
	{28, NOTES, "With queues set txmode='iothread' ioeventfd='on' event_idx='off'"},
	{29, NOTES, "qcow2 is safer than raw"},
	{30, SLES, "qcow2 has a cache of 1 MB, good for 8 GB; 64 GB need l2-cache-size=8M"},
	{31, SLES, "qcow2 clusters have 512 KB to 2 MB"},
	{32, SLES, "Create overlays with 'qemu-img create -b BASE -f qcow2 OVERLAY'"},
	{32, SLES, "After moving a base: link the new path to the old, then rebase -u"},
	{33, SLES, "After moving a base: link the new path to the old, then rebase -u"},
	{34, SLES, "modprobe nbd max_part=16 supports 16 devices"},
	{35, NOTES, "qcow2 saves space, raw does not"},
	{35, SLES, "raw images take up all of their space on the file system"},
	{36, SLES, "Use the cirrus card for speed and compatibility"},
	{37, SLES, "Set a keymap (en-us) for VNC"},
	{38, SLES, "Feed guests' random numbers from the host's /dev/random"},
	{38, SLES, "Install rng-tools in the guest to use virtio-rng"},
	{39, SLES, "Add a balloon with qemu:commandline"},
	{40, SLES, "Start guests with the command that domxml-to-native prints"},
	{41, SLES, "A virtio-scsi controller has room for 7 units"},
	{42, SLES, "A guest can have 8 assigned PCI devices"},
	{43, SLES, "memnode takes placement=\"strict\""},
	{43, SLES, "numatune has the modes interleave, strict (default) and preferred"},
	{44, SLES, "Move a guest with cgset on sysdefault/libvirt/qemu/NAME/emulator"},
	{44, SLES, "The cpuset controller has the policies interleave, bind and preferred"},
	{45, SLES, "Share host folders by 9p (filesystem type='mount')"},
	{46, SLES, "NFS: raise rsize and wsize to 16 KB (example: 8192)"},
	{47, PRACTICES, "A block device on virtio-scsi (device='disk') passes most SCSI commands"},
	{48, PRACTICES, "Give physical mappings rawio='yes'"},
	{49, NOTES, "Guests need no swap partition: cloud guests have none either"},
	{50, NOTES, "Clone to another host: copy image and XML of the guest, edit its name"},
	{51, SLES, "Windows guests: switch system updates off"},
	{52, SLES, "A new machine type is transparent for Linux guests"},
	{52, SLES, "Always move guests to the newest machine type"},
	{53, COOKBOOK, "QEMU runs with -realtime mlock=off"},
	{54, SLES, "virsh setmem takes KB"},
	{55, RESOURCES, "Plug memory with the example's memory.xml"},
	{56, SLES, "Add a feature with <feature name='invtsc'/>"},
	{57, NOTES, "After an illegal instruction build the program anew in the guest"},
	{58, COOKBOOK, "virsh destroy and start make an edited definition true"},
	{59, COOKBOOK, "<vcpu cpuset='10-11'> pins the vCPUs"},
	{60, SLES, "memnode for cell 2 of a guest with the cells 0 and 1"},
	{61, SLES, "virt-install and virt-manager cannot set guest NUMA nodes"},
	{62, SLES, "migratepages brings a guest's memory to another node"},
	{62, SLES, "Move a guest with cgset on sysdefault/libvirt/qemu/NAME/emulator"},
	{63, SLES, "Compression and encryption of an image do not go together"},
	{64, PRACTICES, "Physical mapping takes whole SCSI disks; partitions and LVs do not work"},
	{65, NOTES, "Restart the network with /etc/init.d/network restart"},
	{65, NOTES, "Install tools: nmap, nc, tcpdump, htop, iotop, sysstat, net-tools..."},
};
/* clang-format on */

/* These say what holds although the guide's own words hold as well. */
static const unsigned with_a_remark[] = {7, 18, 63, 64};

static const KtClaim *
find(const GPtrArray *sayings, const char *guide, const char *claim)
{
	for (guint i = 0; i < sayings->len; i++) {
		const KtSaying *saying = sayings->pdata[i];
		if (g_str_equal(saying->guide->name, guide) &&
		    g_str_equal(saying->claim->claim, claim))
			return saying->claim;
	}
	return NULL;
}

static bool
may_be_right(unsigned number)
{
	for (size_t i = 0; i < G_N_ELEMENTS(with_a_remark); i++) {
		if (with_a_remark[i] == number)
			return true;
	}
	return false;
}

static void
test_each(void)
{
	g_autoptr(GPtrArray) sayings = kt_sayings(NULL, 0);

	for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
		const KtClaim *claim = find(sayings, told[i].guide, told[i].claim);
		g_test_message("%u: %s: %s", told[i].number, told[i].guide, told[i].claim);
		g_assert_nonnull(claim);
		if (!may_be_right(told[i].number))
			g_assert_cmpint(claim->truth, !=, KT_TRUTH_RIGHT);
		g_assert_cmpuint(strlen(claim->reason), >, 0);
		g_assert_cmpuint(strlen(claim->source), >, 0);
	}
}

static void
test_all(void)
{
	bool is_told[N_CORRECTIONS + 1] = {false};

	for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
		g_assert_cmpuint(told[i].number, >=, 1);
		g_assert_cmpuint(told[i].number, <=, N_CORRECTIONS);
		is_told[told[i].number] = true;
	}
	for (unsigned number = 1; number <= N_CORRECTIONS; number++) {
		g_test_message("%u", number);
		g_assert_true(is_told[number]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/guides-told/each", test_each);
	g_test_add_func("/guides-told/all", test_all);
	return g_test_run();
}
