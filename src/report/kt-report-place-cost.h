/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What a placement costs, for people: today and then, by term and guest, and the runner-up. */

#include "kt-report-place.h"

/* Today's loss, the proposed one, how far it can be from the best, and what comes next. */
void kt_report_place_cost(const KtInstance *instance, const KtSolution *solution, KtPaper *paper);

/* The guests that lose something in their new places, and to what. */
void kt_report_place_terms(const KtInstance *instance, const KtSolution *solution, KtPaper *paper);

/* A paragraph of its own. */
void kt_report_place_line(KtPaper *paper, KtInk ink, const char *text);

/* "0,1": ids of the nodes. Free with g_free. */
char *kt_report_place_nodes(const KtInstance *instance, const uint8_t *nodes, uint32_t n);
