#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What kvmtune is given is broken: configuration, plans, snapshots, domain XML, files of the host."""

import io
import json
import os
import shutil
import subprocess
import tarfile
import time

from troublelib import LIMIT_S, RULE, TroubleCase

import tap

GUEST = "<domain type='kvm'{id}><name>{name}</name><uuid>{uuid}</uuid><memory>65536</memory>" \
        "<vcpu>1</vcpu><os><type arch='x86_64' machine='q35'>hvm</type></os><devices/></domain>"


class Config(TroubleCase):
    MISTAKES = (
        ("[kvmtune]\n\ngarbage\n", 3, "garbage"),
        ("[kvmtune\n", 1, "[kvmtune"),
        ("[kvmtune]\nworkload = fast\n", 2, "'fast'"),
        ("# a comment\n[kvmtune]\n\nworkloat = latency\n", 4, "'workloat'"),
        ("[kvmtune]\nworkload = latency\n[nonsense]\na = b\n", 3, "[nonsense]"),
        ("[guests]\nweb1 = dense\nweb2 = densest\n", 3, "'densest'"),
        ("[params]\nhost.swappiness/value = lots\n", 2, "'lots'"),
        ("[params]\nhost.swappiness/nothing = 1\n", 2, "'host.swappiness/nothing'"),
        ("\n[waive host.nothing]\nreason = x\n", 2, "[waive host.nothing]"),
        ("[waive host.swappiness]\nreason = x\nuntil = tomorrow\n", 3, "'tomorrow'"),
        ("[waive host.swappiness]\nuntil = 2027-01-01\n", 1, "reason"),
        ("[waive host.swappiness]\nreason = x\nwho = me\n", 3, "'who'"),
    )

    def test_line_is_named(self):
        for text, line, says in self.MISTAKES:
            with self.subTest(text):
                file = self.folder / "my.conf"
                file.write_text(text)
                self.trouble("--config-file", file, "audit", status=2, code="config",
                             says=(f"{file}:{line}: ", says))

    def test_of_the_host(self):
        for name in ("kvmtune.conf", "conf.d/50-site.conf"):
            with self.subTest(name):
                file = self.root / "etc/kvmtune" / name
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text("[kvmtune]\nworkload = fast\n")
                for verb in ("audit", "plan", "status"):
                    self.trouble(verb, status=2, code="config", says=f"/etc/kvmtune/{name}:2: ")
                file.unlink()

    def test_unusable(self):
        big = self.folder / "big.conf"
        big.write_bytes(b"# " + bytes(2 << 20))
        binary = self.folder / "binary.conf"
        binary.write_bytes(b"[kvmtune]\nworkload = \xff\xfe\n")
        for file, says in ((big, "1048576"), (binary, "UTF-8"), (self.folder, "directory"),
                           (self.folder / "none", "does not exist")):
            with self.subTest(says):
                self.trouble("--config-file", file, "audit", status=2, code="config",
                             says=(str(file), says))

    def test_not_readable(self):
        who = self.nobody()
        file = self.folder / "secret.conf"
        file.write_text("[kvmtune]\n")
        file.chmod(0)
        if os.geteuid() == 0 and not who:
            self.skipTest("root reads everything")
        self.root.chmod(0o755)
        self.trouble("--config-file", file, "audit", status=2, code="config",
                     says=(str(file), "permission denied"), **who)


