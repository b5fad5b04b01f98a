# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""A libvirtd of the test's own, with folders, sockets, mounts and processes that nobody else sees.

    with Libvirtd() as daemon:
        daemon.virsh(f"define {path}", "start web1")

It is started again when it dies, as systemd would.  It, its guests and their control groups go away
when the block ends or the test is gone, however it went: a process of its own waits for that.
Needs root, libvirtd and unshare(1).
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = "/usr/sbin/libvirtd"
# The first start asks QEMU for its abilities; that takes seconds, and many on a loaded machine.
START_S = 60
CGROUPS = pathlib.Path("/sys/fs/cgroup")

CONF = """unix_sock_dir = "{folder}/sock"
auth_unix_rw = "none"
auth_unix_ro = "none"
log_outputs = "3:file:{folder}/libvirtd.log"
"""

# Everything that needs a system around libvirt is off.
QEMU_CONF = """stdio_handler = "file"
user = "root"
group = "root"
dynamic_ownership = 0
namespaces = []
security_driver = "none"
"""

INIT = """for name in etc/libvirt run/libvirt var/lib/libvirt var/cache/libvirt var/log/libvirt; do
mkdir -p "/$name" "$1/$name" && mount --bind "$1/$name" "/$name" || exit
done
while :; do "$2" -f "$1/libvirtd.conf" -p "$1/pid" >>"$1/out" 2>&1; sleep 0.1; done
"""


def why_not():
    """Why there can be no such thing here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    for program in (PROGRAM, "unshare", "setpriv", "virsh", "qemu-system-x86_64"):
        if not shutil.which(program):
            return f"needs {program}"
    if subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode:
        return "needs namespaces"
    return None


UNSHARE = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork",
           "--kill-child", "--mount-proc"]


class Libvirtd:
    """`folder`: its root; `uri`: for everybody."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="kvmtune-")
        self.socket = f"{self.folder}/sock/libvirt-sock"
        self.uri = f"qemu+unix:///system?socket={self.socket}"
        self._fill()
        # pylint: disable-next=consider-using-with
        self.keeper = subprocess.Popen([sys.executable, "-B", __file__, self.folder],
                                       stdin=subprocess.PIPE, start_new_session=True)
        self.wait()

    def _fill(self):
        for name in ("sock", "etc/libvirt", "var/cache/libvirt/qemu"):
            os.makedirs(f"{self.folder}/{name}")
        for name, text in (("libvirtd.conf", CONF), ("etc/libvirt/qemu.conf", QEMU_CONF)):
            with open(f"{self.folder}/{name}", "w", encoding="utf-8") as file:
                file.write(text.format(folder=self.folder))
        if cache := self._cache():
            shutil.copytree(cache, f"{self.folder}/var/cache/libvirt/qemu/capabilities")

    @staticmethod
    def _cache():
        """What earlier tests have found out about QEMU."""
        cache = os.path.join(os.environ.get("KVMTUNE_TEST_CACHE", "/nonexistent"),
                             "qemu-capabilities")
        return cache if os.path.isdir(cache) else None

    def __enter__(self):
        return self

    def __exit__(self, *_unused):
        self.keeper.stdin.close()
        self.keeper.wait()

    def wait(self):
        """Until it answers."""
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            if os.path.exists(self.socket) and self._run("version").returncode == 0:
                return
            time.sleep(0.05)
        with open(f"{self.folder}/out", encoding="utf-8") as file:
            raise RuntimeError(f"libvirtd does not start: {file.read()}")

    def _run(self, *commands):
        return subprocess.run(["virsh", "-q", "-c", self.uri, "; ".join(commands)], text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False)

    def virsh(self, *commands):
        done = self._run(*commands)
        # Of several commands, virsh returns the status of the last one.
        if done.returncode or "error:" in done.stdout:
            raise RuntimeError(f"virsh {commands}: {done.stdout}")
        return done.stdout

    def _find(self, part):
        found = [pid for pid, words in processes(self.folder)
                 if part in words and not words.startswith("sh\0")]
        if len(found) != 1:
            raise RuntimeError(f"{len(found)} processes with '{part}'")
        return found[0]

    def kill(self):
        """SIGKILL; it starts again by itself."""
        pid = self._find(PROGRAM)
        os.kill(pid, signal.SIGKILL)

    def pid_of(self, guest):
        """Of its QEMU process, as the whole machine sees it."""
        return self._find(f"guest={guest},")

    def inactive_xml(self, guest):
        """As it keeps it on disk."""
        with open(f"{self.folder}/etc/libvirt/qemu/{guest}.xml", encoding="utf-8") as file:
            return file.read()

    def live_xml(self, guest):
        """What it would know after it was started again."""
        with open(f"{self.folder}/run/libvirt/qemu/{guest}.xml", encoding="utf-8") as file:
            return file.read()


def look_at(pid):
    """Its command line and its process namespace; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
            return file.read(), os.readlink(f"/proc/{pid}/ns/pid")
    except OSError:
        return "", ""


def processes(folder):
    """Those of the libvirtd in a folder: (pid, command line), pids as the whole machine has them."""
    _, outside = look_at("self")
    seen = [(int(pid), *look_at(pid)) for pid in filter(str.isdigit, os.listdir("/proc"))]
    inside = {space for _, words, space in seen if folder in words} - {outside, ""}
    return [(pid, words) for pid, words, space in seen if space in inside]


def groups_of(pid):
    """The control groups of a guest, the highest first."""
    with open(f"/proc/{pid}/cgroup", encoding="utf-8") as file:
        paths = [line.strip().split(":", 2) for line in file]
    found = set()
    for _, controllers, path in paths:
        part = next((part for part in path.split("/") if part.endswith(".libvirt-qemu")), None)
        if part:
            base = path[:path.index(part)] + part
            found.add(CGROUPS / controllers.removeprefix("name=") / base.lstrip("/"))
            found.add(CGROUPS / "unified" / base.lstrip("/"))
    return {path for path in found if path.exists()}


def remove_groups(groups):
    """A group is busy until the kernel has forgotten its last process."""
    until = time.monotonic() + 10
    while groups and time.monotonic() < until:
        for top in list(groups):
            for folder, _, _ in os.walk(top, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    continue
            if not top.exists():
                groups.remove(top)
        time.sleep(0.02)


def keep(folder):
    """The keeper: waits until the test is gone or has closed the pipe."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    with subprocess.Popen([*UNSHARE, "sh", "-c", INIT, "sh", folder, PROGRAM],
                          stdin=subprocess.DEVNULL) as inside:
        sys.stdin.read()
        groups = set()
        for pid, _ in processes(folder):
            groups |= groups_of(pid)
        inside.kill()
    remove_groups(groups)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    keep(sys.argv[1])
