# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Runs the tests of a file and prints TAP: `if __name__ == "__main__": tap.main()`."""

import pathlib
import sys
import unittest

TOOLS = pathlib.Path(__file__).parents[2] / "tools"
sys.path.insert(0, str(TOOLS))


class Result(unittest.TestResult):
    def __init__(self, stream, *_):
        super().__init__()
        self.stream = stream

    def line(self, ok, test, text=""):
        name = test.id().removeprefix("__main__.").replace("#", "")
        self.stream.write(f"{'ok' if ok else 'not ok'} {self.testsRun} - {name}{text}\n")

    def startTest(self, test):
        super().startTest(test)
        self.faults_before = len(self.failures) + len(self.errors)

    def addSubTest(self, test, subtest, err):
        # A subtest is no case of its own; the first that fails is the case's failure.
        first = len(self.failures) + len(self.errors) == self.faults_before
        super().addSubTest(test, subtest, err)
        if err and first:
            self.line(False, test)
        if err:
            text = (self.failures if issubclass(err[0], test.failureException) else self.errors)[-1][1]
            self.stream.write("".join(f"# {line}\n" for line in [str(subtest), *text.splitlines()]))

    def addSuccess(self, test):
        super().addSuccess(test)
        self.line(True, test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.line(True, test, f" # SKIP {reason}")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.line(False, test)
        self.stream.write("".join(f"# {line}\n" for line in self.failures[-1][1].splitlines()))

    def addError(self, test, err):
        super().addError(test, err)
        self.line(False, test)
        self.stream.write("".join(f"# {line}\n" for line in self.errors[-1][1].splitlines()))


def main():
    sys.dont_write_bytecode = True
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    result = Result(sys.stdout)
    print(f"1..{suite.countTestCases()}")
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() and result.testsRun else 1)
