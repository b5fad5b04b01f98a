# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The list of exceptions, which may only shrink.

A line is

    RULE PATH[:NAME] [VALUE]  # REASON

VALUE is the number that a size rule found; the exception covers that number, not a larger one.
The line "limit N" states how many exceptions there may be.  It has to be the number there is, and
no more than any earlier commit allowed, so an exception can be traded for another but
not be added.
"""

import re
import subprocess
from dataclasses import dataclass

LIMIT = re.compile(r"^limit\s+(\d+)\s*$")
LINE = re.compile(r"^(?P<rule>[a-z-]+)\s+(?P<where>\S+)(?:\s+(?P<value>\d+))?\s+#\s*(?P<reason>\S.*)$")


@dataclass
class Entry:
    rule: str
    where: str
    value: int
    line: int
    used: bool = False

    def covers(self, problem):
        names = (problem.path, f"{problem.path}:{problem.name}")
        if self.rule != problem.rule or self.where not in names:
            return False
        return problem.value is None or self.value is None or problem.value <= self.value


def parse(text):
    """Returns the entries, the limit (or None) and what is wrong with the lines."""
    entries, limit, faults = [], None, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if found := LIMIT.match(line):
            limit = int(found[1])
        elif found := LINE.match(line):
            value = int(found["value"]) if found["value"] else None
            entries.append(Entry(found["rule"], found["where"], value, number))
        else:
            faults.append((number, "want 'RULE PATH[:NAME] [VALUE]  # REASON'"))
    return entries, limit, faults


def committed_limits(root, path):
    """Every limit that the history of the file shows; none without git."""
    command = ["git", "-C", str(root), "log", "--format=", "-p", "--", str(path)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return []
    return [int(number) for number in re.findall(r"^\+limit\s+(\d+)\s*$", done.stdout, re.M)]


def judge(entries, limit, earlier):
    """Returns (line, fault) for entries and a limit that break the promise to shrink."""
    faults = [
        (entry.line, f"'{entry.rule} {entry.where}' is no longer needed: remove it")
        for entry in entries
        if not entry.used
    ]
    if limit is None:
        faults.append((1, "the line 'limit N' is missing"))
    elif len(entries) != limit:
        advice = "lower the limit" if len(entries) < limit else "the list may only shrink"
        faults.append((1, f"{len(entries)} exceptions and a limit of {limit}: {advice}"))
    elif earlier and limit > min(earlier):
        faults.append((1, f"limit {limit} is above {min(earlier)}, which an earlier commit had"))
    return faults
