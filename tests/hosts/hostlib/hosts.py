# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The synthetic hosts, one function each.

What they are is in their "about"; what was configured well and badly is in the comments here.
"""

from .guests import Disk, Guest
from .images import make_image
from .machine import Block, Host
from .snapshot import State
from .topology import Node, Topology, cpu_list, flat_distances, uniform

NVME = "[none] mq-deadline kyber bfq"
SATA = "none [mq-deadline] kyber bfq"
ATA_LINK = (
    "../devices/pci0000:00/0000:00:17.0/ata{n}/host{h}/target{h}:0:0/{h}:0:0:0/block/{name}"
)
RAID_LINK = (
    "../devices/pci0000:3a/0000:3a:00.0/0000:3b:00.0/host0/target0:2:{n}/0:2:{n}:0/block/{name}"
)
NVME_LINK = "../devices/pci0000:5d/0000:5d:02.0/0000:5e:00.0/nvme/nvme{n}/nvme{n}n1"
QEMU64 = (
    "<cpu mode='custom' match='exact' check='full'>\n"
    "    <model fallback='forbid'>qemu64</model>\n"
    "    <feature policy='require' name='x2apic'/>\n"
    "    <feature policy='require' name='hypervisor'/>\n"
    "    <feature policy='require' name='lahf_lm'/>\n"
    "    <feature policy='disable' name='svm'/>\n"
    "  </cpu>"
)
PASSTHROUGH = "<cpu mode='host-passthrough' check='none' migratable='on'/>"
LIBVIRT_SYSCTL = (
    "# The kernel allocates aio memory on demand, and this number limits the\n"
    "# number of parallel aio requests.\nfs.aio-max-nr = 1048576\n"
)


def named_model(model, *features):
    """What libvirt writes into the live XML for host-model."""
    lines = ["<cpu mode='custom' match='exact' check='full'>"]
    lines.append(f"    <model fallback='forbid'>{model}</model>")
    lines += [f"    <feature policy='require' name='{name}'/>" for name in features]
    return "\n".join([*lines, "  </cpu>"])


ICELAKE = named_model("Icelake-Server", "ss", "vmx", "pdcm", "hypervisor", "ssbd", "md-clear")
EPYC = named_model("EPYC-Milan", "x2apic", "hypervisor", "ssbd", "vaes", "vpclmulqdq")


def nvme(number, scheduler=NVME, queues=16):
    return Block(
        f"nvme{number}n1", scheduler, 0, queues, f"PHLN9420{number:04}3P8EGN",
        f"eui.01000000010000005cd2e4{number:010x}", NVME_LINK.format(n=number),
    )


def ata(name, number, rotational, scheduler=SATA):
    return Block(
        name, scheduler, rotational, 1, "", f"t10.ATA     DISK{number:04}",
        ATA_LINK.format(n=number, h=number - 1, name=name), "ahci",
    )


def raid(name, number, rotational, scheduler=SATA):
    return Block(
        name, scheduler, rotational, 1, "", f"naa.600605b00d6c{number:020x}",
        RAID_LINK.format(n=number, name=name), "megaraid_sas",
    )


def dm(number, name, holders=()):
    return Block(f"dm-{number}", "", 0, 0, name, f"LVM-{number:064}", holders=holders)


def one_node():
    """Nothing to find: whoever changes a practice sees here whether it cries wolf."""
    nodes = uniform(1, 1, 1, 8, 2, 65536)
    nodes[0].free_mib = 24576
    cpu = {"cpu": "<cpu mode='host-model' check='partial'/>", "live_cpu": ICELAKE}
    return Host(
        name="one-node",
        about="synthetic: a well-kept Debian 12 server with one processor, for general use",
        distribution="debian-12",
        kernel="6.1.0-25-amd64",
        topology=Topology(nodes, [[10]], "Intel(R) Xeon(R) E-2388G CPU @ 3.20GHz", l3_mib=16),
        blocks=[
            nvme(0), ata("sda", 1, 0), ata("sdb", 2, 0), dm(0, "vg0-root"), dm(1, "vg0-swap"),
        ],
        libvirt_version=9000000,
        qemu_version=7002022,
        cmdline="ro quiet transparent_hugepage=madvise",
        thp="madvise",
        swap_mib=4096,
        swappiness=10,
        numa_balancing=0,
        aio_max_nr=1048576,
        aio_nr=6144,
        conntrack=(262144, 262144, 431, 0),
        sysctl_files={
            "/etc/sysctl.d/60-kvm-host.conf":
                "# guests before page cache\nvm.swappiness = 10\nfs.aio-max-nr = 1048576\n",
            "/usr/lib/sysctl.d/50-pid-max.conf": "kernel.pid_max = 4194304\n",
        },
        agents={702: "irqbalance"},
        guests=[
            Guest(
                "web-frontend", 4, 8, [Disk("/dev/vg0/web-frontend", iothread=1)], iothreads=1,
                haltpoll_ns=(91830475123, 20481920441), **cpu,
            ),
            Guest(
                "db-main", 8, 16,
                [
                    Disk("/dev/vg0/db-main", iothread=1),
                    Disk("/dev/vg0/db-main-log", "vdb", iothread=1),
                ],
                iothreads=1, haltpoll_ns=(241830475123, 80481920441), **cpu,
            ),
            Guest(
                "mail", 2, 4, [Disk("/var/lib/libvirt/images/mail.qcow2", iothread=1)],
                iothreads=1, haltpoll_ns=(11830475123, 1481920441), **cpu,
            ),
            Guest(
                "build", 4, 8, [Disk("/var/lib/libvirt/images/build.qcow2", iothread=1)],
                iothreads=1, state="shut off", autostart=False, **cpu,
            ),
        ],
    )


def two_sockets_smt():
    """One guest as the manuals want it, and its neighbours as they are found in the field."""
    nodes = uniform(2, 1, 1, 16, 2, 262144)
    nodes[0].huge_pages = {1048576: (64, 32)}
    nodes[1].huge_pages = {1048576: (96, 32)}
    nodes[0].free_mib, nodes[1].free_mib = 120832, 98304
    model = {"cpu": "<cpu mode='host-model' check='partial'/>", "live_cpu": ICELAKE}
    return Host(
        name="two-sockets-smt",
        about="synthetic: Red Hat Enterprise Linux 9.4 on two processors with hardware threads, "
        "for latency; one guest is pinned well, the others are not",
        distribution="rhel-9",
        kernel="5.14.0-427.13.1.el9_4.x86_64",
        hostname="hyper2.example.com",
        hugetlbfs=("2M", "1024M"),
        topology=Topology(
            nodes, flat_distances(2, 20), "Intel(R) Xeon(R) Gold 6326 CPU @ 2.90GHz", l3_mib=24
        ),
        # NVMe with a scheduler that it does not need
        blocks=[
            nvme(0, "none [mq-deadline] kyber bfq", 64), raid("sda", 0, 1), raid("sdb", 1, 1),
            dm(0, "rhel-root"), dm(1, "rhel-swap"),
        ],
        libvirt_version=10000000,
        qemu_version=8002000,
        emulator="/usr/libexec/qemu-kvm",
        comm="qemu-kvm",
        owner="+107:+107",
        bootloader="bls",
        cmdline="ro crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M rhgb quiet",
        governor="performance",
        nested="0",
        swappiness=10,
        aio_max_nr=1048576,
        aio_nr=5120,
        conntrack=(262144, 262144, 1877, 0),
        sysctl_files={"/usr/lib/sysctl.d/60-libvirtd.conf": LIBVIRT_SYSCTL},
        agents={901: "irqbalance", 933: "tuned"},
        config=(
            "[kvmtune]\nworkload = latency\nguest_workload = general\n\n"
            "[guests]\noltp = throughput\n"
        ),
        guests=[
            # as it should be
            Guest(
                "trading", 8, 32, [Disk("/dev/disk/by-id/nvme-trading", iothread=1)],
                machine="pc-q35-rhel9.4.0", cpu=PASSTHROUGH, iothreads=1,
                vcpu_pins={i: [2 + i // 2 + 32 * (i % 2)] for i in range(8)},
                emulator_pin="0,32", iothread_pins={1: "1,33"}, queues=4,
                numatune="<memory mode='strict' nodeset='0'/>", hugepages_kib=1048576,
                workload="latency", os_id="http://redhat.com/rhel/9.4",
                haltpoll_ns=(901830475123, 104819204410),
            ),
            # the cache of its disk is in the way of its own
            Guest(
                "oltp", 16, 64,
                [Disk("/dev/rhel/oltp", driver="cache='writeback'"),
                 Disk("/dev/rhel/oltp-log", "vdb", driver="cache='none' io='native'")],
                machine="pc-q35-rhel9.4.0", iothreads=2,
                vcpu_pins={i: list(range(16, 32)) + list(range(48, 64)) for i in range(16)},
                numatune="<memory mode='strict' nodeset='1'/>", hugepages_kib=1048576,
                os_id="http://redhat.com/rhel/9.4", haltpoll_ns=(501830475123, 604819204410),
                **model,
            ),
            # moved here from another product, and never looked at again
            Guest(
                "fileserver", 4, 16, [Disk("/var/lib/libvirt/images/fileserver.qcow2", "sda",
                                           "sata", driver="cache='writethrough'")],
                machine="pc-i440fx-rhel7.6.0", cpu="", live_cpu=QEMU64, nics=("e1000",), rng="",
                shares=2048, os_id="http://microsoft.com/win/2k19",
            ),
            # half of a change: the next start uses another network card
            Guest(
                "reporting", 2, 8, [Disk("/var/lib/libvirt/images/reporting.qcow2")],
                machine="pc-q35-rhel9.4.0", nics=("rtl8139",), inactive={"nics": ("virtio",)},
                waivers=(("guest.disk.cache", "scratch data", "2027-06-30"),), **model,
            ),
            Guest(
                "legacy-app", 2, 4, [Disk("/var/lib/libvirt/images/legacy-app.raw", "hdc", "ide",
                                          driver="")],
                machine="pc-i440fx-rhel7.6.0", cpu="", nics=("",), rng="", state="shut off",
                autostart=False, os_id="",
            ),
        ],
    )


def four_nodes_003():
    """Tuned after a book of 2017, line by line."""
    nodes = uniform(4, 1, 1, 10, 2, 64317)
    for node in nodes[1::2]:
        node.memory_mib = 64509
    for node, free in zip(nodes, (3173, 31401, 29980, 40112)):
        node.free_mib = free
    for node in nodes:
        node.huge_pages = {2048: (6250, 6250)}
    return Host(
        name="four-nodes-003",
        about="synthetic: Ubuntu 22.04 on four processors of ten cores, nodes of 63 GiB with "
        "distances 10 and 21, configured with the recipes of an old book",
        distribution="ubuntu-22.04",
        kernel="5.15.0-113-generic",
        hostname="kvm",
        topology=Topology(
            nodes, flat_distances(4, 21), "Intel(R) Xeon(R) CPU E5-4650 v3 @ 2.10GHz", l3_mib=25
        ),
        blocks=[
            raid("sda", 0, 1, "[none] mq-deadline"), ata("sdb", 2, 1, "[none] mq-deadline"),
            ata("sdc", 3, 0, "mq-deadline [bfq] none"), dm(0, "vg-root"), dm(1, "vg-swap"),
        ],
        libvirt_version=8000000,
        qemu_version=6002000,
        cmdline="ro quiet rd.fstab=no acpi=noirq noapic cgroup_enable=memory swapaccount=1 "
        "elevator=deadline",
        governor="powersave",
        thp="madvise",
        nested="Y",
        numa_balancing=1,
        conntrack=(1000000, 250112, 799210, 18),
        sysctl_files={
            "/etc/sysctl.conf":
                "# KVM host tuning\nnet.ipv4.tcp_tw_recycle = 1\nnet.ipv4.tcp_tw_reuse=1\n"
                "net.ipv4.tcp_fin_timeout = 30\nnet.ipv4.tcp_max_syn_backlog = 16384\n"
                "net.ipv4.tcp_synack_retries = 1\nfs.file-max = 10000000\n"
                "net.netfilter.nf_conntrack_max = 1000000\nvm.nr_hugepages = 25000\n",
        },
        agents={777: "irqbalance", 812: "numad"},
        guests=[
            # on two CPUs of one node, its main thread among its vCPUs
            Guest(
                "kvm1", 2, 4, [Disk("/var/lib/libvirt/images/kvm1.raw", driver="")],
                machine="pc-i440fx-jammy", cpu="", live_cpu=QEMU64, cpuset="10-11",
                numatune="<memory mode='strict' nodeset='1'/>", nics=("rtl8139",), rng="",
                os_id="",
            ),
            Guest(
                "kvm2", 4, 8,
                # made by the book, for writethrough
                [Disk("/var/lib/libvirt/images/kvm2.qcow2", driver="",
                      image={"cluster_bytes": 4096, "has_lazy_refcounts": True})],
                machine="pc-q35-jammy", shares=512, hugepages_kib=2048,
                inactive={"shares": 1024}, state="running", rng="/dev/random",
                cpu="<cpu mode='custom' match='exact' check='partial'>\n"
                "    <model fallback='allow'>Westmere</model>\n  </cpu>",
            ),
            Guest(
                "kvm3", 8, 32, [Disk("/dev/vg/kvm3", driver="cache='unsafe'")],
                machine="pc-q35-jammy", cpu=PASSTHROUGH, backing="<nosharepages/>",
                numatune="<memory mode='interleave' nodeset='0-3'/>", state="shut off",
            ),
        ],
    )


def four_nodes_004():
    """Desktops, more than fit: what a vendor's manual shows, and what it warns of."""
    nodes = uniform(4, 1, 1, 18, 2, 32316)
    nodes[0].memory_mib, nodes[3].memory_mib = 31975, 32314
    for node, free in zip(nodes, (3120, 4673, 2726, 5387)):
        node.free_mib = free
    model = {"cpu": "<cpu mode='host-model' check='partial'/>",
             "live_cpu": named_model("Cascadelake-Server", "ss", "hypervisor", "ssbd")}
    # overlays on one base, on a file system that copies on write; one without the base's format
    on_btrfs = {"filesystem": "btrfs", "mount_point": "/srv",
                "mount_options": "rw,relatime,space_cache=v2,subvolid=263,subvol=/@/srv"}
    base = make_image("/srv/desktops/windows-11.qcow2", "qcow2", mode="0444", owner=0, group=0,
                      **on_btrfs)
    desktops = [
        Guest(
            f"desktop-{number:02}", 4, 24,
            [Disk(f"/srv/desktops/desktop-{number:02}.qcow2",
                  driver="cache='writeback'" if number % 2 else "cache='none' io='threads'",
                  image={**on_btrfs, "backing": base["path"],
                         "backing_format": {"state": "absent"} if number == 3 else "qcow2"},
                  below=(base,))],
            machine="pc-q35-8.2", os_id="http://microsoft.com/win/11", autostart=number < 4, **model,
        )
        for number in range(1, 5)
    ]
    return Host(
        name="four-nodes-004",
        about="synthetic: SUSE Linux Enterprise Server 15 SP6 with 4 nodes of 36 CPUs and 32 GiB, "
        "distances 10 and 21, full of desktops",
        distribution="sles-15.6",
        kernel="6.4.0-150600.23.7-default",
        hostname="vdi4",
        topology=Topology(
            nodes, flat_distances(4, 21), "Intel(R) Xeon(R) Gold 6254 CPU @ 3.10GHz", l3_mib=25
        ),
        blocks=[
            raid("sda", 0, 1, "none mq-deadline kyber [bfq]"), nvme(0, NVME, 32),
            dm(0, "system-root"), dm(1, "system-swap"),
        ],
        libvirt_version=10000000,
        qemu_version=8002003,
        owner="+107:+107",
        cgroup="hybrid",
        bootloader="grub-other",
        cmdline="splash=silent preempt=full mitigations=auto quiet security=apparmor",
        governor="powersave",
        nested="1",
        kvm_module="kvm_intel",
        swappiness=35,
        aio_max_nr=131072,
        aio_nr=1024,
        ksm={
            "run": 1, "pages_shared": 402113, "pages_sharing": 3105820, "pages_unshared": 5210034,
            "pages_volatile": 110224, "pages_to_scan": 1000, "full_scans": 41,
            "general_profit": 12398243840,
        },
        conntrack=(),
        sysctl_files={
            "/usr/lib/sysctl.d/60-libvirtd.conf": LIBVIRT_SYSCTL,
            "/etc/sysctl.d/70-manual.conf":
                "vm.swappiness = 35\nfs.aio-max-nr = 131072\n"
                "kernel.numa_balancing_scan_delay_ms = 1000\n",
        },
        agents={655: "irqbalance", 689: "ksmtuned"},
        config="[kvmtune]\nworkload = dense\n",
        guests=[
            *desktops,
            # a mail server that must not share its memory, among the desktops
            Guest(
                "groupware", 8, 16, [Disk("/dev/system/groupware", iothread=1)], iothreads=1,
                machine="pc-q35-8.2", backing="<nosharepages/>", shares=4096,
                os_id="http://suse.com/sles/15.6", workload="throughput", **model,
            ),
        ],
    )


