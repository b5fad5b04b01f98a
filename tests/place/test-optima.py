#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Answers within the usual budget beside optima that HiGHS and glpsol have proven, by fill.

The optima stand in optima.json (placeoptima.py makes it); a few of them are proven again here."""

import shutil
import unittest

import placecheck
import placegen
import placeoptima
import placetoday
from placetest import FACTOR, Case, place, value

import tap

try:
    import scipy
except ImportError:
    scipy = None

BUDGET = ("--budget", "200")
# Of all instances with as many vCPUs placed: as good as the optimum, and the worst beside it.
LEAST_OPTIMAL = 0.98
MOST_LOSS = 1.05


def price_of_moves(instance, answer):
    """GiB moved, and one for each guest that changes its node."""
    here = {guest["name"]: guest.get("current", {}).get("cells") for guest in instance["guests"]}
    return sum(1 + item["cells"][0]["memory_kib"] // placegen.GIB for item in answer["placed"]
               if here[item["guest"]] not in (None, [cell["node"] for cell in item["cells"]]))


class Optima(Case):
    @classmethod
    def setUpClass(cls):
        cls.rows = placeoptima.proven()

    def answer(self, name, instance):
        answer = place(instance, *BUDGET)
        self.assertEqual(placecheck.faults(instance, answer), [], name)
        self.assertEqual(placetoday.faults(instance, answer), [], name)
        return answer

    def test_vcpus_and_loss(self):
        n, optimal, missed = 0, 0, []
        for name, instance, best, _ in self.rows:
            if name.startswith("churn"):
                continue
            with self.subTest(name):
                answer = self.answer(name, instance)
                found = value(answer)
                self.assertEqual(found[0], best[0], "vCPUs left out")
                self.assertLessEqual(found[1], best[1] * MOST_LOSS)
                self.assertLessEqual(answer["bounds"]["unplaced_priority"], best[0])
                self.assertLessEqual(answer["bound"], best[1])
                if answer["nodes_proven"]:
                    self.assertEqual(found, best)
                n += 1
                optimal += found == best
                missed += [name] if found != best else []
        self.assertGreaterEqual(optimal, LEAST_OPTIMAL * n, missed)

    def test_moves_that_make_room(self):
        """A newcomer fits only when others move: always found, with hardly more than is needed."""
        ours, least = 0, 0
        for name, instance, best, _ in self.rows:
            if not name.startswith("churn"):
                continue
            with self.subTest(name):
                answer = self.answer(name, instance)
                self.assertEqual(answer["objective"]["unplaced_priority"], best[0])
                ours += price_of_moves(instance, answer)
                least += best[1]
        self.assertLessEqual(ours, least * 1.05)

    def test_planted(self):
        """The best is known by construction: all of it up to 95 %, nine of ten of full hosts."""
        n, found = 0, 0
        for n_nodes, n_cores in ((2, 8), (4, 12), (4, 16), (8, 16)):
            for fill in (0.9, 0.95, 1.0):
                for seed in range(3 * FACTOR):
                    instance, loss = placegen.planted(seed, n_nodes, n_cores, fill)
                    name = f"planted {n_nodes}x{n_cores} {fill} {seed}"
                    with self.subTest(name):
                        is_best = value(self.answer(name, instance)) <= (0, loss)
                        if fill < 1:
                            self.assertTrue(is_best)
                        else:
                            n, found = n + 1, found + is_best
        self.assertGreaterEqual(found, 0.9 * n)

    @unittest.skipUnless(scipy and shutil.which("glpsol"), "no scipy or glpsol")
    def test_the_file_is_true(self):
        easy = [row for row in self.rows if row[3] == "HiGHS glpsol" and "2x" in row[0]]
        for name, instance, best, _ in easy[:4 * FACTOR]:
            with self.subTest(name):
                self.assertEqual(tuple(placeoptima.prove(name, instance, 30)["best"]), best)


if __name__ == "__main__":
    tap.main()
