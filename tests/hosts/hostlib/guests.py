# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Guests: their domain XML as libvirt prints it, and what their QEMU process looks like."""

import dataclasses
import hashlib

from .topology import cpu_list

GIB = 1 << 20  # in KiB
HAS_ROOM_FOR = 15  # bytes of a process name (TASK_COMM_LEN, include/linux/sched.h)


def _digest(name):
    return hashlib.sha256(name.encode()).hexdigest()


def make_uuid(name):
    d = _digest("uuid " + name)
    return f"{d[:8]}-{d[8:12]}-4{d[13:16]}-8{d[17:20]}-{d[20:32]}"


def make_mac(name):
    d = _digest("mac " + name)
    return f"52:54:00:{d[:2]}:{d[2:4]}:{d[4:6]}"


@dataclasses.dataclass
class Disk:
    source: str
    target: str = "vda"
    bus: str = "virtio"
    driver: str = "cache='none' io='native'"
    iothread: int = 0
    device: str = "disk"
    format: str = ""
    image: dict = dataclasses.field(default_factory=dict)  # what is special about it
    below: tuple = ()  # images of make_image() that it stands on

    @property
    def is_block(self):
        return self.source.startswith("/dev/")

    @property
    def real_format(self):
        is_raw = self.is_block or self.source.endswith(".raw")
        return self.format or ("raw" if is_raw else "qcow2")

    def xml(self, is_live, index):
        kind, attribute = ("block", "dev") if self.is_block else ("file", "file")
        fmt = self.real_format
        extra = f" {self.driver}" if self.driver else ""
        if self.iothread:
            extra += f" iothread='{self.iothread}'"
        lines = [
            f"    <disk type='{kind}' device='{self.device}'>",
            f"      <driver name='qemu' type='{fmt}'{extra}/>",
        ]
        at = f" index='{index}'" if is_live else ""
        lines.append(f"      <source {attribute}='{self.source}'{at}/>")
        if is_live:
            lines.append("      <backingStore/>")
        lines.append(f"      <target dev='{self.target}' bus='{self.bus}'/>")
        if self.device == "cdrom":
            lines.append("      <readonly/>")
        if is_live:
            lines.append(f"      <alias name='{self.bus}-disk{index}'/>")
        return lines + ["    </disk>"]


@dataclasses.dataclass
class Guest:
    name: str
    vcpus: int
    memory_gib: float
    disks: list
    state: str = "running"
    machine: str = "pc-q35-7.2"
    type: str = "kvm"
    cpu: str = "<cpu mode='host-model' check='partial'/>"
    live_cpu: str = ""  # what libvirt makes of it at the start; "" = the same
    nics: tuple = ("virtio",)
    bridge: str = "br0"
    queues: int = 0
    rng: str = "/dev/urandom"
    os_id: str = "http://debian.org/debian/12"
    autostart: bool = True
    managed_save: bool = False
    is_persistent: bool = True
    iothreads: int = 0
    shares: int = 0
    cpuset: str = ""  # of <vcpu>
    vcpu_pins: dict = dataclasses.field(default_factory=dict)  # vCPU -> list of CPUs
    emulator_pin: str = ""
    iothread_pins: dict = dataclasses.field(default_factory=dict)
    numatune: str = ""
    numa_cells: str = ""
    hugepages_kib: int = 0
    backing: str = ""  # more of <memoryBacking>
    workload: str = ""
    waivers: tuple = ()  # (practice, reason, until)
    scsi_model: str = ""
    inactive: dict = dataclasses.field(default_factory=dict)  # differs from the live view
    haltpoll_ns: tuple = ()  # (success, fail)

    @property
    def is_active(self):
        return self.state != "shut off"

    @property
    def uuid(self):
        return make_uuid(self.name)


