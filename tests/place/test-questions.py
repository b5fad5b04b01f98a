#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""--what-if, --admit and --svg."""

import itertools
import json
import pathlib
import random
import tempfile
import xml.etree.ElementTree

import placecheck
import placegen
from placetest import FACTOR, Case, place, run

import tap

GIB = placegen.GIB


def running(rng, n_nodes, n_cores, gib):
    """Nodes about half full of guests that run, each on whole cores of one node."""
    instance = placegen.host(n_nodes, n_cores, gib)
    for node in range(n_nodes):
        cpu = node * n_cores
        for _ in range(rng.randrange(0, 3)):
            vcpus = rng.choice((1, 1, 2, 3))
            if cpu + vcpus > (node + 1) * n_cores:
                continue
            placegen.add(instance, vcpus, vcpus * GIB, max_cells=1, current={
                "cells": [node], "vcpupin": [str(cpu + i) for i in range(vcpus)]})
            cpu += vcpus
    return instance


def least_moved(instance, guest):
    """GiB that have to move so that the guest fits on one node, by looking at everything; None
    when it does not."""
    n_nodes = len(instance["nodes"])
    cores = len(instance["nodes"][0]["l3"][0]["cores"])
    memory = instance["nodes"][0]["memory_kib"]
    least = None
    every = [*instance["guests"], guest]
    for where in itertools.product(range(n_nodes), repeat=len(every)):
        used, held = [0] * n_nodes, [0] * n_nodes
        for one, node in zip(every, where):
            used[node] += one["vcpus"]
            held[node] += one["memory_kib"]
        if max(used) > cores or max(held) > memory:
            continue
        moved = sum(one["memory_kib"] for one, node in zip(instance["guests"], where)
                    if one["current"]["cells"] != [node])
        least = moved if least is None else min(least, moved)
    return least


class Admit(Case):
    def admit(self, instance, guest):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "guest.json")
            path.write_text(json.dumps(guest))
            answer = place(instance, "--admit", path, "--budget", "50")
            words = run(json.dumps(instance), "--admit", path, "--budget", "50").stdout
        together = {**instance, "guests": [*instance["guests"], guest], "horizon_s": 1}
        self.assertEqual(placecheck.faults(together, answer), [])
        return answer, words

    def test_least_moves(self):
        """As little memory moves as can be, and nobody who runs gives way."""
        n_admitted = n_moved = 0
        for seed in range(90 * FACTOR):
            with self.subTest(seed):
                rng = random.Random(f"admit {seed}")
                instance = running(rng, rng.choice((2, 3)), 4, rng.choice((4, 8)))
                guest = {"name": "newcomer", "vcpus": rng.choice((2, 3, 4)), "max_cells": 1,
                         "memory_kib": rng.choice((1, 2, 4)) * GIB}
                answer, words = self.admit(instance, guest)
                left = {item["guest"] for item in answer["unplaced"]}
                least = least_moved(instance, guest)
                self.assertEqual(left, set() if least is not None else {"newcomer"})
                if least is None:
                    self.assertIn("newcomer cannot be admitted", words)
                    continue
                self.assertEqual(answer["objective"]["moved_kib"], least)
                self.assertIn("newcomer goes to node", words)
                n_admitted += 1
                n_moved += least > 0
        self.assertGreater(n_admitted, 10)
        self.assertGreater(n_moved, 3)

    def test_wrong(self):
        instance = placegen.host(1, 2, 4)
        placegen.add(instance, 1, GIB)
        name = instance["guests"][0]["name"]
        for guest, word in (({"name": name, "vcpus": 1, "memory_kib": 1}, "already"),
                            ({"name": "x", "vcpus": 0, "memory_kib": 1}, "'vcpus'"),
                            ([], "--admit")):
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder, "guest.json")
                path.write_text(json.dumps(guest))
                done = run(json.dumps(instance), "--admit", path)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(word, done.stderr)


class WhatIf(Case):
    def instance(self):
        instance = placegen.host(2, 4, 16)
        for name in ("a", "b"):
            placegen.add(instance, 2, 4 * GIB)
            instance["guests"][-1]["name"] = name
        return instance

    def ask(self, *changes):
        answer = place(self.instance(), *(word for c in changes for word in ("--what-if", c)))
        sizes = {item["guest"]: sum(cell["vcpus"] for cell in item["cells"])
                 for item in answer["placed"]}
        return answer, sizes

    def test_changes(self):
        answer, sizes = self.ask("add=3x1:2")
        self.assertEqual(sizes, {"a": 2, "b": 2, "new-1": 1, "new-2": 1, "new-3": 1})
        answer, sizes = self.ask("double=a")
        self.assertEqual(sizes, {"a": 4, "b": 2})
        answer, sizes = self.ask("without=a")
        self.assertEqual(sizes, {"b": 2})
        answer, sizes = self.ask("without-node=0,add=1:1")
        nodes = {cell["node"] for item in answer["placed"] for cell in item["cells"]}
        self.assertEqual(nodes, {1})
        self.assertEqual(len(answer["notes"]), 2)
        self.assertEqual([item["guest"] for item in answer["unplaced"]], ["new-1"])

    def test_same_as_written(self):
        """The same as an instance that says so itself."""
        answer, _ = self.ask("double=b")
        instance = self.instance()
        instance["guests"][1].update(vcpus=4, memory_kib=8 * GIB)
        self.assertEqual(placecheck.faults(instance, answer), [])
        self.assertEqual(answer["placed"], place(instance)["placed"])

    def test_wrong(self):
        for change, word in (("add=", "no number"), ("add=0:1", "no number"), ("node=3", "--what-if"),
                             ("without-node=7", "no node '7'"), ("double=z", "no guest 'z'"),
                             ("add=5000x1:1", "no number"), ("add=4096x1:1", "at most 4096")):
            done = run(json.dumps(self.instance()), "--what-if", change)
            self.assertEqual(done.returncode == 0, False, change)
            self.assertIn(word, done.stderr)

    def test_no_plan_of_it(self):
        done = run(json.dumps(self.instance()), "--what-if", "double=a", "-o", "/nowhere/plan")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--output", done.stderr)


class Picture(Case):
    def test_svg(self):
        instance = placegen.host(4, 18, 192, threads=2, l3_cores=9, housekeeping=1)
        for i in range(12):
            placegen.add(instance, 1 + i % 7, GIB, **({"class": "shared"} if i % 4 == 0 else {}))
        instance["guests"][1]["name"] = 'a<b&"c'
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "map.svg")
            done = run(json.dumps(instance), "--svg", path)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            root = xml.etree.ElementTree.parse(path).getroot()
        names = [element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text")]
        self.assertTrue(any('a<b&"c' in name for name in names))
        cpus = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual(sorted(cpus), sorted(f"CPU {i}" for i in range(144)))

    def test_not_writable(self):
        done = run(json.dumps(placegen.host(1, 1, 1)), "--svg", "/nowhere/at/all.svg")
        self.assertEqual(done.returncode == 0, False)
        self.assertIn("/nowhere/at/all.svg", done.stderr)


if __name__ == "__main__":
    tap.main()
