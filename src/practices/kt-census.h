/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What practices about the host ask of all its guests together.
 *
 * A guest *counts* when it runs or starts with the host; of a running guest its live configuration
 * is looked at, of another the one that its start will use. Guests of which that is not known are
 * in `n_unknown`: what is said of all guests is true only when that is 0.
 */

#include "kt-practice.h"

typedef enum KtMemoryKind {
	KT_MEMORY_UNKNOWN = 0,
	KT_MEMORY_ANONYMOUS, /* private, QEMU's default: THP `enabled`, KSM and swap act on it */
	KT_MEMORY_SHARED,    /* memfd, file or shared access: shmem_enabled acts, KSM does not */
	KT_MEMORY_HUGETLB,   /* static huge pages: none of them acts */
} KtMemoryKind;

typedef enum KtCensusScope {
	KT_CENSUS_COUNTING, /* guests that run or start with the host */
	KT_CENSUS_DEFINED,  /* all that are known to libvirt */
} KtCensusScope;

struct KtCensus {
	uint32_t n;
	uint32_t n_unknown; /* neither kind of memory nor binding can be told */
	uint32_t n_anonymous;
	uint32_t n_shared;
	uint32_t n_hugetlb;
	uint32_t n_mergeable; /* anonymous, and not marked <nosharepages/> */
	uint32_t n_bound;    /* memory bound by <numatune> mode strict or restrictive, or hugetlb */
	uint32_t n_unbound;  /* certainly neither */
	uint32_t n_kvm;      /* domain type 'kvm' */
	uint64_t normal_kib; /* sum of <memory> of guests that are not on static huge pages */
};

/* False when nobody knows which guests there are. A host without libvirt has none. It goes through
 * all guests: what is judged once for each of them takes view->counting. */
bool kt_census_take(const KtFacts *facts, KtCensusScope scope, KtCensus *ret_census);

/* Same, and says so. */
bool kt_census_needs(const KtView *view, KtCensusScope scope, KtCensus *ret_census, KtSink *out);

/* What is said of all guests is not known of some: says so, and is UNKNOWN. */
KtVerdict kt_census_unknown(const KtView *view, KtSink *out);

/* Runs, or starts with the host. */
bool kt_census_counts(const KtGuest *guest);

/* What counts of a guest: live when it runs, else what its next start will use. */
const KtGuestConfig *kt_census_config(const KtGuest *guest);

/* What the guest's memory is made of. */
KtMemoryKind kt_census_memory_kind(const KtGuestConfig *config);

/* Dom0 of Xen: the guests are not those of KVM, and most of the memory is not the kernel's. */
bool kt_census_is_dom0(const KtHost *host);

/* True when a program of that name runs. */
bool kt_census_has_agent(const KtHost *host, const char *name);

/* True when a module of that name is loaded. */
bool kt_census_has_module(const KtHost *host, const char *name);

/* Is the running kernel of this version or newer? False when its version is not known. */
bool kt_census_kernel_from(const KtHost *host, unsigned major, unsigned minor);

/* Value of @key on the running command line: NULL when it is not there (or the line is not known),
 * "" without a value, that of the last one when there are several. Free with g_free. */
char *kt_census_boot_arg(const KtHost *host, const char *key);
