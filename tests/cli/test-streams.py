#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Standard streams, colour, terminals, signals."""

import os
import pty
import select
import signal
import subprocess
import unittest

from clitest import KVMTUNE, RULE, Case, HostCase, environment, run, wait_for_handler

import tap


def read_until(fd, seen, is_enough):
    """Reads on until is_enough(text) or the end; gives up after a minute."""
    while not is_enough(seen):
        if not select.select([fd], [], [], 60)[0]:
            raise TimeoutError(f"seen so far: {seen!r}")
        try:
            part = os.read(fd, 65536).decode()
        except OSError:
            part = ""
        if not part:
            break
        seen += part
    return seen


def run_on_terminal(arguments, typed=None, **changes):
    """Status and all that a person sees; @typed is typed when a question is asked."""
    pid, fd = pty.fork()
    if pid == 0:
        try:
            os.execve(KVMTUNE, [KVMTUNE, *map(str, arguments)], environment(**changes))
        finally:
            os._exit(127)
    seen = ""
    try:
        if typed is not None:
            seen = read_until(fd, seen, lambda text: "[y/N] " in text)
            os.write(fd, typed.encode())
        seen = read_until(fd, seen, lambda _: False)
    except TimeoutError:
        os.kill(pid, signal.SIGKILL)
        raise
    finally:
        os.close(fd)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status, seen


