#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Generated documents are those of this program; KVMTUNE_TEST_REGENERATE=1 writes them."""

import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap
import unittest

from clitest import KVMTUNE, SOURCE, VERBS, Case, run

import tap

GENERATED = {
    "commands": "docs/commands.md",
    "errors": "docs/errors.md",
    "facts": "docs/facts.md",
    "guides": "docs/guides.md",
    "man": "docs/man/kvmtune-commands.inc.rst",
    "practices": "docs/practices.md",
    "practices-man": "docs/man/kvmtune-practices.7.rst",
    "settings": "docs/settings.md",
}

SHELLS = {
    "bash": ["bash", "-n"],
    "zsh": ["zsh", "-n"],
    "fish": ["fish", "--no-execute"],
}


class Documents(Case):
    def test_generated_are_up_to_date(self):
        for name, path in GENERATED.items():
            with self.subTest(path):
                text = self.expect(run("dump", name), 0).out
                file = SOURCE / path
                if os.environ.get("KVMTUNE_TEST_REGENERATE") == "1":
                    file.write_text(text, encoding="utf-8")
                before = file.read_text(encoding="utf-8")
                if before != text:
                    diff = difflib.unified_diff(
                        before.splitlines(), text.splitlines(), path, f"dump {name}", lineterm="", n=1
                    )
                    shown = "\n".join(list(diff)[:20])
                    self.fail(f"write it again: kvmtune dump {name} >{path}\n{shown}")

    def test_proofs_have_each_host_practice(self):
        listed = json.loads(self.expect(run("practices", "--json"), 0).out)["practices"]
        practices = [row["id"] for row in listed if row["id"].startswith("host.")]
        text = (SOURCE / "docs/proofs.md").read_text()
        rows = re.findall(r"^\| `(host\.[a-z0-9-]+)` \|(.*)\|$", text, re.M)
        self.assertEqual(sorted(practices), sorted(name for name, _ in rows))
        scenarios = {path.name for path in (SOURCE / "tests/lab/scenarios").iterdir()}
        for name, cells in rows:
            named = set(re.findall(r"`([^`]+)`", cells))
            self.assertLessEqual(named, scenarios, name)

    def test_manual_pages(self):
        if not shutil.which("rst2man"):
            self.skipTest("no rst2man here")
        for page in sorted((SOURCE / "docs" / "man").glob("*.[0-9].rst")):
            with self.subTest(page.name):
                done = subprocess.run(
                    ["rst2man", "--strict", page], capture_output=True, text=True, check=False
                )
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_manual_names_every_verb(self):
        text = (SOURCE / "docs" / "man" / "kvmtune-commands.inc.rst").read_text(encoding="utf-8")
        for verb in VERBS:
            self.assertIn(f"``kvmtune {verb}", text)


class Readme(Case):
    """What the README shows between ``` below a comment is what comes out."""

    def blocks(self):
        text = (SOURCE / "README.md").read_text(encoding="utf-8")
        return re.findall(r"<!-- (\w+): (.*?) -->\n```\w*\n(.*?)```\n", text, re.S)

    def write(self, kind, what, wanted):
        path = SOURCE / "README.md"
        text = path.read_text(encoding="utf-8")
        head = re.escape(f"<!-- {kind}: {what} -->") + r"\n```\w*\n"
        text = re.sub(f"({head}).*?```\n", lambda found: f"{found[1]}{wanted}```\n", text, count=1, flags=re.S)
        path.write_text(text, encoding="utf-8")

    def transcript(self, host, verb):
        answer = self.expect(run("--root", f"tests/hosts/{host}", verb, cwd=SOURCE), 0)
        return f"$ kvmtune {verb}\n{answer.out}"

    def packages(self, family, purpose):
        done = subprocess.run(
            [SOURCE / "tools" / "deps", "list", family, purpose], capture_output=True, text=True, check=True
        )
        words = f"{family} install {' '.join(sorted(set(done.stdout.split())))}"
        lines = textwrap.wrap(words, 76, subsequent_indent="    ", break_on_hyphens=False)
        return " \\\n".join(lines) + "\n"

    def test_blocks(self):
        makers = {"transcript": self.transcript, "packages": self.packages}
        blocks = self.blocks()
        self.assertEqual({kind for kind, _, _ in blocks}, set(makers))
        for kind, what, shown in blocks:
            with self.subTest(f"{kind} {what}"):
                wanted = makers[kind](*what.split())
                if os.environ.get("KVMTUNE_TEST_REGENERATE") == "1":
                    self.write(kind, what, wanted)
                    shown = wanted
                self.assertEqual(shown, wanted)


