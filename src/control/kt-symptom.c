/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-symptom.h"

#include <glib.h>
#include <string.h>

const KtSymptom kt_symptoms[] = {
#define SYMPTOM(p, m, i, t, s)                                                                     \
	{.pattern = (p), .means = (m), .practices = (i), .todo = (t), .source = (s)},
#include "symptoms.inc"
#undef SYMPTOM
};
const size_t kt_n_symptoms = G_N_ELEMENTS(kt_symptoms);

/* The pieces between the stars, one after the other: the first place of each will do. */
static bool
fits(const char *pattern, const char *message)
{
	while (*pattern) {
		g_autofree char *piece = g_strndup(pattern, strcspn(pattern, "*"));
		const char *found = strstr(message, piece);
		if (!found)
			return false;
		message = found + strlen(piece);
		pattern += strlen(piece);
		pattern += *pattern == '*';
	}
	return true;
}

const KtSymptom *
kt_symptom_find(const char *message)
{
	g_autofree char *lower = g_ascii_strdown(message, -1);

	for (size_t i = 0; i < kt_n_symptoms; i++) {
		if (fits(kt_symptoms[i].pattern, lower))
			return &kt_symptoms[i];
	}
	return NULL;
}
