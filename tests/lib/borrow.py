# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Values and files of the running machine that a test moves, and gives back whatever happens.

    with Borrowed("/proc/sys/vm/swappiness", "/etc/sysctl.d/80-x.conf"):
        ...

Two tests that borrow never meet, not even those of two runs on one machine: there is a lock.  What
was there is put back by a process of its own, when the block ends or the test is gone, however it
went; until then that process holds the lock, too.
"""

import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

LOCK = "kvmtune-tests.lock"
# The kernel's own file systems: written in place, and one word where they show a list.
KERNEL = ("/sys/", "/proc/")


def choice(text):
    """'a [b] c' -> 'b'; other texts without the white space around them."""
    if "[" in text and "]" in text:
        return text[text.index("[") + 1:text.index("]")]
    return text.strip()


def put_back(path, text):
    file = pathlib.Path(path)
    now = file.read_text(encoding="utf-8") if file.exists() else None
    if now == text:
        return
    if text is None:
        file.unlink()
    else:
        file.write_text(choice(text) if path.startswith(KERNEL) else text, encoding="utf-8")


def open_lock():
    folder = "/run/lock" if os.path.isdir("/run/lock") else "/run"
    return os.open(os.path.join(folder, LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def look(wait_s):
    """For who only looks at values: an object that keeps borrowers away until it is closed, or None
    when there is one for longer than that."""
    lock = open(open_lock(), "rb")
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() > deadline:
                lock.close()
                return None
            time.sleep(0.2)


class Borrowed:
    """Put back in the given order: what the kernel moves by itself comes last.

    `with_children`: not before the children have ended, too, that inherit open files (close_fds
    is False).  A test that is killed leaves them behind, and they may still be writing."""

    def __init__(self, *paths, with_children=False):
        self.lock = open_lock()
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("# waits for another test that borrows this machine", flush=True)
            fcntl.flock(self.lock, fcntl.LOCK_EX)
        saved = {}
        for path in map(str, paths):
            exists = os.path.exists(path)
            saved[path] = pathlib.Path(path).read_text(encoding="utf-8") if exists else None
        # pylint: disable-next=consider-using-with
        self.guardian = subprocess.Popen([sys.executable, "-B", __file__, json.dumps(saved)],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         pass_fds=[self.lock], start_new_session=True)
        os.set_inheritable(self.guardian.stdin.fileno(), with_children)
        # It is ready: from now on it does not matter how this process ends.
        assert self.guardian.stdout.read(1) == b"!"

    def __enter__(self):
        return self

    def __exit__(self, *_unused):
        self.guardian.stdin.close()
        status = self.guardian.wait()
        os.close(self.lock)
        assert status == 0, "not all of this machine's values could be put back"


def guard():
    """The guardian: waits until the test is gone or has closed the pipe."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    sys.stdout.write("!")
    sys.stdout.close()
    sys.stdin.read()
    status = 0
    for path, text in json.loads(sys.argv[1]).items():
        try:
            put_back(path, text)
        except OSError as error:
            print(f"# {path}: {error.strerror}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(guard())