class Completion(Case):
    def script(self, shell):
        return self.expect(run("completion", shell), 0).out

    def test_everything_is_in_it(self):
        options = set(re.findall(r"`(?:-\w, )?--([a-z-]+)", run("dump", "commands").out))
        for shell in SHELLS:
            text = self.script(shell)
            for verb in VERBS:
                self.assertRegex(text, rf"\b{verb}\b")
            for option in options:
                self.assertRegex(text, rf"(--|-l ){option}\b", shell)

    def test_syntax(self):
        for shell, check in SHELLS.items():
            if not shutil.which(shell):
                continue
            with self.subTest(shell), tempfile.NamedTemporaryFile("w", suffix=shell) as file:
                file.write(self.script(shell))
                file.flush()
                done = subprocess.run([*check, file.name], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))

    def complete(self, *words):
        """What bash offers after these words, of which the last is being typed."""
        script = (
            f"PATH={pathlib.Path(KVMTUNE).parent}:$PATH\n{self.script('bash')}\n"
            f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}\n"
            "_kvmtune; printf '%s\\n' \"${COMPREPLY[@]}\"\n"
        )
        done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
        self.assertEqual(done.stderr, "")
        return [line for line in done.stdout.splitlines() if line]

    @unittest.skipUnless(shutil.which("bash"), "no bash here")
    def test_bash(self):
        self.assertEqual(self.complete("kvmtune", "au"), ["audit"])
        self.assertEqual(self.complete("kvmtune", "-c", "test:///default", "hist"), ["history"])
        self.assertEqual(self.complete("kvmtune", "explain", "host.swapp"), ["host.swappiness"])
        self.assertEqual(self.complete("kvmtune", "audit", "--fail-on", "cr"), ["critical"])
        self.assertEqual(self.complete("kvmtune", "audit", "--with"), ["--with-demo-guest"])
        self.assertEqual(self.complete("kvmtune", "audit", "--confirm"), [])
        self.assertEqual(self.complete("kvmtune", "completion", "f"), ["fish"])

    @unittest.skipUnless(shutil.which("fish"), "no fish here")
    def test_fish(self):
        for line, wanted in (
            ("kvmtune au", "audit"),
            ("kvmtune explain host.swapp", "host.swappiness"),
            ("kvmtune audit --fail-on cr", "critical"),
        ):
            script = f"{self.script('fish')}\ncomplete -C '{line}'\n"
            done = subprocess.run(["fish", "-N", "-c", script], capture_output=True, text=True, check=False)
            self.assertEqual(done.stderr, "")
            self.assertEqual(done.stdout.split("\t")[0].strip(), wanted)

    @unittest.skipUnless(shutil.which("zsh"), "no zsh here")
    def test_zsh(self):
        script = f"autoload -Uz compinit; compinit -u -D\n{self.script('zsh')}\necho ${{_comps[kvmtune]}}\n"
        done = subprocess.run(["zsh", "-f", "-c", script], capture_output=True, text=True, check=False)
        self.assertEqual((done.stdout, done.stderr), ("_kvmtune\n", ""))

    def test_domains(self):
        answer = self.expect(run("-c", "test:///default", "complete", "domains"), 0)
        self.assertEqual(answer.out, "test\n")


if __name__ == "__main__":
    tap.main()
