# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the sweeps over the real engine share: a small host in a folder, plans for it, and a judge.

A run's folder holds `root` (the host), `state` (the state directory) and `plan.json`.  The judge
never asks the engine what an item is: it reads the files and compares them with what they were and
with what the plan says, and then compares that with what the engine has said.
"""

import itertools
import json
import os
import random
import re
import signal
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from crashlib import Sweeper, Tap, copy_tree  # noqa: E402

BOOT_ID = "6f1d0a3e-5a55-4e0b-9d5c-8a2f6f0f7a01"
# Longer than any run.
LONG_S = 3600

# Everything but `large` is thinned out so that the whole suite takes minutes.
LARGE = os.environ.get("KVMTUNE_CRASH") == "all"


@dataclass
class Edit:
    """One step of a plan: what a place holds before and is to hold (None: absent)."""
    path: str
    old: str | None
    new: str | None
    knob: str = "file"
    syntax: str = "plain"

    @property
    def before(self):
        """As the plan names it: of "a [b] c" it is b."""
        if self.knob == "value" and self.old is not None:
            word = re.search(r"\[(.*?)\]", self.old)
            return word[1] if word else self.old.strip()
        return self.old

    def state(self, host):
        """before, planned, or what it is instead."""
        try:
            with open(os.path.join(host, self.path), encoding="utf-8") as file:
                now = file.read()
        except FileNotFoundError:
            now = None
        if self.knob == "value" and now is not None:
            now = Edit(self.path, now, None, "value").before
        if now == self.before:
            return "before"
        return "planned" if now == self.new else f"{now!r}"


@dataclass
class Host:
    """What a template is made of.  Paths are relative to its root."""
    files: dict = field(default_factory=dict)    # path -> text
    attrs: dict = field(default_factory=dict)    # path -> (mode, uid, gid)
    xattrs: dict = field(default_factory=dict)   # path -> {name: bytes}
    links: dict = field(default_factory=dict)    # path -> target
    folders: list = field(default_factory=list)

    def make(self, root):
        os.makedirs(root)
        for path in self.folders:
            os.makedirs(os.path.join(root, path), exist_ok=True)
        for path, text in self.files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        for path, target in self.links.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            os.symlink(target, full)
        for path, (mode, uid, gid) in self.attrs.items():
            os.chown(os.path.join(root, path), uid, gid)
            os.chmod(os.path.join(root, path), mode)
        for path, xattrs in self.xattrs.items():
            for name, value in xattrs.items():
                os.setxattr(os.path.join(root, path), name, value)


def make_plan(groups, **extra):
    """The JSON of a plan whose groups are lists of edits."""
    steps = []
    for number, group in enumerate(groups, 1):
        for edit in group:
            steps.append({
                "id": len(steps) + 1, "group": number, "knob": edit.knob, "target": "host",
                "title": "host", "risk": "low",
                "effect": "live" if edit.knob == "value" else "boot",
                "edits": [{"locator": "/" + edit.path, "from": edit.before, "to": edit.new,
                           "syntax": edit.syntax}]})
    return {"schema_version": 1, "kind": "kvmtune-plan", "notes": [], "steps": steps, **extra,
            "groups": [{"id": number, "title": f"group {number}", "practices": "host.swappiness",
                        "severity": "medium", "risk": "low"}
                       for number in range(1, len(groups) + 1)]}


class World:
    """A host, a plan, and which of its groups cannot succeed."""

    def __init__(self, name, host, groups, failing=()):
        self.name, self.host, self.groups = name, host, groups
        self.failing = {number for number in failing}
        self.steps = [edit for group in groups for edit in group]
        self.group_of = [number for number, group in enumerate(groups, 1) for _ in group]

    def make(self, folder):
        self.host.make(os.path.join(folder, "root"))
        with open(os.path.join(folder, "plan.json"), "w", encoding="utf-8") as file:
            json.dump(make_plan(self.groups), file)
        self.before = look(os.path.join(folder, "root"))

    def is_failing(self, step):
        return self.group_of[step] in self.failing


def look(root):
    """Everything below a root that undo has to restore: kind, content, mode, owner, xattrs."""
    seen = {}
    for folder, names, files in os.walk(root):
        for name in names + files:
            full = os.path.join(folder, name)
            info = os.lstat(full)
            if stat.S_ISLNK(info.st_mode):
                seen[os.path.relpath(full, root)] = ("link", os.readlink(full))
                continue
            xattrs = {key: os.getxattr(full, key) for key in os.listxattr(full)}
            text = None
            if stat.S_ISREG(info.st_mode):
                with open(full, "rb") as file:
                    text = file.read()
            seen[os.path.relpath(full, root)] = (stat.S_IFMT(info.st_mode), text,
                                                 stat.S_IMODE(info.st_mode), info.st_uid,
                                                 info.st_gid, xattrs)
    return seen


def rich_world(failing=True):
    """A bit of everything: values, drop-ins, a file that loses a line, a folder to be made, a value
    with a neighbour, a file that goes, a file behind a link, and a group that cannot succeed."""
    host = Host(
        files={
            "proc/sys/kernel/random/boot_id": BOOT_ID + "\n",
            "proc/sys/kernel/hostname": "host1\n",
            "proc/sys/vm/swappiness": "60\n",
            "proc/sys/vm/min_free_kbytes": "67584\n",
            "proc/sys/fs/aio-max-nr": "65536\n",
            "sys/kernel/mm/transparent_hugepage/enabled": "always [madvise] never\n",
            "etc/sysctl.d/99-local.conf": "# mine\nnet.ipv4.tcp_tw_recycle = 1\nvm.a = 2\n",
            "etc/udev/rules.d/99-old.rules": "# no longer wanted\n",
            "usr/share/tune/limits": "old " * 300 + "\n",
            "etc/modprobe.d/README": "x\n",
        },
        attrs={"etc/sysctl.d/99-local.conf": (0o640, 12, 34)},
        xattrs={"etc/sysctl.d/99-local.conf": {"trusted.kvmtune": b"a\0b"}},
        links={"etc/tune/limits": "../../usr/share/tune/limits"},
        folders=["etc/modprobe.d/.80-kvmtune-kvm.conf.kvmtune-tmp"])
    groups = [
        [Edit("proc/sys/vm/swappiness", "60\n", "10", "value", "number"),
         Edit("etc/sysctl.d/80-kvmtune-vm.swappiness.conf", None, "vm.swappiness = 10\n")],
        [Edit("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n", "never",
              "value", "choice"),
         Edit("etc/tmpfiles.d/80-kvmtune-thp.conf", None, "w /sys/x - - - - never\n")],
        [Edit("etc/sysctl.d/99-local.conf", "# mine\nnet.ipv4.tcp_tw_recycle = 1\nvm.a = 2\n",
              "# mine\nvm.a = 2\n")],
        [Edit("proc/sys/fs/aio-max-nr", "65536\n", "1048576", "value", "number"),
         Edit("etc/modprobe.d/80-kvmtune-kvm.conf", None, "options kvm x=1\n")],
        [Edit("etc/udev/rules.d/99-old.rules", "# no longer wanted\n", None),
         Edit("etc/tune/limits", "old " * 300 + "\n", "new " * 400 + "\n"),
         Edit("etc/tmpfiles.d/81-kvmtune-ksm.conf", None, "w /sys/y - - - - 0\n")],
    ]
    if failing:
        return World("rich", host, groups, failing=[4])
    del groups[3]
    return World("rich, nothing fails", host, groups)


def generated_world(seed):
    """A random plan over random items; some groups cannot succeed."""
    dice = random.Random(seed)
    host = Host(files={"proc/sys/kernel/random/boot_id": BOOT_ID + "\n"})
    groups, failing = [], []
    for number in range(1, dice.randint(1, 4) + 1):
        group = []
        for step in range(dice.randint(1, 3)):
            group.append(_random_edit(dice, host, f"{number}{step}"))
        if dice.random() < 0.25:
            failing.append(number)
            blocked = f"etc/blocked.d/{number}.conf"
            group.insert(dice.randint(0, len(group)), Edit(blocked, None, "never\n"))
            host.folders.append(f"etc/blocked.d/.{number}.conf.kvmtune-tmp")
        groups.append(group)
    return World(f"plan {seed}", host, groups, failing)


def _random_edit(dice, host, name):
    kind = dice.choice(["number", "choice", "new", "new in new folder", "changed", "gone", "long"])
    if kind == "number":
        path, old = f"proc/sys/vm/k{name}", f"{dice.randint(0, 99)}\n"
        host.files[path] = old
        return Edit(path, old, str(dice.randint(100, 999)), "value", "number")
    if kind == "choice":
        path, old = f"sys/kernel/mm/k{name}", "never [always] maybe\n"
        host.files[path] = old
        return Edit(path, old, dice.choice(["never", "maybe"]), "value", "choice")
    folder = dice.choice(["etc/sysctl.d", "etc/modprobe.d"])
    if kind == "new in new folder":
        return Edit(f"etc/new{dice.randint(1, 2)}.d/{name}.conf", None, f"n {name}\n")
    if kind == "new":
        host.folders.append(folder)
        return Edit(f"{folder}/{name}.conf", None, f"new {name}\n")
    path = f"{folder}/{name}.conf"
    old = "long line\n" * 900 if kind == "long" else f"old {name}\n"
    host.files[path] = old
    host.attrs[path] = (dice.choice([0o644, 0o600, 0o755]), dice.choice([0, 7]), 0)
    return Edit(path, old, None if kind == "gone" else old + "# more\n")


@dataclass
class Told:
    """What the engine has printed."""
    txns: dict = field(default_factory=dict)     # id -> state
    steps: dict = field(default_factory=dict)    # id -> [outcome]
    error: str | None = None

    @classmethod
    def parse(cls, text):
        told = cls()
        for line in text.splitlines():
            words = line.split(" ", 3)
            if words[0] == "txn" and len(words) == 3:
                told.txns[int(words[1])] = words[2]
                told.steps[int(words[1])] = []
            elif words[0] == "step" and len(words) >= 3 and "." in words[1]:
                told.steps[int(words[1].split(".")[0])].append(words[2])
            elif words[0] == "error" and len(words) >= 2:
                told.error = words[1].rstrip(":")
        return told


# What an outcome says about a place.
PLANNED = {"applied", "already"}
BEFORE = {"restored", "rolled-back", "unchanged", "stale", "skipped", "-", "failed"}
# The whole groups that a status after recovery may leave.
SETTLED = {"applied", "unconfirmed", "undone"}
# Exit statuses of kvmtune that an injected error may lead to; 134: GLib aborts without memory.
KNOWN_STATUSES = {0, 1, 2, 3, 4, 5, 6, 130}
ABORTED = {133, 134}


class Judge:
    """Looks at folders of one world."""

    def __init__(self, world, run):
        self.world, self.run = world, run

    def words(self, folder, *verb):
        return [self.run, "--root", f"{folder}/root", "--state-dir", f"{folder}/state", *verb]

    def apply(self, folder):
        return self.words(folder, "apply", f"{folder}/plan.json")

    def trial(self, folder):
        return [*self.apply(folder), "--confirm-within", str(LONG_S)]

    def confirm(self, folder):
        return self.words(folder, "confirm", "1")

    def undo(self, folder):
        return self.words(folder, "undo", "1")

    def recover(self, folder):
        return self.words(folder, "recover")

    def do(self, words, env=None):
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              env=env, close_fds=False, check=False)
        return done.returncode, done.stdout + done.stderr

    def states(self, folder):
        return [edit.state(f"{folder}/root") for edit in self.world.steps]

    def settled(self, folder, outcome, may_fail=False):
        """Recovers, then judges the machine and what status says of it.  None, or what is wrong.
        `may_fail`: groups may have been rolled back that could have succeeded."""
        status, said = self.do(self.words(folder, "settle"))
        if status != 0:
            return f"recover: exit status {status}: {said}"
        recovered, _, told = said.partition("--\n")
        return (self.check_settled(folder, Told.parse(told))
                or self.check_promise(outcome, Told.parse(told))
                or self.check_groups(Told.parse(told), may_fail)
                or self.check_rest(folder, Told.parse(told))
                or self.check_words(recovered + told))

    def check_settled(self, folder, told):
        states = self.states(folder)
        wanted = self.planned(told)
        for step, (state, planned) in enumerate(zip(states, wanted)):
            if state != ("planned" if planned else "before"):
                return (f"step {step + 1} ({self.world.steps[step].path}) is {state}, but the "
                        f"transactions are {told.txns} {told.steps}")
        return None

    def planned(self, told):
        """Per step: should it be as planned, by the states of the transactions?"""
        if told.txns.get(1) not in ("applied", "unconfirmed"):
            return [False] * len(self.world.steps)
        return [outcome == "applied" for outcome in told.steps[1]]

    def check_promise(self, outcome, told):
        """What was told before the end of the run holds after recovery."""
        for number, state in told.txns.items():
            if state not in SETTLED:
                return f"transaction {number} is {state} after recovery"
        promised = Told.parse(outcome.said) if outcome else Told()
        for number, state in promised.txns.items():
            if state in SETTLED and told.txns.get(number) != state:
                return f"said {state} of transaction {number}, now it is {told.txns.get(number)}"
        return None

    def check_groups(self, told, may_fail):
        """Groups are whole, and those stand that can."""
        if told.txns.get(1) not in ("applied", "unconfirmed"):
            return None
        applied = {}
        for step, outcome in enumerate(told.steps[1]):
            applied.setdefault(self.world.group_of[step], set()).add(outcome == "applied")
        for group, kinds in applied.items():
            if len(kinds) > 1:
                return f"half of group {group} stands: {told.steps[1]}"
            if (group in self.world.failing) == (True in kinds) and not (may_fail and
                                                                         False in kinds):
                return f"group {group} {kinds}: {told.steps[1]}"
        return None

    def check_rest(self, folder, told):
        """What no step names is untouched; what is as before is so to the last bit."""
        now = look(f"{folder}/root")
        touched = {edit.path for edit, planned in zip(self.world.steps, self.planned(told))
                   if planned}
        touched |= {os.path.dirname(path) for path in touched}
        for path in sorted(now.keys() | self.world.before.keys()):
            old, new = self.world.before.get(path), now.get(path)
            if path in touched and old and new and old[2:] != new[2:]:
                return f"{path}: mode, owner or attributes {old[2:]} became {new[2:]}"
            if path in touched or self.is_value(path) or self.is_target(path):
                continue
            if old != new:
                return f"{path}: {old} became {new}"
        left = [path for path in now if path.endswith(".kvmtune-tmp")
                and path not in self.world.before]
        if os.path.isdir(f"{folder}/state/txn"):
            left += [name for name in os.listdir(f"{folder}/state/txn") if ".new" in name]
        return f"left behind: {left}" if left else None

    def is_value(self, path):
        """A stand-in is written as one word where sysfs shows a list; states() compares it."""
        return any(edit.knob == "value" and edit.path == path for edit in self.world.steps)

    def is_target(self, path):
        return any(os.path.normpath(os.path.join(os.path.dirname(link), target)) == path
                   for link, target in self.world.host.links.items())

    @staticmethod
    def check_words(said):
        """Nobody else was there, and the machine was not restarted."""
        for word in ("foreign", "gone", "damaged", "incomplete"):
            if re.search(rf"^(step|txn) \S+ {word}", said, re.M):
                return f"recover or status says '{word}': {said}"
        return None

    def truthful(self, folder, outcome):
        """Is what a run that was not killed has told true, before anything is recovered?"""
        if outcome.killed or outcome.status in ABORTED:
            return None
        if outcome.status not in KNOWN_STATUSES:
            return f"exit status {outcome.status}: {outcome.said}{outcome.complaint}"
        # When no write succeeds any more, nothing can be said.
        if outcome.status and outcome.said and not Told.parse(outcome.said).error:
            return f"exit status {outcome.status} without a message: {outcome.said}"
        told = Told.parse(outcome.said)
        for number, steps in told.steps.items():
            problem = self.check_steps(folder, outcome.status, steps)
            if problem:
                return f"transaction {number}: {problem}; said: {outcome.said}"
        return None

    def check_steps(self, folder, status, outcomes):
        for step, (outcome, state) in enumerate(zip(outcomes, self.states(folder))):
            if outcome == "unreadable" or (outcome == "failed" and status == 6):
                continue
            wanted = "planned" if outcome in PLANNED else "before" if outcome in BEFORE else None
            if wanted != state:
                return f"exit status {status}, step {step + 1} told as {outcome} is {state}"
        return None

    def whole(self, folder, outcome):
        """truthful(), then settled()."""
        return self.truthful(folder, outcome) or self.settled(folder, outcome, may_fail=True)


def prepared(judge, folder, name, *verbs):
    """A copy of the template in `folder` on which the verbs have been run."""
    copy = os.path.join(os.path.dirname(folder), name)
    copy_tree(folder, copy)
    for verb in verbs:
        judge.do(verb(copy))
    return copy


class Suite:
    """What a test program of the engine starts with: its tools, a scratch folder, TAP."""

    def __init__(self, name, arguments):
        self.edge, self.run = (os.path.abspath(path) for path in arguments[:2])
        self.tap = Tap()
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        # pylint: disable-next=consider-using-with
        self._temporary = tempfile.TemporaryDirectory(prefix=f"kt-{name}-", dir=memory)
        self.scratch = self._temporary.name
        self.numbers = itertools.count(1)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._temporary.cleanup()

    def has_faults(self):
        """Built with -Dfault_injection=true?"""
        log = os.path.join(self.scratch, "passages")
        folder = os.path.join(self.scratch, "faults")
        world = rich_world()
        world.make(folder)
        judge = Judge(world, self.run)
        judge.do(judge.apply(folder), env=dict(os.environ, KVMTUNE_FAULT_LOG=log))
        return os.path.exists(log)

    def bench(self, world):
        """A sweeper and a judge for a world, and the folder of its template."""
        folder = os.path.join(self.scratch, f"world-{next(self.numbers)}")
        world.make(os.path.join(folder, "template"))
        return Bench(Sweeper(self.edge, os.path.join(folder, "template"), folder),
                     Judge(world, self.run), os.path.join(folder, "template"))

    def report(self, what, result, least=1):
        """One line of TAP for a sweep: enough points, no violations.  Memory is laid out otherwise
        in every run, so a call or two less may be needed to reach the end."""
        self.tap.ok(result.points >= least and result.missed < 4 and not result.violations,
                    f"{what}: {result.points} points, {result.missed} not reached, "
                    f"{len(result.violations)} violations", result.violations[:3])

    def stop_timers(self):
        """Those of this test wait for an hour."""
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{number}/cmdline", "rb") as file:
                    words = file.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[0] == self.run and any(word.startswith(self.scratch) for word in words):
                os.kill(int(number), signal.SIGKILL)

    def skip(self, what, reason):
        self.tap.skip(what, reason)


@dataclass
class Bench:
    sweeper: Sweeper
    judge: Judge
    template: str

    def after(self, name, *verbs):
        """A template on which the verbs have been run."""
        return prepared(self.judge, self.template, name, *verbs)


class Stopped:
    """A run that stands still at a fault point until it is told to go on or to die."""

    def __init__(self, words, fault):
        # pylint: disable-next=consider-using-with
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        text=True, env=dict(os.environ,
                                                            KVMTUNE_FAULT=f"{fault}:stop"))
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)
        said = self.process.communicate()[0]
        return self.process.returncode, said

    def die(self):
        self.process.kill()
        self.process.communicate()


# Where the engine's own work begins; what stands before belongs to the dynamic loader.
FROM = "--from=/state"
EVERY_CALL = [FROM]
WRITES = [FROM, "--writes"]
FILES = [FROM, "--io"]
