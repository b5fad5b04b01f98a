# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Images of disks, as images.json holds them (docs/snapshot-format.md)."""

import zlib

GIB = 1 << 30
ABSENT = {"state": "absent"}
NO_HEADER = {
    "version": ABSENT,
    "cluster_bytes": ABSENT,
    "refcount_bits": ABSENT,
    "compression": ABSENT,
}
NO_FILE = {
    "allocated_bytes": ABSENT,
    "mode": "0660",
    "owner": 64055,
    "group": 6,
    "filesystem": ABSENT,
    "mount_point": ABSENT,
    "mount_options": ABSENT,
    "is_nocow": ABSENT,
    "preallocation": ABSENT,
}


def make_image(path, fmt, is_block=False, **changes):
    """A disk of 40 GiB, a third of it written."""
    number = zlib.crc32(path.encode())
    image = {
        "path": path,
        "kind": "block" if is_block else "file",
        "file_id": f"block 253:{number % 100}" if is_block else f"253:0 {number}",
        "size_bytes": 40 * GIB if is_block or fmt == "raw" else 13 * GIB,
        "allocated_bytes": 13 * GIB,
        "mode": "0600",
        "owner": 64055,
        "group": 64055,
        "filesystem": "xfs",
        "mount_point": "/",
        "mount_options": "rw,relatime,attr2,inode64,logbufs=8,logbsize=32k,noquota",
        "is_nocow": False,
        "direct_align_bytes": 512,
        "host_use": ABSENT,
        "format": fmt,
        "variant": ABSENT,
        "version": 3,
        "virtual_bytes": 40 * GIB,
        "cluster_bytes": 65536,
        "refcount_bits": 16,
        "has_subclusters": False,
        "has_lazy_refcounts": False,
        "is_dirty": False,
        "is_corrupt": False,
        "has_unknown_features": False,
        "compression": "zlib",
        "encryption": ABSENT,
        "snapshots": 0,
        "vm_state_bytes": 0,
        "bitmaps": 0,
        "preallocation": "off",
        "backing": ABSENT,
        "backing_format": ABSENT,
        "data_file": ABSENT,
    }
    if fmt == "raw":
        image.update(NO_HEADER)
    if is_block:
        image.update(NO_FILE)
    image.update(changes)
    return image


def images_of(guests):
    """{"images": [...]} of all disks and of what they name below them."""
    found = {}
    for guest in guests:
        for disk in guest.disks:
            if not disk.source or disk.device == "cdrom":
                continue
            image = make_image(disk.source, disk.real_format, disk.is_block, **disk.image)
            found[image["path"]] = image
            for below in disk.below:
                found[below["path"]] = below
    return {"images": [found[path] for path in sorted(found)]}