def _metadata(guest):
    lines = ["  <metadata>"]
    if guest.os_id:
        lines += [
            "    <libosinfo:libosinfo "
            'xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">',
            f'      <libosinfo:os id="{guest.os_id}"/>',
            "    </libosinfo:libosinfo>",
        ]
    if guest.workload or guest.waivers:
        extra = f' class="{guest.workload}"' if guest.workload else ""
        lines.append(
            f'    <kvmtune:tune xmlns:kvmtune="https://kvmtune.org/xmlns/domain/1.0"{extra}>'
        )
        for practice, reason, until in guest.waivers:
            end = f' until="{until}"' if until else ""
            lines.append(f'      <kvmtune:waive practice="{practice}" reason="{reason}"{end}/>')
        lines.append("    </kvmtune:tune>")
    return lines + ["  </metadata>"] if len(lines) > 1 else []


def _memory(guest):
    kib = int(guest.memory_gib * GIB)
    lines = [
        f"  <memory unit='KiB'>{kib}</memory>",
        f"  <currentMemory unit='KiB'>{kib}</currentMemory>",
    ]
    if guest.hugepages_kib or guest.backing:
        lines.append("  <memoryBacking>")
        if guest.hugepages_kib:
            lines += [
                "    <hugepages>",
                f"      <page size='{guest.hugepages_kib}' unit='KiB'/>",
                "    </hugepages>",
            ]
        if guest.backing:
            lines.append(f"    {guest.backing}")
        lines.append("  </memoryBacking>")
    return lines


def _tuning(guest):
    cpuset = f" cpuset='{guest.cpuset}'" if guest.cpuset else ""
    lines = [f"  <vcpu placement='static'{cpuset}>{guest.vcpus}</vcpu>"]
    if guest.iothreads:
        lines.append(f"  <iothreads>{guest.iothreads}</iothreads>")
    inner = []
    if guest.shares:
        inner.append(f"    <shares>{guest.shares}</shares>")
    for vcpu, cpus in sorted(guest.vcpu_pins.items()):
        inner.append(f"    <vcpupin vcpu='{vcpu}' cpuset='{cpu_list(cpus)}'/>")
    if guest.emulator_pin:
        inner.append(f"    <emulatorpin cpuset='{guest.emulator_pin}'/>")
    for number, cpus in sorted(guest.iothread_pins.items()):
        inner.append(f"    <iothreadpin iothread='{number}' cpuset='{cpus}'/>")
    if inner:
        lines += ["  <cputune>", *inner, "  </cputune>"]
    if guest.numatune:
        lines += ["  <numatune>", f"    {guest.numatune}", "  </numatune>"]
    return lines


def _system(guest, host, is_live):
    arch = host.topology.architecture
    lines = []
    if is_live:
        lines += ["  <resource>", "    <partition>/machine</partition>", "  </resource>"]
    lines += ["  <os>", f"    <type arch='{arch}' machine='{guest.machine}'>hvm</type>"]
    if arch == "aarch64":
        lines += [
            "    <loader readonly='yes' type='pflash'>/usr/share/edk2/aarch64/QEMU_EFI-pflash.raw"
            "</loader>",
            f"    <nvram>/var/lib/libvirt/qemu/nvram/{guest.name}_VARS.fd</nvram>",
        ]
    lines += ["    <boot dev='hd'/>", "  </os>", "  <features>", "    <acpi/>"]
    lines.append("    <gic version='3'/>" if arch == "aarch64" else "    <apic/>")
    lines.append("  </features>")
    cpu = guest.live_cpu if is_live and guest.live_cpu else guest.cpu
    if guest.numa_cells and cpu:
        body = f"\n    <numa>\n{guest.numa_cells}\n    </numa>\n  </cpu>"
        cpu = cpu.replace("/>", ">" + body, 1) if cpu.endswith("/>") and cpu.count("<") == 1 else (
            cpu.replace("\n  </cpu>", body)
        )
    if cpu:
        lines.append(f"  {cpu}")
    return lines


