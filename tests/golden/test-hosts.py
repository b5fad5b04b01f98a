#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Recorded hosts and what kvmtune says of them.

Every folder below tests/hosts with a snapshot in it, and those that tests/hosts/generate makes, are
audited and planned for; the answers are compared with hosts/NAME.txt, NAME.json, NAME.plan.txt and NAME.place.txt.  KVMTUNE_TEST_REGENERATE=1 writes them:
then read them as somebody who was woken up at night, and look at "git diff".
"""

import difflib
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).parents[2]
HOSTS = SOURCE / "tests" / "hosts"
GOLDEN = SOURCE / "tests" / "golden" / "hosts"
KVMTUNE = os.environ.get("KVMTUNE", str(SOURCE / "build" / "src" / "cli" / "kvmtune"))
WIDTH = 80
# Nobody reads more: the document of a very large host is only checked against its text.
LARGEST_DOCUMENT = 512 * 1024
# Details begin at column 20 at most; words that do not fit behind it run over.
WIDEST_WORD = WIDTH - 20


# Too large for the tree: made when needed.
GENERATED = ("cpus-512",)


def ask(root, *arguments):
    environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "NO_COLOR")}
    environment["LC_ALL"] = "C.UTF-8"
    done = subprocess.run(
        [KVMTUNE, "--root", root, *arguments],
        cwd=SOURCE,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode or done.stderr:
        return f"status {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def compare(path, text):
    """What is wrong, as lines."""
    if os.environ.get("KVMTUNE_TEST_REGENERATE") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    wanted = path.read_text(encoding="utf-8") if path.exists() else ""
    diff = difflib.unified_diff(
        wanted.splitlines(), text.splitlines(), path.name, "now", lineterm="", n=2
    )
    return list(diff)[:40]


def too_wide(text):
    """Lines that run over without need; lines of a diff may."""
    for line in text.splitlines():
        words = line.split()
        if len(line) <= WIDTH or line.strip()[:1] in ("+", "-", "@"):
            continue
        if max(map(len, words)) < WIDEST_WORD:
            yield f"wider than {WIDTH}: {line}"


def consistent(text, document):
    """The same numbers in both."""
    findings = sum(document["findings"].values())
    score = f"score {document['score']} of 100"
    if score not in text and document["verdicts"]["ok"] + findings:
        yield f"'{score}' is not in the text"
    if findings != document["verdicts"]["finding"]:
        yield "findings by severity do not add up"
    if sum(document["verdicts"].values()) != len(document["results"]):
        yield "verdicts do not add up"


def check(name, root):
    text = ask(root, "audit")
    document = ask(root, "audit", "--json")
    plan = ask(root, "plan")
    place = ask(root, "place")
    yield from compare(GOLDEN / f"{name}.txt", text)
    if len(document) <= LARGEST_DOCUMENT:
        yield from compare(GOLDEN / f"{name}.json", document)
    yield from compare(GOLDEN / f"{name}.plan.txt", plan)
    # A search that the clock has ended, on a machine that is slow or does other things besides, may
    # have found something else.
    if "The clock ended the search" not in place:
        yield from compare(GOLDEN / f"{name}.place.txt", place)
    yield from too_wide(place)
    yield from too_wide(text)
    yield from too_wide(plan)
    yield from consistent(text, json.loads(document))


def roots(folder):
    """Name -> what to give to --root."""
    found = {path.parent.name: f"tests/hosts/{path.parent.name}" for path in HOSTS.glob("*/kvmtune-snapshot.json")}
    for name in GENERATED:
        archive = pathlib.Path(folder) / f"{name}.tar.gz"
        subprocess.run([HOSTS / "generate", name, archive], check=True)
        found[name] = str(archive)
    return dict(sorted(found.items()))


def report(number, name, faults):
    print(f"{'not ok' if faults else 'ok'} {number} - {name}")
    for fault in faults:
        print(f"# {fault}")
    return not faults


def main():
    with tempfile.TemporaryDirectory(prefix="kvmtune-hosts-") as folder:
        hosts = roots(folder)
        print(f"1..{len(hosts) + 1}")
        results = [
            report(number, name, list(check(name, root)))
            for number, (name, root) in enumerate(hosts.items(), 1)
        ]
    leftovers = sorted({path.name.split(".")[0] for path in GOLDEN.glob("*")} - set(hosts))
    results.append(report(len(hosts) + 1, "no golden file without a host", leftovers))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
