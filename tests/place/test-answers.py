#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Every answer keeps every rule; wrong instances are told apart; the same input, the same answer."""

import json
import os
import pathlib
import subprocess
import tempfile

import placecheck
import placegen
import placetoday
from placetest import FACTOR, KVMTUNE, SOURCE, Case, place, run, value

import tap


class Rules(Case):
    def judge(self, instance, *arguments):
        answer = place(instance, *arguments)
        self.assertEqual(placecheck.faults(instance, answer), [])
        self.assertEqual(placetoday.faults(instance, answer), [])
        return answer

    def test_wild(self):
        for seed in range(1500 * FACTOR):
            with self.subTest(seed):
                self.judge(placegen.wild(seed), "--budget", "3")

    def test_churn(self):
        n_moves = 0
        for seed in range(12 * FACTOR):
            with self.subTest(seed):
                instance = placegen.churn(seed, 4, 16)
                answer = self.judge(instance, "--budget", "100")
                self.assertEqual(answer["unplaced"], [], "moves make room")
                n_moves += len(answer["moves"])
        self.assertGreater(n_moves, 0)

    def test_circles(self):
        kinds = set()
        for seed in range(60 * FACTOR):
            with self.subTest(seed):
                answer = self.judge(placegen.circle(seed), "--budget", "20")
                self.assertEqual(answer["unplaced"], [])
                kinds |= {move["kind"] for move in answer["moves"]}
        self.assertLessEqual({"move", "park", "stop", "start"}, kinds)

    def test_budget_of_moves(self):
        for seed in range(6):
            with self.subTest(seed):
                instance = placegen.churn(seed, 4, 16)
                answer = self.judge(instance, "--budget", "50", "--max-moves", "0")
                self.assertEqual(answer["objective"]["moved_kib"], 0)
                answer = self.judge(instance, "--budget", "50", "--max-move-gib", "4")
                self.assertLessEqual(answer["objective"]["moved_gib"], 4)

    def test_who_is_well_placed_stays(self):
        # A plan that is put into effect leaves nothing to do.
        for seed in range(10):
            with self.subTest(seed):
                instance = placegen.drawn("az", seed, 4, 12, 0.9)
                answer = self.judge(instance, "--budget", "50")
                where = {item["guest"]: item for item in answer["placed"]}
                for guest in instance["guests"]:
                    if item := where.get(guest["name"]):
                        guest["cells"] = [{"vcpus": cell["vcpus"],
                                           "memory_kib": cell["memory_kib"]}
                                          for cell in item["cells"]]
                        guest["current"] = {"cells": [cell["node"] for cell in item["cells"]],
                                            "vcpupin": item["vcpupin"]}
                again = self.judge(instance, "--budget", "50")
                self.assertEqual(again["moves"], [])
                self.assertEqual(value(again), value(answer))

    def test_same_input_same_answer(self):
        for seed in range(4):
            instance = placegen.odd(seed, 4, 12, 20, 1.0)
            first, second = (place(instance, "--budget", "50") for _ in range(2))
            for answer in (first, second):
                answer.pop("elapsed_us")
                answer.pop("cpu_us")
            self.assertEqual(first, second)

    def test_worst_cases(self):
        cells = [{"vcpus": n, "memory_kib": n * placegen.GIB} for n in range(3, 11)]
        wide = placegen.host(16, 16, 64, n_sockets=4)
        for _ in range(4):
            placegen.add(wide, 52, 52 * placegen.GIB, cells=cells)
        same = placegen.host(8, 64, 256)
        for _ in range(500):
            placegen.add(same, 1, placegen.GIB)
        many = placegen.host(64, 64, 128, threads=2, n_sockets=8)
        for _ in range(600):
            placegen.add(many, 12, 12 * placegen.GIB)
        giant = placegen.host(4, 8, 32)
        placegen.add(giant, 20, 16 * placegen.GIB)
        for name, instance, n in (("wide", wide, 4), ("same", same, 500), ("many", many, 600),
                                  ("giant", giant, 1)):
            with self.subTest(name):
                answer = self.judge(instance, "--budget", "100")
                self.assertEqual(len(answer["placed"]), n)


