# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The lab's guest (a kernel, busybox, QEMU's guest agent) without the lab's host around it."""

import os
import pathlib
import shutil
import subprocess

LINE = ("console=ttyS0 quiet mitigations=off nokaslr audit=0 tsc=reliable random.trust_cpu=on "
        "net.ifnames=0")


class Missing(Exception):
    """There is no image of the lab here, or nothing to take it apart with."""


def images():
    """Of the lab's cache, the newest first."""
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    folder = pathlib.Path(os.environ.get("KVMTUNE_LAB_DIR") or pathlib.Path(cache, "kvmtune-lab"))
    return sorted(folder.glob("image-*/root.img"), key=lambda path: path.stat().st_mtime,
                  reverse=True)


def fetch(folder):
    """Kernel and initramfs out of the newest image, as files in @folder."""
    found = images()
    debugfs = shutil.which("debugfs", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if not found or not debugfs:
        raise Missing("no image of the lab here ('tests/lab/lab build' makes one), or no debugfs")
    files = []
    for name in ("vmlinux", "initramfs"):
        path = pathlib.Path(folder, name)
        subprocess.run([debugfs, "-R", f"dump /srv/lab/{name} {path}", found[0]],
                       check=True, stderr=subprocess.DEVNULL)
        if not path.exists() or path.stat().st_size == 0:
            raise Missing(f"{found[0]} has no guest")
        files.append(path)
    return files


def add_file(initramfs, name, text):
    """Another archive behind the first: the kernel unpacks both (initramfs-buffer-format)."""
    def member(name, data, mode, number):
        fields = [number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)

    size = initramfs.stat().st_size
    with initramfs.open("ab") as file:
        file.write(bytes(-size % 4))
        file.write(member(name, text.encode(), 0o100755, 1))
        file.write(member("TRAILER!!!", b"", 0, 0))
