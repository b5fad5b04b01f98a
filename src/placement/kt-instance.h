/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * The placement problem of one host: nodes with their cores, and all guests that shall sit there.
 *
 * Plain data in one arena, immutable once read. Nodes, L3 groups, cores and guests are named by
 * their index here; the id of a node and the name of a guest are for the outside. The JSON form and
 * every default are told in docs/place-instance-format.md.
 */

#include "kt-arena.h"
#include "kt-cpuset.h"
#include "kt-json.h"

/* Sets of nodes are bits of one word. MAX_NUMNODES of a maximal x86 kernel is 1024; the largest
 * machines on sale have 64 (sub-NUMA clusters counted). */
#define KT_INSTANCE_MAX_NODES 64
/* More than libvirt has been seen with on one host; keeps the input below what fits memory. */
#define KT_INSTANCE_MAX_GUESTS 4096
/* Cells of one guest; QEMU takes 128 (MAX_NODES in include/sysemu/numa.h), the search 16. */
#define KT_INSTANCE_MAX_CELLS 16
/* vCPUs of one guest: KVM_MAX_VCPUS of x86, arch/x86/include/asm/kvm_host.h, Linux 6.12. */
#define KT_INSTANCE_MAX_VCPUS 4096
#define KT_INSTANCE_MAX_L3    2048
/* A PiB, and so the sum over all guests stays far below 2^63. */
#define KT_INSTANCE_MAX_KIB      ((uint64_t)1 << 40)
#define KT_INSTANCE_MAX_THREADS  8 /* siblings of a core: POWER9 and POWER10 have 8 */
#define KT_INSTANCE_MAX_POOLS    4 /* huge page sizes besides the base size */
#define KT_INSTANCE_MAX_DEVICES  64
#define KT_INSTANCE_MAX_PRIORITY 1000
/* Distance between nodes of which nothing is said: REMOTE_DISTANCE, include/linux/topology.h. */
#define KT_INSTANCE_REMOTE 20
#define KT_INSTANCE_LOCAL  10 /* LOCAL_DISTANCE, the same file */

typedef enum KtSmt {
	KT_SMT_UNSET = 0,
	KT_SMT_PREFER,  /* siblings are used; the rest of a core may be another guest's */
	KT_SMT_REQUIRE, /* whole cores only */
	KT_SMT_ISOLATE, /* one vCPU a core, its siblings stay idle */
	KT_SMT_N,
} KtSmt;

typedef struct KtInstCore {
	uint16_t node;
	uint16_t group; /* index of its L3 group in the host */
	uint16_t n_cpus;
	const uint16_t *cpus; /* CPU numbers, ascending */
} KtInstCore;

/* CPUs behind one last-level cache. */
typedef struct KtInstGroup {
	uint16_t node;
	uint16_t n_cores;
	uint32_t first_core;
} KtInstGroup;

typedef struct KtInstPool {
	uint64_t page_kib;
	uint64_t pages; /* that the kernel holds now */
} KtInstPool;

typedef struct KtInstNode {
	uint64_t id;
	uint64_t memory_kib;
	uint64_t reserved_kib; /* for the host: never given to guests */
	uint32_t first_group;
	uint32_t n_groups;
	uint32_t first_core;
	uint32_t n_cores;
	uint32_t n_pools;
	KtInstPool pools[KT_INSTANCE_MAX_POOLS];
	uint64_t irqs; /* weight of the device interrupts that arrive here */
} KtInstNode;

typedef struct KtInstCell {
	uint64_t vcpus;
	uint64_t memory_kib;
} KtInstCell;

typedef struct KtInstDevice {
	uint64_t node;           /* index */
	uint64_t share_permille; /* of the guest's time that depends on it */
	bool is_required;        /* one of the guest's cells has to be on that node */
} KtInstDevice;

