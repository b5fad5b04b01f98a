# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Sweeps with kt-edge and their report as TAP.

A sweep runs a command once per point (system call edge, or call and error), each time on a fresh
copy of a template folder, and lets a function judge what is left.  Two run at a time.
"""

import collections
import itertools
import os
import queue
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

# Exit statuses of kt-edge (kt-tracer.h).
KILLED = 137
NOT_REACHED = 120
TIMEOUT = 121
DRIVER_FAILED = 125

JOBS = 2

# What storage, permission, memory and contention failures look like.
ERRNOS = ("EIO", "ENOSPC", "ENOMEM", "EINTR", "EACCES", "EROFS", "EBUSY", "EINVAL", "SHORT")


@dataclass
class Call:
    """A counted system call."""
    number: int
    who: str
    name: str
    size: int
    paths: list


@dataclass
class Outcome:
    """What one run ended like."""
    status: int
    said: str
    complaint: str

    @property
    def killed(self):
        return self.status == KILLED


@dataclass
class Result:
    """What a sweep found.  `points` were reached, `missed` not: the run went another way."""
    points: int = 0
    missed: int = 0
    violations: list = field(default_factory=list)
    errnos: set = field(default_factory=set)

    def add(self, other):
        self.points += other.points
        self.missed += other.missed
        self.violations += other.violations
        self.errnos |= other.errnos


def copy_tree(source, target):
    """A copy with owners; shutil keeps all else."""
    def copy(path, to):
        shutil.copy2(path, to)
        info = os.lstat(path)
        if info.st_uid or info.st_gid:
            os.chown(to, info.st_uid, info.st_gid)
            os.chmod(to, info.st_mode & 0o7777)
    shutil.copytree(source, target, symlinks=True, copy_function=copy)


class Sweeper:
    """Runs commands under kt-edge on copies of `template`.

    command(folder) gives the argument vector to run; judge(folder, outcome) gives None when what is
    left is acceptable, else a text that says why not."""

    def __init__(self, edge, template, scratch, timeout_s=60, jobs=JOBS):
        self.jobs = jobs
        self.edge = edge
        self.template = template
        self.scratch = scratch
        self.timeout_s = timeout_s
        self.folders = queue.SimpleQueue()
        self.numbers = itertools.count()
        self.turns = collections.deque(ERRNOS)

    def _run(self, arguments, command, env=None):
        full = [self.edge, "--quiet", f"--timeout={self.timeout_s}", *arguments, "--", *command]
        done = subprocess.run(full, stdin=subprocess.DEVNULL, capture_output=True, env=env,
                              close_fds=False)
        outcome = Outcome(done.returncode, done.stdout.decode(errors="replace"),
                          done.stderr.decode(errors="replace"))
        if outcome.status == DRIVER_FAILED:
            raise RuntimeError(f"kt-edge: {outcome.complaint}")
        return outcome

    def fresh(self, template=None):
        """A folder with a copy of the template for one run; give it back with done()."""
        try:
            folder = self.folders.get_nowait()
        except queue.Empty:
            folder = os.path.join(self.scratch, f"run-{next(self.numbers)}")
        shutil.rmtree(folder, ignore_errors=True)
        copy_tree(template or self.template, folder)
        return folder

    def done(self, folder):
        self.folders.put(folder)

    def count(self, command, options, template=None):
        """The calls that a sweep with `options` will see."""
        folder = self.fresh(template)
        with tempfile.NamedTemporaryFile("r", dir=self.scratch) as listing:
            self._run([*self._options(options, folder), "--list", listing.name, "count"],
                      command(folder))
            rows = [line.rstrip("\n").split("\t") for line in listing]
        self.done(folder)
        return [Call(int(row[0]), row[1], row[2], 0 if row[3] == "-" else int(row[3]), row[4:])
                for row in rows]

    def trace(self, command, folder, path):
        """Writes the file operations of a command in `folder` to `path`."""
        return self._run([f"--under={folder}", "trace", path], command(folder))

    @staticmethod
    def _options(options, folder):
        """'{}' in an option stands for the folder of the run."""
        return [option.replace("{}", folder) for option in options]

    def _point(self, words, command, options, judge, template):
        folder = self.fresh(template)
        outcome = self._run([*self._options(options, folder), *words], command(folder))
        result = Result()
        if outcome.status == NOT_REACHED:
            result.missed = 1
        else:
            result.points = 1
            result.errnos.update(words[2:3] if words[0] == "errno" else ())
        if outcome.status == TIMEOUT:
            problem = "hangs"
        else:
            problem = judge(folder, outcome)
        if problem:
            result.violations.append(f"{' '.join(options + words)}: {problem}")
        self.done(folder)
        return result

    def sweep(self, points, command, options, judge, template=None):
        """Runs all `points` (lists of words for kt-edge)."""
        total = Result()
        with ThreadPoolExecutor(self.jobs) as pool:
            for result in pool.map(
                    lambda words: self._point(words, command, options, judge, template), points):
                total.add(result)
        return total

    def kill_sweep(self, command, options, judge, template=None, every=1):
        """SIGKILL at every edge, or at every `every`-th."""
        calls = self.count(command, options, template)
        # Nothing can be done to a program in the call that ends it.
        n = len(calls) - (calls[-1].name == "exit_group" if calls else 0)
        points = [["kill", str(edge)] for edge in range(1, 2 * n + 1, every)]
        return self.sweep(points, command, options, judge, template)

    def short_kill_sweep(self, command, options, judge, template=None):
        """Every write moves half of its bytes, then SIGKILL."""
        calls = self.count(command, options, template)
        points = [["kill", str(2 * call.number), "--short"] for call in calls if call.size > 1]
        return self.sweep(points, command, options, judge, template)

    def errno_sweep(self, command, options, judge, template=None, errnos=ERRNOS):
        """Every error at every call, once and from then on.

        But for EINTR: a program that asks again rightly hangs when it never ends."""
        calls = self.count(command, options, template)
        points = []
        for call, name in itertools.product(calls, errnos):
            if (name == "SHORT" and call.size < 2) or call.name == "exit_group":
                continue
            points.append(["errno", str(call.number), name])
            if name != "EINTR":
                points.append(["errno", str(call.number), name, "--sticky"])
        return self.sweep(points, command, options, judge, template)

    def errno_rotation(self, command, options, judge, template=None, every=1, errnos=ERRNOS):
        """One of `errnos` at every call (or every `every`-th), another one each time, by turns once
        and from then on.

        The next sweep goes on where this one ends, so that the same call gets another error."""
        points = []
        for call in self.count(command, options, template)[::every]:
            if call.name == "exit_group":
                continue
            name = next(name for name in self.turns
                        if name in errnos and (name != "SHORT" or call.size > 1))
            self.turns.remove(name)
            self.turns.append(name)
            sticky = call.number // every % 2 == 0 and name != "EINTR"
            points.append(["errno", str(call.number), name] + ["--sticky"] * sticky)
        return self.sweep(points, command, options, judge, template)

    def killed_copies(self, command, options, edges, template=None):
        """Templates as a kill at each of `edges` leaves them, for sweeps over what comes next."""
        for edge in edges:
            folder = self.fresh(template)
            self._run([*self._options(options, folder), "kill", str(edge)], command(folder))
            copy = os.path.join(self.scratch, f"killed-{next(self.numbers)}")
            copy_tree(folder, copy)
            self.done(folder)
            yield copy
            shutil.rmtree(copy)


class OutsideSweeper(Sweeper):
    """Of what is changed, some is not in the folder: every run begins with what belongs to its
    template.  capture() gives what is there now, restore(state) puts it back.  One at a time."""

    def __init__(self, edge, template, scratch, capture, restore):
        super().__init__(edge, template, scratch, timeout_s=30, jobs=1)
        self.capture, self.restore = capture, restore
        self.states = {template: capture()}

    def remember(self, template):
        """What is there now belongs to this template."""
        self.states[template] = self.capture()
        return template

    def fresh(self, template=None):
        self.restore(self.states[template or self.template])
        return super().fresh(template)

    def killed_copies(self, command, options, edges, template=None):
        for copy in super().killed_copies(command, options, edges, template):
            yield self.remember(copy)


class Tap:
    """Test Anything Protocol on standard output."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def ok(self, good, name, notes=()):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {name}", flush=True)
        for note in () if good else notes:
            for line in note.splitlines():
                print(f"# {line}", flush=True)

    def skip(self, name, reason):
        self.number += 1
        print(f"ok {self.number} - {name} # SKIP {reason}", flush=True)

    def end(self):
        """Prints the plan; the exit status for the test."""
        print(f"1..{self.number}")
        return 1 if self.failed else 0
