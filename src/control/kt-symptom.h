/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * What messages about a guest that does not start mean: the rows of symptoms.inc.
 *
 * A message finds a practice; whether that practice has something to say is for facts to decide.
 */

#include <stdbool.h>
#include <stddef.h>

typedef struct KtSymptom {
	const char *pattern; /* lower case; '*' is anything; may stand anywhere in the message */
	const char *means;
	const char *practices; /* ids, separated by blanks; "" for none */
	const char *todo;
	const char *source; /* of the message */
} KtSymptom;

extern const KtSymptom kt_symptoms[];
extern const size_t kt_n_symptoms;

/* The first row whose pattern is in @message, or NULL. Time grows with length times rows. */
const KtSymptom *kt_symptom_find(const char *message);
