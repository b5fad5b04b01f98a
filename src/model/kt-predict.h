/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What the facts will be when a change has become true.
 *
 * The prediction is what apply compares a new collection with, and what proves that a practice
 * does not fight itself or another one: judged again, the predicted facts must be free of the
 * finding. It is made of single facts: what is moved by a changed one (free memory of a node whose
 * page pool grew) is predicted too where a practice looks at it; what depends on time (counters,
 * pages that KSM has yet to unmerge) is not.
 *
 * A change of the next boot or the next guest start is predicted as if that had happened for what
 * it changes itself: the command line, the inactive configuration.
 */

#include "kt-change.h"
#include "kt-facts.h"

/* A copy of its own to change. Origins are lost. Free with kt_facts_unref. */
KtFacts *kt_facts_copy(const KtFacts *facts);

/* Makes @change true in @facts. False, with @facts as they were, when there is no fact for its
 * place or none that is known: the caller has to say that it cannot tell. Changes without a knob
 * are for plan/ to expand first. */
bool kt_predict(KtFacts *facts, const KtChange *change) KT_WARN_UNUSED;