typedef struct KtInstGuest {
	const char *name;
	uint64_t vcpus;
	uint64_t memory_kib;
	uint64_t page_kib;
	uint64_t priority;      /* w: what a vCPU of it counts */
	uint64_t favour;        /* so many times when it has to be left out; 0 = once */
	uint64_t emulator_cpus; /* own CPUs for emulator and IOThreads; 0 = on those of the host */
	uint64_t iothreads;
	uint64_t max_cells;
	uint64_t memory_bound_permille; /* mu: 1000 = every access misses the caches */
	KtSmt smt;
	bool is_shared;    /* vCPUs float over the pool of their node */
	bool is_preferred; /* memory may lie on other nodes when the own one is full */
	bool is_fixed;     /* has to stay where `current` says */
	bool has_vnuma; /* the guest sees its cells, so most of its accesses stay in the own one */
	const KtInstCell *cells; /* NULL: the split is free */
	uint32_t n_cells;
	const KtInstDevice *devices;
	uint32_t n_devices;
	uint64_t allowed;   /* bit i: node i may be used */
	int32_t apart;      /* guests of the same number (>= 0) share no node; -1 = none */
	uint32_t n_current; /* cells that it has now; 0 = it does not run */
	const uint8_t *current_nodes;
	const int32_t *current_cpus; /* per vCPU, -1 = not bound to one; NULL = not told */
	const KtCpuset *current_set; /* of a shared guest: where all its vCPUs may run; or NULL */
	const uint64_t *current_kib; /* memory found on each node; NULL = all where current says */
	bool is_adrift;              /* it runs, and nobody knows where its memory is */
} KtInstGuest;

typedef struct KtInstance {
	KtArena *arena;
	KtInstNode nodes[KT_INSTANCE_MAX_NODES];
	uint32_t n_nodes;
	uint16_t distance[KT_INSTANCE_MAX_NODES][KT_INSTANCE_MAX_NODES];
	KtInstGroup *groups;
	uint32_t n_groups;
	KtInstCore *cores;
	uint32_t n_cores;
	KtCpuset cpus;
	uint64_t housekeeping_per_node; /* cores */
	uint64_t housekeeping_more;     /* cores of the whole host, by the interrupts of nodes */
	uint64_t ratio_permille;        /* vCPUs that may share a CPU of the pool */
	uint64_t horizon_s;             /* how long a gain is counted against the cost of moves */
	uint64_t spare_pages;           /* huge pages of each used pool beyond the need */
	bool is_changed;                /* it is not what runs, so today is of no use */
	uint32_t n_admitted;            /* the last guests, which are asked about */
	bool has_newcomer;              /* the guest `newcomer` has just started */
	uint32_t newcomer;
	bool is_live;         /* who has no place stays as it is, instead of stopping */
	bool has_fixed_pools; /* huge page pools stay as large as they are */
	KtInstGuest *guests;
	uint32_t n_guests;
	uint32_t n_apart;
	const char **notes; /* remarks about the input, for people */
	uint32_t n_notes;
} KtInstance;

/* Reads the JSON form. Errors: PARSE (the message names the place), LIMIT. Free with
 * kt_instance_free. */
KtInstance *kt_instance_from_json(const KtJson *json, GError **error) KT_WARN_UNUSED;

/* The JSON form with every member, so that defaults are told; new reference. */
KtJson *kt_instance_to_json(const KtInstance *instance);

/* An empty host; what belongs to it is allocated from its arena. */
KtInstance *kt_instance_new(void);
void kt_instance_free(KtInstance *instance);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtInstance, kt_instance_free)

/* Index of the node with this id, or -1. */
int kt_instance_find_node(const KtInstance *instance, uint64_t id);

/* Index of the guest with this name, or -1. */
int kt_instance_find_guest(const KtInstance *instance, const char *name);

/* Gives the guest @n cells that are as equal as whole vCPUs and pages allow, the larger ones
 * first. @cells has room for @n; 1 <= @n <= vCPUs. */
void kt_instance_split(const KtInstGuest *guest, uint32_t n, KtInstCell *cells);

/* "prefer", "require", "isolate". */
const char *kt_smt_name(KtSmt smt);
