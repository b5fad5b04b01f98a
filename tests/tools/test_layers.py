# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""check-layers finds each kind of wrong include."""

import pathlib
import subprocess
import tempfile
import unittest

import tap

GOOD = {
    "base/kt-error.h": "#include <glib.h>\n",
    "model/kt-facts.h": '#include "kt-error.h"\n',
    "model/kt-facts.c": '#include "kt-facts.h"\n#include <string.h>\n',
    "practices/kt-sink.c": '#include "kt-facts.h"\n#include "practices.inc"\n',
    "practices/practices.inc": "",
    "collect/kt-virt.c": '#include "kt-facts.h"\n#include <libvirt/libvirt.h>\n',
    "cli/kt-main.c": '#include "kt-facts.h"\n#include "kt-error.h"\n',
}


def check(**changed):
    """Runs the program on the good tree with some files put in its place."""
    files = GOOD | {name.replace("__", "/").replace("_", "-") : text for name, text in changed.items()}
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            suffix = "" if "." in path else ".h"
            file = pathlib.Path(root, "src", path + suffix)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        command = [tap.TOOLS / "check-layers", "--root", root]
        done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout


class Layers(unittest.TestCase):
    def assert_fault(self, outcome, text):
        status, output = outcome
        self.assertEqual(status, 1, output)
        self.assertIn(text, output)

    def test_good_tree_and_its_graph(self):
        status, output = check()
        self.assertEqual(status, 0, output)
        self.assertIn("practices  -> model 1\n", output)
        self.assertIn("cli        -> base 1, model 1\n", output)

    def test_upwards(self):
        self.assert_fault(check(base__kt_bad='#include "kt-facts.h"\n'), "base may not include model")

    def test_upwards_by_path(self):
        outcome = check(base__kt_bad='#include "../model/kt-facts.h"\n')
        self.assert_fault(outcome, "base may not include model")
        outcome = check(base__kt_bad='#include "model/kt-facts.h"\n')
        self.assert_fault(outcome, "base may not include model")

    def test_sideways(self):
        outcome = check(apply__kt_journal="", collect__kt_bad='#include "kt-journal.h"\n')
        self.assert_fault(outcome, "collect may not include apply")

    def test_pure_layer_reads(self):
        outcome = check(collect__kt_read="", practices__kt_bad='#include "kt-read.h"\n')
        self.assert_fault(outcome, "practices may not include collect")

    def test_foreign_library(self):
        outcome = check(model__kt_bad="#include <libvirt/libvirt.h>\n")
        self.assert_fault(outcome, "<libvirt/libvirt.h> is for")
        self.assert_fault(check(plan__kt_bad="#include <jansson.h>\n"), "<jansson.h> is for base")

    def test_unknown_folder(self):
        self.assert_fault(check(misc__kt_a=""), "src/misc: unknown folder")

    def test_cycle(self):
        outcome = check(model__kt_a='#include "kt-b.h"\n', model__kt_b='#include "kt-a.h"\n')
        self.assert_fault(outcome, "model/kt-a.h -> model/kt-b.h -> model/kt-a.h")

    def test_two_headers_of_one_name(self):
        self.assert_fault(check(model__kt_error=""), "two headers are called kt-error.h")

    def test_nothing_is_an_error(self):
        with tempfile.TemporaryDirectory() as root:
            command = [tap.TOOLS / "check-layers", "--root", root]
            self.assertEqual(subprocess.run(command, capture_output=True).returncode, 1)


if __name__ == "__main__":
    tap.main()
