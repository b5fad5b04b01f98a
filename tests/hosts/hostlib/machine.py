# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the kernel and the distribution of a host say, outside its guests."""

import dataclasses

from . import guests
from .images import images_of
from .snapshot import CREATED_S, Snapshot, State
from .topology import Topology, cpu_list, cpu_mask, hwloc_xml

# First lines of /etc/os-release of each distribution.
OS_RELEASE = {
    "debian-12": (
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n'
        'VERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n'
    ),
    "ubuntu-22.04": (
        'PRETTY_NAME="Ubuntu 22.04.4 LTS"\nNAME="Ubuntu"\nVERSION_ID="22.04"\n'
        'VERSION="22.04.4 LTS (Jammy Jellyfish)"\nVERSION_CODENAME=jammy\nID=ubuntu\n'
        "ID_LIKE=debian\n"
    ),
    "ubuntu-24.04": (
        'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\n'
        'VERSION="24.04.1 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\n'
        "ID_LIKE=debian\n"
    ),
    "rhel-9": (
        'NAME="Red Hat Enterprise Linux"\nVERSION="9.4 (Plow)"\nID="rhel"\nID_LIKE="fedora"\n'
        'VERSION_ID="9.4"\nPLATFORM_ID="platform:el9"\n'
        'PRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"\n'
    ),
    "sles-15.6": (
        'NAME="SLES"\nVERSION="15-SP6"\nVERSION_ID="15.6"\n'
        'PRETTY_NAME="SUSE Linux Enterprise Server 15 SP6"\nID="sles"\nID_LIKE="suse"\n'
    ),
    "openeuler-22.03": (
        'NAME="openEuler"\nVERSION="22.03 (LTS-SP3)"\nID="openEuler"\nVERSION_ID="22.03"\n'
        'PRETTY_NAME="openEuler 22.03 (LTS-SP3)"\n'
    ),
    "openeuler-24.03": (
        'NAME="openEuler"\nVERSION="24.03 (LTS)"\nID="openEuler"\nVERSION_ID="24.03"\n'
        'PRETTY_NAME="openEuler 24.03 (LTS)"\n'
    ),
}


@dataclasses.dataclass
class Block:
    """A disk; @link is the target of /sys/block/NAME."""

    name: str
    scheduler: str
    rotational: int = 0
    queues: int = 1
    serial: str = ""
    wwid: str = ""
    link: str = ""
    driver: str = ""  # of the SCSI host
    holders: tuple = ()


@dataclasses.dataclass
class Host:
    name: str  # of the recorded host
    about: str
    distribution: str
    kernel: str
    topology: Topology
    blocks: list
    libvirt_version: int
    qemu_version: int
    guests: list = dataclasses.field(default_factory=list)
    hostname: str = "hyper1"
    emulator: str = "/usr/bin/qemu-system-x86_64"
    comm: str = "qemu-system-x86"
    owner: str = "+64055:+64055"
    cgroup: str = "v2"
    bootloader: str = "grub-debian"  # or "bls", "grub-other"
    cmdline: str = "ro quiet"
    governor: str = "schedutil"  # "" = no cpufreq
    smt: str = "on"
    thp: str = "always"
    thp_defrag: str = "madvise"
    ksm: dict = dataclasses.field(default_factory=dict)
    halt_poll_ns: int = 200000
    is_kvm_builtin: bool = False
    nested: str = ""
    kvm_module: str = "kvm_intel"
    swap_mib: int = 8192
    swappiness: int = 60
    numa_balancing: int = 1
    aio_max_nr: int = 65536
    aio_nr: int = 0
    conntrack: tuple = (262144, 262144, 812, 0)  # max, buckets, count, drops; () = no module
    sysctl_files: dict = dataclasses.field(default_factory=dict)
    workqueue: list = None
    lockdown: str = "none"
    modules: tuple = ()
    agents: dict = dataclasses.field(default_factory=dict)  # pid -> comm
    config: str = ""  # /etc/kvmtune/kvmtune.conf
    uptime_s: int = 1814400
    huge_overcommit: int = 0
    hugetlbfs: tuple = ("2M",)  # page sizes that are mounted
    page_kib: int = 4

    @property
    def kernel_version(self):
        major, minor = self.kernel.split("-")[0].split(".")[:2]
        return int(major), int(minor)

    @property
    def memory_kib(self):
        return sum(node.memory_mib for node in self.topology.nodes) << 10

    def pids(self):
        """Of the running guests, by name."""
        running = [guest for guest in self.guests if guest.is_active]
        return {guest.name: 3001 + 997 * i for i, guest in enumerate(running)}

    def snapshot(self):
        snapshot = Snapshot(self.about)
        snapshot.topology_xml = hwloc_xml(self.topology, self.hostname, self.kernel)
        for part in (
            _system, _cpu, _memory, _kvm, _thp_and_ksm, _kernel_defaults, _sysctl, _blocks,
            _workqueue, _cgroup, _processes, _guests,
        ):
            part(self, snapshot)
        return snapshot


