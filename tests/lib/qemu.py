# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the kernel says of a guest's QEMU process, whatever libvirt may say."""

import pathlib

# Threads of QEMU that no libvirt knows.
COME_AND_GO = ("worker", "call_rcu")

CGROUPS = pathlib.Path("/sys/fs/cgroup")


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def status(task):
    """Name -> value of a thread's status."""
    return dict(line.split(":\t", 1) for line in read(f"{task}/status").splitlines()
                if ":\t" in line)


def affinities(pid):
    """Thread name -> CPUs that the kernel allows it.  The main thread's name is ''."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            now = status(task)
        except (FileNotFoundError, ProcessLookupError):
            continue
        if now["Name"] not in COME_AND_GO:
            found["" if task.name == str(pid) else now["Name"]] = now["Cpus_allowed_list"].strip()
    return found


def cpu_weight(pid):
    """File that holds the weight of the guest's control group, or None."""
    for line in read(f"/proc/{pid}/cgroup").splitlines():
        number, controllers, path = line.split(":", 2)
        base = path.split("/libvirt/")[0].removesuffix("/emulator")
        v2 = CGROUPS / base.lstrip("/") / "cpu.weight"
        if number == "0" and not controllers and v2.exists():
            return v2
        if "cpu" in controllers.split(","):
            return CGROUPS / "cpu" / base.lstrip("/") / "cpu.shares"
    return None


def start_time(pid):
    """Another one when the process is another one."""
    return read(f"/proc/{pid}/stat").rsplit(")", 1)[1].split()[19]
