#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Answers beside the optimum: brute force, HiGHS, glpsol, and instances whose best is planted."""

import random
import shutil
import unittest

import placecheck
import placeexact
import placegen
import placetoday
from placetest import FACTOR, Case, place, value

import tap

try:
    import scipy
except ImportError:
    scipy = None


def tiny(seed):
    rng = random.Random(f"tiny {seed}")
    n_nodes = rng.choice((1, 2, 3, 4))
    instance = placegen.host(n_nodes, rng.choice((2, 4, 6)), rng.choice((4, 8)))
    for _ in range(rng.randrange(1, 7)):
        placegen.add(instance, rng.choice((1, 2, 3, 4, 5)), rng.choice((1, 2, 3, 5)) * placegen.GIB,
                     priority=rng.choice((1, 1, 2, 5)), max_cells=rng.choice((1, 2, 4)))
    return instance


class Exact(Case):
    def compare(self, name, instance, best, answer):
        """Is the answer as good, and are its bounds and proofs true?"""
        self.assertEqual(placecheck.faults(instance, answer), [], name)
        self.assertEqual(value(answer), tuple(best), name)
        self.check_proof(name, best, answer)

    def check_proof(self, name, best, answer):
        bounds = answer["bounds"]
        self.assertLessEqual(bounds["unplaced_priority"], best[0], name)
        if value(answer)[0] == best[0]:
            self.assertLessEqual(bounds["loss_permille"], best[1], name)
        if answer["nodes_proven"]:
            self.assertEqual(value(answer), tuple(best), name)

    def test_brute_force(self):
        for seed in range(60 * FACTOR):
            with self.subTest(seed):
                instance = tiny(seed)
                self.compare(seed, instance, placeexact.brute_force(instance),
                             place(instance, "--budget", "50"))

    def test_runner_up(self):
        n = 0
        for seed in range(60 * FACTOR):
            instance = tiny(seed)
            answer = place(instance, "--budget", "50")
            if answer["unplaced"]:
                continue
            with self.subTest(seed):
                least = placetoday.closest(instance, answer)
                told = answer.get("runner_up", {}).get("more_permille")
                weights = {guest.get("priority", 1) for guest in instance["guests"]}
                if weights == {1}:
                    self.assertEqual(told, least)
                    n += 1
        self.assertGreater(n, 5)

    def test_planted(self):
        for n_nodes, n_cores in ((2, 8), (4, 12), (4, 16), (8, 16)):
            for fill in (0.9, 0.95):
                for seed in range(2 * FACTOR):
                    with self.subTest((n_nodes, n_cores, fill, seed)):
                        instance, loss = placegen.planted(seed, n_nodes, n_cores, fill)
                        answer = place(instance, "--budget", "400")
                        self.assertEqual(placecheck.faults(instance, answer), [])
                        self.assertLessEqual(value(answer), (0, loss))

    @unittest.skipUnless(scipy, "no scipy")
    def test_highs(self):
        for mix, n_nodes, n_cores in (("az", 4, 12), ("hw", 4, 16), ("big", 4, 24)):
            for fill in (0.8, 0.95, 0.97, 1):
                for seed in range(FACTOR):
                    with self.subTest((mix, fill, seed)):
                        instance = placegen.drawn(mix, seed, n_nodes, n_cores, fill)
                        best = placeexact.solve_highs(instance, 30)
                        if best:
                            self.compare(mix, instance, best, place(instance, "--budget", "400"))

    @unittest.skipUnless(scipy, "no scipy")
    def test_odd(self):
        # The hard ones: as many vCPUs as the optimum, and hardly more loss.
        for n_nodes, n_cores, n_guests in ((2, 8, 6), (4, 12, 10), (4, 16, 20)):
            for fill in (0.95, 0.97, 1):
                with self.subTest((n_nodes, fill)):
                    instance = placegen.odd(0, n_nodes, n_cores, n_guests, fill)
                    best = placeexact.solve_highs(instance, 30)
                    answer = place(instance, "--budget", "400")
                    self.assertEqual(placecheck.faults(instance, answer), [])
                    if best:
                        self.assertEqual(value(answer)[0], best[0])
                        self.assertLessEqual(value(answer)[1], best[1] * 1.05)
                        self.check_proof(fill, best, answer)

    @unittest.skipUnless(scipy and shutil.which("glpsol"), "no scipy or glpsol")
    def test_second_opinion(self):
        for seed in range(3):
            with self.subTest(seed):
                instance = placegen.drawn("az", seed, 2, 8, 0.95)
                self.assertEqual(placeexact.solve_glpk(instance, 30),
                                 placeexact.solve_highs(instance, 30))


if __name__ == "__main__":
    tap.main()
