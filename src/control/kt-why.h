/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/* Why a guest does not start: what was said, what it means, and what facts say to it. */

#include "kt-engine.h"
#include "kt-obstacle.h"
#include "kt-symptom.h"

/* A practice that a message or the definition leads to. */
typedef struct KtWhyPractice {
	char *id;
	char *summary; /* its finding here; NULL: it has none, or nobody looked */
	bool is_finding;
	bool has_changes; /* kvmtune can mend it */
} KtWhyPractice;

typedef struct KtWhyMessage {
	char *from; /* "QEMU's log", "libvirt", "standard input" */
	char *text;
	const KtSymptom *symptom; /* NULL: no row fits */
	GPtrArray *practices;     /* KtWhyPractice * */
} KtWhyMessage;

typedef struct KtWhy {
	char *name; /* NULL: about a text alone */
	char *uuid;
	char *state; /* "running", "shut off" */
	bool is_running;
	char *log_path;       /* NULL: not known where it would be */
	char *log_problem;    /* why it was not read, or NULL */
	char *started;        /* when its last start was, or NULL */
	char *reason;         /* how that ended, or NULL */
	char *refusal;        /* what libvirt says of the definition without starting it, or NULL */
	char *trial;          /* "started", "failed", or NULL: none was asked for */
	GPtrArray *messages;  /* KtWhyMessage * */
	GPtrArray *obstacles; /* KtObstacle * */
} KtWhy;

/* UNSET members, empty arrays. */
KtWhy *kt_why_new(void);
void kt_why_free(KtWhy *why);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtWhy, kt_why_free)

/* Adds @text, looked up among the symptoms. Those that no row fits are kept only with
 * @keeps_unknown. */
void kt_why_add(KtWhy *why, const char *from, const char *text, bool keeps_unknown);

/* Asks the practices that messages lead to. @facts NULL: nobody looked. */
void kt_why_judge(KtWhy *why, KtFacts *facts, const KtPolicy *policy);

/* Does anything known keep the guest from starting? */
bool kt_why_has_cause(const KtWhy *why);
