#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""A libvirtd with guests, which stops, dies, loses guests: no command hangs, all is told."""

import json
import os
import sys
import threading
import time

from troublelib import TroubleCase, become_nobody, own_machine

from daemonlib import Libvirtd, Stopped, why_not

import tap

RULES = ("--rule=guest.rng", "--rule=guest.disk.cache", "--rule=guest.vcpu.pin")
DEADLINE_S = 1
# Connecting, asking, closing: each may use up what is left, and a loaded machine is slow.
SLACK_S = 8


class Daemon(TroubleCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Libvirtd()
        cls.pid = cls.daemon.guest("web1")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.end()

    def setUp(self):
        super().setUp()
        self.base = ["-c", "qemu:///system", "--state-dir", self.state]

    def picture(self):
        """What of a guest may change: its definition and where its threads run."""
        affinities = {}
        for task in os.listdir(f"/proc/{self.pid}/task"):
            # Other threads of QEMU come and go.
            with open(f"/proc/{self.pid}/task/{task}/comm", encoding="utf-8") as comm:
                if task == str(self.pid) or comm.read().startswith("CPU "):
                    affinities[task] = os.sched_getaffinity(int(task))
        with open("/etc/libvirt/qemu/web1.xml", encoding="utf-8") as xml:
            return xml.read(), affinities

    def write_plan(self):
        path = self.folder / "plan.json"
        path.write_text(self.fine("plan", "--json", *RULES).out)
        return path

    def verdicts(self, audit):
        return {(result["practice"], result["verdict"]) for result in audit["results"]
                if result["target"].startswith("guest/")}

    def everything(self, plan):
        """Every verb that looks at guests."""
        return (["audit"], ["audit", "web1"], ["plan", *RULES], ["status"], ["verify"], ["history"],
                ["explain", "guest.rng"], ["snapshot", "-o", self.folder / "s.tar.gz"],
                ["complete", "domains"], ["apply", "--dry-run", plan], ["apply", plan],
                ["apply", "--yes", *RULES], ["undo", "--dry-run"], ["undo"], ["recover"],
                ["confirm"])


class Answers(Daemon):
    def test_audit_includes_its_guests(self):
        audit = self.fine("audit", "--json").json
        self.assertEqual([guest["name"] for guest in audit["guests"]], ["web1"])
        self.assertIn(("guest.rng", "finding"), self.verdicts(audit))
        self.assertIn("web1", self.fine("complete", "domains").out)

    def test_is_found_without_a_name(self):
        self.base = self.base[2:]
        audit = self.fine("audit", "--json").json
        self.assertEqual([guest["name"] for guest in audit["guests"]], ["web1"])

    def test_there_and_back(self):
        before = self.picture()
        plan = self.write_plan()
        self.assertEqual(self.picture(), before)
        self.fine("apply", plan)
        self.assertIn("<rng ", self.picture()[0])
        self.assertIn("cache='none'", self.picture()[0])
        self.fine("verify")
        self.assertIn("Nothing to do", self.fine("apply", plan).out)
        self.fine("undo")
        self.assertEqual(self.picture(), before)
        self.assertEqual(self.daemon.pid_of("web1"), self.pid)

    def test_read_only_connection(self):
        """Who may only look sees the same, but not the QEMU processes of others."""
        who = self.nobody()
        mine = {pair for pair in self.verdicts(self.fine("audit", "--json").json)
                if pair[0] in ("guest.rng", "guest.disk.cache", "guest.net.model")}
        audit = self.fine("audit", "--json", **who).json
        self.assertEqual([guest["name"] for guest in audit["guests"]], ["web1"])
        self.assertLessEqual(mine, self.verdicts(audit))
        self.assertIn("web1", self.fine("plan", *RULES, **who).out)
        before = self.picture()
        self.trouble("apply", "--yes", *RULES, status=4, code="denied", says="Permission denied",
                     hint="takes root", **who)
        self.assertEqual(self.picture(), before)

    def test_read_only_uri(self):
        """Root, but a socket that only lets look."""
        plan = self.write_plan()
        self.base[1] = "qemu+unix:///system?socket=/run/libvirt/libvirt-sock-ro"
        self.fine("audit")
        self.fine("snapshot", "-o", self.folder / "s.tar.gz")
        before = self.picture()
        answer = self.run_one("apply", plan)
        self.assertIn(answer.status, (3, 4, 5), str(answer))
        self.assertIn("hint: ", answer.err)
        self.assertEqual(self.picture(), before)

    def test_guest_undefined_after_plan(self):
        pid = self.daemon.guest("web2")
        self.assertGreater(pid, 0)
        plan = self.write_plan()
        self.daemon.destroy("web2")
        before = self.picture()
        self.trouble("apply", plan, status=1, code="stale", says="web2", hint="kvmtune plan")
        self.assertEqual(self.picture(), before)
        self.assertEqual(list(self.state.glob("txn/*")), [])

    def test_guest_undefined_after_apply(self):
        self.daemon.guest("web2")
        before = self.picture()
        self.fine("apply", self.write_plan())
        self.daemon.destroy("web2")
        answer = self.expect(self.run_one("verify"), 1)
        self.assertIn("web2", answer.out)
        self.run_one("undo")
        self.assertEqual(self.picture(), before)
        self.run_one("recover")
        self.fine("history")

    def test_guest_destroyed_while_audited(self):
        """Guests that come and go while they are looked at."""
        end = threading.Event()

        def come_and_go():
            while not end.is_set():
                self.daemon.guest("web3")
                self.daemon.destroy("web3")

        thread = threading.Thread(target=come_and_go)
        thread.start()
        try:
            for verb in (["audit", "--json"], ["plan", "--json"], ["audit", "--json", "--deep"],
                         ["snapshot", "-o", self.folder / "s.tar.gz"]) * 5:
                answer = self.fine(*verb)
                if answer.out and verb[0] == "audit":
                    names = {guest["name"] for guest in answer.json["guests"]}
                    self.assertIn("web1", names)
                    self.assertLessEqual(names, {"web1", "web3"})
        finally:
            end.set()
            thread.join()


class Stuck(Daemon):
    def no_hang(self, plan):
        before = self.picture()
        for verb in self.everything(plan):
            with self.subTest(verb):
                answer = self.run_one("--deadline", f"{DEADLINE_S}s", *verb)
                self.assertLess(self.took, DEADLINE_S + SLACK_S, f"{verb}")
                self.assertIn(answer.status, (0, 1, 3, 5), str(answer))
                if verb[0] in ("audit", "plan") and len(verb) != 2:
                    self.assertEqual(answer.status, 0, str(answer))
                    self.assertIn("the guests could not be read", answer.out + answer.err)
                if verb[0] == "audit":
                    self.assertIn("did not answer", " ".join((answer.out + answer.err).split()))
                if verb == ["apply", plan]:
                    self.assertNotEqual(answer.status, 0, str(answer))
                    self.assertIn("hint: ", answer.err)
                self.assertEqual(self.picture(), before, f"{verb}: {answer}")

    def test_libvirtd_is_stopped(self):
        plan = self.write_plan()
        with Stopped(self.daemon.process.pid):
            self.no_hang(plan)
        self.fine("audit", "web1")

    def test_qemu_is_stopped(self):
        plan = self.write_plan()
        with Stopped(self.pid):
            for verb in (["audit"], ["status"], ["history"], ["verify"], ["audit", "web1"],
                         ["plan", *RULES], ["snapshot", "-o", self.folder / "s.tar.gz"]):
                with self.subTest(verb):
                    self.fine("--deadline", f"{DEADLINE_S}s", *verb)
                    self.assertLess(self.took, DEADLINE_S + SLACK_S)
            # What goes to libvirtd and the kernel only can be changed even so.
            before = self.picture()
            answer = self.run_one("--deadline", f"{DEADLINE_S}s", "apply", plan)
            self.assertLess(self.took, DEADLINE_S + SLACK_S)
            if answer.status == 0:
                self.fine("--deadline", f"{DEADLINE_S}s", "undo")
            self.assertEqual(self.picture(), before)
        self.fine("audit", "web1")

    def test_stopped_after_apply(self):
        before = self.picture()
        plan = self.write_plan()
        self.fine("apply", plan)
        applied = self.picture()
        with Stopped(self.daemon.process.pid):
            for verb, status in ((["verify"], 1), (["undo", "--dry-run"], 0), (["undo"], 6),
                                 (["recover"], 6)):
                answer = self.expect(self.run_one("--deadline", f"{DEADLINE_S}s", *verb), status)
                self.assertLess(self.took, DEADLINE_S + SLACK_S, f"{verb}")
                self.assertIn("did not answer", " ".join((answer.out + answer.err).split()))
            self.assertEqual(self.picture(), applied)
        self.fine("recover")
        self.assertEqual(self.picture(), before)


class Dies(Daemon):
    def test_killed_in_the_middle(self):
        """libvirtd is killed at ever later moments of an apply: all or nothing, at the latest after
        it runs again and recover was called."""
        before = self.picture()
        plan = self.write_plan()
        for wait_s in (0.02, 0.05, 0.08, 0.12, 0.2):
            with self.subTest(wait_s):
                process = self.start("--deadline", "5s", "apply", plan)
                time.sleep(wait_s)
                self.daemon.kill()
                _out, err = process.communicate(timeout=60)
                self.assertIn(process.returncode, (0, 3, 5, 6), err)
                if process.returncode:
                    self.assertIn("hint: ", err)
                self.daemon.start()
                self.fine("recover")
                if "applied" in self.settled():
                    self.fine("undo")
                self.assertEqual(self.picture(), before, err)

    def test_is_not_there(self):
        plan = self.write_plan()
        self.daemon.kill()
        try:
            before = self.picture()
            audit = self.fine("audit").out
            self.assertIn("warning: the guests could not be read", audit)
            self.trouble("audit", "web1", status=3, code="libvirt", says="'web1'", hint="libvirtd")
            answer = self.trouble("apply", plan, status=3, code="libvirt", says="step 1",
                                  hint="libvirtd")
            self.assertNotIn("Transaction", answer.out)
            self.assertEqual(self.picture(), before)
        finally:
            self.daemon.start()
        self.assertIn("web1", self.fine("audit").out)

    def test_confirmation_is_missing_while_it_is_down(self):
        """The deadline passes without libvirtd: it is undone as soon as it is back."""
        before = self.picture()
        self.fine("apply", "--confirm-within=2s", self.write_plan())
        self.daemon.kill()
        time.sleep(4)
        self.daemon.start()
        deadline = time.monotonic() + 30
        while self.picture() != before and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(self.picture(), before)
        deadline = time.monotonic() + 10
        while self.timers() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertEqual(self.settled(), ["undone"])


if __name__ == "__main__":
    if why_not():
        print(f"1..0 # SKIP {why_not()}")
        sys.exit(0)
    own_machine("--net")
    tap.main()
