# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""new-practice writes all that a practice needs, and refuses what would break an old one."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import tap

ROWS = """\
/* rows */
RETIRED ("host.old", "useless since")
PRACTICE (host_one)
PRACTICE (host_two)
PRACTICE (guest_one)
"""


class NewPractice(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.practices = self.root / "src/practices"
        self.practices.mkdir(parents=True)
        (self.practices / "practices.inc").write_text(ROWS)
        (self.practices / "host-one.c").write_text("")
        (self.root / "meson.build").write_text("project('kvmtune', version: '1.7.3')\n")

    def run_tool(self, *arguments):
        command = [tap.TOOLS / "new-practice", "--root", self.root, *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    def rows(self):
        text = (self.practices / "practices.inc").read_text()
        return [line for line in text.splitlines() if line.startswith("PRACTICE")]

    def test_files(self):
        done = self.run_tool("host.min-free")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = (self.practices / "host-min-free.c").read_text()
        self.assertIn('.id = "host.min-free"', text)
        self.assertIn("KT_PRACTICE(host_min_free)", text)
        self.assertIn(".scope = KT_SCOPE_HOST", text)
        self.assertIn('.since = "1.7"', text)
        for case in ("fires", "quiet", "absent", "unknown"):
            path = self.root / "tests/cases/host-min-free" / f"{case}.json"
            self.assertIn("expect", json.loads(path.read_text()))
            self.assertIn(str(path), done.stdout)

    def test_row_behind_those_of_its_area(self):
        self.run_tool("host.min-free")
        self.run_tool("guest.disk.discard", "--scope", "guest-disk")
        self.assertEqual(
            self.rows(),
            [
                "PRACTICE (host_one)",
                "PRACTICE (host_two)",
                "PRACTICE (host_min_free)",
                "PRACTICE (guest_one)",
                "PRACTICE (guest_disk_discard)",
            ],
        )
        text = (self.practices / "guest-disk-discard.c").read_text()
        self.assertIn(".scope = KT_SCOPE_GUEST_DISK", text)

    def test_refusals(self):
        for name in ("host", "Host.x", "host.x_y", "net.x", "host.a.b.c", "host..x", "host.-x"):
            with self.subTest(name):
                done = self.run_tool(name)
                self.assertEqual(done.returncode, 1)
                self.assertIn("is no id", done.stderr)
        self.assertIn("exists already", self.run_tool("host.one").stderr)
        self.assertIn("retired", self.run_tool("host.old").stderr)
        self.assertEqual(len(self.rows()), 3)
        self.assertEqual(len(list(self.practices.iterdir())), 2)


if __name__ == "__main__":
    tap.main()
