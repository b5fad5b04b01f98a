# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""sum-tests counts every case, and lets nothing that went wrong vanish."""

import json
import pathlib
import subprocess
import tempfile
import unittest

import tap


def row(name="unit / a", stdout="", result="OK", returncode=0, stderr=""):
    """A line of meson's testlog.json."""
    return {"name": name, "stdout": stdout, "stderr": stderr, "result": result, "returncode": returncode}


def run_sum(*files):
    """Sums result files given as (label, name, text)."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = []
        for label, name, text in files:
            path = pathlib.Path(folder, name)
            path.write_text(text)
            arguments.append(f"{label}={path}")
        done = subprocess.run([tap.TOOLS / "sum-tests", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout


def sum_meson(*rows):
    return run_sum(("tests", "log.json", "".join(json.dumps(one) + "\n" for one in rows)))


def sum_tap(text):
    return run_sum(("lint", "lint.tap", text))


class Sum(unittest.TestCase):
    def assert_sum(self, outcome, line, *details):
        status, output = outcome
        self.assertEqual(output.splitlines()[-1], line, output)
        failed = " 0 failed" not in line or line.startswith("0 passed")
        self.assertEqual(status, 1 if failed else 0)
        for detail in details:
            self.assertIn(detail, output)

    def test_cases_count_one_by_one(self):
        text = "TAP version 13\n# random seed: R02S\n1..3\nok 1 /a\nok 2 /b # SKIP no kvm\nok 3 /c\n"
        outcome = sum_meson(row(stdout=text), row(name="cli / b"))
        self.assert_sum(outcome, "3 passed, 0 failed, 1 skipped", "tests: unit / a: /b: no kvm")

    def test_failed_case(self):
        text = "1..2\nnot ok 1 - /a\nok 2 - /b\n# why it failed\n"
        outcome = sum_meson(row(stdout=text, result="ERROR", returncode=1))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "Failed: tests: unit / a", "  /a\n", "    | # why it failed")

    def test_crash(self):
        outcome = sum_meson(row(stdout="1..2\nok 1 /a\n", result="ERROR", returncode=-11))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "planned 2 cases and ran 1; killed by signal 11")

    def test_crash_after_the_last_case(self):
        outcome = sum_meson(row(stdout="1..1\nok 1 /a\n", result="ERROR", returncode=-6))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "killed by signal 6")

    def test_leak_found_at_exit(self):
        outcome = sum_meson(row(stdout="1..1\nok 1 /a\n", result="ERROR", returncode=23))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "ended with status 23")

    def test_plan_not_completed_though_it_ended_well(self):
        outcome = sum_meson(row(stdout="1..2\nok 1 /a\n"))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "planned 2 cases and ran 1")

    def test_no_plan(self):
        self.assert_sum(sum_meson(row(stdout="ok 1 /a\n")), "1 passed, 1 failed, 0 skipped", "printed no plan")

    def test_bail_out(self):
        outcome = sum_meson(row(stdout="1..2\nok 1 /a\nBail out! no disk\n", result="ERROR", returncode=-6))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "bailed out: no disk")

    def test_timeout(self):
        outcome = sum_meson(row(result="TIMEOUT", returncode=-15))
        self.assert_sum(outcome, "0 passed, 1 failed, 0 skipped", "timed out")

    def test_all_skipped(self):
        outcome = sum_meson(row(stdout="1..0 # SKIP needs root\n", result="SKIP"), row())
        self.assert_sum(outcome, "1 passed, 0 failed, 1 skipped", "needs root")

    def test_programs_without_tap(self):
        outcome = sum_meson(
            row(stderr="no libvirt here\n", result="SKIP", returncode=77),
            row(result="FAIL", returncode=-9, stderr="last words"),
            row(result="EXPECTEDFAIL", returncode=1),
            row(result="UNEXPECTEDPASS"),
        )
        line = "1 passed, 2 failed, 1 skipped"
        self.assert_sum(outcome, line, "no libvirt here", "killed by signal 9", "last words", "passes although")

    def test_todo(self):
        outcome = sum_meson(row(stdout="1..2\nnot ok 1 /a # TODO later\nok 2 /b # TODO later\n"))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped")

    def test_nested_cases(self):
        text = "TAP version 14\n# Subtest: a\n    ok 1 /a/b\n    ok 2 /a/c\n    1..2\nok 1 a\nok 2 /d\n1..2\n"
        self.assert_sum(sum_meson(row(stdout=text)), "3 passed, 0 failed, 0 skipped")

    def test_tap_files(self):
        self.assert_sum(sum_tap("1..1\nok 1 - format\n"), "1 passed, 0 failed, 0 skipped")
        self.assert_sum(sum_tap("broken pipe\n"), "0 passed, 1 failed, 0 skipped", "printed no TAP")

    def test_files_add_up(self):
        outcome = run_sum(("a", "a.tap", "1..1\nok 1 - x\n"), ("b", "b.tap", "1..1\nnot ok 1 - y\n"))
        self.assert_sum(outcome, "1 passed, 1 failed, 0 skipped", "Failed: b")

    def test_nothing_ran(self):
        self.assert_sum(sum_meson(), "0 passed, 0 failed, 0 skipped", "No test ran.")

    def test_missing_file(self):
        done = subprocess.run([tap.TOOLS / "sum-tests", "/nowhere.json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines()[-1], "0 passed, 1 failed, 0 skipped")


if __name__ == "__main__":
    tap.main()