class Plan(TroubleCase):
    def apply(self, plan, **expected):
        file = self.folder / "plan.json"
        file.write_text(plan if isinstance(plan, str) else json.dumps(plan))
        self.trouble("apply", file, **expected)
        self.assertEqual([*self.state.glob("txn/*")], [], "a transaction was begun")
        # The same from a pipe, which has no name.
        named = expected.pop("says", ())
        expected["says"] = [part for part in ([named] if isinstance(named, str) else named)
                            if part != str(file)]
        self.trouble("apply", "-", input=file.read_text(), **expected)

    def changed(self, **changes):
        """The good plan with members of its first step or its edit replaced."""
        plan = json.loads(self.plan())
        for key, value in changes.items():
            where = plan if key in plan else plan["steps"][0]
            where = where if key in where else where["edits"][0]
            where[key] = value
        return plan

    def test_broken_text(self):
        good = self.plan()
        wanted = {"status": 3, "code": "parse", "hint": "kvmtune plan"}
        for text in ("", "{", "[]", "hello", "{}", '"x"', good[:700], good + "}", "\0" * 100,
                     "[" * 100000, good.replace("{", '{"id": 1,', 3)):
            with self.subTest(text[:20]):
                self.apply(text, **wanted)

    def test_broken_content(self):
        for changes, says in (
            ({"kind": "kvmtune-audit"}, "'kvmtune-audit'"),
            ({"knob": "magic"}, "'magic'"),
            ({"effect": "tomorrow"}, "'tomorrow'"),
            ({"syntax": "roman"}, "'roman'"),
            ({"id": 5}, "step 1"),
            ({"group": 9}, "step 1"),
            ({"edits": []}, "step 1"),
            ({"steps": 5}, "'steps'"),
            ({"target": 7}, "'target'"),
            ({"to": None}, "step 1"),
            ({"locator": "relative"}, "'relative'"),
            ({"locator": "/proc/sys/../../etc/passwd"}, "'/proc/sys/../../etc/passwd'"),
            ({"locator": "/etc/passwd"}, "'/etc/passwd'"),
        ):
            with self.subTest(changes):
                self.apply(self.changed(**changes), status=3, code="parse", says=says,
                           hint="kvmtune plan")

    def test_of_a_newer_version(self):
        self.apply(self.changed(schema_version=7), status=3, code="unsupported", says="7",
                   hint="this version of kvmtune")

    def test_too_large(self):
        plan = self.changed()
        plan["steps"] = [dict(plan["steps"][0], id=i + 1) for i in range(10001)]
        self.apply(plan, status=3, code="limit", says="steps")

    def test_of_another_host(self):
        self.apply(self.changed(hostname="other"), status=1, code="stale",
                   says=("'other'", "'made-up'"), hint="kvmtune plan")

    def test_stale(self):
        plan = self.plan()
        (self.root / "proc/sys/vm/swappiness").write_text("70\n")
        self.apply(plan, status=1, code="stale", says=("/proc/sys/vm/swappiness", "70", "80"),
                   hint="kvmtune plan")
        for gone in ("proc/sys/vm/swappiness", "proc/sys"):
            path = self.root / gone
            shutil.rmtree(path) if path.is_dir() else path.unlink()
            if gone == "proc/sys":
                (path / "kernel").mkdir(parents=True)
                (path / "kernel/hostname").write_text("made-up\n")
            with self.subTest(gone):
                self.apply(plan, status=1, code="stale",
                           says=("/proc/sys/vm/swappiness", "(absent)"))

    def test_files_that_are_none(self):
        for path, says in ((self.folder, "Is a directory"), ("/dev/null", "/dev/null"),
                           (self.folder / "none", "No such file")):
            with self.subTest(path):
                answer = self.expect(self.run_one("apply", path), 3)
                self.assertIn(says, answer.err)

    def test_without_end(self):
        before = self.contents()
        answer = self.expect(self.run_one("apply", "/dev/zero"), 3)
        self.assertIn("larger than 64 MiB", answer.err)
        self.assertEqual(self.contents(), before)

    def test_domain_that_is_not_there(self):
        guest = "guest/00000000-0000-4000-8000-000000000001"
        step = {"knob": "domain-xml", "target": guest, "title": "web1", "effect": "guest-start",
                "syntax": "plain", "locator": "/domain/devices/rng", "from": None, "to": "<rng/>"}
        plan = self.changed(**step)
        plan["steps"] = plan["steps"][:1]
        self.base += ["-c", "test:///default"]
        self.apply(plan, status=1, code="stale", says=("web1", "step 1"), hint="kvmtune plan")