class Host(Case):
    """The recorded host two-sockets-smt: its placement as a plan."""

    def test_plan(self):
        host = SOURCE / "tests" / "hosts" / "two-sockets-smt"
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "place.plan")
            done = subprocess.run([KVMTUNE, "--root", host, "place", "-o", path],
                                  capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            plan = json.loads(path.read_text())
        self.assertIn("Next: kvmtune apply", done.stdout)
        self.assertEqual({group["practices"] for group in plan["groups"]}, {"place"})
        edits = [(step["knob"], edit["locator"]) for step in plan["steps"]
                 for edit in step["edits"]]
        self.assertIn(("domain-xml", "/domain/numatune/memory/@nodeset"), edits)
        self.assertIn(("domain-live", "vcpupin/0"), edits)
        # Live pins only where the memory stays: a guest of which nothing is known gets none.
        live = {step["target"] for step in plan["steps"] if step["knob"] == "domain-live"}
        self.assertEqual(len(live), 2)


class Words(Case):
    def expect(self, instance, *words):
        done = run(instance if isinstance(instance, str) else json.dumps(instance), "--json")
        self.assertEqual(done.returncode, 3, done.stdout)
        for word in words:
            self.assertIn(word, done.stderr)

    def instance(self, **guest):
        instance = placegen.host(2, 4, 8)
        instance["guests"] = [{"name": "g1", "vcpus": 2, "memory_kib": 1024, **guest}]
        return instance

    def test_wrong_instances(self):
        self.expect("", "standard input")
        self.expect("[]", "JSON object")
        self.expect({}, "'nodes' is missing")
        self.expect({"nodes": [{"memory_kib": 1}]}, "nodes[0]", "'id' is missing")
        self.expect({"nodes": [{"id": 0, "memory_kib": -1}]}, "nodes[0]", "'memory_kib'")
        twice = placegen.host(2, 4, 8)
        twice["nodes"][1]["l3"][0]["cores"][0] = [0]
        self.expect(twice, "nodes[1]", "CPU 0 stands there twice")
        twice["nodes"][1]["id"] = 0
        self.expect(twice, "nodes[1]")
        far = placegen.host(2, 4, 8)
        far["distances"][1][0] = 9
        self.expect(far, "distances[1][0]", "10 to 255")
        self.expect(self.instance(vcpus=0), "guest 'g1'", "'vcpus'", "1 to 4096")
        self.expect(self.instance(smt="no"), "'smt'", "'isolate'")
        self.expect(self.instance(page_kib=3), "'page_kib'", "power of two")
        self.expect(self.instance(current={"cells": [7]}), "current.cells", "id of a node")
        self.expect(self.instance(current={"cells": [0], "vcpupin": ["1"]}), "1 entries for 2")
        self.expect(self.instance(cells=[{"vcpus": 1, "memory_kib": 1024}]), "the cells have 1 ")
        self.expect(self.instance(name=""), "guests[0]", "'name'")
        many = placegen.host(1, 1, 1)
        many["guests"] = [{"name": str(i), "vcpus": 1, "memory_kib": 1} for i in range(4097)]
        self.expect(many, "4097 guests")

    def reason(self, instance):
        answer = place(instance)
        self.assertEqual(placecheck.faults(instance, answer), [])
        return {item["guest"]: item["reason"] for item in answer["unplaced"]}

    def test_reasons(self):
        self.assertEqual(self.reason(placegen.host(1, 1, 1)), {})
        self.assertIn("needs 90 CPUs, 8 are there", self.reason(self.instance(vcpus=90))["g1"])
        large = self.reason(self.instance(memory_kib=17 << 20))["g1"]
        self.assertIn("needs 17408 MiB, 16384 are there", large)
        narrow = self.reason(self.instance(vcpus=6, max_cells=1))["g1"]
        self.assertIn("at most 4 CPUs", narrow)
        fixed = self.instance(page_kib=2048)
        fixed["pools"] = "fixed"
        self.assertIn("no pool of pages of 2048 KiB", self.reason(fixed)["g1"])
        clash = self.instance(movable=False, current={"cells": [0], "vcpupin": ["0", "1"]})
        clash["guests"].append({**clash["guests"][0], "name": "g2"})
        self.assertIn("may not leave CPU 0, nor may 'g1'", self.reason(clash)["g2"])
        full = self.instance()
        full["guests"] += [{"name": f"f{i}", "vcpus": 4, "memory_kib": 1024, "priority": 9}
                           for i in range(2)]
        self.assertIn("needs 2 CPUs, 0 are left", self.reason(full)["g1"])

    def test_notes(self):
        answer = place({**self.instance(vcpu=3), "colour": 1})
        self.assertEqual(answer["notes"], ["instance: 'colour' means nothing here",
                                           "guest 'g1': 'vcpu' means nothing here"])

    def test_words_for_people(self):
        """Four nodes with 36 CPUs each: today, the map, the steps.  KVMTUNE_TEST_REGENERATE=1
        writes the file anew."""
        here = SOURCE / "tests" / "golden" / "place"
        done = run((here / "four-nodes.json").read_text())
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80, done.stdout)
        if os.environ.get("KVMTUNE_TEST_REGENERATE") == "1":
            (here / "four-nodes.txt").write_text(done.stdout)
        if "The clock ended the search" not in done.stdout:
            self.assertEqual(done.stdout, (here / "four-nodes.txt").read_text())

    def test_map_fits(self):
        instance = placegen.host(4, 18, 192, threads=2, l3_cores=9, housekeeping=1)
        for i in range(20):
            placegen.add(instance, 1 + i % 7, (1 + i % 5) * placegen.GIB)
        done = run(json.dumps(instance))
        self.assertEqual(done.returncode, 0)
        self.assertLessEqual(max(map(len, done.stdout.splitlines())), 80, done.stdout)


if __name__ == "__main__":
    tap.main()