def _system(host, snapshot):
    snapshot.put("/etc/os-release", OS_RELEASE[host.distribution])
    boot = {
        "grub-debian": f"BOOT_IMAGE=/boot/vmlinuz-{host.kernel} root=/dev/mapper/vg0-root",
        "bls": f"BOOT_IMAGE=(hd0,gpt2)/vmlinuz-{host.kernel} root=/dev/mapper/vg0-root",
        "grub-other": f"BOOT_IMAGE=/boot/vmlinuz-{host.kernel} root=/dev/mapper/system-root",
    }[host.bootloader]
    snapshot.put("/proc/cmdline", f"{boot} {host.cmdline}\n")
    snapshot.put_all(
        "/proc/sys/kernel",
        {
            "hostname": host.hostname,
            "osrelease": host.kernel,
            "random/boot_id": guests.make_uuid("boot " + host.name),
            "numa_balancing": host.numa_balancing,
        },
    )
    if host.kernel_version >= (6, 1):
        snapshot.put("/proc/sys/kernel/arch", host.topology.architecture + "\n")
    snapshot.put("/proc/uptime", f"{host.uptime_s}.27 {host.uptime_s * 7}.03\n")
    snapshot.exists("/run/systemd/system", "040755")
    snapshot.exists("/etc/default/grub", "0100644")
    if host.bootloader == "grub-debian":
        snapshot.exists("/usr/sbin/update-grub", "0100755")
        snapshot.list("/etc/default/grub.d", [])
    if host.bootloader == "bls":
        snapshot.exists("/usr/sbin/grubby", "0100755")
        machine_id = guests.make_uuid("machine " + host.name).replace("-", "")
        snapshot.list(
            "/boot/loader/entries",
            [f"{machine_id}-0-rescue.conf", f"{machine_id}-{host.kernel}.conf"],
        )
    lines = {
        "none": "[none] integrity confidentiality", "integrity": "none [integrity] confidentiality"
    }
    snapshot.put("/sys/kernel/security/lockdown", lines[host.lockdown] + "\n")
    if host.config:
        snapshot.put("/etc/kvmtune/kvmtune.conf", host.config)
    for name in ("/etc/modprobe.d", "/etc/tmpfiles.d", "/etc/udev/rules.d"):
        snapshot.list(name, [])


def _cpu(host, snapshot):
    topology = host.topology
    online = cpu_list(topology.cpus)
    has_smt = topology.n_threads > 1
    snapshot.put_all(
        "/sys/devices/system/cpu",
        {
            "online": online,
            "possible": online,
            "isolated": "",
            "nohz_full": "(null)",
            "smt/active": int(has_smt),
            "smt/control": host.smt if has_smt else "notsupported",
        },
    )
    if topology.architecture == "x86_64":
        snapshot.put(
            "/sys/devices/system/cpu/modalias",
            "cpu:type:x86,ven0000fam0006mod006A:feature:,0000,0001,0002,0003,0004,0085,0089\n",
        )
        clocks = "tsc hpet acpi_pm"
    else:
        snapshot.put(
            "/sys/devices/system/cpu/modalias", "cpu:type:aarch64:feature:,0000,0001,0004,0007\n"
        )
        clocks = "arch_sys_counter"
        snapshot.put_all(
            "/sys/class/dmi/id",
            {
                "sys_vendor": "Huawei",
                "product_name": "TaiShan 200 (Model 2280)",
                "bios_vendor": "Huawei Corp.",
            },
        )
    snapshot.put(
        "/sys/devices/system/clocksource/clocksource0/available_clocksource", clocks + " \n"
    )
    if not host.governor:
        return
    first_threads = sorted(
        core.cpus[0] for node in topology.nodes for domain in node.domains for core in domain
    )
    # One policy of many says it all; a real host has one for each CPU.
    policies = [f"policy{cpu}" for cpu in first_threads[:4]]
    snapshot.list("/sys/devices/system/cpu/cpufreq", [*policies, "boost"])
    for policy in policies:
        snapshot.put(f"/sys/devices/system/cpu/cpufreq/{policy}/scaling_governor",
                     host.governor + "\n")


