/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-test-host.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

#define UUID_1 "5a1b2c3d-0001-4e5f-8a9b-c0ffee000001"
#define UUID_2 "5a1b2c3d-0002-4e5f-8a9b-c0ffee000002"

/* clang-format off: rows are data */
const KtTestAnswer kt_test_host[] = {
	{.path = "/proc/sys/kernel/hostname", .text = "hyper7.dc.acme-corp.example\n"},
	{.path = "/proc/sys/kernel/random/boot_id",
	 .text = "d3adb33f-1111-4222-8333-0123456789ab\n"},
	{.path = "/proc/cmdline",
	 .text = "BOOT_IMAGE=/vmlinuz-5.10.0-60.18.0.50 root=UUID=0a0b0c0d-aaaa-4bbb-8ccc-0123456789ab "
		 "ip=10.20.30.40::10.20.30.1:255.255.255.0:hyper7:eth0:none rd.luks.key=/root/topsecret.key iommu.passthrough=1 "
		 "vconsole.keymap=de netroot=iscsi:joe:iscsipw1@10.20.30.99::::iqn.2019-04.example.acme:store7 mitigations=off\n"},
	{.path = "/proc/meminfo", .text = "MemTotal:       16384000 kB\n"},
	{.path = "/proc/version", .text = "Linux version 6.1.0 (builder@hyper7) (gcc) #1\n"},
	{.path = "/proc/swaps",
	 .text = "Filename\tType\tSize\tUsed\tPriority\n/dev/mapper/acmevg-swap partition 100 0 -2\n"},
	{.path = "/proc/1/environ", .text = "AWS_SECRET=environment-secret\n"},
	{.path = "/proc", .names = "1 4711 meminfo swaps"},
	{.path = "/proc/4711/comm", .text = "qemu-system-x86\n"},
	{.path = "/proc/4711/cmdline", .text = "qemu-system-x86_64"},
	{.path = "/proc/4711/task", .names = "4711 4713"},
	{.path = "/proc/4711/task/4713/comm", .text = "CPU 0/KVM\n"},
	{.path = "/proc/4711/cgroup",
	 .text = "0::/machine.slice/machine-qemu\\x2d3\\x2dpayroll\\x2ddb.scope/libvirt/emulator\n"},
	{.path = "/sys/fs/cgroup/machine.slice/machine-qemu\\x2d3\\x2dpayroll\\x2ddb.scope/libvirt/cpu.weight",
	 .text = "100\n"},
	{.path = "/sys/fs/cgroup/machine.slice/machine-qemu\\x2d4\\x2dvm.scope/libvirt/cpu.weight",
	 .text = "200\n"},
	{.path = "/sys/kernel/mm/ksm/run", .text = "0\n", .mode = 0100644},
	{.path = "/sys/kernel/security/lockdown", .state = KT_STATE_DENIED},
	{.path = "/sys/kernel/broken", .state = KT_STATE_BROKEN},
	{.path = "/proc/sys/vm/swappiness", .text = "60\n"},
	{.path = "/proc/sys/net/ipv4/tcp_fastopen_key", .text = "11112222-33334444-kernelsecret\n"},
	{.path = "/sys/block", .names = "dm-0 nvme0n1 sda"},
	{.path = "/sys/block/sda",
	 .target = "../devices/pci0000:00/0000:00:1f.2/ata1/host0/target0:0:0/0:0:0:0/block/sda"},
	{.path = "/sys/block/sda/device/wwid", .text = "naa.5000c500a1b2c3d4\n"},
	{.path = "/sys/block/sda/queue/scheduler", .text = "[none] mq-deadline\n"},
	{.path = "/sys/block/nvme0n1/serial", .text = "S5GXNX0R123456  \n"},
	{.path = "/sys/block/dm-0/dm/name", .text = "acmevg-swap\n"},
	{.path = "/sys/block/dm-0/dm/uuid", .text = "mpath-360000000000000000e00000000010001\n"},
	{.path = "/run/libvirt/qemu/payroll-db.pid", .text = "4711\n"},
	{.path = "/run/libvirt/qemu/vm.pid", .text = "4712\n"},
	{.path = "/etc/sysctl.d", .names = "10-host.conf 99-kvmtune.conf"},
	{.path = "/etc/sysctl.d/10-host.conf",
	 .text = "# jane.doe: agreed with ops\nvm.swappiness = 10\nnet.ipv4.tcp_fastopen_key = abcd-sysctlsecret\n"},
	{.path = "/etc/sysctl.d/99-kvmtune.conf",
	 .text = "# Managed by kvmtune, do not edit\nvm.swappiness = 10\n"},
	{.path = "/etc/kvmtune/kvmtune.conf",
	 .text = "[guests]\nvm = latency\n[waive guest.rng payroll-db]\nreason = alice said so\n"},
	{.path = "/etc/libvirt/qemu.conf",
	 .text = "vnc_password = \"vncsecret1\"\nmax_files = 1024\n"},
	{.path = "/etc/default/grub",
	 .text = "GRUB_CMDLINE_LINUX_DEFAULT=\"quiet crypt.passphrase=grubsecret ip=fd00:ac3e::1\"\n"},
	{.path = "/etc/machine-id", .text = "0123456789abcdef0123456789abcdef\n"},
	{.path = "/boot/loader/entries/0123456789abcdef0123456789abcdef-6.1.conf",
	 .text = "title x\noptions root=/dev/sda1\n"},
	{.path = "/sys/class/net/eth0/address", .text = "ac:1f:6b:01:02:03\n"},
	{.path = "/etc/b\xc3\xa4r%20/..", .text = "odd names\n"},
	{.path = "/sys/class/net/enxac1f6b010203/mtu", .text = "1500\n"},
	{.path = NULL},
};

