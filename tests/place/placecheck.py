# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""An independent judge of placements: every hard constraint, the objective, and every step of the
order of moves.  It shares nothing with the solver but the format."""

import math

RHO, BETA, SMT = 0.3, 0.05, 0.35


def cpu_list(text):
    cpus = set()
    for part in text.split(",") if text else []:
        first, _, last = part.partition("-")
        cpus.update(range(int(first), int(last or first) + 1))
    return cpus


def half_up(numerator, denominator):
    return math.floor(numerator / denominator + 0.5 + 1e-9)


class Judge:
    def __init__(self, instance, answer):
        self.instance, self.answer, self.faults = instance, answer, []
        self.nodes = {node["id"]: node for node in instance["nodes"]}
        self.order = [node["id"] for node in instance["nodes"]]
        self.cores, self.node_of, self.core_of, self.group_of = [], {}, {}, {}
        for node in instance["nodes"]:
            for number, group in enumerate(node.get("l3", [])):
                for core in group["cores"]:
                    for cpu in core:
                        self.node_of[cpu] = node["id"]
                        self.core_of[cpu] = tuple(core)
                        self.group_of[cpu] = (node["id"], number)
                    self.cores.append(core)
        self.guests = {guest["name"]: guest for guest in instance["guests"]}
        self.placed = {item["guest"]: item for item in answer["placed"]}
        self.house = cpu_list(answer["housekeeping"])
        self.ratio = instance.get("shared_ratio", 4)

    def fault(self, text):
        self.faults.append(text)

    def expect(self, condition, text):
        if not condition:
            self.fault(text)

    # -- helpers

    def distance(self, a, b):
        a, b = self.order.index(a), self.order.index(b)
        rows = self.instance.get("distances", [])
        if a < len(rows) and b < len(rows[a]) and rows[a][b] is not None:
            return rows[a][b]
        return 10 if a == b else 20

    @staticmethod
    def is_shared(guest):
        return guest.get("class", "dedicated") == "shared"

    def is_seated(self, guest):
        pins = guest.get("current", {}).get("vcpupin", [])
        return bool(not guest.get("movable", True) and not self.is_shared(guest) and pins)

    def pages(self, guest, kib):
        page = guest.get("page_kib", 4)
        return -(-kib // page) * page

    def own_cpus(self, item):
        return [int(pin) for pin in item["vcpupin"]]

    def extra_cpus(self, item):
        guest = self.guests[item["guest"]]
        if self.is_shared(guest) or not guest.get("emulator_cpus") or self.is_seated(guest):
            return set()
        return cpu_list(item["emulatorpin"])

    # -- constraints

    def check_names(self):
        unplaced = [item["guest"] for item in self.answer["unplaced"]]
        self.expect(sorted(unplaced + list(self.placed)) == sorted(self.guests), "guests differ")
        for item in self.answer["unplaced"]:
            self.expect(item["reason"], f"{item['guest']}: no reason")

    def check_cells(self):
        for name, item in self.placed.items():
            guest, cells = self.guests[name], item["cells"]
            sizes = [(cell["vcpus"], cell["memory_kib"]) for cell in cells]
            self.expect(sum(v for v, _ in sizes) == guest["vcpus"], f"{name}: vCPUs lost")
            self.expect(sum(m for _, m in sizes) == guest["memory_kib"], f"{name}: memory lost")
            self.expect(all(v > 0 for v, _ in sizes), f"{name}: empty cell")
            self.expect(len(item["vcpupin"]) == guest["vcpus"], f"{name}: pins")
            if guest.get("cells"):
                wanted = [(cell["vcpus"], cell["memory_kib"]) for cell in guest["cells"]]
                self.expect(sizes == wanted, f"{name}: other cells than asked for")
            elif not guest.get("current"):
                self.expect(len(cells) <= guest.get("max_cells", 8), f"{name}: too many cells")
            # A guest that may not move stays, whatever else is said.
            is_bound = not guest.get("movable", True) and guest.get("current", {}).get("cells")
            allowed = self.order if is_bound else guest.get("nodes", self.order)
            self.expect(all(cell["node"] in allowed for cell in cells), f"{name}: forbidden node")
            first = 0
            for cell in cells:
                for pin in item["vcpupin"][first:first + cell["vcpus"]]:
                    cpus = cpu_list(pin)
                    self.expect(cpus and all(self.node_of.get(cpu) == cell["node"]
                                             for cpu in cpus), f"{name}: pin off its node")
                first += cell["vcpus"]
            for device in guest.get("devices", []):
                if device.get("require"):
                    self.expect(device["node"] in [cell["node"] for cell in cells],
                                f"{name}: device elsewhere")

    def check_owners(self):
        owner = {}
        for name, item in self.placed.items():
            guest = self.guests[name]
            if self.is_shared(guest):
                continue
            for cpu in [*self.own_cpus(item), *self.extra_cpus(item)]:
                self.expect(cpu not in owner, f"CPU {cpu}: {name} and {owner.get(cpu)}")
                self.expect(cpu not in self.house or self.is_seated(guest),
                            f"CPU {cpu}: {name} on housekeeping")
                owner[cpu] = name
        self.owner = owner
        for name, item in self.placed.items():
            guest = self.guests[name]
            smt = guest.get("smt", "prefer")
            if self.is_shared(guest) or smt == "prefer":
                continue
            for cpu in [*self.own_cpus(item), *self.extra_cpus(item)]:
                for sibling in self.core_of[cpu]:
                    if sibling == cpu or self.is_seated(guest):
                        continue
                    self.expect(owner.get(sibling, name) == name, f"{name}: foreign sibling")
                    self.expect(smt != "isolate" or sibling not in owner,
                                f"{name}: sibling {sibling} not idle")

    def check_pools(self):
        self.load, self.pool = {}, {}
        for name, item in self.placed.items():
            if not self.is_shared(self.guests[name]):
                continue
            first = 0
            for cell in item["cells"]:
                for pin in item["vcpupin"][first:first + cell["vcpus"]]:
                    cpus = cpu_list(pin)
                    self.expect(self.pool.setdefault(cell["node"], cpus) == cpus,
                                f"{name}: two pools on a node")
                first += cell["vcpus"]
                self.load[cell["node"]] = self.load.get(cell["node"], 0) + cell["vcpus"]
        for node, cpus in self.pool.items():
            self.expect(self.load[node] <= self.ratio * len(cpus) + 1e-9, f"node {node}: pool full")
            self.expect(not cpus & set(self.owner), f"node {node}: pool on owned CPUs")
            self.expect(not cpus & self.house, f"node {node}: pool on housekeeping")
            for cpu in cpus:
                for sibling in self.core_of[cpu]:
                    name = self.owner.get(sibling)
                    smt = self.guests[name].get("smt", "prefer") if name else "prefer"
                    self.expect(smt == "prefer", f"{name}: the pool beside it")

    def usable(self, node):
        return max(node["memory_kib"] - node.get("reserved_kib", 0), 0)

    def memory_classes(self, node):
        """page class -> KiB; one class 0 when pools may change."""
        if self.instance.get("pools") != "fixed":
            return {0: self.usable(node)}
        pools = {int(size): int(size) * n for size, n in node.get("hugepages", {}).items()}
        return {0: max(self.usable(node) - sum(pools.values()), 0), **pools}

    def memory_class(self, guest):
        page = guest.get("page_kib", 4)
        if self.instance.get("pools") != "fixed":
            return 0
        sizes = {int(size) for node in self.instance["nodes"] for size in node.get("hugepages", {})}
        return page if page in sizes else 0 if page <= 64 else page

    def check_memory(self):
        used = {}
        for name, item in self.placed.items():
            guest = self.guests[name]
            for cell in item["cells"]:
                key = (cell["node"], self.memory_class(guest))
                used[key] = used.get(key, 0) + self.pages(guest, cell["memory_kib"])
        for (node, kind), kib in used.items():
            room = self.memory_classes(self.nodes[node]).get(kind, 0)
            self.expect(kib <= room, f"node {node}: {kib} KiB of {room} in class {kind}")
        self.check_page_pools()

    def check_page_pools(self):
        held = {}
        for pool in self.answer["pools"]:
            held[pool["node"]] = held.get(pool["node"], 0) + pool["pages"] * pool["page_kib"]
            self.expect(pool["pages"] >= pool["needed"], f"node {pool['node']}: pool too small")
        for name, item in self.placed.items():
            guest = self.guests[name]
            for cell in item["cells"]:
                if guest.get("page_kib", 4) <= 64:
                    held[cell["node"]] = (held.get(cell["node"], 0) +
                                          self.pages(guest, cell["memory_kib"]))
        for node, kib in held.items():
            usable = self.usable(self.nodes[node])
            pages = self.nodes[node].get("hugepages", {})
            is_contradictory = self.instance.get("pools") == "fixed" and usable < sum(
                int(size) * n for size, n in pages.items())
            self.expect(kib <= usable or is_contradictory,
                        f"node {node}: pools and guests have {kib} KiB")

    def house_quota(self):
        """node -> cores: as many on each, and `cores` more by the weight of interrupts, the largest
        remainders first."""
        keeping = self.instance.get("housekeeping", {})
        more, ids = keeping.get("cores", 0), []
        for node in self.instance["nodes"]:
            if any(group["cores"] for group in node.get("l3", [])):
                ids.append(node["id"])
        weight = {n: self.nodes[n].get("irqs", 0) for n in ids}
        if not any(weight.values()):
            weight = dict.fromkeys(ids, 1)
        total = sum(weight.values())
        share = {n: divmod(more * weight[n], total) for n in ids}
        left = more - sum(whole for whole, _ in share.values())
        lucky = sorted(ids, key=lambda n: (-share[n][1], ids.index(n)))[:left]
        return {node: keeping.get("cores_per_node", 0) +
                (share[node][0] + (node in lucky) if node in share else 0)
                for node in self.nodes}

    def check_house(self):
        quota = self.house_quota()
        fixed = {int(pin) for guest in self.instance["guests"] if self.is_seated(guest)
                 for pin in guest["current"]["vcpupin"]}
        for node in self.instance["nodes"]:
            cores = [core for group in node.get("l3", []) for core in group["cores"]]
            whole = [core for core in cores if set(core) <= self.house]
            free = [core for core in cores if not set(core) & fixed]
            self.expect(len(whole) == min(quota[node["id"]], len(free)) or fixed,
                        f"node {node['id']}: housekeeping")
        for name, item in self.placed.items():
            cpus = cpu_list(item["emulatorpin"])
            nodes = {cell["node"] for cell in item["cells"]}
            near = {cpu for cpu in self.house if self.node_of[cpu] in nodes} or self.house
            extra = self.extra_cpus(item)
            mine = {cpu for pin in item["vcpupin"] for cpu in cpu_list(pin)}
            self.expect(cpus and cpus == (extra or near or mine), f"{name}: emulator on {cpus}")
            iothreads = self.guests[name].get("iothreads", 0)
            self.expect(len(item["iothreadpin"]) == iothreads, f"{name}: IOThreads")
            for text in item["iothreadpin"].values():
                self.expect(cpu_list(text) == cpus, f"{name}: IOThread elsewhere")

    def check_fixed(self):
        for name, item in self.placed.items():
            guest = self.guests[name]
            if guest.get("movable", True) or not guest.get("current", {}).get("cells"):
                continue
            nodes = [cell["node"] for cell in item["cells"]]
            self.expect(nodes == guest["current"]["cells"], f"{name}: moved")
            if self.is_seated(guest):
                self.expect(item["vcpupin"] == guest["current"]["vcpupin"], f"{name}: repinned")

    def check_apart(self):
        seen = {}
        for name, item in self.placed.items():
            group = self.guests[name].get("apart")
            for node in {cell["node"] for cell in item["cells"]} if group else ():
                self.expect((group, node) not in seen, f"{name}: not apart")
                seen[group, node] = name

    # -- objective

    def loss_remote(self, guest, cells):
        k, spill = len(cells), RHO if guest.get("vnuma", True) else 1
        sum_ = 0
        for g, cell in enumerate(cells):
            for h, other in enumerate(cells):
                share = (1 - spill) + spill / k if g == h else spill / k
                sum_ += cell["vcpus"] * share * (self.distance(cell["node"], other["node"]) / 10 - 1)
        return half_up(sum_ * 1000 * guest.get("priority", 1) * guest.get("memory_bound", 1), 1)

    def loss_device(self, guest, cells):
        sum_ = 0
        for device in guest.get("devices", []):
            for cell in cells:
                far = self.distance(cell["node"], device["node"]) / 10 - 1
                sum_ += cell["vcpus"] * device.get("share", 0) * far
        return half_up(sum_ * 1000 * guest.get("priority", 1), 1)

    def least_groups(self, guest, node, vcpus):
        sizes = []
        for group in self.nodes[node].get("l3", []):
            cores = [core for core in group["cores"] if core and core[0] not in self.house]
            isolated = guest.get("smt", "prefer") == "isolate"
            sizes.append(len(cores) if isolated else sum(len(core) for core in cores))
        sizes, n = sorted(sizes, reverse=True), 0
        while sizes and vcpus > 0:
            vcpus -= sizes.pop(0)
            n += 1
        return n

    def loss_l3(self, guest, item):
        first, extra = 0, 0
        for cell in item["cells"]:
            pins = self.own_cpus(item)[first:first + cell["vcpus"]]
            used = len({self.group_of[cpu] for cpu in pins})
            extra += max(used - self.least_groups(guest, cell["node"], cell["vcpus"]), 0)
            first += cell["vcpus"]
        return round(BETA * 1000) * extra * guest["vcpus"] * guest.get("priority", 1)

    def loss_smt(self, name, guest, item):
        busy = set(self.owner) | {cpu for cpus in self.pool.values() for cpu in cpus}
        beside = 0
        for cpu in self.own_cpus(item):
            beside += any(sibling in busy and self.owner.get(sibling) != name
                          for sibling in self.core_of[cpu])
        return round(SMT * 1000) * beside * guest.get("priority", 1)

    def loss_pools(self, reported):
        """The pools that nobody uses are not in the answer, so the mean is not known: only the
        ends of the range are."""
        most = sum(len(cpus) * max(0, self.load[node] / len(cpus) - 1) ** 2
                   for node, cpus in self.pool.items() if cpus)
        self.expect(0 <= reported <= most * 1000 * 1.01 + 2, f"overcommit of {reported}")
        return reported

    def check_objective(self):
        sums = {"remote": 0, "l3": 0, "smt": 0, "device": 0}
        for name, item in self.placed.items():
            guest = self.guests[name]
            terms = {"remote": self.loss_remote(guest, item["cells"]),
                     "device": self.loss_device(guest, item["cells"]), "l3": 0, "smt": 0}
            if not self.is_shared(guest):
                terms["l3"] = self.loss_l3(guest, item)
                terms["smt"] = self.loss_smt(name, guest, item)
            for term, value in terms.items():
                self.expect(item["terms"][term] == value,
                            f"{name}: {term} is {value}, told {item['terms'][term]}")
                sums[term] += value
        told = self.answer["objective"]
        for term, value in sums.items():
            self.expect(told["terms"][term] == value, f"{term} is {value}")
        sums["overcommit"] = self.loss_pools(told["terms"]["overcommit"])
        self.expect(told["loss_permille"] == sum(sums.values()), "loss is not the sum")
        left = sum(self.guests[item["guest"]].get("priority", 1) *
                   self.guests[item["guest"]]["vcpus"] for item in self.answer["unplaced"])
        self.expect(told["unplaced_priority"] == left, "unplaced priority")
        self.expect(self.answer["bound"] <= told["loss_permille"], "bound above the loss")
        self.expect(self.answer["gap"] == told["loss_permille"] - self.answer["bound"], "gap")
        self.expect(self.answer["bounds"]["unplaced_priority"] <= left, "bound of unplaced")

    # -- moves

    def start_state(self):
        self.now = {}
        for name, guest in self.guests.items():
            current = guest.get("current", {})
            if not current.get("cells"):
                continue
            pins = [] if self.is_shared(guest) else current.get("vcpupin", [])
            # Only a single CPU is owned.
            self.now[name] = (list(current["cells"]),
                              {int(pin) for pin in pins if len(cpu_list(str(pin))) == 1})

    def cell_sizes(self, name, n):
        guest = self.guests[name]
        if name in self.placed and len(self.placed[name]["cells"]) == n:
            return [cell["memory_kib"] for cell in self.placed[name]["cells"]]
        if guest.get("cells"):
            return [cell["memory_kib"] for cell in guest["cells"]]
        page = guest.get("page_kib", 4)
        pages, left, sizes = -(-guest["memory_kib"] // page), guest["memory_kib"], []
        for i in range(n):
            kib = min((pages // n + (i < pages % n)) * page, left)
            sizes.append(kib)
            left -= kib
        return sizes

    def held(self):
        """(node, class) -> KiB of what runs now."""
        held = {}
        for name, (nodes, _) in self.now.items():
            guest = self.guests[name]
            for node, kib in zip(nodes, self.cell_sizes(name, len(nodes))):
                key = (node, self.memory_class(guest))
                held[key] = held.get(key, 0) + self.pages(guest, kib)
        return held

    def check_step(self, number, move):
        name = move["guest"]
        guest = self.guests[name]
        if move["kind"] == "stop":
            self.expect(name in self.now, f"step {number}: {name} does not run")
            self.now.pop(name, None)
            return
        before = self.now.get(name, ([], set()))
        others = set()
        for other, (nodes, cpus) in self.now.items():
            if other == name:
                continue
            others |= cpus
            if guest.get("apart") and self.guests[other].get("apart") == guest["apart"]:
                new = set(move["cells"]) - set(before[0])
                self.expect(not new & set(nodes), f"step {number}: {name} not apart")
        cpus = set() if self.is_shared(guest) else {int(pin) for pin in move["vcpupin"]}
        self.expect(not cpus & others, f"step {number}: {name} on owned CPUs")
        # Old and new pages are held at once.
        held = self.held()
        sizes = self.cell_sizes(name, len(move["cells"]))
        for i, node in enumerate(move["cells"]):
            if i < len(before[0]) and before[0][i] == node:
                continue
            key = (node, self.memory_class(guest))
            held[key] = held.get(key, 0) + self.pages(guest, sizes[i])
            room = self.memory_classes(self.nodes[node]).get(key[1], 0)
            self.expect(held[key] <= room, f"step {number}: node {node} has no room for {name}")
        self.now[name] = (list(move["cells"]), cpus)

    def check_moves(self):
        self.start_state()
        ran = set(self.now)
        moved = 0
        for number, move in enumerate(self.answer["moves"], 1):
            self.check_step(number, move)
        for name in ran:
            if name not in self.placed:
                self.expect(name not in self.now, f"{name} still runs")
                continue
            item = self.placed[name]
            nodes = [cell["node"] for cell in item["cells"]]
            before = self.guests[name]["current"]["cells"]
            moved += sum(cell["memory_kib"] for cell, node in zip(item["cells"], before)
                         if cell["node"] != node)
            self.expect(self.now.get(name, (None,))[0] == nodes, f"{name}: ends elsewhere")
            if not self.is_shared(self.guests[name]):
                cpus = self.now.get(name, (None, None))[1]
                self.expect(cpus == set(self.own_cpus(item)), f"{name}: ends on other CPUs")
        self.expect(self.answer["objective"]["moved_kib"] == moved,
                    f"moved {moved} KiB, told {self.answer['objective']['moved_kib']}")

    def judge(self):
        self.check_names()
        self.check_cells()
        self.check_owners()
        self.check_pools()
        self.check_memory()
        self.check_house()
        self.check_fixed()
        self.check_apart()
        self.check_objective()
        self.check_moves()
        return self.faults


def faults(instance, answer):
    return Judge(instance, answer).judge()
