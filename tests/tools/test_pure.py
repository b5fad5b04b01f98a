# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""check-pure catches a call that reads, also through a lower layer, and names it."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

import tap

PURE_CALL = "#include <string.h>\nsize_t kt_a(const char *s);\nsize_t kt_a(const char *s) { return strlen(s); }\n"
OPENS = '#include <stdio.h>\nint kt_b(void);\nint kt_b(void) { return fopen("/etc/passwd", "r") != 0; }\n'
CALLS = "int kt_b(void);\nint kt_c(void);\nint kt_c(void) { return kt_b(); }\n"
ASKS_TIME = "#include <time.h>\nlong kt_d(void);\nlong kt_d(void) { return time(0); }\n"


@unittest.skipUnless(shutil.which("cc"), "no compiler here")
class Pure(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def archive(self, name, thin=False, **sources):
        """Builds an archive of one object a source; returns its path."""
        objects = []
        for stem, text in sources.items():
            source = pathlib.Path(self.folder.name, f"{stem}.c")
            source.write_text(text)
            objects.append(source.with_suffix(".o"))
            subprocess.run(["cc", "-fno-builtin", "-c", "-o", objects[-1], source], check=True)
        path = pathlib.Path(self.folder.name, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["ar", "rcsTD" if thin else "rcsD", path, *objects], check=True)
        return path

    def check(self, *arguments):
        command = [tap.TOOLS / "check-pure", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_pure(self):
        status, output = self.check(self.archive("a.a", a=PURE_CALL))
        self.assertEqual((status, output), (0, "1..1\nok 1 - a.a is pure\n"))

    def test_thin_archives(self):
        status, output = self.check(self.archive("a.a", thin=True, a=PURE_CALL, b=OPENS))
        self.assertEqual(status, 1)
        self.assertIn("# 'fopen' is not pure: called by b.o\n", output)

    def test_clock(self):
        status, output = self.check(self.archive("a.a", a=ASKS_TIME))
        self.assertEqual(status, 1)
        self.assertIn("'time' is not pure", output)

    def test_impure_through_the_layer_below(self):
        below = self.archive("base.a", base=OPENS)
        status, output = self.check("--with", below, self.archive("a.a", a=CALLS))
        self.assertEqual(status, 1)
        self.assertIn("# 'fopen' is not pure: called by a.o -> kt_b in base.o\n", output)

    def test_what_is_below_and_not_called_is_no_matter(self):
        below = self.archive("base.a", base=OPENS)
        status, _ = self.check("--with", below, self.archive("a.a", a=PURE_CALL))
        self.assertEqual(status, 0)

    def test_nobody_defines_it(self):
        status, output = self.check(self.archive("a.a", a=CALLS))
        self.assertEqual(status, 1)
        self.assertIn("'kt_b' is not pure", output)

    def test_folder_of_a_build(self):
        self.archive("src/base/libkt-base.a", base=OPENS)
        self.archive("src/practices/libkt-practices.a", practice=CALLS)
        status, output = self.check("--build", self.folder.name)
        self.assertEqual(status, 1)
        self.assertIn("not ok 1 - libkt-practices.a is pure", output)

    def test_nothing_is_an_error(self):
        status, output = self.check("--build", self.folder.name)
        self.assertEqual(status, 1)
        self.assertIn("Bail out!", output)


if __name__ == "__main__":
    tap.main()