class Snapshot(TroubleCase):
    def setUp(self):
        super().setUp()
        self.made = self.folder / "host.tar.gz"
        self.fine("-c", "test:///default", "snapshot", "-o", self.made)

    def look(self, path, **expected):
        self.base = ["--root", path, "--state-dir", self.state]
        return self.trouble("audit", **expected)

    def unpack(self, name):
        folder = self.folder / name
        with tarfile.open(self.made) as archive:
            archive.extractall(folder)
        return folder

    def test_truncated(self):
        whole = self.made.read_bytes()
        cut = self.folder / "cut.tar.gz"
        for length in sorted({1, 9, 10, 20, len(whole) - 1,
                              *range(32, len(whole), max(1, len(whole) // 30))}):
            with self.subTest(length):
                cut.write_bytes(whole[:length])
                self.look(cut, status=3, code="parse", says=str(cut), hint="kvmtune snapshot")

    def test_damaged(self):
        whole = bytearray(self.made.read_bytes())
        damaged = self.folder / "damaged.tar.gz"
        for at in range(20, len(whole), max(1, len(whole) // 30)):
            with self.subTest(at):
                damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 0xff]) + whole[at + 1:])
                self.look(damaged, status=3, code="parse", says=str(damaged))

    def test_no_snapshot(self):
        other = self.folder / "other.tar.gz"
        with tarfile.open(other, "w:gz") as archive:
            archive.addfile(tarfile.TarInfo("hello"), io.BytesIO())
        text = self.folder / "text"
        text.write_text("hello\n")
        empty = self.folder / "empty"
        empty.touch()
        for path in (other, text, empty, "/dev/null", "/dev/zero", "/bin/true"):
            with self.subTest(path):
                self.look(path, status=3, code="parse", says=f"'{path}'",
                          hint="'kvmtune snapshot'")

    def test_of_a_newer_version(self):
        folder = self.unpack("newer")
        manifest = folder / "kvmtune-snapshot.json"
        manifest.write_text(manifest.read_text().replace('"schema_version": 1', '"schema_version": 7'))
        self.look(folder, status=3, code="unsupported", says=("newer", "7"), hint="newer")

    def test_unpacked_and_damaged(self):
        for name, text in (("states.json", '{"/x": ['), ("virt.json", "[]"), ("hwloc.xml", "<x"),
                           ("kvmtune-snapshot.json", "{}")):
            with self.subTest(name):
                folder = self.unpack(name + ".d")
                (folder / name).write_text(text)
                self.look(folder, status=3, code="parse", says=str(folder))

    def test_cannot_be_changed(self):
        plan = self.folder / "plan.json"
        plan.write_text(self.plan())
        self.base[1] = self.made
        for verb in (["apply", plan], ["apply", "--yes"], ["undo"], ["recover"], ["confirm"]):
            with self.subTest(verb):
                self.trouble(*verb, status=3, code="unsupported", says="is a snapshot",
                             hint="the host itself")

    def test_is_no_second_one(self):
        self.base[1] = self.made
        self.trouble("snapshot", "-o", self.folder / "x", status=3, code="unsupported",
                     says=str(self.made), hint="copy")
        self.assertFalse((self.folder / "x").exists())

    def test_is_written_whole_or_not(self):
        before = self.made.read_bytes()
        self.trouble("snapshot", "-o", self.folder / "no/such/folder", status=3, code="not-found",
                     says="no/such")
        self.trouble("snapshot", "-o", self.folder, status=3, code="io", says=str(self.folder))
        self.assertEqual(self.made.read_bytes(), before)
        self.assertEqual([path.name for path in self.folder.iterdir() if "tar" in path.name],
                         ["host.tar.gz"])


class DomainXml(TroubleCase):
    """Three guests, of which one has XML that is none: the others are judged."""

    BROKEN = ("<domain", "", "hello", "<domain type='kvm'><name>web2</name>", "<x/>",
              "<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><domain>&b;</domain>",
              "<domain>" + "<a>" * 5000)

    def guests(self, broken):
        folder = self.folder / "host"
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "virt").mkdir(parents=True)
        (folder / "kvmtune-snapshot.json").write_text(json.dumps(
            {"schema_version": 1, "created": "2026-01-01T00:00:00Z", "root": "/",
             "is_privileged": True, "anonymised": False}))
        domains = []
        for number, name in enumerate(("web1", "web2", "web3")):
            uuid = f"00000000-0000-4000-8000-00000000000{number}"
            for view, mark in (("live", f" id='{number + 1}'"), ("inactive", "")):
                text = broken if name == "web2" else GUEST.format(id=mark, name=name, uuid=uuid)
                (folder / f"virt/{name}.{view}.xml").write_text(text)
            domains.append({"name": name, "uuid": uuid, "id": number + 1, "state": "running",
                            "is_persistent": True, "autostart": False, "managed_save": False,
                            "live_xml": {"file": f"virt/{name}.live.xml"},
                            "inactive_xml": {"file": f"virt/{name}.inactive.xml"}})
        (folder / "virt.json").write_text(json.dumps(
            {"uri": "qemu:///system", "is_privileged": True, "domains": domains}))
        self.base = ["--root", folder, "--state-dir", self.state]

    def judged(self, audit, name):
        (uuid,) = [guest["uuid"] for guest in audit["guests"] if guest["name"] == name]
        return {(result["practice"], result["verdict"]) for result in audit["results"]
                if uuid in result["target"]}

    def test_others_are_judged(self):
        for broken in self.BROKEN:
            with self.subTest(broken[:40]):
                self.guests(broken)
                audit = self.fine("audit", "--json").json
                self.assertEqual([guest["name"] for guest in audit["guests"]],
                                 ["web1", "web2", "web3"])
                self.assertEqual(self.judged(audit, "web1"), self.judged(audit, "web3"))
                verdicts = {verdict for _unused, verdict in self.judged(audit, "web2")}
                self.assertLessEqual(verdicts, {"unknown", "not-applicable"})
                self.fine("audit", "web2")
                self.fine("plan", "web2")
                self.assertIn("web2", self.fine("audit", "-v").out)


class Numbers(TroubleCase):
    """Files of the kernel that say nonsense."""

    FILES = ("proc/sys/vm/swappiness", "proc/swaps", "proc/meminfo", "proc/sys/fs/aio-max-nr",
             "sys/devices/system/cpu/online", "sys/devices/system/node/online",
             "sys/kernel/mm/ksm/run", "sys/kernel/mm/transparent_hugepage/enabled",
             "sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages",
             "sys/devices/virtual/workqueue/cpumask", "sys/module/kvm/parameters/halt_poll_ns",
             "proc/sys/net/netfilter/nf_conntrack_max", "proc/cmdline", "proc/modules",
             "etc/os-release", "etc/sysctl.conf", "proc/self/mounts")
    TEXTS = ("", "\n", "18446744073709551615\n", "18446744073709551616\n", "9" * 1000 + "\n",
             "-1\n", "0x10\n", "1e9\n", "nan\n", "0-99999999\n", "0-8191\n", "5-3\n", "[" * 5000,
             "]x[ [y]\n", "\0\0\0\0", "\x1b[2Jred\n", "a b c d\n" * 20000,
             "MemTotal: 99999999999999999999 kB\n", "x" * (1 << 20))

    def test_nonsense(self):
        for text in self.TEXTS:
            for name in self.FILES:
                path = self.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            with self.subTest(text[:20]):
                audit = self.fine("audit", "--json").json
                self.assertNotIn("\x1b", self.fine("audit", "-v").out)
                self.fine("plan")
                by_id = {result["practice"]: result for result in audit["results"]}
                self.assertNotEqual(by_id["host.swappiness"]["verdict"], "finding"
                                    if not text.strip().isdigit() else "")
                self.assertLess(self.took, LIMIT_S)

    def test_no_files(self):
        """Pipes nobody writes into, devices, loops: nothing is waited for."""
        swaps = self.root / "proc/swaps"
        kinds = {
            "pipe": lambda: os.mkfifo(swaps),
            "folder": swaps.mkdir,
            "loop": lambda: swaps.symlink_to("swaps"),
            "way out": lambda: swaps.symlink_to("../../../../../../../../../dev/zero"),
            "socket": lambda: subprocess.run(
                ["python3", "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])",
                 swaps], check=True),
        }
        for kind, make in kinds.items():
            swaps.rmdir() if swaps.is_dir() and not swaps.is_symlink() else swaps.unlink(True)
            make()
            with self.subTest(kind):
                begin = time.monotonic()
                audit = self.fine("audit", "--json", RULE).json
                self.assertLess(time.monotonic() - begin, 10)
                self.assertEqual(audit["results"][0]["verdict"], "unknown")


if __name__ == "__main__":
    tap.main()
