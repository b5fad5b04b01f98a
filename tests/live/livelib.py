# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the live tests share: TAP, running kvmtune, a real guest, and putting values back."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "lib"))
import qemu  # noqa: E402

SKIP = 77
# What the folders of a run are called.
PREFIX = "kvmtune-live-"


class Skip(Exception):
    """This machine cannot do it; the text says why."""


class Tap:
    """Prints one line per test; a failure does not stop the next one."""

    def __init__(self):
        self.number = 0
        self.failed = 0

    def run(self, name, function):
        self.number += 1
        try:
            function()
        except Skip as reason:
            print(f"ok {self.number} {name} # SKIP {reason}", flush=True)
            return
        except Exception:  # whatever it is, it is this test's failure
            self.failed += 1
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
            print(f"not ok {self.number} {name}", flush=True)
            return
        print(f"ok {self.number} {name}", flush=True)

    def end(self):
        print(f"1..{self.number}")
        sys.exit(1 if self.failed else 0)


def end_timers(folder):
    """Those that keep a deadline for the transactions in @folder."""
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
            if "timer" in words and any(word.startswith(f"{folder}/") for word in words):
                os.kill(int(path.parent.name), signal.SIGKILL)
        except OSError:
            continue


def clean_up():
    """What runs that were killed have left. Only for who holds the machine: then none is alive."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(PREFIX + "*"):
        print(f"# a run was killed: {folder} is removed", flush=True)
        end_timers(folder)
        shutil.rmtree(folder, ignore_errors=True)


def read(path):
    return pathlib.Path(path).read_text()


class Guest:
    """A real QEMU guest of libvirt's embedded driver."""

    def __init__(self, program, name, xml, is_running=False):
        self.name = name
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(xml)
            file.flush()
            words = [program, name, file.name, *(["run"] if is_running else [])]
            self.process = subprocess.Popen(words, text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            lines = [self.process.stdout.readline().split(" ", 1) for _unused in range(3)]
        if lines[0][0] == "skip":
            raise Skip(lines[0][1].strip())
        answers = {key: value.strip() for key, value in lines}
        self.uri, self.root, self.pid = answers["uri"], answers["root"], int(answers["pid"])

    def __enter__(self):
        return self

    def __exit__(self, *_unused):
        self.process.stdin.close()
        self.process.wait(60)

    def is_same_process(self):
        return pathlib.Path(f"/proc/{self.pid}").exists()

    def inactive_xml(self):
        """As libvirt keeps it on disk, not as anybody tells it."""
        return read(f"{self.root}/etc/qemu/{self.name}.xml")

    def edit(self, old, new):
        """Of the definition, while nobody has the driver open."""
        path = pathlib.Path(f"{self.root}/etc/qemu/{self.name}.xml")
        text = path.read_text()
        assert old in text, text
        path.write_text(text.replace(old, new, 1))

    def look_again(self):
        """Its process may be another one; 0 when there is none."""
        path = pathlib.Path(f"{self.root}/run/qemu/{self.name}.pid")
        self.pid = int(path.read_text()) if path.exists() else 0
        return self.pid

    def affinities(self):
        """Thread name -> CPUs that the kernel allows it."""
        return qemu.affinities(self.pid)

    def cpu_weight(self):
        """Of the guest's control group: (file name, number)."""
        file = qemu.cpu_weight(self.pid)
        if not file:
            raise Skip("the guest has no cpu control group")
        return file.name, int(read(file))


class Monitor:
    """QEMU's own word, past libvirt, which is not connected while no kvmtune runs."""

    def __init__(self, root):
        (path,) = pathlib.Path(root, "lib/qemu").glob("domain-*/monitor.sock")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(30)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rw")
        self.file.readline()
        self.ask("qmp_capabilities")

    def __enter__(self):
        return self

    def __exit__(self, *_unused):
        self.file.close()
        self.socket.close()

    def ask(self, command, **arguments):
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer:
                return answer["return"]
            if "error" in answer:
                raise AssertionError(answer["error"])


class Kvmtune:
    """The program under test, with a state directory of its own."""

    def __init__(self, program, state, *options):
        self.base = [program, "--state-dir", str(state), *options]

    def run(self, *args, status=0, timeout=120):
        done = subprocess.run([*self.base, *args], text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=timeout)
        if status is not None and done.returncode != status:
            raise AssertionError(f"{args}: exit status {done.returncode}, not {status}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return done

    def json(self, *args, status=0):
        return json.loads(self.run("--json", *args, status=status).stdout)


def need_root():
    if os.geteuid() != 0:
        raise Skip("needs root")