def eight_nodes_memory_only():
    """Memory of two speeds; one guest is as large as a processor."""
    nodes = uniform(2, 2, 1, 28, 2, 131072)
    for number in range(4):
        nodes.append(Node(4 + number, number // 2, 16384, free_mib=16200))
    for node in nodes[:4]:
        node.huge_pages = {2048: (32768, 16384)}
        node.free_mib = 40960
    near, far = 12, 21

    def distance(a, b):
        if a == b:
            return 10
        same_package = nodes[a].package == nodes[b].package
        slow = 3 if a >= 4 or b >= 4 else 0
        return (near if same_package else far) + slow

    distances = [[distance(a, b) for b in range(8)] for a in range(8)]
    socket_0 = sorted(nodes[0].cpus + nodes[1].cpus)
    cells = "\n".join(
        f"      <cell id='{cell}' cpus='{cell * 28}-{cell * 28 + 27}' memory='33554432' "
        "unit='KiB'/>"
        for cell in range(2)
    )
    return Host(
        name="eight-nodes-memory-only",
        about="synthetic: openEuler 24.03 on two processors with high-bandwidth memory: four nodes "
        "with CPUs and four with memory only",
        distribution="openeuler-24.03",
        kernel="6.6.0-28.0.0.34.oe2403.x86_64",
        hostname="hbm1",
        topology=Topology(
            nodes, distances, "Intel(R) Xeon(R) CPU Max 9480", l3_mib=56
        ),
        blocks=[
            nvme(0, NVME, 112), nvme(1, NVME, 112), dm(0, "openeuler-root"),
            dm(1, "openeuler-swap"),
        ],
        libvirt_version=9010000,
        qemu_version=8002000,
        emulator="/usr/libexec/qemu-kvm",
        comm="qemu-kvm",
        owner="+107:+107",
        cgroup="v1",
        bootloader="bls",
        cmdline="ro crashkernel=512M hugepagesz=2M hugepages=131072",
        governor="performance",
        numa_balancing=2,
        swappiness=1,
        aio_max_nr=1048576,
        aio_nr=4096,
        sysctl_files={"/usr/lib/sysctl.d/60-libvirtd.conf": LIBVIRT_SYSCTL},
        agents={733: "irqbalance"},
        config="[kvmtune]\nworkload = throughput\n",
        guests=[
            # two cells on the two nodes of a processor
            Guest(
                "solver", 56, 64, [Disk("/dev/openeuler/solver", iothread=1)], iothreads=1,
                machine="pc-q35-8.2", cpu="<cpu mode='host-passthrough' check='none'/>",
                numa_cells=cells, hugepages_kib=2048,
                vcpu_pins={i: sorted(nodes[i // 28].cpus) for i in range(56)},
                emulator_pin=cpu_list(socket_0),
                numatune="<memory mode='strict' nodeset='0-1'/>\n"
                "    <memnode cellid='0' mode='strict' nodeset='0'/>\n"
                "    <memnode cellid='1' mode='strict' nodeset='1'/>",
                os_id="http://openeuler.org/openeuler/24.03",
            ),
            # bound to memory without a CPU near it
            Guest(
                "cache", 4, 12, [Disk("/var/lib/libvirt/images/cache.raw")],
                machine="pc-q35-8.2", numatune="<memory mode='strict' nodeset='6'/>",
                os_id="http://openeuler.org/openeuler/24.03",
            ),
            # wants more pages than are left
            Guest(
                "solver-b", 56, 160, [Disk("/dev/openeuler/solver-b")], machine="pc-q35-8.2",
                cpu="<cpu mode='host-passthrough' check='none'/>", hugepages_kib=2048,
                state="shut off", os_id="http://openeuler.org/openeuler/24.03",
            ),
        ],
    )


def large(host_name, n_guests):
    """A large server, for the benchmark: 512 CPUs and @n_guests, all of them different."""
    nodes = uniform(2, 4, 4, 8, 2, 196608)
    for node in nodes:
        node.free_mib = 20480
    model = {"cpu": "<cpu mode='host-model' check='partial'/>", "live_cpu": EPYC}
    fleet = []
    for number in range(1, n_guests + 1):
        size = (2, 2, 4, 4, 4, 8, 8, 16)[number % 8]
        name = f"tenant-{number:03}"
        options = dict(model)
        if number % 10 == 0:
            options = {"cpu": "", "live_cpu": QEMU64}
        if number % 25 == 0:
            options["shares"] = 200
        node = nodes[number % 8]
        if number % 4 == 0:
            pins = sorted(node.cpus)
            options.update(vcpu_pins={i: pins for i in range(size)},
                           numatune=f"<memory mode='strict' nodeset='{node.number}'/>")
        disks = [Disk(f"/dev/guests/{name}", iothread=1)]
        if number % 3 == 0:
            disks.append(Disk(f"/srv/images/{name}-data.qcow2", "vdb", driver="cache='none'"))
        fleet.append(
            Guest(
                name, size, size * 3, disks, iothreads=1,
                nics=("e1000",) if number % 20 == 0 else ("virtio",),
                rng="" if number % 7 == 0 else "/dev/urandom",
                state="shut off" if number % 50 == 0 else "running",
                workload="latency" if number % 40 == 0 else "",
                haltpoll_ns=(1830475123 * number, 480192044 * number), **options,
            )
        )
    return Host(
        name=host_name,
        about=f"synthetic: Debian 12 with 512 CPUs in 8 nodes and {n_guests} guests, for benchmarks",
        distribution="debian-12",
        kernel="6.1.0-25-amd64",
        hostname="large1",
        topology=Topology(
            nodes, [[10 if a == b else 12 if a // 4 == b // 4 else 32 for b in range(8)]
                    for a in range(8)],
            "AMD EPYC 9754 128-Core Processor", "AuthenticAMD", l3_mib=16,
        ),
        blocks=[*(nvme(i, NVME, 128) for i in range(24)), dm(0, "guests-root"), dm(1, "guests-swap")],
        libvirt_version=9000000,
        qemu_version=7002022,
        kvm_module="kvm_amd",
        nested="1",
        thp="madvise",
        swappiness=10,
        aio_max_nr=1048576,
        aio_nr=203776,
        conntrack=(262144, 262144, 91230, 0),
        agents={702: "irqbalance", **{20000 + i: f"kworker/{i}:1" for i in range(512)}},
        guests=fleet,
    )


def cpus_512():
    return large("cpus-512", 200)


def guests_1000():
    return large("guests-1000", 1000)


def arm64():
    """The settings that one guide names as defaults are those of this architecture."""
    nodes = uniform(2, 2, 1, 32, 1, 65536)
    for node in nodes:
        node.free_mib = 24576
    distances = [[10, 12, 20, 22], [12, 10, 22, 24], [20, 22, 10, 12], [22, 24, 12, 10]]
    arm = {"machine": "virt-6.2", "cpu": "<cpu mode='host-passthrough' check='none'/>",
           "os_id": "http://openeuler.org/openeuler/22.03"}
    return Host(
        name="arm64",
        about="synthetic: openEuler 22.03 on two arm64 processors with two nodes each; KVM is "
        "part of the kernel and polls for 500000 ns",
        distribution="openeuler-22.03",
        kernel="5.10.0-182.0.0.95.oe2203sp3.aarch64",
        hostname="kunpeng",
        topology=Topology(
            nodes, distances, "Kunpeng-920", "HiSilicon", l3_mib=32, architecture="aarch64"
        ),
        blocks=[
            nvme(0, NVME, 32),
            Block("sda", SATA, 1, 1, "", "naa.5000c500a1b2c3d4",
                  "../devices/pci0000:74/0000:74:02.0/host0/port-0:0/end_device-0:0/"
                  "target0:0:0/0:0:0:0/block/sda", "hisi_sas_v3_hw"),
            dm(0, "openeuler-root"), dm(1, "openeuler-swap"),
        ],
        libvirt_version=6002000,
        qemu_version=6002000,
        emulator="/usr/libexec/qemu-kvm",
        comm="qemu-kvm",
        owner="+107:+107",
        cgroup="v1",
        bootloader="bls",
        cmdline="ro rd.lvm.lv=openeuler/root crashkernel=1024M,high smmu.bypassdev=0x1000:0x17",
        governor="performance",
        halt_poll_ns=500000,
        is_kvm_builtin=True,
        aio_max_nr=65536,
        aio_nr=3072,
        conntrack=(262144, 65536, 402, 0),
        agents={640: "irqbalance"},
        guests=[
            # shares as in a guide; on this host they are worth what the guide says
            Guest("openEulerVM", 4, 8, [Disk("/dev/openeuler/vm1", "sda", "scsi",
                                             "cache='none' io='native'")],
                  shares=2048, scsi_model="virtio-scsi",
                  vcpu_pins={0: [0, 1, 2, 3], 1: [0, 2, 3], 2: [4], 3: [4]},
                  emulator_pin="0-3", **arm),
            Guest("iothread-vm", 4, 8,
                  [Disk("/dev/openeuler/vm2", iothread=2),
                   Disk("/var/lib/libvirt/images/vm2-data.raw", "vdb", iothread=1)],
                  iothreads=4, iothread_pins={1: "1-3,5,7-12"}, **arm),
            Guest("plain-vm", 2, 4, [Disk("/var/lib/libvirt/images/plain-vm.qcow2", driver="")],
                  rng="", numatune="<memory mode='strict' nodeset='3'/>", **arm),
        ],
    )


def no_cpufreq():
    """Rented hardware: firmware rules the clock, and somebody tried another hypervisor."""
    nodes = uniform(1, 1, 6, 8, 2, 196608)
    nodes[0].free_mib = 150000
    model = {"cpu": "<cpu mode='host-model' check='partial'/>", "live_cpu": EPYC}
    return Host(
        name="no-cpufreq",
        about="synthetic: Ubuntu 24.04 on a rented AMD server; no frequency scaling, no swap, no "
        "connection tracking, and a microVM beside libvirt",
        distribution="ubuntu-24.04",
        kernel="6.8.0-45-generic",
        hostname="rented-3",
        topology=Topology(nodes, [[10]], "AMD EPYC 7643 48-Core Processor", "AuthenticAMD"),
        blocks=[
            nvme(0, NVME, 96),
            Block("md0", "", 0, 0), Block("loop0", NVME, 1, 1), dm(0, "vg-root"),
        ],
        libvirt_version=10000000,
        qemu_version=8002002,
        governor="",
        thp="madvise",
        kvm_module="kvm_amd",
        nested="1",
        swap_mib=0,
        swappiness=60,
        numa_balancing=0,
        conntrack=(),
        modules=("vboxdrv",),
        agents={1412: "firecracker-v1.7.0"},
        guests=[
            Guest("ci-runner", 16, 32, [Disk("/srv/ci-runner.qcow2", driver="cache='unsafe'",
                        image={"filesystem": "nfs4", "is_nocow": {"state": "absent"},
                               "mount_point": "/srv",
                               "mount_options": "rw,relatime,vers=4.2,rsize=1048576,"
                               "wsize=1048576,namlen=255,soft,proto=tcp,timeo=600,retrans=2,"
                               "sec=sys,clientaddr=192.0.2.7,local_lock=none,addr=192.0.2.9"})],
                  machine="pc-q35-8.2", workload="throughput",
                  waivers=(("guest.disk.cache", "the disk is made anew for every run", ""),),
                  os_id="http://ubuntu.com/ubuntu/24.04", **model),
            # without KVM, by mistake
            Guest("shop", 2, 4, [Disk("/srv/shop.qcow2")], type="qemu", machine="pc-q35-8.2",
                  cpu="<cpu mode='custom' match='exact' check='none'>\n"
                  "    <model fallback='forbid'>qemu64</model>\n  </cpu>", state="paused",
                  os_id="http://ubuntu.com/ubuntu/24.04"),
        ],
    )


class DeniedHost(Host):
    """The same machine, seen by somebody else: /proc is mounted with hidepid=2, /sys/kernel and
    /sys/module are for root, and libvirt wants a password."""

    def snapshot(self):
        snapshot = super().snapshot()
        snapshot.is_privileged = False
        snapshot.dirs["/proc"] = ["48213", "48240", "cmdline", "cpuinfo", "meminfo", "sys", "uptime"]
        for path in list(snapshot.files):
            is_process = path.startswith("/proc/") and path.split("/")[2].isdigit()
            if is_process or path.startswith("/run/tuned/"):
                del snapshot.files[path]
            elif path.startswith(("/sys/kernel/mm/", "/sys/module/")):
                snapshot.deny(path)
        snapshot.deny("/etc/sysctl.d/90-site.conf")
        for path in ("/sys/kernel/mm/hugepages", "/boot/loader/entries"):
            snapshot.dirs[path] = State("denied")
        for path in ("/sys/module/kvm/initstate", "/sys/module/kvm/parameters/halt_poll_ns"):
            snapshot.modes[path] = State("denied")
        del snapshot.modes["/proc/1/comm"]
        snapshot.virt.update(
            is_privileged=False,
            problem="connect to libvirt: authentication unavailable: no polkit agent available to "
            "authenticate action 'org.libvirt.unix.monitor'; run as root, or add the user to the "
            "group 'libvirt'",
            domains=State("denied"),
        )
        for key in ("hostname", "libvirt_version", "qemu_version", "pid_dir"):
            del snapshot.virt[key]
        snapshot.images = None
        return snapshot


def denied_files():
    """What an ordinary user may see while the kernel is locked down."""
    nodes = uniform(1, 1, 1, 24, 2, 131072)
    nodes[0].free_mib = 90000
    return DeniedHost(
        name="denied-files",
        about="synthetic: Red Hat Enterprise Linux 9.4 in integrity lockdown, looked at by a user "
        "who may not read much and whom libvirt refuses",
        distribution="rhel-9",
        kernel="5.14.0-427.13.1.el9_4.x86_64",
        hostname="hyper5.example.com",
        topology=Topology(nodes, [[10]], "Intel(R) Xeon(R) Gold 6342 CPU @ 2.80GHz", l3_mib=36),
        blocks=[nvme(0, NVME, 48), raid("sda", 0, 1), dm(0, "rhel-root"), dm(1, "rhel-swap")],
        libvirt_version=10000000,
        qemu_version=8002000,
        emulator="/usr/libexec/qemu-kvm",
        comm="qemu-kvm",
        bootloader="bls",
        cmdline="ro crashkernel=1G-4G:192M,4G-64G:256M,64G-:512M rhgb quiet",
        lockdown="integrity",
        governor="performance",
        swappiness=60,
        aio_max_nr=1048576,
        sysctl_files={
            "/usr/lib/sysctl.d/60-libvirtd.conf": LIBVIRT_SYSCTL,
            "/etc/sysctl.d/90-site.conf": "vm.swappiness = 10\n",
        },
        agents={901: "irqbalance"},
    )


HOSTS = {
    host.__name__.replace("_", "-"): host
    for host in (
        one_node, two_sockets_smt, four_nodes_003, four_nodes_004, eight_nodes_memory_only,
        cpus_512, guests_1000, arm64, no_cpufreq, denied_files,
    )
}
