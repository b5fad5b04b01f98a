#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The machine does not play along: no root, no libvirt, read-only and full file systems, several
kvmtunes at once, streams that are closed."""

import fcntl
import json
import os
import pathlib
import resource
import subprocess

from troublelib import DROP_IN, RULE, TroubleCase, fill, mount, own_machine, small_disk

import tap

# One that no practice and no other test moves.
STAT_INTERVAL = "/proc/sys/vm/stat_interval"


class Nobody(TroubleCase):
    """On the real machine, whatever it is like."""

    def setUp(self):
        super().setUp()
        self.look_at_machine()
        self.who = self.nobody()
        self.base = ["--state-dir", self.folder / "none/state"]

    def test_looks(self):
        if os.path.isdir("/run/libvirt"):
            mount("-t", "tmpfs", "-o", "mode=700", "tmpfs", "/run/libvirt")
            self.addCleanup(subprocess.run, ["umount", "/run/libvirt"], check=False)
        audit = self.fine("-c", "qemu:///system", "audit", "--json", **self.who).json
        self.assertFalse(audit["is_privileged"])
        verdicts = {result["verdict"] for result in audit["results"]}
        self.assertIn("unknown", verdicts)
        text = self.fine("-c", "qemu:///system", "audit", **self.who).out
        if os.path.isdir("/run/libvirt"):
            self.assertIn("only readable for root", text)
        self.assertIn("sudo kvmtune audit", text)
        for verb in ("status", "practices", "history"):
            self.fine(verb, **self.who)
        self.fine("-c", "", "plan", **self.who)

    def test_snapshot_is_audited_the_same(self):
        own = self.folder / "own"
        own.mkdir()
        own.chmod(0o777)
        self.fine("-c", "", "snapshot", "-o", own / "host.tar.gz", **self.who)
        here = self.fine("-c", "", "audit", "--json", **self.who).json
        self.base = ["--root", own / "host.tar.gz"]
        there = self.fine("audit", "--json").json
        verdicts = [[(result["practice"], result["target"], result["verdict"])
                     for result in audit["results"]] for audit in (here, there)]
        self.assertEqual(verdicts[0], verdicts[1])

    def test_changes_nothing(self):
        plan = self.folder / "plan.json"
        base = self.base
        self.base = ["--root", self.root, "--state-dir", self.state]
        plan.write_text(self.plan().replace('"made-up"', f'"{os.uname().nodename}"'))
        plan.chmod(0o644)
        self.base = base
        for verb in (["apply", plan], ["apply", "--yes", RULE], ["undo"], ["recover"], ["confirm"]):
            with self.subTest(verb):
                self.trouble("-c", "", *verb, status=4, code="denied", says="Permission denied",
                             hint="takes root", **self.who)

    def test_state_of_somebody_else(self):
        self.base = ["--root", self.root, "--state-dir", self.state]
        self.fine("apply", "--yes", RULE)
        self.root.chmod(0o755)
        for verb in ("history", "verify", "undo", "recover", "confirm"):
            with self.subTest(verb):
                self.trouble(verb, status=4, code="denied", says="Permission denied", **self.who)


class NoLibvirt(TroubleCase):
    def test_audit_goes_on(self):
        self.base = ["--state-dir", self.state]
        for folder in ("/run/libvirt", "/var/lib/libvirt"):
            if os.path.isdir(folder):
                mount("-t", "tmpfs", "tmpfs", folder)
                self.addCleanup(subprocess.run, ["umount", folder], check=False)
        for uri in ((), ("-c", "qemu:///system"), ("-c", "qemu:///session"),
                    ("-c", "qemu+unix:///system?socket=/nonexistent")):
            with self.subTest(uri):
                audit = self.fine(*uri, "audit", "--json", env=None).json
                self.assertTrue(audit["results"])
                self.assertEqual(audit["guests"] or [], [])
                self.assertIn("warning: the guests could not be read", self.fine(*uri, "audit").out)

    def test_guest_that_is_asked_for(self):
        self.base = ["--state-dir", self.state, "-c", "qemu+unix:///system?socket=/nonexistent"]
        for verb in ("audit", "plan"):
            self.trouble(verb, "web1", status=3, code="libvirt", says="'web1'", hint="libvirtd")

    def test_nonsense_as_uri(self):
        self.base = ["--state-dir", self.state]
        for uri in ("nonsense", "nonsense:///system", "qemu://[/", "qemu:///nowhere", "\x01", "://"):
            with self.subTest(uri):
                self.trouble("-c", uri, "audit", "web1", status=3, code="libvirt", says="'web1'")


class ReadOnly(TroubleCase):
    def read_only(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        mount("--bind", folder, folder)
        mount("-o", "remount,bind,ro", folder)
        self.addCleanup(subprocess.run, ["umount", "-q", folder], check=False)

    def test_sys(self):
        self.read_only(self.root / "proc/sys")
        self.fine("audit")
        plan = self.folder / "plan.json"
        plan.write_text(self.plan())
        for arguments in ([plan], ["--yes", RULE]):
            before = self.picture()
            answer = self.expect(self.run_one("apply", *arguments), 5)
            self.assertIn("Read-only file system", answer.err)
            self.assertIn("hint: ", answer.err)
            self.assertEqual(self.picture(), before)
        self.assertEqual(set(self.settled()), {"undone"})

    def test_etc(self):
        self.read_only(self.root / "etc")
        before = self.picture()
        answer = self.expect(self.run_one("apply", "--yes", RULE), 5)
        self.assertIn("Read-only file system", answer.err)
        self.assertEqual(self.picture(), before)
        self.assertEqual(self.settled(), ["undone"])
        self.fine("apply", "--yes", "--live", RULE)

    def test_became_read_only(self):
        before = self.picture()
        self.fine("apply", "--yes", RULE)
        applied = self.picture()
        self.read_only(self.root / "etc")
        answer = self.expect(self.run_one("undo"), 6)
        self.assertIn("Read-only file system", answer.err)
        self.assertIn("kvmtune recover", answer.err)
        self.assertEqual(self.picture()[DROP_IN], applied[DROP_IN])
        subprocess.run(["umount", self.root / "etc"], check=True)
        self.fine("recover")
        self.assertEqual(self.picture(), before)

    def test_state(self):
        self.read_only(self.state)
        self.trouble("apply", "--yes", RULE, status=4, code="denied",
                     says=(str(self.state), "Read-only file system"), hint="read-only")
        for verb in ("audit", "status", "history", "verify"):
            self.fine(verb)

    def test_real_sys(self):
        """No value of the kernel can be written: nothing of a plan is left."""
        self.base = ["--state-dir", self.state, "-c", ""]
        for folder in ("/sys", "/proc/sys"):
            mount("--bind", folder, folder)
            mount("-o", "remount,bind,ro", folder)
            self.addCleanup(subprocess.run, ["umount", folder], check=True)
        for folder in ("/etc/sysctl.d", "/etc/tmpfiles.d"):
            if os.path.isdir(folder):
                mount("-t", "tmpfs", "tmpfs", folder)
                self.addCleanup(subprocess.run, ["umount", folder], check=True)
        self.fine("audit")
        before = pathlib.Path(STAT_INTERVAL).read_text().strip()
        (self.folder / "plan.json").write_text(self.plan_for_here(before))
        answer = self.expect(self.run_one("apply", self.folder / "plan.json"), 5)
        self.assertIn("Read-only file system", answer.err)
        self.assertEqual(pathlib.Path(STAT_INTERVAL).read_text().strip(), before)
        self.assertEqual(self.settled(), ["undone"])

    def plan_for_here(self, before):
        """The plan for the made-up host as one for this machine."""
        base, self.base = self.base, ["--root", self.root, "--state-dir", self.state]
        plan = json.loads(self.plan("--live"))
        self.base = base
        plan["hostname"] = os.uname().nodename
        (edit,) = plan["steps"][0]["edits"]
        edit.update({"locator": STAT_INTERVAL, "from": before, "to": str(int(before) + 1)})
        return json.dumps(plan)


class FullDisk(TroubleCase):
    def attempt(self, *arguments):
        """One apply where something is full: all or nothing. True when it was all."""
        before = self.picture()
        answer = self.run_one("apply", "--yes", RULE, *arguments)
        self.assertIn(answer.status, (0, 3, 5), str(answer))
        if answer.status:
            self.assertIn("No space left on device", answer.err)
            self.assertIn("hint: ", answer.err)
            self.assertEqual(self.picture(), before, str(answer))
        else:
            self.assertEqual(self.value(), "10")
            self.assertIn(DROP_IN, self.picture())
        return answer.status == 0

    def sweep(self, folder, make_disk, most):
        """Ever more room, until it is enough."""
        worked = []
        for room in range(most):
            with self.subTest(room):
                make_disk(room)
                worked.append(self.attempt())
                # And when there is room again.
                mount("-o", "remount,size=4m,nr_inodes=1000", folder)
                self.fine("recover")
                self.settled()
                if worked[-1]:
                    self.fine("undo")
                self.assertEqual(self.value(), "80")
            subprocess.run(["umount", folder], check=True)
            if worked[-2:] == [True, True]:
                break
        self.assertIn(False, worked)
        self.assertIn(True, worked)
        small_disk(folder, 10)

    def full_state(self, room):
        # A size of 0 would be no limit.
        small_disk(self.state, room + 1)
        fill(self.state, left=room)

    def test_state(self):
        self.sweep(self.state, self.full_state, 40)

    def test_inodes_of_state(self):
        self.sweep(self.state, lambda room: small_disk(self.state, 100, inodes=room + 1), 40)

    def full_etc(self, room):
        small_disk(self.root / "etc", room + 1)
        (self.root / "etc/sysctl.d").mkdir()
        fill(self.root / "etc", left=room)

    def test_drop_ins(self):
        self.sweep(self.root / "etc", self.full_etc, 10)

    def test_inodes_of_drop_ins(self):
        def make(room):
            small_disk(self.root / "etc", 100, inodes=room + 2)
            (self.root / "etc/sysctl.d").mkdir()
        self.sweep(self.root / "etc", make, 10)

    def test_undo(self):
        before = self.picture()
        for room in range(8):
            with self.subTest(room):
                small_disk(self.state, 200)
                self.fine("apply", "--yes", RULE)
                applied = self.picture()
                fill(self.state, left=room)
                answer = self.run_one("undo")
                self.assertIn(answer.status, (0, 3, 6), str(answer))
                if answer.status:
                    self.assertIn("No space left on device", answer.err)
                    self.assertIn(self.picture(), (before, applied), str(answer))
                else:
                    self.assertEqual(self.picture(), before)
                (self.state / "filler").unlink()
                self.fine("recover")
                if "applied" in self.settled():
                    self.fine("undo")
                self.assertEqual(self.picture(), before)
            subprocess.run(["umount", self.state], check=True)
        small_disk(self.state, 10)

    def test_outputs(self):
        disk = self.folder / "disk"
        small_disk(disk, 40)
        good = disk / "good.tar.gz"
        self.fine("snapshot", "-o", good)
        kept = good.read_bytes()
        fill(disk)
        names = sorted(disk.iterdir())
        for arguments in (["snapshot", "-o", good], ["snapshot", "-o", disk / "new.tar.gz"],
                          ["snapshot", "--anonymise", "-o", good],
                          ["plan", RULE, "-o", disk / "host.plan"]):
            with self.subTest(arguments):
                self.trouble(*arguments, status=3, code="io", says="No space left on device",
                             hint="make room")
                self.assertEqual(good.read_bytes(), kept)
                self.assertEqual(sorted(disk.iterdir()), names)

    def test_file_size_limit(self):
        """ulimit -f: an error, not a signal."""
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
        before = self.picture()
        answer = self.run_one("apply", "--yes", RULE, preexec_fn=limit)
        self.assertIn(answer.status, (3, 5), str(answer))
        self.assertIn("File too large", answer.err)
        self.assertEqual(self.picture(), before)
        self.fine("recover")
        self.settled()

    def test_full_stdout(self):
        """What was done stands, and the status says that nobody could be told."""
        with open("/dev/full", "wb") as full:
            for verb, value in (("apply", "10"), ("undo", "80")):
                arguments = [verb, "--yes", RULE] if verb == "apply" else [verb]
                done = subprocess.run([self.program, *map(str, self.base), *arguments], stdout=full,
                                      stderr=subprocess.PIPE, text=True, check=False,
                                      stdin=subprocess.DEVNULL)
                self.assertEqual(done.returncode, 3, done.stderr)
                self.assertIn("write to standard output: No space left", done.stderr)
                self.assertEqual(self.value(), value)
        self.assertEqual(self.settled(), ["undone"])


class Limits(TroubleCase):
    def test_open_files(self):
        """However few files may be open: an error at worst."""
        for n in range(3, 30, 2):
            def limit():
                resource.setrlimit(resource.RLIMIT_NOFILE, (n, n))
            with self.subTest(n):
                before = self.picture()
                answer = self.run_one("apply", "--yes", RULE, preexec_fn=limit)
                self.assertIn(answer.status, (0, 3, 5, 127), str(answer))
                if answer.status:
                    self.assertEqual(self.picture(), before)
                    continue
                self.fine("undo")
        self.assertEqual(answer.status, 0, str(answer))

    def test_memory(self):
        """Too little memory ends the process, and leaves nothing that recover cannot settle."""
        before = self.picture()
        for mib in (24, 48, 96, 192):
            def limit():
                resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20))
                resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            with self.subTest(mib):
                # A sanitizer needs more address space than that, and says so at once.
                self.run_one("apply", "--yes", RULE, preexec_fn=limit,
                             allow="Sanitizer")
                self.fine("recover")
                if "applied" in self.settled():
                    self.fine("undo")
                self.assertEqual(self.picture(), before)


class Together(TroubleCase):
    def test_many_at_once(self):
        running = [self.start("apply", "--yes", RULE) for _unused in range(6)]
        for process in running:
            _out, err = process.communicate(timeout=60)
            self.assertIn(process.returncode, (0, 1, 3), err)
            if process.returncode:
                self.assertRegex(err, "another kvmtune|the plan saw")
        self.assertEqual(self.settled(), ["applied"])
        self.assertEqual(self.value(), "10")

    def test_apply_and_undo_at_once(self):
        before = self.picture()
        for _unused in range(3):
            running = [self.start(*verb) for verb in (["apply", "--yes", RULE], ["undo"]) * 3]
            for process in running:
                _out, err = process.communicate(timeout=60)
                self.assertIn(process.returncode, (0, 1, 3), err)
        states = self.settled()
        if "applied" in states:
            self.fine("undo")
        self.assertEqual(self.picture(), before)

    def test_lock_is_held(self):
        self.fine("apply", "--yes", RULE)
        with open(self.state / "lock", "r+b") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for verb in ("recover", "confirm"):
                answer = self.expect(self.run_one(verb), 3)
                self.assertIn("another kvmtune", answer.err)
            self.trouble("undo", status=3, code="busy", says="another kvmtune", hint="wait")
            for verb in ("audit", "status", "verify", "history"):
                self.fine(verb)


class Streams(TroubleCase):
    def closed(self, which, *arguments):
        ends = " ".join({0: "<&-", 1: ">&-", 2: "2>&-"}[fd] for fd in which)
        return subprocess.run(["sh", "-c", f'exec "$0" "$@" {ends}', self.program,
                               *map(str, [*self.base, *arguments])],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.PIPE, check=False, timeout=60)

    def test_closed(self):
        before = self.picture()
        plan = self.folder / "plan.json"
        plan.write_text(self.plan())
        for which in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
            with self.subTest(which):
                wanted = 3 if 1 in which else 0
                for verb in (["audit"], ["status"], ["history"], ["apply", plan], ["verify"],
                             ["undo"], ["snapshot", "-o", self.folder / "s.tar.gz"]):
                    done = self.closed(which, *verb)
                    # It has nothing to say on standard output.
                    self.assertEqual(done.returncode, 0 if verb[0] == "snapshot" else wanted,
                                     f"{verb}: {done}")
                self.assertEqual(self.picture(), before)
        self.assertEqual(set(self.settled()), {"undone"})

    def test_plan_from_closed_stdin(self):
        before = self.picture()
        done = self.closed((0,), "apply", "-")
        self.assertEqual(done.returncode, 3, done)
        self.assertIn("standard input", done.stderr)
        self.assertEqual(self.picture(), before)

    def test_reader_goes_away(self):
        """Status and changes are those of the command; the pipe is nobody's error."""
        for arguments, value in ((["apply", "--yes", RULE], "10"), (["verify"], "10"), (["undo"], "80"),
                                 (["audit", "--json"], "80"), (["practices"], "80")):
            with self.subTest(arguments):
                read, write = os.pipe()
                os.close(read)
                process = self.start(*arguments, stdout=write)
                os.close(write)
                _out, err = process.communicate(timeout=60)
                self.assertEqual((process.returncode, err), (0, ""))
                self.assertEqual(self.value(), value)


if __name__ == "__main__":
    own_machine()
    tap.main()
