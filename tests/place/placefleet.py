# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Fleets for tests and benchmarks, and the judge of their answers (own code)."""

import random

GIB = 1 << 20
# vCPUs of the guests of a public cloud: share of each size, and GiB per vCPU.
SIZES = ((1, .29), (2, .29), (4, .23), (8, .125), (16, .045), (24, .01), (32, .006), (64, .004))
RATIOS = ((2, .25), (4, .5), (8, .25))


def fleet(seed, n_hosts, n_nodes, cpus, n_guests, gib_per_cpu=4.5, batch=1):
    rng = random.Random(f"fleet {seed} {n_hosts}")
    flavours = [(vcpus, ratio) for vcpus, _ in SIZES for ratio, _ in RATIOS]
    names = [f"f{i}" for i in range(len(flavours))]
    weights = [a * b for _, a in SIZES for _, b in RATIOS]
    return {
        "types": [{"name": "t", "distances": [
            [10 if a == b else 12 if a // 4 == b // 4 else 32 for b in range(n_nodes)]
            for a in range(n_nodes)],
            "nodes": [{"cpus": cpus, "memory_kib": int(cpus * gib_per_cpu) * GIB}] * n_nodes}],
        "flavours": [{"name": name, "vcpus": vcpus, "memory_kib": vcpus * ratio * GIB}
                     for name, (vcpus, ratio) in zip(names, flavours)],
        "hosts": [{"type": "t", "count": n_hosts}],
        "guests": [{"flavour": name, "count": batch}
                   for name in rng.choices(names, weights, k=n_guests // batch)],
    }


def running_of(instance):
    """[(host, flavour, nodes)] of who runs, in the order of their numbers."""
    found = []
    for item in instance.get("running", []):
        for word in item["guests"].split(","):
            name, _, nodes = word.rpartition(":")
            found.append((item["host"], name, [int(node) for node in nodes.split("+")]))
    return found


class Ledger:
    def __init__(self, instance):
        self.instance, self.faults = instance, []
        types = {one["name"]: one for one in instance.get("types", [])}
        self.flavours = {one["name"]: one for one in instance.get("flavours", [])}
        self.hosts = [types[item["type"]] for item in instance.get("hosts", [])
                      for _ in range(item.get("count", 1))]

    def empty(self):
        return [[[node["cpus"], node["memory_kib"]] for node in host["nodes"]]
                for host in self.hosts]

    def take(self, room, host, name, nodes):
        flavour = self.flavours[name]
        for node in nodes:
            room[host][node][0] -= flavour["vcpus"] // len(nodes)
            room[host][node][1] -= flavour["memory_kib"] // len(nodes)

    def over(self, room, what):
        for number, host in enumerate(room):
            for node, (cpus, kib) in enumerate(host):
                if cpus < 0 or kib < 0:
                    self.faults.append(f"{what}: host {number} node {node} is over")

    def judge(self, answer):
        room = self.empty()
        count = {}
        for host, name, nodes in running_of({"running": answer["hosts"]}):
            flavour = self.flavours[name]
            if flavour["vcpus"] % len(nodes) or len(nodes) > flavour.get("max_cells", 8):
                self.faults.append(f"{name} in {len(nodes)} cells")
            self.take(room, host, name, nodes)
            count[name] = count.get(name, 0) + 1
        self.over(room, "at the end")
        self.room = room
        wanted = {}
        for _, name, _ in running_of(self.instance):
            wanted[name] = wanted.get(name, 0) + 1
        for item in self.instance.get("guests", []):
            wanted[item["flavour"]] = wanted.get(item["flavour"], 0) + item.get("count", 1)
        for item in answer["unplaced"]:
            count[item["flavour"]] = count.get(item["flavour"], 0) + item["count"]
        if count != wanted:
            self.faults.append(f"guests differ: {count} and {wanted}")
        self.judge_moves(answer)
        return self.faults

    def judge_moves(self, answer):
        """By host alone: nodes of the way are not told, those of the end are judged above."""
        where = {number: [host, name]
                 for number, (host, name, _) in enumerate(running_of(self.instance))}
        room = [[sum(node["cpus"] for node in host["nodes"]),
                 sum(node["memory_kib"] for node in host["nodes"])] for host in self.hosts]
        for host, name in where.values():
            room[host][0] -= self.flavours[name]["vcpus"]
            room[host][1] -= self.flavours[name]["memory_kib"]
        for move in answer["moves"]:
            guest = where[move["guest"]]
            flavour = self.flavours[guest[1]]
            if guest[0] != move["from"] or guest[1] != move["flavour"]:
                self.faults.append(f"{move} is not where it was")
            for i, key in enumerate(("vcpus", "memory_kib")):
                room[move["to"]][i] -= flavour[key]
                if room[move["to"]][i] < 0:
                    self.faults.append(f"{move}: no room")
                room[move["from"]][i] += flavour[key]
            guest[0] = move["to"]
        if not self.instance.get("guests"):
            ends = {}
            for host, name, _ in running_of({"running": answer["hosts"]}):
                ends[host, name] = ends.get((host, name), 0) + 1
            for host, name in where.values():
                ends[host, name] = ends.get((host, name), 0) - 1
            if any(ends.values()):
                self.faults.append("the moves do not lead there")

    def fits_anywhere(self, name):
        flavour = self.flavours[name]
        for host in self.room:
            for k in (1, 2, 4, 8):
                if k > flavour.get("max_cells", 8) or flavour["vcpus"] % k:
                    break
                vcpus, kib = flavour["vcpus"] // k, flavour["memory_kib"] // k
                if sum(max(min(c // vcpus, m // kib), 0) for c, m in host) >= k:
                    return True
        return False