const char kt_test_topology[] =
	"<?xml version=\"1.0\"?>\n<topology version=\"2.0\"><object type=\"Machine\" os_index=\"0\">"
	"<info name=\"HostName\" value=\"hyper7.dc.acme-corp.example\"/>"
	"<info name=\"DMIProductSerial\" value=\"CZJ1234567\"/>"
	"<info name=\"OSRelease\" value=\"6.1.0\"/></object></topology>\n";

const char *const kt_test_secrets[] = {
	"topsecret",
	"iscsipw1",
	"environment-secret",
	"kernelsecret",
	"sysctlsecret",
	"vncsecret1",
	"grubsecret",
	"xmlpassword",
	"cephsecret",
	"envsecret",
	"argsecret",
	"fwsecret",
	"ignitionsecret",
	"urisecret",
	"cookiesecret",
	"notesecret",
	NULL,
};

const char *const kt_test_names[] = {
	"hyper7",
	"acme",
	"payroll",
	"5a1b2c3d",
	"d3adb33f",
	"0a0b0c0d",
	"10.20.30.",
	"fd00:",
	"c500a1b2c3d4",
	"S5GXNX0R123456",
	"360000000000000000e00000000010001",
	"e00000000010001",
	"0123456789abcdef",
	"ac:1f:6b",
	"ac1f6b",
	"CZJ1234567",
	"jane.doe",
	"joe",
	"52:54:00:ab:cd:ef",
	"crm-data",
	"Zaphod",
	"wages",
	"alice",
	"store7",
	"mon1",
	"SERIAL-4711",
	"agreed with ops",
	"because of the auditors",
	"nova:",
	NULL,
};
/* clang-format on */

static const char guest_1[] =
	"<domain type='kvm' id='3' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>\n"
	"  <name>payroll-db</name>\n  <uuid>" UUID_1 "</uuid>\n"
	"  <title>Zaphod's wages</title>\n  <description>root password: notesecret</description>\n"
	"  <metadata><nova:instance xmlns:nova='urn:nova'><nova:owner>alice</nova:owner></nova:instance>"
	"<libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>"
	"<libosinfo:os id='http://debian.org/debian/12'/></libosinfo:libosinfo>"
	"<kvmtune:tune xmlns:kvmtune='https://kvmtune.org/xmlns/1.0' class='latency'>"
	"<kvmtune:waive practice='guest.rng' reason='because of the auditors'/></kvmtune:tune></metadata>\n"
	"  <memory unit='KiB'>2097152</memory>\n  <vcpu>2</vcpu>\n"
	"  <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type>"
	"<nvram>/var/lib/libvirt/qemu/nvram/payroll-db_VARS.fd</nvram>"
	"<cmdline>console=ttyS0 api.token=ignitionsecret quiet</cmdline></os>\n"
	"  <sysinfo type='fwcfg'><entry name='opt/com.coreos/config'>fwsecret</entry></sysinfo>\n"
	"  <sysinfo type='smbios'><system><entry name='serial'>SERIAL-4711</entry></system></sysinfo>\n"
	"  <devices>\n"
	"    <disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/>"
	"<source file='/srv/acme/wages.qcow2'/><target dev='vda' bus='virtio'/></disk>\n"
	"    <disk type='block' device='disk'><source dev='/dev/sda'/><target dev='vdb' bus='virtio'/></disk>\n"
	"    <disk type='network' device='disk'><source protocol='rbd' name='acmepool/crm-data'>"
	"<host name='mon1.acme-corp.example' port='6789'/></source>"
	"<auth username='alice'><secret type='ceph' usage='cephsecret'/></auth><target dev='vdc'/></disk>\n"
	"    <disk type='network'><source protocol='https' name='x' query='token=urisecret'>"
	"<cookies><cookie name='session'>cookiesecret</cookie></cookies></source><target dev='vdd'/></disk>\n"
	"    <interface type='direct'><mac address='52:54:00:ab:cd:ef'/><source dev='eth0' mode='bridge'/></interface>\n"
	"    <graphics type='vnc' port='5900' passwd='xmlpassword' keymap='de' listen='10.20.30.40'/>\n"
	"    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n"
	"  </devices>\n"
	"  <qemu:commandline><qemu:arg value='-object'/><qemu:arg value='secret,id=s0,data=argsecret'/>"
	"<qemu:env name='LOGIN' value='envsecret'/></qemu:commandline>\n"
	"</domain>\n";

