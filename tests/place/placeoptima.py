#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Instances with a proven optimum, by generator, size, fill and seed.

usage: placeoptima.py SECONDS [NAME...]

Proves again what optima.json holds, and writes the file anew: HiGHS and glpsol have SECONDS each
for an instance, and where both end they have to agree.  What neither proves is left out.  Hours
can pass; so the tests only read the file, and prove a few of its rows again.
"""

import hashlib
import json
import pathlib
import shutil
import sys

import placeexact
import placegen

FILE = pathlib.Path(__file__).with_name("optima.json")
FILLS = (0.8, 0.95, 0.97, 1.0)
DRAWN = (("az", 2, 8), ("az", 4, 12), ("az", 8, 16), ("az", 8, 32), ("hw", 4, 16), ("hw", 8, 16),
         ("big", 4, 24), ("big", 8, 16), ("big", 8, 32))
ODD = ((2, 8, 6), (4, 12, 10), (4, 16, 20), (8, 16, 20), (8, 16, 60))
CHURN = ((2, 16), (4, 16), (8, 16), (8, 32))


def makers():
    """name -> what makes the instance."""
    rows = {}
    for seed in range(2):
        for fill in FILLS:
            for mix, n, cores in DRAWN:
                rows[f"{mix}-{n}x{cores}-{fill * 100:.0f}-{seed}"] = (
                    lambda a=(mix, seed, n, cores, fill): placegen.drawn(*a))
            for n, cores, guests in ODD:
                rows[f"odd{guests}-{n}x{cores}-{fill * 100:.0f}-{seed}"] = (
                    lambda a=(seed, n, cores, guests, fill): placegen.odd(*a))
    for seed in range(6):
        for n, cores in CHURN:
            rows[f"churn-{n}x{cores}-{seed}"] = lambda a=(seed, n, cores): placegen.churn(*a)
    return rows


def digest(instance):
    return hashlib.sha256(json.dumps(instance, sort_keys=True).encode()).hexdigest()[:12]


def proven():
    """[(name, instance, (left out, loss or moves), who proved it)] of the file."""
    rows = []
    made = makers()
    for name, row in json.loads(FILE.read_text(encoding="utf-8")).items():
        instance = made[name]()
        if digest(instance) != row["instance"]:
            raise AssertionError(f"{name} is another instance than was solved")
        rows.append((name, instance, tuple(row["best"]), row["by"]))
    return rows


def prove(name, instance, seconds):
    """{"best": ..., "by": ...}, or None."""
    is_churn = name.startswith("churn")
    opinions = {"HiGHS": placeexact.solve_highs(instance, seconds, is_churn)}
    if shutil.which("glpsol"):
        opinions["glpsol"] = placeexact.solve_glpk(instance, seconds, is_churn)
    told = {who: best for who, best in opinions.items() if best}
    if len(set(told.values())) > 1:
        raise AssertionError(f"{name}: {told}")
    if not told:
        return None
    return {"best": list(next(iter(told.values()))), "by": " ".join(sorted(told))}


def main():
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    for name, make in makers().items():
        if sys.argv[2:] and name not in sys.argv[2:]:
            continue
        instance = make()
        row = prove(name, instance, int(sys.argv[1]))
        print(name, row, flush=True)
        known.pop(name, None)
        if row:
            known[name] = {"instance": digest(instance), **row}
        lines = [f"{json.dumps(key)}: {json.dumps(known[key])}" for key in sorted(known)]
        FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main()