def _nic(guest, number, model, is_live):
    lines = [
        "    <interface type='bridge'>",
        f"      <mac address='{make_mac(f'{guest.name} {number}')}'/>",
        f"      <source bridge='{guest.bridge}'/>",
    ]
    if is_live:
        lines.append(f"      <target dev='vnet{int(_digest(guest.name)[:4], 16) % 200 + number}'/>")
    if model:
        lines.append(f"      <model type='{model}'/>")
    if guest.queues:
        lines.append(f"      <driver name='vhost' queues='{guest.queues}'/>")
    if is_live:
        lines.append(f"      <alias name='net{number}'/>")
    return lines + ["    </interface>"]


def _devices(guest, host, is_live):
    lines = ["  <devices>", f"    <emulator>{host.emulator}</emulator>"]
    for index, disk in enumerate(guest.disks, 1):
        lines += disk.xml(is_live, index)
    if guest.scsi_model:
        lines.append(f"    <controller type='scsi' index='0' model='{guest.scsi_model}'/>")
    root = "pci-root" if "i440fx" in guest.machine else "pcie-root"
    lines.append(f"    <controller type='pci' index='0' model='{root}'/>")
    for number, model in enumerate(guest.nics):
        lines += _nic(guest, number, model, is_live)
    lines += [
        "    <console type='pty'>",
        "      <target type='serial' port='0'/>",
        "    </console>",
        "    <channel type='unix'>",
        "      <target type='virtio' name='org.qemu.guest_agent.0'/>",
        "    </channel>",
        "    <memballoon model='virtio'>",
        "      <stats period='10'/>",
        "    </memballoon>",
    ]
    if guest.rng:
        lines += [
            "    <rng model='virtio'>",
            f"      <backend model='random'>{guest.rng}</backend>",
            "    </rng>",
        ]
    return lines + ["  </devices>"]


def domain_xml(guest, host, number, is_live):
    if not is_live and guest.inactive:
        guest = dataclasses.replace(guest, **guest.inactive)
    ident = f" id='{number}'" if is_live else ""
    lines = [
        f"<domain type='{guest.type}'{ident}>",
        f"  <name>{guest.name}</name>",
        f"  <uuid>{guest.uuid}</uuid>",
        *_metadata(guest),
        *_memory(guest),
        *_tuning(guest),
        *_system(guest, host, is_live),
        "  <clock offset='utc'>",
        "    <timer name='rtc' tickpolicy='catchup'/>",
        "  </clock>",
        "  <on_poweroff>destroy</on_poweroff>",
        "  <on_reboot>restart</on_reboot>",
        "  <on_crash>destroy</on_crash>",
        *_devices(guest, host, is_live),
    ]
    if is_live:
        lines += [
            "  <seclabel type='dynamic' model='dac' relabel='yes'>",
            f"    <label>{host.owner}</label>",
            "  </seclabel>",
        ]
    return "\n".join([*lines, "</domain>"]) + "\n"


def _threads(guest, host, pid):
    """(name, CPUs) of each thread but the first; None: all CPUs."""
    everywhere = guest.cpuset or cpu_list(host.topology.cpus)
    emulator = guest.emulator_pin or everywhere
    threads = [("call_rcu", emulator)]
    for number in range(1, guest.iothreads + 1):
        threads.append((f"IO iothread{number}", guest.iothread_pins.get(number, everywhere)))
    threads.append(("IO mon_iothread", emulator))
    for vcpu in range(guest.vcpus):
        pins = guest.vcpu_pins.get(vcpu)
        cpus = cpu_list(pins) if pins else everywhere
        threads.append((f"CPU {vcpu}/{'KVM' if guest.type == 'kvm' else 'TCG'}", cpus))
    threads.append(("worker", emulator))
    return threads


def _status(name, tgid, tid, cpus, nodes):
    return (
        f"Name:\t{name}\nState:\tS (sleeping)\nTgid:\t{tgid}\nPid:\t{tid}\n"
        f"Cpus_allowed_list:\t{cpus}\nMems_allowed_list:\t{nodes}\n"
    )


