/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Sets of small numbers: CPUs and NUMA nodes.
 *
 * A value type of fixed size: assign it, pass it by pointer, no clean-up. Members are 0..8191
 * (CONFIG_NR_CPUS of a maximal x86 kernel is 8192, arch/x86/Kconfig, Linux 6.12).
 *
 * Two text forms are read and written:
 *  - list "0-3,8": Documentation/admin-guide/kernel-parameters.rst, "cpu lists"; libvirt's '^2'
 *    (exclude) is accepted as well, after the ranges that it takes from, as libvirt does;
 *  - mask "ff,00000000": groups of 32 bits in hexadecimal, most significant first.
 */

#include "kt-error.h"

#include <stdint.h>

#define KT_CPUSET_BITS  8192
#define KT_CPUSET_WORDS (KT_CPUSET_BITS / 64)

typedef struct KtCpuset {
	uint64_t words[KT_CPUSET_WORDS];
} KtCpuset;

/* Iterates over the members in ascending order: `for (unsigned c = kt_cpuset_next(s, 0); c <
 * KT_CPUSET_BITS; c = kt_cpuset_next(s, c + 1))`. Returns KT_CPUSET_BITS when there is none. */
unsigned kt_cpuset_next(const KtCpuset *set, unsigned from);
#define kt_cpuset_foreach(set, var)                                                                \
	for (unsigned var = kt_cpuset_next((set), 0); (var) < KT_CPUSET_BITS;                      \
	     (var) = kt_cpuset_next((set), (var) + 1))

/* Members are below KT_CPUSET_BITS (a broken promise is a warning of GLib and no change); a range
 * includes both ends. What is passed as const stays as it is. */
void kt_cpuset_add(KtCpuset *set, unsigned member);
void kt_cpuset_add_range(KtCpuset *set, unsigned first, unsigned last);
void kt_cpuset_remove(KtCpuset *set, unsigned member);
bool kt_cpuset_has(const KtCpuset *set, unsigned member);
unsigned kt_cpuset_count(const KtCpuset *set);
bool kt_cpuset_is_empty(const KtCpuset *set);
bool kt_cpuset_equal(const KtCpuset *a, const KtCpuset *b);
bool kt_cpuset_is_subset(const KtCpuset *part, const KtCpuset *whole);
bool kt_cpuset_intersects(const KtCpuset *a, const KtCpuset *b);
void kt_cpuset_and(KtCpuset *set, const KtCpuset *other);
void kt_cpuset_or(KtCpuset *set, const KtCpuset *other);
void kt_cpuset_and_not(KtCpuset *set, const KtCpuset *other);
uint32_t kt_cpuset_hash(const KtCpuset *set);

/* Reads the list form. Surrounding white space is allowed and the empty text is the empty set.
 * Fails with KT_ERROR_PARSE or KT_ERROR_LIMIT (member above 8191); *@ret_set is untouched then. */
bool kt_cpuset_parse_list(const char *text, KtCpuset *ret_set, GError **error) KT_WARN_UNUSED;

/* Reads the mask form; same errors. */
bool kt_cpuset_parse_mask(const char *text, KtCpuset *ret_set, GError **error) KT_WARN_UNUSED;

/* Shortest list form, "" for the empty set. Free with g_free. */
char *kt_cpuset_to_list(const KtCpuset *set);

/* Mask form without leading zero groups, "0" for the empty set. Free with g_free. */
char *kt_cpuset_to_mask(const KtCpuset *set);
