/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#pragma once

/*
 * A plan: what apply will do, nothing else.
 *
 * A step is one write at one place (a guest's XML is one place, so its edits share a step). Steps
 * that must hold together form a group: it is applied as a whole or not at all. Steps stand in the
 * order in which they are made. The JSON form is meant to be read, reviewed and kept.
 */

#include "kt-change.h"
#include "kt-facts.h"

#define KT_PLAN_SCHEMA_VERSION 1
/* A plan for 1000 guests with ten changes each; more is no plan that a person reviewed. */
#define KT_PLAN_MAX_STEPS 10000

/* Stands in a group where the ids of practices stand, when a person asked for its changes. */
#define KT_PLAN_ASKED_FOR "set"

typedef struct KtEdit {
	const char *locator;
	const char *from; /* NULL = absent */
	const char *to;   /* NULL = make it absent */
	KtSyntax syntax;
} KtEdit;

typedef struct KtStep {
	uint32_t id; /* from 1, in order */
	uint32_t group;
	KtKnob knob;
	KtEffect effect;
	KtRisk risk;
	const char *target; /* "host" or "guest/<uuid>" */
	const char *title;  /* of the target, for people */
	KtEdit *edits;
	uint32_t n_edits;
} KtStep;

typedef struct KtGroup {
	uint32_t id; /* from 1, in order */
	const char *title;
	const char *practices; /* ids, separated by spaces */
	KtSeverity severity;
	KtRisk risk;
} KtGroup;

typedef struct KtPlan {
	KtArena *arena;
	const char *tool_version;
	const char *created; /* RFC 3339 */
	const char *hostname;
	const char *boot_id;
	const char *uri; /* libvirt connection that its guests belong to, or NULL */
	const char *facts_digest;
	KtGroup *groups;
	uint32_t n_groups;
	KtStep *steps;
	uint32_t n_steps;
	const char **notes; /* what could not be planned, and what will win over it */
	uint32_t n_notes;
} KtPlan;

/* A plan without steps; what belongs to it is allocated from its arena. */
KtPlan *kt_plan_new(void);
void kt_plan_free(KtPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(KtPlan, kt_plan_free)

/* New reference. */
KtJson *kt_plan_to_json(const KtPlan *plan);

/* Reads the JSON form; every member is checked (order of ids, known words, locators). Errors:
 * PARSE, LIMIT, UNSUPPORTED (another schema version). */
KtPlan *kt_plan_from_json(const KtJson *json, GError **error) KT_WARN_UNUSED;

/* NULL when there is none. */
const KtGroup *kt_plan_group(const KtPlan *plan, uint32_t id);

/* Does @actual mean the same as @wanted? NULL means absent. */
bool kt_syntax_equal(KtSyntax syntax, const char *wanted, const char *actual);

/* The value that a file's text stands for: the bracketed word of a CHOICE, else the text without
 * white space around it. Free with g_free. */
char *kt_syntax_value(KtSyntax syntax, const char *text);
