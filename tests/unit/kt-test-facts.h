/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Facts that no host has: all in one state, or random. Made by walking the tables of the schema, so
 * a new fact is in them without asking.
 */

#include "kt-facts.h"

/* Every value in @state. @has_items: lists hold one item of such values, else they are in that
 * state themselves. */
KtFacts *kt_test_facts_in_state(KtState state, bool has_items);

/* Random facts from g_test_rand_int(), so --seed brings them back. Values come from a pool of
 * plausible ones per field; what must be different in a list (names, numbers) is, and sums of
 * pages agree with their parts. */
KtFacts *kt_test_facts_random(void);

/* The facts in @base (JSON form) with one of a few values replaced by a random one: hosts on which
 * more fits together than on random ones. */
KtFacts *kt_test_facts_random_from(const KtJson *base);
