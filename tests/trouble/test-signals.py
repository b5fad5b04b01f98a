#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Ctrl-C and its kin at all times: 130, and nothing half-done. A slow disk, which strace(1) makes,
leaves the time to hit the middle."""

import fcntl
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from troublelib import KVMTUNE, RULE, TroubleCase, environment, wait_for_handler

import tap

ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Slow:
    """kvmtune, each of its calls named in @calls delayed."""

    def __init__(self, case, calls, delay_ms, *arguments, before=()):
        # The leak check of a sanitizer does not work where something is traced.
        options = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
        self.strace = subprocess.Popen(
            [*before, "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={calls}", "-e",
             f"inject={calls}:delay_enter={delay_ms * 1000}", KVMTUNE, *map(str, case.base),
             *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env=environment(ASAN_OPTIONS=options))
        case.addCleanup(self.kill)
        self.pid = self.find()
        wait_for_handler(self.pid)

    def find(self):
        """The process of kvmtune."""
        for _unused in range(3000):
            children = pathlib.Path(f"/proc/{self.strace.pid}/task/{self.strace.pid}/children")
            for pid in children.read_text().split():
                # strace tries things out in children that are soon gone.
                try:
                    if os.readlink(f"/proc/{pid}/exe") == os.path.realpath(KVMTUNE):
                        return int(pid)
                except OSError:
                    continue
            time.sleep(0.01)
        raise RuntimeError("strace starts nothing")

    def send(self, number):
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def send_two(self):
        """The same one twice would be one for a process that is held up."""
        self.send(signal.SIGINT)
        self.send(signal.SIGTERM)

    def end(self):
        """Status and standard error."""
        _out, err = self.strace.communicate(timeout=60)
        return self.strace.returncode, err

    def kill(self):
        if self.strace.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.strace.kill()
        self.strace.communicate()


class Interrupted(TroubleCase):
    def slow_disk(self, *arguments, **keywords):
        return Slow(self, "fsync,fdatasync", 200, *arguments, **keywords)

    def settle(self, before):
        self.fine("recover")
        if "applied" in self.settled():
            self.fine("undo")
        self.assertEqual(self.picture(), before)

    def test_looking(self):
        """Nothing can be lost: it ends at once."""
        for number in ALL:
            for verb in (["audit"], ["plan"], ["snapshot", "-o", self.folder / "s.tar.gz"]):
                with self.subTest([number, verb]):
                    process = Slow(self, "openat2", 30, *verb)
                    process.send(number)
                    begin = time.monotonic()
                    self.assertEqual(process.end(), (130, "kvmtune: interrupted\n"))
                    self.assertLess(time.monotonic() - begin, 5)
                    self.assertFalse((self.folder / "s.tar.gz").exists())

    def test_apply(self):
        """All or nothing, and the status says which."""
        before = self.picture()
        statuses = set()
        for step in range(9):
            with self.subTest(step):
                process = self.slow_disk("apply", "--yes", RULE)
                time.sleep(0.25 * step)
                process.send(ALL[step % 3])
                status, err = process.end()
                statuses.add(status)
                if status == 130:
                    self.assertIn("kvmtune: interrupted", err)
                    self.assertEqual(self.picture(), before)
                    self.assertNotIn("applied", self.settled())
                else:
                    self.assertEqual((status, self.value()), (0, "10"), err)
                self.settle(before)
        self.assertIn(130, statuses)

    def test_apply_twice(self):
        """Who insists gets it at once, and recover puts right what is then half-done."""
        before = self.picture()
        for step in range(5):
            with self.subTest(step):
                process = self.slow_disk("apply", "--yes", RULE)
                time.sleep(0.1 + 0.4 * step)
                process.send_two()
                begin = time.monotonic()
                status, err = process.end()
                self.assertIn(status, (0, 130), err)
                self.assertLess(time.monotonic() - begin, 5)
                self.settle(before)

    def test_undo(self):
        """Half an undo serves nobody: it is finished first."""
        before = self.picture()
        self.fine("apply", "--yes", RULE)
        process = self.slow_disk("undo")
        time.sleep(0.1)
        process.send(signal.SIGINT)
        status, err = process.end()
        self.assertEqual(status, 0, err)
        self.assertIn("this is finished first", err)
        self.assertEqual(self.picture(), before)
        self.assertEqual(self.settled(), ["undone"])

    def test_undo_twice(self):
        before = self.picture()
        self.fine("apply", "--yes", RULE)
        process = self.slow_disk("undo")
        time.sleep(0.1)
        process.send_two()
        self.assertEqual(process.end()[0], 130)
        self.settle(before)

    def test_waiting_for_the_lock(self):
        before = self.picture()
        self.state.mkdir()
        with open(self.state / "lock", "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            process = self.start("apply", "--yes", RULE)
            wait_for_handler(process.pid)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            _out, err = process.communicate(timeout=20)
            self.assertEqual(process.returncode, 130, err)
        self.assertEqual(self.picture(), before)
        self.assertEqual(self.settled(), [])

    def test_ignored_stays_ignored(self):
        """nohup: the end of the session ends no apply."""
        process = self.slow_disk("apply", "--yes", RULE, before=["nohup"])
        time.sleep(0.6)
        process.send(signal.SIGHUP)
        status, err = process.end()
        self.assertEqual(status, 0, err)
        self.assertEqual(self.value(), "10")


if __name__ == "__main__":
    if not shutil.which("strace"):
        print("1..0 # SKIP needs strace(1)")
        sys.exit(0)
    tap.main()
