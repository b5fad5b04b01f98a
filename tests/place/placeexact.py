# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""The exact optimum of simple instances: a mixed integer model solved by HiGHS (scipy) or glpsol,
and brute force for tiny ones.

Simple means: dedicated guests of one priority, cores without siblings, one L3 group a node, nobody
runs yet.  Only nodes are chosen then, and the whole loss is that of distance.
"""

import itertools
import math
import subprocess
import tempfile

PENALTY = 5000  # a vCPU left out, against at most 0.3 * 2.2 * 1000 that it can lose


def loss(instance, cells, nodes):
    """In thousandths of vCPUs, rounded as the format says."""
    k, distances, total = len(cells), instance["distances"], 0
    for g, cell in enumerate(cells):
        for h in range(k):
            share = 700 * k + 300 if g == h else 300
            total += cell[0] * share * (distances[nodes[g]][nodes[h]] - 10)
    return (2 * total + 10 * k) // (20 * k)


def split(vcpus, kib, k):
    pages = -(-kib // 4)
    cells, left = [], kib
    for i in range(k):
        part = min((pages // k + (i < pages % k)) * 4, left)
        cells.append((vcpus // k + (i < vcpus % k), part))
        left -= part
    return cells


def room_of(instance):
    keep = instance["housekeeping"]["cores_per_node"]
    cores = [sum(len(group["cores"]) for group in node["l3"]) - keep
             for node in instance["nodes"]]
    return cores, [node["memory_kib"] - node["reserved_kib"] for node in instance["nodes"]]


def fits(cells, nodes, cores, memory):
    used, held = [0] * len(cores), [0] * len(cores)
    for (vcpus, kib), node in zip(cells, nodes):
        used[node] += vcpus
        held[node] += -(-kib // 4) * 4
    return all(u <= c for u, c in zip(used, cores)) and all(h <= m for h, m in zip(held, memory))


def patterns(instance, guest):
    """[(loss, ((node, vcpus, kib), ...))] of a guest: the least power of two of cells that fits,
    and twice that."""
    cores, memory = room_of(instance)
    n, found = len(cores), []
    if guest.get("cells"):
        shapes = [[(cell["vcpus"], cell["memory_kib"]) for cell in guest["cells"]]]
    else:
        shapes = [split(guest["vcpus"], guest["memory_kib"], k) for k in (1, 2, 4, 8)
                  if k <= min(guest.get("max_cells", 8), guest["vcpus"])]
    hits = 0
    for cells in shapes:
        alike = len(set(cells)) == 1
        choices = (itertools.combinations_with_replacement(range(n), len(cells)) if alike
                   else itertools.product(range(n), repeat=len(cells)))
        some = [(loss(instance, cells, nodes),
                 tuple((node, *cell) for node, cell in zip(nodes, cells)))
                for nodes in choices if fits(cells, nodes, cores, memory)]
        found += some
        hits += bool(some)
        if hits == 2:
            break
    return found


def in_moves(guest, options):
    """The same patterns, one cell each, priced by the move: GiB, and one for each guest."""
    here = guest.get("current", {}).get("cells")
    return [(1 + cells[0][2] // 1048576 if here and cells[0][0] != here[0] else 0, cells)
            for _, cells in options if len(cells) == 1]


def flavours(instance, counts_moves=False):
    """[(count, vcpus, patterns)]: equal guests are one row of the model.  With @counts_moves the
    price is that of moves instead of loss."""
    rows = {}
    for guest in instance["guests"]:
        key = (guest["vcpus"], guest["memory_kib"], str(guest.get("cells")),
               str(guest.get("current", {}).get("cells")))
        rows.setdefault(key, [0, guest])[0] += 1
    found = []
    for count, guest in rows.values():
        options = patterns(instance, guest)
        found.append((count, guest["vcpus"],
                      in_moves(guest, options) if counts_moves else options))
    return found


def solve_highs(instance, limit=60, counts_moves=False):
    """(unplaced vCPUs, loss), or None when it was not proven in `limit` seconds."""
    import numpy
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import lil_matrix

    rows = flavours(instance, counts_moves)
    cores, memory = room_of(instance)
    columns = [(f, pattern) for f, row in enumerate(rows) for pattern in row[2]]
    width, n = len(columns) + len(rows), len(cores)
    cost, upper = numpy.zeros(width), numpy.zeros(width)
    matrix = lil_matrix((len(rows) + 2 * n, width))
    for i, (f, (price, cells)) in enumerate(columns):
        cost[i], upper[i] = price, rows[f][0]
        matrix[f, i] = 1
        for node, vcpus, kib in cells:
            matrix[len(rows) + node, i] += vcpus
            # GiB keep the numbers small; all generators draw whole pages.
            matrix[len(rows) + n + node, i] += -(-kib // 4) * 4 / 1048576
    for f, (count, vcpus, _) in enumerate(rows):
        cost[len(columns) + f], upper[len(columns) + f] = PENALTY * vcpus, count
        matrix[f, len(columns) + f] = 1
    counts = [row[0] for row in rows]
    high = numpy.array(counts + cores + [kib / 1048576 for kib in memory], dtype=float)
    low = numpy.array(counts + [-numpy.inf] * (2 * n), dtype=float)
    answer = milp(cost, integrality=numpy.ones(width), bounds=Bounds(0, upper),
                  constraints=LinearConstraint(matrix.tocsr(), low, high),
                  options={"time_limit": limit, "mip_rel_gap": 0})
    if answer.status != 0:
        return None
    y = [round(value) for value in answer.x]
    left = sum(y[len(columns) + f] * row[1] for f, row in enumerate(rows))
    return left, sum(y[i] * price for i, (_, (price, _)) in enumerate(columns))


GMPL = """set NODE; set FLAV; set PAT; set OK within FLAV cross PAT;
param count{FLAV}; param vcpus{FLAV}; param cap_c{NODE}; param cap_m{NODE};
param cost{OK}; param c{OK,NODE} default 0; param m{OK,NODE} default 0;
var y{OK} >= 0 integer; var u{f in FLAV} >= 0, <= count[f] integer;
minimize J: 5000*sum{f in FLAV} vcpus[f]*u[f] + sum{(f,p) in OK} cost[f,p]*y[f,p];
s.t. all_placed{f in FLAV}: u[f] + sum{(f,p) in OK} y[f,p] = count[f];
s.t. cores{n in NODE}: sum{(f,p) in OK} c[f,p,n]*y[f,p] <= cap_c[n];
s.t. mem{n in NODE}: sum{(f,p) in OK} m[f,p,n]*y[f,p] <= cap_m[n];
solve;
printf "left %d loss %d\\n", sum{f in FLAV} vcpus[f]*u[f], sum{(f,p) in OK} cost[f,p]*y[f,p];
end;
"""


def solve_glpk(instance, limit=60, counts_moves=False):
    """The same by glpsol: the second opinion."""
    rows = flavours(instance, counts_moves)
    cores, memory = room_of(instance)
    data = ["data;", "set NODE := " + " ".join(map(str, range(len(cores)))) + ";",
            "set FLAV := " + " ".join(map(str, range(len(rows)))) + ";",
            f"set PAT := {' '.join(map(str, range(max((len(r[2]) for r in rows), default=0))))};"]
    ok = [(f, p) for f, row in enumerate(rows) for p in range(len(row[2]))]
    data.append("set OK := " + " ".join(f"({f},{p})" for f, p in ok) + ";")
    data.append("param count := " + " ".join(f"{f} {row[0]}" for f, row in enumerate(rows)) + ";")
    data.append("param vcpus := " + " ".join(f"{f} {row[1]}" for f, row in enumerate(rows)) + ";")
    data.append("param cap_c := " + " ".join(f"{n} {c}" for n, c in enumerate(cores)) + ";")
    data.append("param cap_m := " + " ".join(f"{n} {m // 4}" for n, m in enumerate(memory)) + ";")
    data.append("param cost := " + " ".join(f"[{f},{p}] {rows[f][2][p][0]}" for f, p in ok) + ";")
    use = {}
    for f, p in ok:
        for node, vcpus, kib in rows[f][2][p][1]:
            one = use.setdefault((f, p, node), [0, 0])
            one[0] += vcpus
            one[1] += -(-kib // 4)
    for name, i in (("c", 0), ("m", 1)):
        data.append(f"param {name} := " + " ".join(
            f"[{f},{p},{node}] {one[i]}" for (f, p, node), one in use.items()) + ";")
    with tempfile.NamedTemporaryFile("w", suffix=".mod") as model, \
            tempfile.NamedTemporaryFile("w", suffix=".dat") as file:
        model.write(GMPL.replace("end;\n", ""))
        model.write("end;\n")
        model.flush()
        file.write("\n".join([*data, "end;", ""]))
        file.flush()
        done = subprocess.run(["glpsol", "--tmlim", str(limit), "-m", model.name, "-d", file.name],
                              capture_output=True, text=True, check=False)
    if "INTEGER OPTIMAL SOLUTION FOUND" not in done.stdout:
        return None
    words = next(line for line in done.stdout.splitlines() if line.startswith("left ")).split()
    return int(words[1]), int(words[3])


def brute_force(instance):
    """(unplaced weight, loss) by looking at everything: a handful of guests at most."""
    cores, memory = room_of(instance)
    choices = [(guest.get("priority", 1), guest["vcpus"], patterns(instance, guest))
               for guest in instance["guests"]]
    best = [math.inf, math.inf]

    def descend(i, left, price):
        if (left, price) >= tuple(best):
            return
        if i == len(choices):
            best[:] = left, price
            return
        weight, vcpus, options = choices[i]
        for cost, cells in options:
            used = {}
            for node, count, kib in cells:
                one = used.setdefault(node, [0, 0])
                one[0] += count
                one[1] += -(-kib // 4) * 4
            if any(cores[n] < c or memory[n] < m for n, (c, m) in used.items()):
                continue
            for n, (c, m) in used.items():
                cores[n] -= c
                memory[n] -= m
            descend(i + 1, left, price + cost * weight)
            for n, (c, m) in used.items():
                cores[n] += c
                memory[n] += m
        descend(i + 1, left + weight * vcpus, price)

    descend(0, 0, 0)
    return tuple(best)
