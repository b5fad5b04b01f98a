# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The kvmtune authors
"""Processors, caches and NUMA nodes, and the XML that hwloc 2 would export for them."""

import dataclasses
from xml.sax.saxutils import quoteattr


def cpu_list(cpus):
    """{0, 1, 2, 5} -> "0-2,5", as the kernel writes it."""
    runs = []
    for cpu in sorted(cpus):
        if runs and cpu == runs[-1][1] + 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)


def cpu_mask(cpus, n_bits):
    """Groups of 32 bits as in /sys/devices/virtual/workqueue/cpumask."""
    number = sum(1 << cpu for cpu in cpus)
    groups = [f"{number >> 32 * i & 0xFFFFFFFF:08x}" for i in range((n_bits + 31) // 32)]
    first = groups[-1]
    if n_bits % 32:
        groups[-1] = first[-((n_bits % 32 + 3) // 4):]
    return ",".join(reversed(groups))


def bitmap(members):
    """hwloc's form: "0x00000001,0xffffffff"."""
    number = sum(1 << member for member in members)
    groups = []
    while number or not groups:
        groups.append(f"0x{number & 0xFFFFFFFF:08x}")
        number >>= 32
    return ",".join(reversed(groups))


@dataclasses.dataclass
class Core:
    cpus: list  # kernel numbers of its hardware threads


@dataclasses.dataclass
class Node:
    """A NUMA node.  Without domains it has memory only and hangs below its package."""

    number: int
    package: int
    memory_mib: int
    domains: list = dataclasses.field(default_factory=list)  # L3 domains: lists of Core
    free_mib: int = 0
    huge_pages: dict = dataclasses.field(default_factory=dict)  # size in KiB -> (total, free)

    @property
    def cpus(self):
        return [cpu for domain in self.domains for core in domain for cpu in core.cpus]


@dataclasses.dataclass
class Topology:
    nodes: list
    distances: list  # rows
    cpu_model: str
    cpu_vendor: str = "GenuineIntel"
    l3_mib: int = 32
    architecture: str = "x86_64"

    @property
    def cpus(self):
        return sorted(cpu for node in self.nodes for cpu in node.cpus)

    @property
    def n_threads(self):
        return max(len(core.cpus) for node in self.nodes for d in node.domains for core in d)

    def node(self, number):
        return next(node for node in self.nodes if node.number == number)


def uniform(packages, nodes_per_package, domains_per_node, cores_per_domain, threads, memory_mib):
    """Nodes of equal size, with CPUs numbered as firmware does it: all first threads, core by
    core, then all second threads."""
    n_nodes = packages * nodes_per_package
    n_cores = n_nodes * domains_per_node * cores_per_domain
    nodes, core = [], 0
    for number in range(n_nodes):
        domains = []
        for _ in range(domains_per_node):
            domain = []
            for _ in range(cores_per_domain):
                domain.append(Core([core + n_cores * thread for thread in range(threads)]))
                core += 1
            domains.append(domain)
        node = Node(number, number // nodes_per_package, memory_mib, domains)
        node.free_mib = memory_mib * 9 // 10
        nodes.append(node)
    return nodes


def flat_distances(n_nodes, remote):
    return [[10 if a == b else remote for b in range(n_nodes)] for a in range(n_nodes)]


class _Writer:
    def __init__(self, topology):
        self.topology = topology
        self.lines = []
        self.gp_index = 0
        self.core = 0

    def put(self, depth, text):
        self.lines.append("  " * depth + text)

    def open(self, depth, kind, cpus, nodes, os_index=None, extra="", is_leaf=False):
        self.gp_index += 1
        index = "" if os_index is None else f' os_index="{os_index}"'
        sets = "".join(
            f'{prefix}cpuset="{bitmap(cpus)}" {prefix}nodeset="{bitmap(nodes)}" '
            for prefix in (("", "complete_", "allowed_") if kind == "Machine" else ("", "complete_"))
        )
        end = "/>" if is_leaf else ">"
        self.put(
            depth, f'<object type="{kind}"{index} {sets}gp_index="{self.gp_index}"{extra}{end}'
        )

    def info(self, depth, name, value):
        self.put(depth, f"<info name={quoteattr(name)} value={quoteattr(value)}/>")

    def memory(self, depth, node, cpus):
        bytes_ = node.memory_mib << 20
        pages = {4096: 0, **{size << 10: total for size, (total, _) in node.huge_pages.items()}}
        pages[4096] = (bytes_ - sum(size * count for size, count in pages.items())) // 4096
        extra = f' local_memory="{bytes_}"'
        self.open(depth, "NUMANode", cpus, [node.number], node.number, extra)
        for size, count in sorted(pages.items()):
            self.put(depth + 1, f'<page_type size="{size}" count="{count}"/>')
        self.put(depth, "</object>")

    def cores(self, depth, domain, number):
        for core in domain:
            self.open(depth, "Core", core.cpus, [number], self.core)
            self.core += 1
            for cpu in core.cpus:
                self.open(depth + 1, "PU", [cpu], [number], cpu, is_leaf=True)
            self.put(depth, "</object>")

    def domains(self, depth, node):
        kib = self.topology.l3_mib << 20
        extra = f' cache_size="{kib}" depth="3" cache_linesize="64" cache_associativity="16"'
        for domain in node.domains:
            cpus = [cpu for core in domain for cpu in core.cpus]
            self.open(depth, "L3Cache", cpus, [node.number], None, extra + ' cache_type="0"')
            self.cores(depth + 1, domain, node.number)
            self.put(depth, "</object>")

    def package(self, depth, number):
        nodes = [node for node in self.topology.nodes if node.package == number]
        with_cpus = [node for node in nodes if node.domains]
        without = [node for node in nodes if not node.domains]
        cpus = [cpu for node in nodes for cpu in node.cpus]
        self.open(depth, "Package", cpus, [node.number for node in nodes], number)
        self.info(depth + 1, "CPUVendor", self.topology.cpu_vendor)
        self.info(depth + 1, "CPUModel", self.topology.cpu_model)
        if len(with_cpus) == 1:
            self.memory(depth + 1, with_cpus[0], cpus)
        for node in without:
            self.memory(depth + 1, node, cpus)
        if len(with_cpus) == 1:
            self.domains(depth + 1, with_cpus[0])
        else:
            for node in with_cpus:
                self.open(depth + 1, "Group", node.cpus, [node.number], None, ' kind="1000"')
                self.memory(depth + 2, node, node.cpus)
                self.domains(depth + 2, node)
                self.put(depth + 1, "</object>")
        self.put(depth, "</object>")

    def distances(self):
        numbers = [node.number for node in self.topology.nodes]
        indexes = "".join(f"{number} " for number in numbers)
        rows = self.topology.distances
        values = "".join(f"{value} " for row in rows for value in row)
        # FROM_OS and MEANS_LATENCY (hwloc/distances.h)
        self.put(
            1,
            f'<distances2 type="NUMANode" nbobjs="{len(numbers)}" kind="5" name="NUMALatency" '
            'indexing="os">',
        )
        self.put(2, f'<indexes length="{len(indexes)}">{indexes}</indexes>')
        self.put(2, f'<u64values length="{len(values)}">{values}</u64values>')
        self.put(1, "</distances2>")


def hwloc_xml(topology, hostname, release):
    writer = _Writer(topology)
    nodes = [node.number for node in topology.nodes]
    writer.put(0, '<?xml version="1.0" encoding="UTF-8"?>')
    writer.put(0, '<!DOCTYPE topology SYSTEM "hwloc2.dtd">')
    writer.put(0, '<topology version="2.0">')
    writer.open(1, "Machine", topology.cpus, nodes, 0)
    for name, value in (
        ("Backend", "Linux"),
        ("OSName", "Linux"),
        ("OSRelease", release),
        ("HostName", hostname),
        ("Architecture", topology.architecture),
        ("hwlocVersion", "2.9.0"),
    ):
        writer.info(2, name, value)
    for number in sorted({node.package for node in topology.nodes}):
        writer.package(2, number)
    writer.put(1, "</object>")
    if len(nodes) > 1:
        writer.distances()
    writer.put(0, "</topology>")
    return "\n".join(writer.lines) + "\n"
