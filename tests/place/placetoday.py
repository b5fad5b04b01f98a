# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The judge of what an answer says of today and of its runner-up, in floating point."""

import placeexact
from placecheck import BETA, RHO, SMT, Judge, cpu_list


class Today(Judge):
    def cells_of(self, guest):
        n = len(guest["current"]["cells"])
        if guest.get("cells"):
            return [cell["vcpus"] for cell in guest["cells"]]
        return [guest["vcpus"] // n + (i < guest["vcpus"] % n) for i in range(n)]

    def sets(self, guest):
        """Where each vCPU may run: its CPU, or all that any of its guest may use."""
        pins = [cpu_list(str(pin)) for pin in guest["current"].get("vcpupin", [])]
        every = set().union(*pins) if pins else set(self.node_of)
        every = (every & set(self.node_of)) or every
        return [pin if len(pin) == 1 else every
                for pin in (pins or [every] * guest["vcpus"])]

    def spread(self, guest):
        """For each cell: node -> vCPUs there."""
        sets, first, cells = self.sets(guest), 0, []
        for vcpus in self.cells_of(guest):
            where = {}
            for cpus in sets[first:first + vcpus]:
                for cpu in cpus & set(self.node_of):
                    node = self.node_of[cpu]
                    where[node] = where.get(node, 0) + 1 / len(cpus)
            cells.append(where)
            first += vcpus
        return cells

    def memory(self, guest):
        found = guest["current"].get("memory_kib") or {}
        total = sum(found.values())
        return [{int(node): kib / total for node, kib in found.items()} if total else {node: 1}
                for node in guest["current"]["cells"]]

    def remote_today(self, guest):
        k, spill = len(guest["current"]["cells"]), RHO if guest.get("vnuma", True) else 1
        memory, total = self.memory(guest), 0
        for g, where in enumerate(self.spread(guest)):
            for node, vcpus in where.items():
                for h in range(k):
                    share = (1 - spill) + spill / k if g == h else spill / k
                    total += vcpus * share * sum(
                        part * (self.distance(node, other) / 10 - 1)
                        for other, part in memory[h].items())
        return total * 1000 * guest.get("priority", 1) * guest.get("memory_bound", 1)

    def device_today(self, guest):
        total = 0
        for device in guest.get("devices", []):
            for where in self.spread(guest):
                total += sum(vcpus * device.get("share", 0) *
                             (self.distance(node, device["node"]) / 10 - 1)
                             for node, vcpus in where.items())
        return total * 1000 * guest.get("priority", 1)

    def owners(self):
        owner, contested = {}, 0
        for guest in self.running:
            if self.is_shared(guest):
                continue
            for pin in self.single(guest):
                contested += pin in owner
                owner[pin] = guest["name"]
        return owner, contested

    @staticmethod
    def single(guest):
        pins = [cpu_list(str(pin)) for pin in guest["current"].get("vcpupin", [])]
        return [next(iter(pin)) for pin in pins if len(pin) == 1]

    def l3_today(self, guest):
        first, extra = 0, 0
        pins = self.sets(guest)
        for vcpus, node in zip(self.cells_of(guest), guest["current"]["cells"]):
            own = [next(iter(pin)) for pin in pins[first:first + vcpus] if len(pin) == 1]
            used = len({self.group_of[cpu] for cpu in own if cpu in self.group_of})
            extra += max(used - max(self.least_groups(guest, node, vcpus), 1), 0)
            first += vcpus
        return BETA * 1000 * extra * guest["vcpus"] * guest.get("priority", 1)

    def smt_today(self, guest, owner):
        beside = 0
        for cpu in self.single(guest):
            beside += any(owner.get(other, guest["name"]) != guest["name"]
                          for other in self.core_of.get(cpu, ()) if other != cpu)
        return SMT * 1000 * beside * guest.get("priority", 1)

    def near(self, what, told, value, guest):
        slack = 3 + value / 100 + guest.get("priority", 1) * guest["vcpus"] * 2
        self.expect(abs(told - value) <= slack, f"today {guest['name']}: {what} is {value}, "
                    f"told {told}")

    def check_today(self):
        self.running = [guest for guest in self.guests.values()
                        if guest.get("current", {}).get("cells")]
        today = self.answer.get("today")
        self.expect(bool(today) == bool(self.running), "today is missing, or told without cause")
        if not today:
            return self.faults
        told = {item["guest"]: item for item in today["guests"]}
        self.expect(set(told) == {guest["name"] for guest in self.running}, "today: guests")
        owner, contested = self.owners()
        self.expect(today["contested_cpus"] == contested, f"today: {contested} contested")
        sums = dict.fromkeys(("remote", "l3", "smt", "device"), 0)
        for guest in self.running:
            terms = told[guest["name"]]["terms"]
            self.near("remote", terms["remote"], self.remote_today(guest), guest)
            self.near("device", terms["device"], self.device_today(guest), guest)
            dedicated = not self.is_shared(guest)
            self.expect(terms["l3"] == round(self.l3_today(guest) if dedicated else 0),
                        f"today {guest['name']}: l3 {terms['l3']}")
            self.expect(terms["smt"] == round(self.smt_today(guest, owner) if dedicated else 0),
                        f"today {guest['name']}: smt {terms['smt']}")
            for term in sums:
                sums[term] += terms[term]
        for term, total in sums.items():
            self.expect(today["terms"][term] == total, f"today: {term} is {total}")
        return self.faults


def faults(instance, answer):
    return Today(instance, answer).check_today()


def closest(instance, answer):
    """The least that a single move or an exchange of two loses more, by looking at all of them:
    for simple instances where nobody runs and nobody is left out (see placeexact)."""
    cores, memory = placeexact.room_of(instance)
    options, chosen = [], []
    where = {item["guest"]: item for item in answer["placed"]}
    for guest in instance["guests"]:
        item = where[guest["name"]]
        nodes = sorted(cell["node"] for cell in item["cells"])
        own = placeexact.patterns(instance, guest)
        options.append(own)
        chosen.append(next(o for o in own if sorted(n for n, _, _ in o[1]) == nodes))

    def fits(some):
        used = [[0, 0] for _ in cores]
        for _, cells in some:
            for node, vcpus, kib in cells:
                used[node][0] += vcpus
                used[node][1] += -(-kib // 4) * 4
        return all(c <= cores[n] and m <= memory[n] for n, (c, m) in enumerate(used))

    least = None
    nodes_of = [sorted({n for n, _, _ in option[1]}) for option in chosen]
    for i, own in enumerate(options):
        for other in own:
            if sorted({n for n, _, _ in other[1]}) == nodes_of[i]:
                continue
            if fits(chosen[:i] + [other] + chosen[i + 1:]):
                more = other[0] - chosen[i][0]
                least = more if least is None else min(least, more)
    for i, one in enumerate(chosen):
        for j in range(i):
            # On single nodes there is no loss, so that an exchange costs nothing.
            size = [(cell[0][1:]) for cell in (one[1], chosen[j][1])]
            if (len(one[1]), len(chosen[j][1])) != (1, 1) or nodes_of[i] == nodes_of[j] or \
                    size[0] == size[1]:
                continue
            some = list(chosen)
            some[i] = (0, ((chosen[j][1][0][0], *one[1][0][1:]),))
            some[j] = (0, ((one[1][0][0], *chosen[j][1][0][1:]),))
            if fits(some):
                least = 0
    return least