static const char guest_2[] =
	"<domain type='kvm'>\n  <name>vm</name>\n  <uuid>" UUID_2 "</uuid>\n"
	"  <devices><disk type='file'><source file='/var/lib/libvirt/images/none.raw'/>"
	"<target dev='vda'/></disk></devices>\n</domain>\n";

KtJson *
kt_test_virt(void)
{
	return json_pack(
		"{s:s, s:s, s:s, s:i, s:[{s:s, s:s, s:b, s:s, s:s}, {s:s, s:s, s:{s:s}, s:s}]}",
		"uri",
		"qemu+ssh://alice@hyper7.dc.acme-corp.example/system",
		"hostname",
		"hyper7.dc.acme-corp.example",
		"pid_dir",
		"/run/libvirt/qemu",
		"libvirt_version",
		9000000,
		"domains",
		"name",
		"payroll-db",
		"uuid",
		UUID_1,
		"autostart",
		1,
		"live_xml",
		guest_1,
		"inactive_xml",
		guest_1,
		"name",
		"vm",
		"uuid",
		UUID_2,
		"live_xml",
		"state",
		"absent",
		"inactive_xml",
		guest_2);
}

static const KtTestAnswer *
find(const KtTestAnswer *rows, const char *path)
{
	for (; rows->path; rows++)
		if (g_str_equal(rows->path, path))
			return rows;
	return NULL;
}

static KtState
host_read(void *data, const char *path, char **ret_text, size_t *ret_length)
{
	const KtTestAnswer *row = find(data, path);

	if (!row)
		return KT_STATE_ABSENT;
	if (!row->text)
		return row->state ? row->state : KT_STATE_BROKEN;
	*ret_text = g_strdup(row->text);
	*ret_length = strlen(row->text);
	return KT_STATE_VALUE;
}

static KtState
host_list(void *data, const char *path, char ***ret_names)
{
	const KtTestAnswer *row = find(data, path);

	if (!row || !row->names)
		return row && row->state ? row->state : KT_STATE_ABSENT;
	*ret_names = g_strsplit(row->names, " ", -1);
	return KT_STATE_VALUE;
}

static KtState
host_link(void *data, const char *path, char **ret_target)
{
	const KtTestAnswer *row = find(data, path);

	if (!row || !row->target)
		return KT_STATE_ABSENT;
	*ret_target = g_strdup(row->target);
	return KT_STATE_VALUE;
}

static KtState
host_mode(void *data, const char *path, uint32_t *ret_mode)
{
	const KtTestAnswer *row = find(data, path);

	if (!row || !row->mode)
		return KT_STATE_ABSENT;
	*ret_mode = row->mode;
	return KT_STATE_VALUE;
}

static const KtRootOps host_ops = {
	.read = host_read,
	.list = host_list,
	.link = host_link,
	.mode = host_mode,
};

KtRoot *
kt_test_root(const KtTestAnswer *rows)
{
	return kt_root_new(&host_ops, (void *)rows);
}

char *
kt_test_dir(void)
{
	char *dir = g_dir_make_tmp("kvmtune-test-XXXXXX", NULL);

	g_assert_nonnull(dir);
	return dir;
}

static int
remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	return remove(path);
}

void
kt_test_remove(char *dir)
{
	g_assert_cmpint(nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS), ==, 0);
	g_free(dir);
}
