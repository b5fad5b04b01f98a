# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the tests of trouble share: what an error has to look like, and a machine of one's own.

Whatever goes wrong, kvmtune ends in time, with the documented exit status, one line that names the
thing, a hint, the same as an object with --json, and nothing half-done.
"""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

SOURCE = pathlib.Path(__file__).parents[2]
sys.path[:0] = [str(SOURCE / "tests" / "cli"), str(SOURCE / "tests" / "lib")]

from borrow import look  # noqa: E402
from clitest import (DROP_IN, KVMTUNE, RULE, Answer, HostCase, environment, run,  # noqa: E402
                     wait_for_handler)

# What safety.md allows a command, and a margin for a machine that does other things besides.
LIMIT_S = 30
MARGIN_S = 15

# What a person must never be shown.
NOISE = ("(null)", "CRITICAL", "WARNING **", "assertion", "Sanitizer", "%s", "%u")

MARK = "KVMTUNE_TEST_OWN_MACHINE"
NOBODY = 65534


def own_machine(*more):
    """Starts this file again with mounts and processes of its own: what is mounted is seen by
    nobody else, and whatever it leaves behind ends with it. Without root there is no test. @more
    are further options of unshare(1)."""
    if os.environ.get(MARK):
        return
    new = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", *more]
    possible = os.geteuid() == 0 and shutil.which("unshare") and \
        subprocess.run([*new, "true"], capture_output=True, check=False).returncode == 0
    if not possible:
        print("1..0 # SKIP needs root, unshare(1) and namespaces")
        sys.exit(0)
    os.environ[MARK] = "1"
    # A shell as the first process: it buries the children of others, which libvirtd waits for.
    os.execvp(new[0], [*new, "sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-B", *sys.argv])


def mount(*arguments):
    subprocess.run(["mount", *map(str, arguments)], check=True)


def small_disk(folder, blocks, inodes=1000):
    """A file system of so many blocks of 4 KiB."""
    folder.mkdir(parents=True, exist_ok=True)
    mount("-t", "tmpfs", "-o", f"size={blocks * 4096},nr_inodes={inodes}", "tmpfs", folder)


def fill(folder, left=0):
    """Leaves so many blocks of its file system free."""
    free = os.statvfs(folder).f_bfree - left
    (folder / "filler").write_bytes(bytes(free * 4096))


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


class TroubleCase(HostCase):
    """Errors of kvmtune on the made-up host, or on another one when `base` says so."""

    within = LIMIT_S

    def setUp(self):
        super().setUp()
        self.base = ["--root", self.root, "--state-dir", self.state]
        self.program = KVMTUNE
        # Before self.folder goes away.
        self.addCleanup(subprocess.run, ["umount", "-qR", *self.mounts()], check=False,
                        capture_output=True)

    def look_at_machine(self):
        """Its values stay as they are until the test is over."""
        if os.geteuid() != 0:
            return
        lock = look(wait_s=10)
        if not lock:
            self.skipTest("another test moves values of this machine")
        self.addCleanup(lock.close)

    def mounts(self):
        return [self.root, self.state, self.root / "etc", self.folder / "disk"]

    def run_one(self, *arguments, input=None, allow=None, **keywords):
        keywords.setdefault("env", environment())
        keywords.setdefault("stdin", subprocess.DEVNULL if input is None else None)
        if input is not None:
            keywords.pop("stdin")
            keywords["input"] = input
        begin = time.monotonic()
        try:
            done = subprocess.run([self.program, *map(str, self.base), *map(str, arguments)],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                  timeout=self.within + MARGIN_S, check=False, **keywords)
        except subprocess.TimeoutExpired:
            self.fail(f"{arguments}: hangs")
        self.took = time.monotonic() - begin
        answer = Answer(done)
        for noise in set(NOISE) - {allow}:
            self.assertNotIn(noise, answer.err, str(answer))
        return answer

    def fine(self, *arguments, status=0, **keywords):
        return self.expect(self.run_one(*arguments, **keywords), status)

    def picture(self):
        return self.contents()

    def trouble(self, *arguments, status, code, says=(), hint=(), changes=False, **keywords):
        """The error of `arguments` twice, for people and for programs. @says and @hint are parts of
        the error line and of its hint."""
        before = None if changes else self.picture()
        answer = self.expect(self.run_one(*arguments, **keywords), status)
        line, advice = self.error_line(answer, code, [says] if isinstance(says, str) else says)
        self.assertTrue(advice, f"no hint: {answer}")
        for part in [hint] if isinstance(hint, str) else hint:
            self.assertIn(part, advice, str(answer))
        if not changes:
            self.assertEqual(self.picture(), before, "something was changed")
            self.check_json(arguments, status, code, line, advice, keywords)
            self.assertEqual(self.picture(), before, "something was changed")
        return answer

    def error_line(self, answer, code, says):
        lines = answer.err.splitlines()
        for number, line in enumerate(lines):
            if line.startswith("kvmtune: ") and all(part in line for part in says):
                below = lines[number + 1] if number + 1 < len(lines) else ""
                hint = below.removeprefix("hint: ") if below.startswith("hint: ") else ""
                return line.removeprefix("kvmtune: "), hint
        return self.fail(f"no line says {says}: {answer}")

    def check_json(self, arguments, status, code, line, advice, keywords):
        answer = self.expect(self.run_one("--json", *arguments, **keywords), status)
        error = json.loads(answer.out)["error"]
        self.assertEqual(error["code"], code, str(answer))
        self.assertEqual(error["exit_status"], status, str(answer))
        # A process, a number of seconds may be another one now.
        if not any(letter.isdigit() for letter in line + advice):
            self.assertEqual((error["message"], error["hint"]), (line, advice))

    def settled(self):
        """Every transaction is one thing or the other."""
        states = [txn["state"] for txn in self.fine("history", "--json").json["transactions"]]
        self.assertLessEqual(set(states), {"applied", "undone"})
        return states

    def plan(self, *arguments):
        return self.fine("plan", "--json", RULE, *arguments).out

    def start(self, *arguments, **keywords):
        keywords.setdefault("stdout", subprocess.PIPE)
        process = subprocess.Popen([self.program, *map(str, self.base), *map(str, arguments)],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                   env=environment(), **keywords)
        self.addCleanup(self.reap, process)
        return process

    def reap(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()

    def nobody(self, *readable):
        """Keywords that run kvmtune without privileges, from a place that everybody can reach."""
        if os.geteuid() != 0:
            return {}
        program = self.folder / "kvmtune"
        if not program.exists():
            shutil.copy(KVMTUNE, program)
        for path in (self.folder, *readable):
            path.chmod(0o755)
        self.program = program
        return {"preexec_fn": become_nobody, "env": environment(HOME="/nonexistent")}
