/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * Every arrangement that could be better than the best known one, by branch and bound: guests from
 * the largest down, each at each of its layouts or left out. Nodes that cannot be told apart are
 * tried once, and states that were reached at less cost before are not entered again.
 */

#include "kt-search.h"

/* Looks for better arrangements than search->best with at most @work. True when all were looked at:
 * then the best is proven. The search stands at its best afterwards. */
bool kt_exact_improve(KtSearch *search, uint64_t work);