def put_process(snapshot, guest, host, number, pid):
    """QEMU, its threads, its vhost threads and its control group."""
    nodes = cpu_list(node.number for node in host.topology.nodes)
    everywhere = guest.emulator_pin or guest.cpuset or cpu_list(host.topology.cpus)
    threads = [(pid, host.comm, everywhere)]
    for offset, (name, cpus) in enumerate(_threads(guest, host, pid), 5):
        threads.append((pid + offset, name, cpus))
    vhosts = [
        (threads[-1][0] + 1 + i, f"vhost-{pid}", everywhere)
        for i, model in enumerate(guest.nics)
        if model == "virtio" and guest.type == "kvm"
    ]
    if host.kernel_version >= (6, 4):
        threads += vhosts
    else:
        for tid, name, cpus in vhosts:
            snapshot.put(f"/proc/{tid}/status", _status(name, tid, tid, cpus, nodes))
    for tid, name, cpus in threads:
        path = f"/proc/{pid}/task/{tid}/status"
        snapshot.put(path, _status(name, pid, tid, cpus, nodes))
    snapshot.list(f"/proc/{pid}/task", [tid for tid, _, _ in threads])
    snapshot.list("/proc", [pid])
    snapshot.put(f"/proc/{pid}/comm", host.comm + "\n")
    arguments = [
        host.emulator, "-name", f"guest={guest.name},debug-threads=on", "-machine",
        guest.machine, "-m", f"size={int(guest.memory_gib * GIB)}k", "-smp", str(guest.vcpus),
        "-uuid", guest.uuid, "-no-user-config", "-nodefaults",
    ]
    snapshot.put(f"/proc/{pid}/cmdline", "\0".join(arguments) + "\0")
    snapshot.put(f"/run/libvirt/qemu/{guest.name}.pid", f"{pid}")
    emulator_tids = [t for t, name, _ in threads if not name.startswith(("CPU ", "IO iothread"))]
    put_group(snapshot, guest, host, number, pid, emulator_tids + [t for t, _, _ in vhosts])


def put_group(snapshot, guest, host, number, pid, tids):
    unit = f"machine-qemu\\x2d{number}\\x2d" + guest.name.replace("-", "\\x2d") + ".scope"
    group = f"/machine.slice/{unit}"
    members = "".join(f"{tid}\n" for tid in sorted(set(tids)))
    if host.cgroup == "v2":
        snapshot.put(f"/proc/{pid}/cgroup", f"0::{group}/libvirt/emulator\n")
        snapshot.put(f"/sys/fs/cgroup{group}/cpu.weight", f"{guest.shares or 100}\n")
        snapshot.put(f"/sys/fs/cgroup{group}/libvirt/emulator/cgroup.threads", members)
        return
    inner = f"{group}/libvirt/emulator" if host.libvirt_version >= 7001000 else f"{group}/emulator"
    hierarchies = (
        ("blkio", group), ("cpuset", inner), ("memory", group), ("cpu,cpuacct", inner),
        ("name=systemd", group),
    )
    lines = [f"{11 - i}:{name}:{path}\n" for i, (name, path) in enumerate(hierarchies)]
    snapshot.put(f"/proc/{pid}/cgroup", "".join(lines) + f"0::{group}\n")
    base = "/sys/fs/cgroup/cpu,cpuacct"
    snapshot.put(f"{base}{group}/cpu.shares", f"{guest.shares or 1024}\n")
    snapshot.put(f"{base}{inner}/tasks", members)
    snapshot.exists(base, "040555")


def domain_answers(guest, host, number):
    absent = {"state": "absent"}
    success, fail = guest.haltpoll_ns if guest.haltpoll_ns else (absent, absent)
    return {
        "name": guest.name,
        "uuid": guest.uuid,
        "id": number if guest.is_active else absent,
        "state": guest.state,
        "is_persistent": guest.is_persistent,
        "autostart": guest.autostart,
        "managed_save": guest.managed_save,
        "live_xml": domain_xml(guest, host, number, True) if guest.is_active else absent,
        "inactive_xml": domain_xml(guest, host, number, False) if guest.is_persistent else absent,
        "haltpoll_success_ns": success,
        "haltpoll_fail_ns": fail,
    }