def _memory(host, snapshot):
    swap_kib = host.swap_mib << 10
    huge_kib = sum(
        size * total for node in host.topology.nodes for size, (total, _) in node.huge_pages.items()
    )
    free_kib = sum(node.free_mib for node in host.topology.nodes) << 10
    snapshot.put(
        "/proc/meminfo",
        f"MemTotal:       {host.memory_kib} kB\nMemFree:        {free_kib} kB\n"
        f"MemAvailable:   {free_kib + 2097152} kB\nSwapTotal:      {swap_kib} kB\n"
        f"SwapFree:       {swap_kib} kB\nHugepagesize:       2048 kB\n"
        f"Hugetlb:        {huge_kib} kB\n",
    )
    swaps = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
    if swap_kib:
        swaps += f"/dev/dm-1                               partition\t{swap_kib}\t\t0\t\t-2\n"
    snapshot.put("/proc/swaps", swaps)
    sizes = (2048, 1048576)
    for node in host.topology.nodes:
        base = f"/sys/devices/system/node/node{node.number}"
        snapshot.put(f"{base}/cpulist", cpu_list(node.cpus) + "\n")
        snapshot.put(
            f"{base}/meminfo",
            f"Node {node.number} MemTotal:       {node.memory_mib << 10} kB\n"
            f"Node {node.number} MemFree:        {node.free_mib << 10} kB\n",
        )
        snapshot.list(f"{base}/hugepages", [f"hugepages-{size}kB" for size in sizes])
        for size in sizes:
            total, free = node.huge_pages.get(size, (0, 0))
            snapshot.put_all(
                f"{base}/hugepages/hugepages-{size}kB",
                {"nr_hugepages": total, "free_hugepages": free, "surplus_hugepages": 0},
            )
    base = "/sys/kernel/mm/hugepages"
    snapshot.list(base, [f"hugepages-{size}kB" for size in sizes])
    for size in sizes:
        pools = [node.huge_pages.get(size, (0, 0)) for node in host.topology.nodes]
        snapshot.put_all(
            f"{base}/hugepages-{size}kB",
            {
                "nr_hugepages": sum(total for total, _ in pools),
                "free_hugepages": sum(free for _, free in pools),
                "resv_hugepages": 0,
                "surplus_hugepages": 0,
                "nr_overcommit_hugepages": host.huge_overcommit if size == 2048 else 0,
            },
        )


def _kvm(host, snapshot):
    base = "/sys/module/kvm/parameters"
    snapshot.exists("/dev/kvm", "020660")
    snapshot.exists("/sys/module/kvm", "040755")
    if not host.is_kvm_builtin:
        snapshot.exists("/sys/module/kvm/initstate", "0100444")
    snapshot.exists(f"{base}/halt_poll_ns", "0100644")
    # Linux 6.11 changed the shrink default from 0 to 2.
    snapshot.put_all(
        base,
        {
            "halt_poll_ns": host.halt_poll_ns,
            "halt_poll_ns_grow": 2,
            "halt_poll_ns_grow_start": 10000,
            "halt_poll_ns_shrink": 2 if host.kernel_version >= (6, 11) else 0,
        },
    )
    if host.nested:
        snapshot.put(f"/sys/module/{host.kvm_module}/parameters/nested", host.nested + "\n")
    modules = list(host.modules)
    if not host.is_kvm_builtin:
        modules += ["kvm", host.kvm_module, "irqbypass"]
    if host.conntrack:
        modules += ["nf_conntrack", "nf_nat"]
    modules += ["vhost_net", "vhost", "tun", "bridge", "dm_mod"]
    snapshot.put(
        "/proc/modules",
        "".join(f"{name} 16384 1 - Live 0x0000000000000000\n" for name in sorted(set(modules))),
    )


def _thp_and_ksm(host, snapshot):
    def choice(words, chosen):
        return " ".join(f"[{word}]" if word == chosen else word for word in words) + "\n"

    base = "/sys/kernel/mm/transparent_hugepage"
    snapshot.put(f"{base}/enabled", choice(("always", "madvise", "never"), host.thp))
    snapshot.put(
        f"{base}/defrag",
        choice(("always", "defer", "defer+madvise", "madvise", "never"), host.thp_defrag),
    )
    shmem = ("always", "within_size", "advise", "never", "deny", "force")
    snapshot.put(f"{base}/shmem_enabled", choice(shmem, "never"))
    ksm = {
        "run": 0, "pages_shared": 0, "pages_sharing": 0, "pages_unshared": 0,
        "pages_volatile": 0, "pages_to_scan": 100, "full_scans": 0, "merge_across_nodes": 1,
    }
    if host.kernel_version >= (6, 4):
        ksm["general_profit"] = 0
    if host.kernel_version >= (6, 8):
        ksm["advisor_mode"] = "[none] scan-time"
    ksm.update(host.ksm)
    snapshot.put_all("/sys/kernel/mm/ksm", ksm)


