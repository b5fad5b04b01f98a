# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""run, check and compile in a toy project: what they print, where, and their exit status."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import tap

ROOT = tap.TOOLS.parent
MESON = """project('toy', 'c')
subdir('src/cli')
"""
MESON_CLI = "executable('kvmtune', 'main.c')\n"
MAIN = """#include <stdio.h>
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		puts(argv[i]);
	return argc > 3 ? 1 : 0;
}
"""


@unittest.skipUnless(shutil.which("meson") and shutil.which("cc"), "no meson or no compiler here")
class Commands(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("meson.build", MESON)
        self.write("src/cli/meson.build", MESON_CLI)
        self.write("src/cli/main.c", MAIN)
        for name in ("run", "tools/compile"):
            self.write(name, (ROOT / name).read_text()).chmod(0o755)
        # Whether packages are there is the business of the tests of deps.
        self.write("tools/deps", "#!/bin/sh\n").chmod(0o755)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def call(self, *command, cwd=None):
        return subprocess.run(
            [self.root / command[0], *command[1:]],
            capture_output=True,
            text=True,
            cwd=cwd or self.root,
            stdin=subprocess.DEVNULL,
        )

    def test_run_prints_only_what_the_program_prints(self):
        done = self.call("run")
        self.assertEqual((done.returncode, done.stdout), (0, "audit\n--with-demo-guest\n"), done.stderr)
        self.assertIn("building", done.stderr)

    def test_second_run_is_quiet(self):
        self.call("run")
        done = self.call("run")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_run_hands_on_arguments_and_status(self):
        done = self.call("run", "--json", "two words", cwd="/")
        self.assertEqual(done.stdout, "audit\n--with-demo-guest\n--json\ntwo words\n")
        self.assertEqual(done.returncode, 1)

    def test_run_builds_what_changed(self):
        self.call("run")
        self.write("src/cli/main.c", "int main(void) { return 7; }\n")
        self.assertEqual(self.call("run").returncode, 7)

    def test_code_that_does_not_compile(self):
        self.write("src/cli/main.c", "int main(void) { return nothing; }\n")
        done = self.call("run")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("nothing", done.stderr)

    def test_project_that_cannot_be_configured_and_then_can(self):
        self.write("meson.build", "project('toy', 'c')\ndependency('no-such-library')\n")
        done = self.call("run")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no-such-library", done.stderr)
        self.write("meson.build", MESON)
        self.assertEqual(self.call("run").returncode, 0)

    def test_compile_takes_options_for_a_new_folder_only(self):
        done = self.call("tools/compile", "other", "-Dbuildtype=release")
        self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)
        options = (self.root / "other/meson-info/intro-buildoptions.json").read_text()
        self.assertIn('"release"', options)
        self.assertEqual(self.call("tools/compile", "other", "-Dno=option").returncode, 0)

    def test_compile_needs_a_folder(self):
        self.assertEqual(self.call("tools/compile").returncode, 2)


if __name__ == "__main__":
    tap.main()
