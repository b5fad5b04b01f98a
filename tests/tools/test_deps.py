# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""tools/deps asks the right package manager for what is missing, and for nothing else."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import tap

# Stands in for every program that would look at or change the machine.
FAKE = """#!/bin/sh
echo "${0##*/} $*" >>"$FAKE_LOG"
case ${0##*/} in
dpkg-query) for package in $FAKE_INSTALLED; do echo "installed $package"; done ;;
rpm) for package in $FAKE_INSTALLED; do [ "$3" = "$package" ] && exit 0; done; exit 1 ;;
id) echo "$FAKE_UID" ;;
sudo) shift $FAKE_SUDO_SHIFT; [ "$FAKE_SUDO" = ok ] || exit 1; "$@" ;;
apt-get | dnf | zypper) exit $FAKE_STATUS ;;
esac
"""
NEEDED = ("sh", "awk", "sed", "cat", "env", "dirname", "mktemp", "rm", "tail", "uname")


class Deps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bin = pathlib.Path(folder.name)
        self.log = self.bin / "log"
        self.log.touch()
        for name in NEEDED:
            where = next(d for d in ("/usr/bin", "/bin") if pathlib.Path(d, name).exists())
            (self.bin / name).symlink_to(pathlib.Path(where, name))

    def fake(self, *names):
        for name in names:
            path = self.bin / name
            path.write_text(FAKE)
            path.chmod(0o755)

    def deps(self, *arguments, installed="", uid="0", status="0", sudo="ok", **environment):
        environment = {
            "PATH": str(self.bin),
            "FAKE_LOG": str(self.log),
            "FAKE_INSTALLED": installed,
            "FAKE_UID": uid,
            "FAKE_STATUS": status,
            "FAKE_SUDO": sudo,
            "FAKE_SUDO_SHIFT": "1",
        } | environment
        return subprocess.run(
            [tap.TOOLS / "deps", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    def names(self, family, *purposes):
        return self.deps("list", family, *purposes).stdout.split()

    def calls(self, program):
        lines = self.log.read_text().splitlines()
        return [line for line in lines if line.startswith(program + " ")]

    def test_every_family_has_every_purpose(self):
        for family in ("apt", "dnf", "zypper"):
            for purpose in ("build", "run", "test", "lab"):
                with self.subTest(f"{family} {purpose}"):
                    self.assertGreater(len(self.names(family, purpose)), 3)

    def test_purposes_add_up(self):
        both = self.names("apt", "build", "run")
        self.assertEqual(both, self.names("apt", "build") + self.names("apt", "run"))
        self.assertNotIn("clang", both)
        self.assertFalse([name for name in both if name.startswith("@")])

    def test_usage(self):
        for arguments in ((), ("list",), ("list", "apt"), ("list", "pacman", "build"), ("remove", "build")):
            with self.subTest(arguments):
                self.assertEqual(self.deps(*arguments).returncode, 1)
        self.assertIn("unknown purpose", self.deps("list", "apt", "fun").stderr)

    def test_nothing_missing_touches_nothing(self):
        self.fake("apt-get", "dpkg-query", "id")
        done = self.deps("install", "build", installed=" ".join(self.names("apt", "build")))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(self.calls("apt-get"), [])

    def test_apt_installs_only_what_is_missing(self):
        self.fake("apt-get", "dpkg-query", "id")
        here = [name for name in self.names("apt", "build") if name not in ("gcc", "meson")]
        done = self.deps("install", "build", installed=" ".join(here))
        self.assertEqual(done.returncode, 0, done.stderr)
        update, install = self.calls("apt-get")
        self.assertTrue(update.endswith(" update"))
        self.assertTrue(install.endswith("install --no-install-recommends --no-remove gcc meson"))

    def test_a_failed_update_is_not_the_end(self):
        self.fake("apt-get", "dpkg-query", "id")
        done = self.deps("install", "build", status="100")
        self.assertEqual(len(self.calls("apt-get")), 2)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not install: gcc", done.stderr)

    def test_dnf_and_zypper(self):
        for family in ("dnf", "zypper"):
            with self.subTest(family):
                self.fake(family, "rpm", "id")
                here = [name for name in self.names(family, "build") if name != "meson"]
                done = self.deps("install", "build", installed=" ".join(here))
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(self.calls(family)[-1].endswith(" meson"))
                (self.bin / family).unlink()

    def test_no_package_manager(self):
        done = self.deps("install", "build")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no apt-get, dnf or zypper", done.stderr)

    def test_user_without_sudo(self):
        self.fake("apt-get", "dpkg-query", "id")
        done = self.deps("install", "build", uid="1000")
        self.assertEqual(done.returncode, 1)
        self.assertIn("as root: there is no sudo here", done.stderr)
        self.assertIn("tools/deps install build", done.stderr)
        self.assertEqual(self.calls("apt-get"), [])

    def test_user_with_sudo(self):
        self.fake("apt-get", "dpkg-query", "id", "sudo")
        done = self.deps("install", "build", uid="1000")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.calls("apt-get")), 2)

    def test_user_whose_sudo_wants_a_password(self):
        self.fake("apt-get", "dpkg-query", "id", "sudo")
        done = self.deps("install", "build", uid="1000", sudo="refuses")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no terminal to ask on", done.stderr)

    def test_no_install(self):
        self.fake("apt-get", "dpkg-query", "id")
        done = self.deps("install", "build", KVMTUNE_NO_INSTALL="1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing: gcc", done.stderr)
        self.assertEqual(self.calls("apt-get"), [])

    def test_standard_output_stays_empty(self):
        self.fake("apt-get", "dpkg-query", "id")
        self.assertEqual(self.deps("install", "build").stdout, "")


if __name__ == "__main__":
    tap.main()
