# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The format of docs/snapshot-format.md: from answers to members, directories and archives."""

import gzip
import io
import json
import pathlib
import shutil
import tarfile

CREATED = "2026-03-01T08:00:00Z"
CREATED_S = 1772352000


def escape(path):
    """As kt_escape()."""
    parts = []
    for part in path.split("/"):
        is_dots = part in (".", "..")
        parts.append(
            "".join(
                f"%{byte:02X}"
                if is_dots or byte < 0x20 or byte >= 0x7F or byte == ord("%")
                else chr(byte)
                for byte in part.encode()
            )
        )
    return "/".join(parts)


def print_json(value):
    return (json.dumps(value, indent=2) + "\n").encode()


class Snapshot:
    """What a host answers."""

    def __init__(self, about, is_privileged=True):
        self.about = about
        self.is_privileged = is_privileged
        self.files = {}  # path -> text
        self.states = {}  # path -> state of a file
        self.dirs = {}  # path -> names, or a state
        self.links = {}
        self.modes = {}
        self.virt = None
        self.images = None
        self.topology_xml = None

    def put(self, path, text):
        self.files[path] = text

    def put_all(self, directory, texts):
        """{"name": value}; every value gets a final newline."""
        for name, value in texts.items():
            self.files[f"{directory}/{name}"] = f"{value}\n"

    def list(self, path, names):
        self.dirs[path] = sorted(set(self.dirs.get(path, [])) | {str(name) for name in names})

    def exists(self, path, mode):
        self.modes[path] = mode

    def deny(self, *paths):
        for path in paths:
            self.files.pop(path, None)
            self.states[path] = "denied"

    def manifest(self):
        return {
            "schema_version": 1,
            "tool_version": "0.1.0",
            "created": CREATED,
            "root": "/",
            "is_privileged": self.is_privileged,
            "anonymised": False,
            "about": self.about,
        }

    def table(self, answers):
        return print_json(
            {
                escape(path): {"state": answer} if isinstance(answer, State) else encode(answer)
                for path, answer in sorted(answers.items())
            }
        )

    def members(self):
        """{"name": bytes}"""
        members = {"kvmtune-snapshot.json": print_json(self.manifest())}
        for name, answers in (
            ("dirs.json", self.dirs),
            ("links.json", self.links),
            ("modes.json", self.modes),
        ):
            if answers:
                members[name] = self.table(answers)
        if self.states:
            members["states.json"] = print_json(
                {escape(path): state for path, state in sorted(self.states.items())}
            )
        for path, text in self.files.items():
            members["root" + escape(path)] = text.encode()
        if self.topology_xml:
            members["hwloc.xml"] = self.topology_xml.encode()
        if self.images:
            members["images.json"] = print_json(self.images)
        if self.virt:
            members.update(self.virt_members())
        return members

    def virt_members(self):
        members = {}
        if isinstance(self.virt["domains"], State):
            return {"virt.json": print_json(dict(self.virt, domains={"state": self.virt["domains"]}))}
        virt = dict(self.virt, domains=[dict(domain) for domain in self.virt["domains"]])
        width = len(str(len(virt["domains"])))
        for number, domain in enumerate(virt["domains"], 1):
            for key in ("live_xml", "inactive_xml"):
                if isinstance(domain[key], str):
                    view = key.removesuffix("_xml")
                    name = f"virt/{number:0{width}}-{domain['name']}.{view}.xml"
                    members[name] = domain[key].encode()
                    domain[key] = {"file": name}
        members["virt.json"] = print_json(virt)
        return members


class State(str):
    """A state in place of an answer of dirs, links and modes."""


def encode(answer):
    if isinstance(answer, list):
        return [escape(name) for name in answer]
    return escape(answer)


def write_tree(snapshot, directory):
    """Replaces the members in @directory; other files there stay."""
    directory = pathlib.Path(directory)
    for name in ("root", "virt"):
        shutil.rmtree(directory / name, ignore_errors=True)
    for name in (
        "dirs.json", "links.json", "modes.json", "states.json", "virt.json", "hwloc.xml",
        "images.json",
    ):
        (directory / name).unlink(missing_ok=True)
    for name, content in snapshot.members().items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def differences(snapshot, directory):
    """Names of members that are not as on disk."""
    directory = pathlib.Path(directory)
    members = snapshot.members()
    found = {
        str(path.relative_to(directory))
        for top in ("root", "virt")
        for path in directory.glob(f"{top}/**/*")
        if path.is_file()
    }
    wrong = {name for name in found if name not in members}
    for name, content in members.items():
        path = directory / name
        if not path.is_file() or path.read_bytes() != content:
            wrong.add(name)
    return sorted(wrong)


def write_archive(snapshot, path):
    members = snapshot.members()
    manifest = dict(snapshot.manifest(), members=len(members))
    members["kvmtune-snapshot.json"] = print_json(manifest)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in sorted(members):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(members[name]), 0o600, CREATED_S
            archive.addfile(entry, io.BytesIO(members[name]))
    pathlib.Path(path).write_bytes(gzip.compress(raw.getvalue(), mtime=0))
