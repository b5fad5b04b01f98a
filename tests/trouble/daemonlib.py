# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""A libvirtd of one's own, with its sockets, files and guests where nobody else sees them. Only
for use after troublelib.own_machine()."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from troublelib import mount

LIBVIRTD = "/usr/sbin/libvirtd"
QEMU = "/usr/bin/qemu-system-x86_64"
# Everything that libvirtd reads and writes.
FOLDERS = ("/run/libvirt", "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt",
           "/var/cache/libvirt")
PROBES = "/var/cache/libvirt/qemu/capabilities"

DAEMON_CONF = """\
auth_unix_ro = "none"
auth_unix_rw = "none"
unix_sock_ro_perms = "0777"
unix_sock_rw_perms = "0700"
log_outputs = "3:file:%s"
"""

QEMU_CONF = """\
stdio_handler = "file"
user = "root"
group = "root"
dynamic_ownership = 0
namespaces = []
security_driver = "none"
cgroup_controllers = []
"""

GUEST = """\
<domain type='qemu'><name>%(name)s</name>
<metadata>
<kvmtune:tune xmlns:kvmtune='https://kvmtune.org/xmlns/domain/1.0' class='latency'/>
</metadata>
<memory unit='MiB'>64</memory><vcpu>2</vcpu>
<cputune><vcpupin vcpu='0' cpuset='0'/><vcpupin vcpu='1' cpuset='0'/></cputune>
<os><type arch='x86_64' machine='q35'>hvm</type></os>
<devices><emulator>%(emulator)s</emulator>
<disk type='file' device='disk'><driver name='qemu' type='raw' cache='writethrough'/>
<source file='%(disk)s'/><target dev='vda' bus='virtio'/></disk></devices></domain>
"""


def why_not():
    """Why this machine cannot do it, or None."""
    for program in (LIBVIRTD, QEMU, "/usr/bin/virsh"):
        if not os.access(program, os.X_OK):
            return f"needs {program}"
    missing = [folder for folder in FOLDERS if not os.path.isdir(folder)]
    return f"there is no {missing[0]}" if missing else None


class Libvirtd:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kvmtune-libvirtd-"))
        self.process = None
        for folder in FOLDERS:
            mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", folder)
        self.log = self.folder / "log"
        pathlib.Path("/etc/libvirt/libvirtd.conf").write_text(DAEMON_CONF % self.log)
        pathlib.Path("/etc/libvirt/qemu.conf").write_text(QEMU_CONF)
        self.copy_probes(self.cache(), PROBES)
        self.start()

    @staticmethod
    def cache():
        """What earlier tests learned of QEMU; without it the first start takes seconds."""
        folder = os.environ.get("KVMTUNE_TEST_CACHE")
        return folder and folder + "/libvirtd-capabilities"

    @staticmethod
    def copy_probes(source, target):
        if source and target and os.path.isdir(source):
            shutil.copytree(source, target, dirs_exist_ok=True)

    def start(self):
        self.process = subprocess.Popen([LIBVIRTD, "--pid-file", str(self.folder / "pid")],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        for _unused in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"libvirtd has ended: {self.log.read_text()}")
            if self.virsh("version", check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError(f"libvirtd does not answer: {self.log.read_text()}")

    def virsh(self, *arguments, check=True):
        done = subprocess.run(["virsh", "-q", "-c", "qemu:///system", *map(str, arguments)],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)
        if check and done.returncode:
            raise RuntimeError(f"virsh {arguments}: {done.stderr}")
        return done

    def guest(self, name):
        """Starts one that does not run (nothing is burnt), and tells its QEMU's process."""
        disk = self.folder / f"{name}.img"
        disk.write_bytes(bytes(1 << 20))
        xml = self.folder / f"{name}.xml"
        xml.write_text(GUEST % {"name": name, "emulator": QEMU, "disk": disk})
        self.virsh("define", xml)
        self.virsh("start", name, "--paused")
        self.copy_probes(PROBES, self.cache())
        return self.pid_of(name)

    @staticmethod
    def pid_of(name):
        return int(pathlib.Path(f"/run/libvirt/qemu/{name}.pid").read_text())

    def destroy(self, name):
        """Whatever state it is in."""
        self.virsh("destroy", name, check=False)
        self.virsh("undefine", name, check=False)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self):
        self.kill()
        shutil.rmtree(self.folder)
        for folder in FOLDERS:
            subprocess.run(["umount", "-l", folder], check=True)


class Stopped:
    """While this lasts, a process does not run."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, *_unused):
        os.kill(self.pid, signal.SIGCONT)