def _kernel_defaults(host, snapshot):
    """Settings that nobody has touched (Documentation/admin-guide/sysctl of Linux)."""
    snapshot.put_all(
        "/proc/sys", {
            "vm/overcommit_memory": 0,
            "vm/dirty_ratio": 20,
            "vm/dirty_background_ratio": 10,
            "vm/dirty_bytes": 0,
            "vm/stat_interval": 1,
            "vm/zone_reclaim_mode": 0,
            "kernel/pid_max": 4194304,
            "kernel/threads-max": min(host.memory_kib // 32, 4194304),
            "kernel/nmi_watchdog": 1,
            "kernel/timer_migration": 1,
            "fs/file-max": 9223372036854775807,
            "fs/file-nr": "3264\t0\t9223372036854775807",
            "net/core/rmem_max": 212992,
            "net/ipv4/tcp_rmem": "4096\t131072\t6291456",
            "net/ipv4/tcp_tw_reuse": 2,
            "net/ipv4/tcp_window_scaling": 1,
            "net/ipv4/tcp_fin_timeout": 60,
            "net/ipv4/tcp_keepalive_intvl": 75,
            "net/ipv4/tcp_syncookies": 1,
            "net/ipv4/tcp_synack_retries": 5,
            "net/ipv4/tcp_congestion_control": "cubic",
            "net/ipv4/tcp_available_congestion_control": "reno cubic",
            "net/ipv4/neigh/default/gc_thresh3": 1024,
        },
    )
    if host.kernel_version < (5, 13):
        snapshot.put("/proc/sys/kernel/numa_balancing_scan_size_mb", "256\n")
    snapshot.put("/proc/loadavg", "1.02 0.97 0.91 2/1204 48211\n")
    snapshot.put(
        "/proc/net/snmp",
        "Ip: Forwarding DefaultTTL\nIp: 1 64\n"
        "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors\n"
        "Udp: 48211 12 0 47903 0 0 0\n",
    )
    mounts = ["22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/vg0-root rw"]
    for i, size in enumerate(host.hugetlbfs):
        folder = "/dev/hugepages" + ("" if i == 0 else size)
        mounts.append(f"{34 + i} 25 0:{31 + i} / {folder} rw,relatime shared:{16 + i} - "
                      f"hugetlbfs hugetlbfs rw,pagesize={size}")
    snapshot.put("/proc/self/mountinfo", "\n".join(mounts) + "\n")


def _sysctl(host, snapshot):
    snapshot.put_all(
        "/proc/sys", {
            "vm/swappiness": host.swappiness,
            "vm/min_free_kbytes": 67584 * len(host.topology.nodes),
            "fs/aio-max-nr": host.aio_max_nr,
            "fs/aio-nr": host.aio_nr,
        },
    )
    if host.conntrack:
        limit, buckets, count, drops = host.conntrack
        snapshot.put_all(
            "/proc/sys/net/netfilter",
            {
                "nf_conntrack_max": limit,
                "nf_conntrack_buckets": buckets,
                "nf_conntrack_count": count,
            },
        )
        head = (
            "entries  clashres found new invalid ignore delete chainlength insert insert_failed "
            "drop early_drop icmp_error  expect_new expect_create expect_delete search_restart\n"
        )
        row = [count, 0, 0, 0, 12, 0, 0, 3, 0, 0, drops, 0, 0, 0, 0, 0, 0]
        snapshot.put(
            "/proc/net/stat/nf_conntrack", head + " ".join(f"{n:08x}" for n in row) + "\n"
        )
    folders = {"/etc/sysctl.d": [], "/usr/lib/sysctl.d": []}
    for path, text in host.sysctl_files.items():
        directory, _, name = path.rpartition("/")
        if directory in folders:
            folders[directory].append(name)
            snapshot.links[path] = State("absent")
        snapshot.put(path, text)
    if host.distribution.startswith(("debian", "ubuntu", "rhel", "openeuler")):
        folders["/etc/sysctl.d"].append("99-sysctl.conf")
        snapshot.links["/etc/sysctl.d/99-sysctl.conf"] = "../sysctl.conf"
        snapshot.files.setdefault("/etc/sysctl.conf", "# sysctl settings are in /etc/sysctl.d\n")
    for directory, names in folders.items():
        snapshot.list(directory, names)


def _blocks(host, snapshot):
    snapshot.list("/sys/block", [block.name for block in host.blocks])
    for block in host.blocks:
        base = f"/sys/block/{block.name}"
        texts = {"queue/rotational": block.rotational, "hidden": 0}
        if block.scheduler:
            texts["queue/scheduler"] = block.scheduler
        if block.serial:
            texts["serial"] = block.serial
        if block.wwid:
            texts["wwid" if block.name.startswith("nvme") else "device/wwid"] = block.wwid
        if block.name.startswith("dm-"):
            texts["dm/name"] = block.serial or block.name
            texts["dm/uuid"] = block.wwid
            texts.pop("serial", None)
            texts.pop("device/wwid", None)
        snapshot.put_all(base, texts)
        snapshot.list(f"{base}/holders", block.holders)
        if block.queues:
            snapshot.list(f"{base}/mq", range(block.queues))
        snapshot.links[base] = block.link or f"../devices/virtual/block/{block.name}"
        if block.driver:
            number = block.link.split("/host")[1].split("/")[0]
            snapshot.put(f"/sys/class/scsi_host/host{number}/proc_name", block.driver + "\n")


def _workqueue(host, snapshot):
    n_bits = max(host.topology.cpus) + 1
    mask = cpu_mask(host.workqueue or host.topology.cpus, n_bits)
    texts = {"cpumask": mask, "writeback/cpumask": mask}
    if host.kernel_version >= (6, 8):
        texts["cpumask_requested"] = mask
    snapshot.put_all("/sys/devices/virtual/workqueue", texts)


def _cgroup(host, snapshot):
    if host.cgroup == "v2":
        snapshot.put(
            "/sys/fs/cgroup/cgroup.controllers",
            "cpuset cpu io memory hugetlb pids rdma misc\n",
        )
        snapshot.exists("/sys/fs/cgroup/cgroup.controllers", "0100444")
        snapshot.list("/sys/fs/cgroup", ["cgroup.controllers", "machine.slice", "system.slice"])
        return
    names = ("cpuset", "cpu", "cpuacct", "blkio", "memory", "devices", "freezer", "pids")
    head = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
    snapshot.put(
        "/proc/cgroups", head + "".join(f"{name}\t{i}\t60\t1\n" for i, name in enumerate(names, 2))
    )
    mounts = ["blkio", "cpu", "cpu,cpuacct", "cpuacct", "cpuset", "devices", "memory", "systemd"]
    if host.cgroup == "hybrid":
        mounts.append("unified")
        snapshot.exists("/sys/fs/cgroup/unified/cgroup.controllers", "0100444")
    snapshot.list("/sys/fs/cgroup", mounts)


def _processes(host, snapshot):
    snapshot.exists("/proc/1/comm", "0100644")
    processes = {1: "systemd", 2: "kthreadd", 801: "libvirtd", **host.agents}
    if host.libvirt_version >= 8010000:
        processes[801] = "virtqemud"
    for pid, comm in processes.items():
        snapshot.put(f"/proc/{pid}/comm", comm[: guests.HAS_ROOM_FOR] + "\n")
        if comm == "tuned":
            snapshot.put("/run/tuned/tuned.pid", f"{pid}")
    snapshot.list("/proc", [*processes, "cmdline", "cpuinfo", "meminfo", "sys", "uptime"])


def _guests(host, snapshot):
    pids = host.pids()
    domains = []
    number = 0
    for guest in sorted(host.guests, key=lambda guest: guest.name):
        if guest.is_active:
            number += 1
            guests.put_process(snapshot, guest, host, number, pids[guest.name])
        domains.append(guests.domain_answers(guest, host, number))
    snapshot.virt = {
        "tool_version": "0.1.0",
        "collected_us": CREATED_S * 1000000,
        "is_privileged": True,
        "uri": "qemu:///system",
        "hostname": host.hostname,
        "libvirt_version": host.libvirt_version,
        "qemu_version": host.qemu_version,
        "pid_dir": "/run/libvirt/qemu",
        "n_calls": 6 + 2 * len(domains),
        "domains": domains,
    }
    snapshot.images = images_of(host.guests)
