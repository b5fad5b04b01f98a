/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Makes random facts agree with each other where every collector's do. */

#include "kt-facts.h"

/* Sums of pages, chosen schedulers, live configurations, images: as on a real host. Stages some
 * situations that chance makes too rarely. Gives @facts back. */
KtFacts *kt_test_facts_settle(KtFacts *facts);
