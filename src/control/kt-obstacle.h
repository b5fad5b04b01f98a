/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* What would keep a guest from starting, as far as facts tell: nothing is tried. */

#include "kt-engine.h"

typedef struct KtObstacle {
	char *text;           /* "pins name 2 CPUs that are not online" */
	const char *practice; /* id of the practice that explains it, or NULL */
	char *advice;         /* what to do, or NULL */
} KtObstacle;

void kt_obstacle_free(KtObstacle *obstacle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtObstacle, kt_obstacle_free)

/* KtObstacle * array; empty when nothing speaks against a start of the definition. What is not
 * known is no obstacle. Huge pages that the guest itself holds now count as free. */
GPtrArray *kt_obstacles(KtFacts *facts, uint32_t guest, const KtPolicy *policy);
