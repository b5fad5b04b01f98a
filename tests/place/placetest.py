# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""What the tests of placement share: asking kvmtune, and seeds."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

SOURCE = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "tools"))

KVMTUNE = os.environ.get("KVMTUNE", str(SOURCE / "build" / "src" / "cli" / "kvmtune"))
# How many times as many seeds as usual.
FACTOR = int(os.environ.get("KVMTUNE_TEST_SEEDS", "1"))


def run(text, *arguments):
    return subprocess.run([KVMTUNE, "place", "--instance", "-", *arguments], input=text,
                          capture_output=True, text=True, timeout=120, check=False)


def place(instance, *arguments):
    """The answer of kvmtune; a failure is an exception with its words."""
    done = run(json.dumps(instance), "--json", *arguments)
    if done.returncode or done.stderr:
        raise AssertionError(f"status {done.returncode}: {done.stderr}{done.stdout[:500]}")
    return json.loads(done.stdout)


def value(answer):
    objective = answer["objective"]
    return objective["unplaced_priority"], objective["loss_permille"]


class Case(unittest.TestCase):
    maxDiff = None
