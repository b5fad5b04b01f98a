# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the tests of the command line share: running kvmtune, and a host made of a few files."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "tools"))

KVMTUNE = os.environ.get("KVMTUNE", str(SOURCE / "build" / "src" / "cli" / "kvmtune"))

VERBS = (
    "audit explain practices guides snapshot place status get why plan apply set restart confirm verify undo"
    " recover history demo completion"
).split()

FILES = {
    "proc/sys/vm/swappiness": "80\n",
    "proc/swaps": "Filename\tType\tSize\tUsed\tPriority\n/dev/sda2 partition 1000000 0 -2\n",
    "proc/sys/kernel/hostname": "made-up\n",
    # The real one: the clock that deadlines are kept in is that of this boot.
    "proc/sys/kernel/random/boot_id": pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(),
    "etc/sysctl.d/README": "kept\n",
}

# Only the practices that the made-up host is made for, whatever practices there will be.
RULE = "--rule=host.swappiness"
DROP_IN = "etc/sysctl.d/80-kvmtune-vm.swappiness.conf"


def environment(**changes):
    kept = ("PATH", "HOME", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "G_SLICE", "TMPDIR")
    result = {name: os.environ[name] for name in kept if name in os.environ}
    result.update({"LC_ALL": "C.UTF-8", "TERM": "xterm"})
    result.update(changes)
    return {name: value for name, value in result.items() if value is not None}


def wait_for_handler(pid, number=signal.SIGINT, limit_s=30):
    """Until the process @pid has a handler of its own for that signal: it knows its verb."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:") and int(line.split()[1], 16) >> (number - 1) & 1:
                return
        time.sleep(0.01)
    raise TimeoutError(f"process {pid} takes no signals")


class Answer:
    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self):
        return f"status {self.status}\nstdout:\n{self.out}\nstderr:\n{self.err}"


def run(*arguments, env=None, **keywords):
    """Runs kvmtune with no terminal anywhere."""
    keywords.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(
        [KVMTUNE, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env or environment(),
        timeout=60,
        check=False,
        **keywords,
    )
    return Answer(done)


class Case(unittest.TestCase):
    maxDiff = None

    def expect(self, answer, status):
        self.assertEqual(answer.status, status, str(answer))
        return answer

    def expect_error(self, answer, status, *texts):
        """An error is one line on standard error with the program's name, and no result."""
        self.expect(answer, status)
        self.assertEqual(answer.out, "", str(answer))
        self.assertTrue(answer.err.startswith("kvmtune: "), str(answer))
        for text in texts:
            self.assertIn(text, answer.err)
        return answer


class HostCase(Case):
    """A made-up host in a folder, and a state directory beside it."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kvmtune-cli-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self.expect_no_timer)
        self.root = self.folder / "root"
        self.state = self.folder / "state"
        for name, text in FILES.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def kvmtune(self, *arguments, **keywords):
        return run("--root", self.root, "--state-dir", self.state, *arguments, **keywords)

    def timers(self):
        """Processes that keep a deadline for this host."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            try:
                words = path.read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if str(self.state) in words and "timer" in words:
                found.append(int(path.parent.name))
        return found

    def expect_no_timer(self):
        """They end by themselves, soon after their transaction is settled."""
        deadline = time.monotonic() + 30
        while self.timers() and time.monotonic() < deadline:
            time.sleep(0.1)
        left = self.timers()
        for pid in left:
            os.kill(pid, signal.SIGTERM)
        self.assertEqual(left, [])

    def value(self, name="proc/sys/vm/swappiness"):
        return (self.root / name).read_text().strip()

    def contents(self):
        """Every file of the host with its text."""
        return {
            str(path.relative_to(self.root)): path.read_text()
            for path in sorted(self.root.rglob("*"))
            if path.is_file()
        }