class Output(HostCase):
    def test_results_on_stdout_only(self):
        for arguments in (["audit", RULE], ["plan", RULE], ["practices"], ["history"], ["status"], ["verify"]):
            with self.subTest(arguments):
                answer = self.expect(self.kvmtune(*arguments), 0)
                self.assertNotEqual(answer.out, "")
                self.assertEqual(answer.err, "")

    def test_json_of_every_verb(self):
        plan = self.kvmtune("plan", RULE, "--json")
        for arguments in (
            ["audit"],
            ["explain", "host.swappiness"],
            ["practices"],
            ["completion", "bash"],
            ["status"],
            ["plan"],
            ["history"],
            ["verify"],
            ["recover"],
            ["apply", "--dry-run", "--yes", RULE],
            ["apply", "--yes", RULE],
            ["history", "1"],
            ["undo", "--dry-run"],
            ["undo"],
            ["snapshot", "-o", self.folder / "s.tar.gz"],
        ):
            with self.subTest(arguments):
                answer = self.expect(self.kvmtune(*arguments, "--json"), 0)
                self.assertEqual(answer.json["schema_version"], 1)
                self.assertTrue(answer.json["kind"].startswith("kvmtune-"))
        self.assertEqual(plan.json["kind"], "kvmtune-plan")

    def test_same_input_same_output(self):
        first = self.kvmtune("audit", RULE, "--json").json
        second = self.kvmtune("audit", RULE, "--json").json
        for answer in (first, second):
            answer.pop("collected")
        self.assertEqual(first, second)

    def test_width(self):
        for columns in (60, 80, 120):
            answer = self.kvmtune("audit", RULE, "-v", env=environment(COLUMNS=str(columns)))
            for line in answer.out.splitlines():
                if "/" not in line:
                    self.assertLessEqual(len(line), columns, line)

    def test_colour(self):
        self.assertIn("\x1b[", self.kvmtune("audit", RULE, "--color=always").out)
        for arguments in ([], ["--color=auto"], ["--color=never"]):
            self.assertNotIn("\x1b", self.kvmtune("audit", RULE, *arguments).out)

    def test_colour_on_terminal(self):
        arguments = ["audit", RULE, "--root", self.root]
        self.assertIn("\x1b[", run_on_terminal(arguments)[1])
        self.assertNotIn("\x1b", run_on_terminal(arguments, NO_COLOR="1")[1])
        self.assertNotIn("\x1b", run_on_terminal(arguments, TERM="dumb")[1])
        self.assertIn("\x1b[", run_on_terminal([*arguments, "--color=always"], NO_COLOR="1")[1])

    def test_json_is_never_coloured(self):
        self.assertNotIn("\x1b", self.kvmtune("audit", RULE, "--json", "--color=always").out)

    def test_full_disk(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [KVMTUNE, "practices"], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                timeout=60,
            )
        self.assertEqual(done.returncode, 3)
        self.assertIn("kvmtune: write to standard output: No space left on device", done.stderr)

    def test_closed_stdout(self):
        done = subprocess.run(
            ["sh", "-c", 'exec "$0" "$@" >&-', KVMTUNE, "practices"],
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
        self.assertEqual(done.returncode, 3)
        self.assertIn("write to standard output", done.stderr)

    def test_closed_streams_spoil_no_journal(self):
        command = f'exec "$0" "$@" <&- >&- 2>&-'
        arguments = ["--root", self.root, "--state-dir", self.state, "apply", "--yes", RULE]
        subprocess.run(["sh", "-c", command, KVMTUNE, *map(str, arguments)], check=False, timeout=60)
        self.assertEqual(self.value(), "10")
        self.expect(self.kvmtune("verify"), 0)
        self.expect(self.kvmtune("undo"), 0)
        self.assertEqual(self.value(), "80")

    def test_reader_that_goes_away(self):
        command = '"$0" practices --json | head -c 1; echo "${PIPESTATUS[0]}"'
        done = subprocess.run(
            ["bash", "-c", command, KVMTUNE], capture_output=True, text=True, check=False, timeout=60
        )
        self.assertEqual(done.stdout, "{0\n")
        self.assertEqual(done.stderr, "")

    def test_quiet(self):
        path = self.folder / "s.tar.gz"
        self.assertIn("kvmtune audit --root", self.kvmtune("snapshot", "-o", path).err)
        self.assertEqual(self.kvmtune("-q", "snapshot", "-o", path).err, "")

    def test_snapshot_is_not_for_a_terminal(self):
        status, seen = run_on_terminal(["snapshot", "--root", self.root])
        self.assertEqual(status, 2)
        self.assertIn("-o", seen)

    def test_snapshot_gives_the_same_audit(self):
        path = self.folder / "s.tar.gz"
        self.expect(self.kvmtune("snapshot", "-o", path), 0)
        there = run("audit", "--json", "--root", path).json
        here = self.kvmtune("audit", "--json").json
        self.assertEqual(there["results"], here["results"])


class Terminal(HostCase):
    def apply(self, typed):
        arguments = ["--root", self.root, "--state-dir", self.state, "apply", RULE]
        return run_on_terminal(arguments, typed)

    def test_yes(self):
        status, seen = self.apply("y\n")
        self.assertIn("Change 1 host value, 1 file? [y/N]", seen)
        self.assertEqual(status, 0)
        self.assertEqual(self.value(), "10")

    def test_no(self):
        before = self.contents()
        for typed in ("n\n", "\n", "yess\n", "\x04"):
            status, seen = self.apply(typed)
            self.assertEqual(status, 130)
            self.assertIn("nothing was changed", seen)
            self.assertEqual(self.contents(), before)

    def test_interrupt_at_the_question(self):
        before = self.contents()
        status, seen = self.apply("\x03")
        self.assertEqual(status, 130)
        self.assertIn("kvmtune: interrupted", seen)
        self.assertEqual(self.contents(), before)

    def test_no_terminal(self):
        before = self.contents()
        answer = self.expect(self.kvmtune("apply", RULE), 2)
        self.assertIn("--yes", answer.err)
        self.assertEqual(self.contents(), before)


class Signals(HostCase):
    def start(self, *arguments):
        return subprocess.Popen(
            [KVMTUNE, "--root", self.root, "--state-dir", self.state, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def test_status_is_130(self):
        self.expect(self.kvmtune("apply", RULE, "--yes", "--confirm-within=1h"), 0)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = self.start("timer", "1")
            wait_for_handler(process.pid)
            self.assertIsNone(process.poll(), "the timer waits")
            process.send_signal(number)
            out, err = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 130)
            self.assertEqual((out, err), ("", "kvmtune: interrupted\n"))
        # Ends the timer that apply started, too.
        self.expect(self.kvmtune("undo"), 0)


def become_nobody():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


@unittest.skipIf(os.geteuid() != 0, "only root can become somebody else")
class Privileges(HostCase):
    def test_looking_as_nobody(self):
        self.folder.chmod(0o755)
        self.expect(self.kvmtune("apply", "--yes", RULE), 0)
        self.assertEqual(self.state.stat().st_mode & 0o77, 0)
        answer = self.expect(self.kvmtune("status", preexec_fn=become_nobody), 0)
        self.assertIn("only root may read them", answer.out)
        answer = self.kvmtune("status", "--json", preexec_fn=become_nobody)
        self.assertIsNone(answer.json["transactions"])
        self.expect(self.kvmtune("audit", RULE, preexec_fn=become_nobody), 0)
        self.expect_error(self.kvmtune("history", preexec_fn=become_nobody), 4)
        self.expect_error(self.kvmtune("verify", preexec_fn=become_nobody), 4)

    def test_changing_as_nobody(self):
        # Asks for no libvirt: what is tested is the host.
        answer = run("-c", "", "audit", "--json", preexec_fn=become_nobody)
        self.expect(answer, 0)
        self.assertFalse(answer.json["is_privileged"])
        for verb in ("undo", "recover", "confirm"):
            denied = run("-c", "", verb, preexec_fn=become_nobody)
            self.assertEqual(denied.status, 4, str(denied))
            self.assertIn("hint: ", denied.err)


if __name__ == "__main__":
    tap.main()
