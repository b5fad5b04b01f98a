#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Fleets: every host holds what it was given, every move finds room while the old place is held."""

import json
import random
import subprocess

from placefleet import GIB, Ledger, fleet, running_of
from placetest import FACTOR, KVMTUNE, Case

import tap


def ask(instance):
    return subprocess.run([KVMTUNE, "place", "--fleet", "-", "--json"], input=json.dumps(instance),
                          capture_output=True, text=True, timeout=120, check=False)


class Fleet(Case):
    def run_fleet(self, instance):
        done = ask(instance)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        answer = json.loads(done.stdout)
        self.assertEqual(Ledger(instance).judge(answer), [])
        return answer

    def test_initial(self):
        for seed in range(30 * FACTOR):
            with self.subTest(seed):
                rng = random.Random(f"fleet {seed}")
                instance = fleet(seed, rng.choice((1, 5, 40)), rng.choice((1, 2, 4, 8)),
                                 rng.choice((4, 9, 16)), rng.choice((0, 20, 400)))
                answer = self.run_fleet(instance)
                self.assertGreaterEqual(answer["hosts_used"], answer["hosts_bound"])

    def test_only_what_cannot_fit_is_left(self):
        """Whoever is left out fits on no host as it is then: looked at one by one."""
        for seed in range(10):
            instance = fleet(seed, 8, 4, 6, 200)
            answer = self.run_fleet(instance)
            ledger = Ledger(instance)
            ledger.judge(answer)
            for item in answer["unplaced"]:
                self.assertFalse(ledger.fits_anywhere(item["flavour"]), (seed, item))

    def test_one_request_and_drain(self):
        for seed in range(12 * FACTOR):
            with self.subTest(seed):
                instance = fleet(seed, 20, 4, 12, 150)
                before = self.run_fleet(instance)
                after = {**instance, "running": before["hosts"],
                         "guests": [{"flavour": instance["flavours"][seed % 5]["name"]}]}
                one = self.run_fleet(after)
                self.assertEqual(one["moves"], [])
                drained = self.run_fleet({**after, "guests": [], "action": "drain",
                                          "drain": [seed % 20]})
                left = {item["host"] for item in drained["hosts"]}
                self.assertEqual(seed % 20 in left, drained["not_drained"] > 0)

    def test_rebalance(self):
        n_better = 0
        for seed in range(12 * FACTOR):
            with self.subTest(seed):
                instance = fleet(seed, 20, 4, 12, 260)
                before = self.run_fleet(instance)
                rng = random.Random(seed)
                # Half of them leave: hosts stand half empty.
                running = [{"host": item["host"], "guests": ",".join(
                    word for word in item["guests"].split(",") if rng.random() < 0.5)}
                    for item in before["hosts"]]
                running = [item for item in running if item["guests"]]
                again = {**instance, "running": running, "guests": [], "action": "rebalance",
                         "max_moves": 60}
                answer = self.run_fleet(again)
                self.assertLessEqual(len(answer["moves"]), 60)
                self.assertLessEqual(answer["hosts_used"], len(running))
                n_better += answer["hosts_used"] < len(running)
        self.assertGreater(n_better, 5)

    def test_same_answer(self):
        instance = fleet(1, 50, 8, 9, 900)
        first, second = (json.loads(ask(instance).stdout) for _ in range(2))
        for answer in (first, second):
            for key in ("elapsed_us", "median_ns", "p99_ns"):
                del answer[key]
        self.assertEqual(first, second)

    def test_wrong(self):
        good = fleet(0, 2, 2, 4, 3)
        cases = (([], "JSON object"), ({**good, "hosts": [{"type": "no"}]}, "hosts[0]"),
                 ({**good, "guests": [{"flavour": "no"}]}, "guests[0]"),
                 ({**good, "action": "dance"}, "'action'"), ({**good, "drain": [9]}, "drain[0]"),
                 ({**good, "running": [{"host": 0, "guests": "f1"}]}, "FLAVOUR:NODE"),
                 ({**good, "running": [{"host": 0, "guests": "f1:7"}]}, "node"),
                 ({**good, "running": [{"host": 0, "guests": ",".join(["f1:0"] * 99)}]},
                  "more runs there"),
                 ({**good, "hosts": [{"type": "t", "count": 100001}]}, "'count'"))
        for instance, word in cases:
            done = ask(instance)
            self.assertEqual(done.returncode, 3, word)
            self.assertIn(word, done.stderr)
        self.assertEqual(json.loads(ask({}).stdout)["placed"], 0)
        self.assertEqual(running_of(good), [])
        self.assertGreater(GIB, 0)


if __name__ == "__main__":
    tap.main()
