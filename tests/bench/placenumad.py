# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""numad's advice ("numad -w", what libvirt's placement='auto' asks) for hosts that are not this one.

The program runs as it is packaged, in a mount namespace of its own whose /sys/devices/system and
/proc/stat tell of the host of an instance: it reads no more than these.  So it takes root, but
neither guests nor a large machine.  Every call takes 2 s, since numad watches the CPUs that long.
"""

import pathlib
import shutil
import subprocess
import tempfile
import time

GIB = 1048576
# Ticks a second, and for how long numad watches.
HZ, WATCH_S = 100, 2

RUN = """set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /var/log
mount --bind "$1/system" /sys/devices/system
mount --bind "$1/stat" /proc/stat
exec numad -w "$2"
"""


def is_there():
    """Can it be asked?"""
    if not shutil.which("numad") or not shutil.which("unshare"):
        return False
    probe = subprocess.run(["unshare", "-m", "mount", "--make-rprivate", "/"],
                           capture_output=True, check=False)
    return probe.returncode == 0 and not pathlib.Path("/var/run/numad.pid").exists()


class Host:
    """What guests have taken of the nodes, and what numad is shown of it."""

    def __init__(self, instance, busy):
        self.distances = instance["distances"]
        self.cpus = [[cpu for group in node["l3"] for core in group["cores"] for cpu in core]
                     for node in instance["nodes"]]
        self.kib = [node["memory_kib"] for node in instance["nodes"]]
        self.load = [0.0] * len(self.cpus)
        self.held = [0.0] * len(self.cpus)
        self.busy = busy

    def write(self, folder):
        for n, cpus in enumerate(self.cpus):
            node = folder / "system" / "node" / f"node{n}"
            node.mkdir(parents=True, exist_ok=True)
            (node / "cpulist").write_text(f"{cpus[0]}-{cpus[-1]}\n")
            (node / "distance").write_text(" ".join(map(str, self.distances[n])) + "\n")
            free = max(0, int(self.kib[n] - self.held[n]))
            (node / "meminfo").write_text(f"Node {n} MemTotal:       {self.kib[n]} kB\n"
                                          f"Node {n} MemFree:        {free} kB\n"
                                          f"Node {n} Inactive(file): 0 kB\n")
        topology = folder / "system" / "cpu" / "cpu0" / "topology"
        topology.mkdir(parents=True, exist_ok=True)
        (topology / "thread_siblings").write_text("1\n")

    def stat(self, idle_s):
        """/proc/stat when every node was idle as far as its guests let it, for so long."""
        lines = []
        for cpus, load in zip(self.cpus, self.load):
            idle = max(0.0, 1 - self.busy * load / len(cpus))
            lines += [f"cpu{cpu} 0 0 0 {1000 + int(idle * idle_s * HZ)} 0 0 0 0 0 0"
                      for cpu in cpus]
        return "cpu 0 0 0 1000 0 0 0 0 0 0\n" + "\n".join(lines) + "\n"

    def ask(self, guest):
        """The nodes that numad names."""
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            self.write(folder)
            stat = folder / "stat"
            stat.write_text(self.stat(0))
            words = ["unshare", "-m", "sh", "-c", RUN, "sh", name,
                     f"{guest['vcpus']}:{guest['memory_kib'] // 1024}"]
            with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as numad:
                time.sleep(WATCH_S / 2)
                # Between its two looks, in the file that is mounted.
                with open(stat, "w", encoding="utf-8") as file:
                    file.write(self.stat(WATCH_S))
                text = numad.communicate()[0].strip()
        nodes = []
        for part in text.split(",") if text else []:
            first, _, last = part.partition("-")
            nodes += range(int(first), int(last or first) + 1)
        return nodes or list(range(len(self.cpus)))

    def take(self, guest, nodes):
        """vCPUs float over the set, and memory is touched from there: as much on each."""
        for node in nodes:
            self.load[node] += guest["vcpus"] / len(nodes)
            self.held[node] += guest["memory_kib"] / len(nodes)

    def latency(self, guest, nodes):
        """Extra latency of its accesses, times its vCPUs."""
        pairs = [self.distances[a][b] / 10 - 1 for a in nodes for b in nodes]
        return guest["vcpus"] * sum(pairs) / len(pairs)


def advise(instance, busy):
    """Guests in the order of their arrival: (seconds a call, nodes with too few CPUs, nodes with
    too little memory, extra latency in per cent of the local one)."""
    host, seconds, latency = Host(instance, busy), 0.0, 0.0
    for guest in instance["guests"]:
        start = time.monotonic()
        nodes = host.ask(guest)
        seconds += time.monotonic() - start
        host.take(guest, nodes)
        latency += host.latency(guest, nodes)
    vcpus = sum(guest["vcpus"] for guest in instance["guests"])
    return (seconds / len(instance["guests"]),
            sum(load > len(cpus) + 1e-6 for load, cpus in zip(host.load, host.cpus)),
            sum(held > kib + 1e-6 for held, kib in zip(host.held, host.kib)),
            100 * latency / vcpus)
