# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Generators of placement instances: hosts, and mixes of guests as clouds and enterprises have them.

Everything comes from the seed alone.  docs/placement.md tells where the numbers come from.
"""

import random

GIB = 1048576

AZ_VCPUS = {1: 29, 2: 29, 4: 23, 8: 12.5, 16: 4.5, 24: 1, 32: 0.6, 64: 0.4}
AZ_GIB = {2: 25, 4: 50, 8: 25}
HW = {(1, 1): 21.98, (1, 2): 43.78, (1, 4): 2.71, (2, 4): 13.41, (2, 8): 1.95, (4, 8): 9.1,
      (4, 16): 1.75, (8, 16): 2.76, (8, 32): 1.04, (12, 24): 0.53, (16, 32): 0.89,
      (32, 64): 0.18, (64, 128): 0.23}
BIG_VCPUS = {4: 25, 8: 30, 12: 10, 16: 15, 24: 10, 32: 6, 48: 4}
BIG_GIB = {2: 30, 4: 50, 6: 20}


def pick(rng, table):
    return rng.choices(list(table), weights=list(table.values()))[0]


def host(n_nodes, n_cores, gib, threads=1, l3_cores=None, n_sockets=2, housekeeping=0):
    """Nodes alike; 10 within, 12 within the socket, 32 between sockets (n_sockets=1: none)."""
    nodes, cpu = [], 0
    stride = n_nodes * n_cores
    l3_cores = l3_cores or n_cores
    for n in range(n_nodes):
        cores = [[cpu + i + t * stride for t in range(threads)] for i in range(n_cores)]
        cpu += n_cores
        groups = [{"cores": cores[i:i + l3_cores]} for i in range(0, n_cores, l3_cores)]
        nodes.append({"id": n, "memory_kib": gib * GIB, "reserved_kib": 0, "l3": groups})
    per_socket = max(n_nodes // n_sockets, 1)
    distances = [[10 if a == b else 12 if a // per_socket == b // per_socket else 32
                  for b in range(n_nodes)] for a in range(n_nodes)]
    return {"nodes": nodes, "distances": distances,
            "housekeeping": {"cores_per_node": housekeeping}, "guests": []}


def draw(rng, mix):
    if mix == "az":
        vcpus = pick(rng, AZ_VCPUS)
        return vcpus, vcpus * pick(rng, AZ_GIB) * GIB
    if mix == "hw":
        vcpus, gib = pick(rng, HW)
        return vcpus, gib * GIB
    vcpus = pick(rng, BIG_VCPUS)
    return vcpus, vcpus * pick(rng, BIG_GIB) * GIB


def drawn(mix, seed, n_nodes, n_cores, fill, gib_per_core=5):
    """Guests of a mix until the host's cores are filled to `fill`."""
    rng = random.Random(f"{mix} {seed}")
    instance = host(n_nodes, n_cores, n_cores * gib_per_core)
    room, memory = int(n_nodes * n_cores * fill), n_nodes * n_cores * gib_per_core * GIB * fill
    misses = 0
    while misses < 50 and room > 0:
        vcpus, kib = draw(rng, mix)
        if vcpus > min(room, n_nodes * n_cores // 2) or kib > memory:
            misses += 1
            continue
        room, memory = room - vcpus, memory - kib
        add(instance, vcpus, kib)
    return instance


def add(instance, vcpus, kib, **more):
    instance["guests"].append({"name": f"g{len(instance['guests'])}", "vcpus": vcpus,
                               "memory_kib": int(kib), **more})


def odd(seed, n_nodes, n_cores, n_guests, fill, gib_per_core=4):
    """Odd sizes that fill the cores exactly, memory to 97 %: the hard ones."""
    rng = random.Random(f"odd {seed}")
    instance = host(n_nodes, n_cores, n_cores * gib_per_core)
    total = int(n_nodes * n_cores * fill)
    weights = [rng.lognormvariate(0, 0.9) for _ in range(n_guests)]
    scale = sum(weights)
    sizes = [max(1, int(total * weight / scale)) for weight in weights]
    i = 0
    while sum(sizes) != total:
        step = 1 if sum(sizes) < total else -1
        if sizes[i % n_guests] + step >= 1:
            sizes[i % n_guests] += step
        i += 1
    ratios = [rng.uniform(0.4, 1.6) for _ in sizes]
    kib = [size * ratio for size, ratio in zip(sizes, ratios)]
    factor = 0.97 * n_nodes * n_cores * gib_per_core * GIB / sum(kib)
    for size, amount in zip(sizes, kib):
        # Whole GiB: smaller units make no problem harder, and the models larger.
        add(instance, size, max(1, int(amount * min(factor, gib_per_core * GIB) / GIB)) * GIB)
    return instance


def planted(seed, n_nodes, n_cores, fill=1.0, gib_per_core=4, pieces=5):
    """Every node cut into guests, one guest over two neighbours, on 8 nodes one over a socket: the
    best is known.  Gives the instance and its loss."""
    rng = random.Random(f"planted {seed}")
    instance = host(n_nodes, n_cores, n_cores * gib_per_core)
    cores = [n_cores] * n_nodes
    memory = [n_cores * gib_per_core] * n_nodes
    wide = []

    def span(nodes):
        each = rng.randrange(n_cores // 4, n_cores // 2 + 1)
        wanted = each * rng.choice((2, 3, 4))
        gib = min(wanted, *(memory[n] - cores[n] // 2 for n in nodes))
        # As many as make it too large for fewer nodes.
        each = max(each, n_cores // 2 + 1) if len(nodes) == 2 else max(each, n_cores // 2 + 1)
        for n in nodes:
            cores[n] -= each
            memory[n] -= gib
        wide.append((each * len(nodes), gib * len(nodes), [{"vcpus": each, "memory_kib": gib * GIB}
                                                           for _ in nodes]))

    span([0, 1])
    if n_nodes == 8:
        span([4, 5, 6, 7])
    guests = [(vcpus, gib, cells) for vcpus, gib, cells in wide]
    for n in range(n_nodes):
        count = min(rng.randrange(2, pieces + 1), cores[n], memory[n])
        while cores[n] > 0:
            last = count <= 1 or cores[n] == 1
            part = cores[n] if last else rng.randrange(1, cores[n] - count + 2)
            gib = memory[n] if last else rng.randrange(1, memory[n] - count + 2)
            guests.append((part, gib, None))
            cores[n] -= part
            memory[n] -= gib
            count -= 1
    rng.shuffle(guests)
    if fill < 1:
        room = int(n_nodes * n_cores * (1 - fill))
        for guest in sorted(guests, key=lambda g: g[0]):
            if guest[2] is None and guest[0] <= room:
                room -= guest[0]
                guests.remove(guest)
    for vcpus, gib, cells in guests:
        more = {"cells": cells} if cells else {}
        add(instance, vcpus, gib * GIB, **more)
    loss = 0
    for vcpus, _, cells in wide:
        k = len(cells)
        # 12 within the socket; on a host of two nodes the neighbours are sockets.
        far = (12 if n_nodes > 2 else 32) - 10
        loss += (2 * vcpus * far * 300 * (k - 1) // k + 10) // 20
    return instance, loss


def churn(seed, n_nodes, n_cores, n_events=400, gib_per_core=4):
    """Arrivals and departures on the emptiest node, then a newcomer that fits the totals but no
    node: moves have to make room."""
    rng = random.Random(f"churn {seed}")
    instance = host(n_nodes, n_cores, n_cores * gib_per_core)
    cores = [n_cores] * n_nodes
    memory = [n_cores * gib_per_core] * n_nodes
    running = []
    for _ in range(n_events):
        vcpus = rng.choice((1, 1, 2, 2, 3, 4, 4, 6, 8))
        gib = max(1, int(vcpus * rng.choice((1, 2, 4))))
        node = max(range(n_nodes), key=lambda n: (cores[n], memory[n]))
        if cores[node] >= vcpus and memory[node] >= gib and rng.random() < 0.75:
            cores[node] -= vcpus
            memory[node] -= gib
            running.append((vcpus, gib, node))
        elif running:
            vcpus, gib, node = running.pop(rng.randrange(len(running)))
            cores[node] += vcpus
            memory[node] += gib
    taken = [0] * n_nodes
    for vcpus, gib, node in running:
        first = node * n_cores + taken[node]
        taken[node] += vcpus
        add(instance, vcpus, gib * GIB,
            current={"cells": [node], "vcpupin": [str(first + i) for i in range(vcpus)]})
    vcpus = min(max(cores) + 1, sum(cores), n_cores)
    gib = max(1, min(sum(memory), n_cores * gib_per_core // 2, vcpus))
    add(instance, vcpus, gib * GIB, max_cells=1)
    return instance


def circle(seed):
    """Guests that have to be where another one is: circles of moves, with little room to turn."""
    rng = random.Random(f"circle {seed}")
    n_nodes, n_cores = rng.choice((2, 3, 4, 6)), rng.choice((4, 6, 8))
    instance = host(n_nodes, n_cores, n_cores + rng.choice((0, 1, 2)))
    for node in instance["nodes"]:
        node["memory_kib"] += rng.choice((0, 0, 1, 3)) * GIB
    target = list(range(n_nodes))
    rng.shuffle(target)
    spare = rng.choice((0, 0, 1, 2))
    for node in range(n_nodes):
        left, cpu = n_cores - (spare if node == n_nodes - 1 else 0), node * n_cores
        while left > 0:
            vcpus = min(left, rng.choice((1, 2, 4)))
            device = [{"node": target[node], "share": 0.1, "require": True}]
            add(instance, vcpus, vcpus * GIB, devices=device, max_cells=1,
                smt=rng.choice(("prefer", "prefer", "require")),
                current={"cells": [node], "vcpupin": [str(cpu + i) for i in range(vcpus)]})
            left, cpu = left - vcpus, cpu + vcpus
    return instance


def wild(seed):
    """Anything that the format allows, small: for the checker."""
    rng = random.Random(f"wild {seed}")
    n_nodes, threads = rng.choice((1, 1, 2, 3, 4, 6, 8)), rng.choice((1, 1, 2, 2, 4))
    n_cores = rng.choice((1, 2, 4, 6, 12))
    instance = host(n_nodes, n_cores, rng.choice((8, 16, 64)), threads,
                    l3_cores=rng.choice((1, 2, 4, 12)), housekeeping=rng.choice((0, 0, 1, 2)))
    instance["shared_ratio"] = rng.choice((1, 1.5, 2, 4))
    if rng.random() < 0.2:
        instance["housekeeping"]["cores"] = rng.randrange(1, 6)
        for node in instance["nodes"]:
            node["irqs"] = rng.choice((0, 0, 1, 3, 100))
    for node in instance["nodes"]:
        node["reserved_kib"] = rng.choice((0, GIB, 2 * GIB + 3))
        if rng.random() < 0.3:
            node["hugepages"] = {"2048": rng.randrange(4096), "1048576": rng.randrange(4)}
        for group in node["l3"]:
            # Offline siblings and cores.
            for core in group["cores"]:
                if len(core) > 1 and rng.random() < 0.1:
                    core.pop()
            group["cores"] = [core for core in group["cores"] if rng.random() > 0.05]
    if rng.random() < 0.3:
        mix_nodes(rng, instance)
    if rng.random() < 0.3:
        instance["distances"] = [[10 if a == b else rng.choice((11, 16, 21, 32, 40))
                                  for b in range(n_nodes)] for a in range(n_nodes)]
    if rng.random() < 0.3:
        instance["nodes"].append({"id": n_nodes + 5, "memory_kib": 32 * GIB, "l3": []})
    if rng.random() < 0.2:
        instance["pools"] = "fixed"
    for _ in range(rng.choice((0, 1, 3, 6, 12))):
        wild_guest(rng, instance)
    return instance


def mix_nodes(rng, instance):
    """Nodes of different sizes, some with CPUs or memory only, some of whose distance is unknown."""
    for node in instance["nodes"]:
        node["memory_kib"] = int(node["memory_kib"] * rng.choice((0, 0.25, 0.5, 1, 1, 2)))
        if rng.random() < 0.3:
            node["l3"] = node["l3"][:rng.randrange(len(node["l3"]) + 1)]
        for group in node["l3"]:
            if rng.random() < 0.3:
                group["cores"] = group["cores"][:rng.randrange(len(group["cores"]) + 1)]
    rng.shuffle(instance["nodes"])
    if rng.random() < 0.3:
        instance["distances"] = [row[:rng.randrange(len(row) + 1)] for row in instance["distances"]]


def wild_guest(rng, instance):
    ids = [node["id"] for node in instance["nodes"]]
    vcpus = rng.choice((1, 2, 2, 3, 4, 5, 8, 12, 40))
    kib = rng.choice((1, 2, 4, 8, 16)) * GIB // rng.choice((1, 2, 3))
    more = {"class": rng.choice(("dedicated", "dedicated", "shared")),
            "smt": rng.choice(("prefer", "prefer", "require", "isolate")),
            "priority": rng.choice((1, 1, 1, 0, 2, 10)),
            "iothreads": rng.choice((0, 0, 1, 2)), "emulator_cpus": rng.choice((0, 0, 1)),
            "page_kib": rng.choice((4, 4, 2048, 1048576))}
    if rng.random() < 0.2 and vcpus > 1:
        first = rng.randrange(1, vcpus)
        more["cells"] = [{"vcpus": first, "memory_kib": kib // 3},
                         {"vcpus": vcpus - first, "memory_kib": kib - kib // 3}]
    if rng.random() < 0.2:
        more["devices"] = [{"node": rng.choice(ids), "share": rng.choice((0, 0.2, 1)),
                            "require": rng.random() < 0.3}]
    if rng.random() < 0.15:
        more["apart"] = rng.choice(("x", "y"))
    if rng.random() < 0.15:
        more["nodes"] = rng.sample(ids, rng.randrange(1, len(ids) + 1))
    if rng.random() < 0.1:
        more["vnuma"] = False
    if rng.random() < 0.3:
        wild_current(rng, instance, vcpus, more)
    add(instance, vcpus, kib, **more)


def wild_current(rng, instance, vcpus, more):
    cpus = {node["id"]: [cpu for group in node["l3"] for core in group["cores"] for cpu in core]
            for node in instance["nodes"]}
    sizes = [cell["vcpus"] for cell in more.get("cells", [{"vcpus": vcpus}])]
    where = [rng.choice(list(cpus)) for _ in sizes]
    pins = []
    for node, size in zip(where, sizes):
        left = [cpu for cpu in cpus[node] if str(cpu) not in pins]
        pins += [str(cpu) for cpu in rng.sample(left, min(size, len(left)))]
    more["current"] = {"cells": where}
    if len(where) == 1 and rng.random() < 0.3:
        more["current"]["memory_kib"] = {str(node): rng.randrange(1, 1 << 24)
                                         for node in rng.sample(list(cpus), 1 + len(cpus) // 2)}
    if len(pins) == vcpus and rng.random() < 0.7:
        more["current"]["vcpupin"] = pins
        more["movable"] = rng.random() < 0.7
