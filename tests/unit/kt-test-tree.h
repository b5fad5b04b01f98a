/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A host made of lines, in memory: what the tests of the collectors read from.
 *
 * Directories exist because something lies in them. Links are answers only and never followed.
 */

#include "kt-facts.h"
#include "kt-root.h"

typedef struct KtTestTree KtTestTree;

KtTestTree *kt_test_tree_new(void);
void kt_test_tree_free(KtTestTree *tree);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtTestTree, kt_test_tree_free)

void kt_test_tree_put(KtTestTree *tree, const char *path, const char *text);
/* The same; the path comes last, as a format. */
void kt_test_tree_put_at(KtTestTree *tree, const char *text, const char *format, ...)
	G_GNUC_PRINTF(3, 4);
void kt_test_tree_put_bytes(KtTestTree *tree, const char *path, const void *bytes, size_t length);
void kt_test_tree_put_link(KtTestTree *tree, const char *path, const char *target);
void kt_test_tree_put_mode(KtTestTree *tree, const char *path, uint32_t mode);
/* Every question about @path itself gets @state. */
void kt_test_tree_put_state(KtTestTree *tree, const char *path, KtState state);
void kt_test_tree_remove(KtTestTree *tree, const char *path);

/* Paths of all files, sorted; free with g_ptr_array_unref. */
GPtrArray *kt_test_tree_files(const KtTestTree *tree);
const char *kt_test_tree_text(const KtTestTree *tree, const char *path);

/* A root that borrows @tree. */
KtRoot *kt_test_tree_root(KtTestTree *tree);

/* Writes the tree below the directory @path. */
void kt_test_tree_save(const KtTestTree *tree, const char *path);

/* A server with Debian 12: as much of it as the collectors and hwloc ask for. One NUMA node and one
 * L3 cache per package, and one more node without CPUs. CPUs are numbered as on x86: the first
 * threads of all cores, then the second ones. */
KtTestTree *kt_test_tree_server(unsigned packages, unsigned cores, unsigned threads);

/* kt_collect_host(), which must succeed; @topology_xml may be NULL. */
KtFacts *kt_test_collect(KtTestTree *tree, const char *topology_xml);

/* Asserts that the fact at @pointer ("host/ksm/run", "host/nodes/0/id") is @expected, JSON text in
 * which ' stands for "; NULL: not there. */
void kt_test_assert_fact(const KtFacts *facts, const char *pointer, const char *expected);

/* Collects and asserts one fact. */
void kt_test_assert_collects(KtTestTree *tree, const char *pointer, const char *expected);
