#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Plan, apply, verify, undo as a person types them, on a made-up host."""

import fcntl
import json
import os
import signal
import time

from clitest import DROP_IN, RULE, HostCase, environment, run

import tap


class Changes(HostCase):
    def setUp(self):
        super().setUp()
        self.before = self.contents()

    def apply(self, *arguments):
        return self.expect(self.kvmtune("apply", "--yes", RULE, *arguments), 0)

    def test_looking_changes_nothing(self):
        for arguments in (
            ["audit"],
            ["plan"],
            ["plan", "-o", self.folder / "p"],
            ["apply", "-n"],
            ["status"],
            ["history"],
            ["verify"],
        ):
            with self.subTest(arguments):
                self.expect(self.kvmtune(*arguments), 0)
                self.assertEqual(self.contents(), self.before)
                self.assertFalse(self.state.exists())

    def test_round(self):
        answer = self.apply()
        self.assertIn("Transaction 1", answer.out)
        self.assertIn("vm.swappiness: 80 -> 10", answer.out)
        self.assertEqual(self.value(), "10")
        self.assertIn("vm.swappiness = 10\n", self.contents()[DROP_IN])
        self.expect(self.kvmtune("verify"), 0)
        answer = self.expect(self.kvmtune("undo"), 0)
        self.assertIn("restored", answer.out)
        self.assertEqual(self.contents(), self.before)

    def test_plan_file(self):
        path = self.folder / "host.plan"
        answer = self.expect(self.kvmtune("plan", RULE, "-o", path), 0)
        self.assertIn(f"kvmtune apply {path}", answer.out)
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        self.assertEqual(json.loads(path.read_text())["kind"], "kvmtune-plan")
        self.expect(self.kvmtune("apply", path), 0)
        self.assertEqual(self.value(), "10")

    def test_plan_from_standard_input(self):
        plan = self.kvmtune("plan", RULE, "--json").out
        self.assertEqual(self.kvmtune("plan", RULE, "-o", "-").json["steps"], json.loads(plan)["steps"])
        self.expect(self.kvmtune("apply", "-", stdin=None, input=plan), 0)
        self.assertEqual(self.value(), "10")

    def test_stale_plan(self):
        plan = self.kvmtune("plan", RULE, "--json").out
        (self.root / "proc/sys/vm/swappiness").write_text("70\n")
        answer = self.expect(self.kvmtune("apply", "-", "--json", stdin=None, input=plan), 1)
        self.assertEqual(answer.json["error"]["code"], "stale")
        self.assertEqual(self.value(), "70")
        self.assertNotIn(DROP_IN, self.contents())

    def test_plan_of_another_host(self):
        plan = json.loads(self.kvmtune("plan", RULE, "--json").out)
        plan["hostname"] = "other"
        answer = self.kvmtune("apply", "-", stdin=None, input=json.dumps(plan))
        self.expect_error(answer, 1, "'other'")
        self.assertEqual(self.contents(), self.before)

    def test_second_apply_does_nothing(self):
        self.apply()
        answer = self.apply()
        self.assertIn("Nothing to do", answer.out)
        self.assertEqual(len(self.kvmtune("history", "--json").json["transactions"]), 1)

    def test_running_is_not_interrupted(self):
        """A journal without end belongs to a crash, or to one who is just writing it."""
        fault = environment(KVMTUNE_FAULT="*:9:kill")
        if self.kvmtune("apply", "--yes", RULE, env=fault).status == 0:
            self.skipTest("this build has no fault points")
        self.assertIn("was interrupted", self.kvmtune("status").out)
        with (self.state / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            answer = self.expect(self.kvmtune("history", "--json"), 0)
            self.assertEqual([txn["state"] for txn in answer.json["transactions"]], ["running"])
            self.assertNotIn("interrupted", self.kvmtune("audit", RULE).err)
        self.assertIn("was interrupted", self.kvmtune("audit", RULE).err)
        self.expect(self.kvmtune("recover"), 0)

    def test_dry_run(self):
        answer = self.expect(self.kvmtune("apply", "--dry-run", RULE), 0)
        self.assertIn("nothing was written", answer.out)
        self.assertEqual(self.contents(), self.before)
        self.apply()
        answer = self.expect(self.kvmtune("undo", "-n"), 0)
        self.assertIn("to restore", answer.out)
        self.assertEqual(self.value(), "10")

    def test_foreign_value_is_left_alone(self):
        self.apply()
        (self.root / "proc/sys/vm/swappiness").write_text("33\n")
        answer = self.expect(self.kvmtune("verify"), 1)
        self.assertIn("is 33, kvmtune wrote 10", answer.out)
        self.assertEqual(self.kvmtune("verify", "--json").status, 1)
        self.assertIn("1 no longer as applied", self.kvmtune("status").out)
        answer = self.expect(self.kvmtune("undo"), 0)
        self.assertIn("left alone", answer.out)
        self.assertEqual(self.value(), "33")

    def test_live_and_config(self):
        self.apply("--live")
        self.assertNotIn(DROP_IN, self.contents())
        self.expect(self.kvmtune("undo"), 0)
        self.apply("--config")
        self.assertEqual(self.value(), "80")
        self.assertIn(DROP_IN, self.contents())

    def test_least_and_risk(self):
        for arguments in (["--least=high"], ["--rule=host.swappiness", "--least=critical"]):
            steps = self.kvmtune("plan", "--json", RULE, *arguments).json["steps"]
            self.assertEqual(steps, [])
        answer = self.apply("--least=high")
        self.assertIn("Nothing to do", answer.out)

    def test_history(self):
        self.assertIn("No transactions", self.kvmtune("history").out)
        self.apply()
        self.expect(self.kvmtune("undo"), 0)
        self.apply()
        lines = self.kvmtune("history").out.splitlines()
        self.assertEqual([line.split()[2] for line in lines], ["STATE", "undone", "applied"])
        self.assertIn("vm.swappiness", self.kvmtune("history", "2").out)
        self.expect_error(self.kvmtune("history", "9"), 3, "there is no transaction 9")

    def test_undo_without_transaction(self):
        self.expect_error(self.kvmtune("undo"), 3, "there is no transaction to undo")

    def test_undo_of_any_transaction(self):
        self.apply("--config")
        self.apply("--live")
        self.expect(self.kvmtune("undo", "1"), 0)
        self.assertEqual(self.value(), "10")
        self.assertNotIn(DROP_IN, self.contents())
        self.expect(self.kvmtune("undo", "2"), 0)
        self.assertEqual(self.contents(), self.before)

    def test_explain_after_apply(self):
        self.apply()
        self.assertIn("host: ok", self.kvmtune("explain", "host.swappiness").out)


class Confirm(HostCase):
    def apply(self, within):
        answer = self.kvmtune("apply", "--yes", RULE, f"--confirm-within={within}")
        self.expect(answer, 0)
        self.assertIn("kvmtune confirm 1", answer.out)
        self.assertEqual(self.value(), "10")

    def test_not_confirmed(self):
        before = self.contents()
        self.apply("2s")
        deadline = time.monotonic() + 30
        while self.contents() != before and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(self.contents(), before)
        # Its notes are written after that.
        while self.timers() and time.monotonic() < deadline:
            time.sleep(0.2)
        states = [txn["state"] for txn in self.kvmtune("history", "--json").json["transactions"]]
        self.assertEqual(states, ["undone"])

    def test_confirmed(self):
        self.apply("1h")
        self.assertIn("unconfirmed", self.kvmtune("status").out)
        answer = self.expect(self.kvmtune("confirm"), 0)
        self.assertIn("Transaction 1", answer.out)
        states = [txn["state"] for txn in self.kvmtune("history", "--json").json["transactions"]]
        self.assertEqual(states, ["applied"])
        self.assertEqual(self.value(), "10")

    def test_nothing_to_confirm(self):
        self.expect_error(self.kvmtune("confirm"), 3, "there is no transaction to confirm")

    def test_overdue_is_told_by_every_verb(self):
        self.apply("1h")
        # As after a power cut: nobody keeps the deadline any more, and it is another boot.
        for timer in self.timers():
            os.kill(timer, signal.SIGKILL)
        (self.root / "proc/sys/kernel/random/boot_id").write_text(
            "6f1c1b8e-7a0e-4a53-8a53-0f9f6f3f1c12\n"
        )
        answer = self.kvmtune("audit", RULE)
        self.assertIn("kvmtune recover", answer.err, str(answer))
        self.expect(self.kvmtune("recover"), 0)
        self.assertEqual(self.kvmtune("audit", RULE).err, "")


if __name__ == "__main__":
    tap.main()
