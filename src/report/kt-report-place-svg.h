/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* A placement as a picture (SVG 1.1): a panel for each node with its L3 groups and cores, each CPU
 * in the colour of its guest, and a legend. */

#include "kt-report-place.h"

/* Free with g_free. */
char *kt_report_place_svg(const KtInstance *instance, const KtSolution *solution);
