/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* A placement for people: the verdict, a map of the host, where everybody goes and what it costs.
 */

#include "kt-paper.h"
#include "kt-solution.h"

/* All of it. */
void kt_report_place(const KtInstance *instance, const KtSolution *solution, const KtStyle *style,
		     GString *out);

/* The map alone: per node its memory, and a character for each CPU; siblings stand below each
 * other, L3 groups apart. */
void kt_report_place_map(const KtInstance *instance, const KtSolution *solution, KtPaper *paper);

/* The character of a guest on the map; '*' when there are more guests than characters. */
char kt_report_place_letter(const KtSolution *solution, uint32_t guest);

/* Memory that guests have on the node. */
uint64_t kt_report_place_used_kib(const KtInstance *instance, const KtSolution *solution,
				  uint32_t node);

/* What the CPU is on the map. */
char kt_report_place_mark(const KtInstance *instance, const KtSolution *solution, uint16_t node,
			  uint16_t cpu);
