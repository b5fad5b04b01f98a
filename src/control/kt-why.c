/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-why.h"

#include "kt-finding.h"

static void
practice_free(void *data)
{
	KtWhyPractice *practice = data;

	g_free(practice->id);
	g_free(practice->summary);
	g_free(practice);
}

static void
message_free(void *data)
{
	KtWhyMessage *message = data;

	g_free(message->from);
	g_free(message->text);
	g_ptr_array_unref(message->practices);
	g_free(message);
}

KtWhy *
kt_why_new(void)
{
	KtWhy *why = g_new0(KtWhy, 1);

	why->messages = g_ptr_array_new_with_free_func(message_free);
	why->obstacles = g_ptr_array_new_with_free_func((GDestroyNotify)kt_obstacle_free);
	return why;
}

void
kt_why_free(KtWhy *why)
{
	if (!why)
		return;
	g_free(why->name);
	g_free(why->uuid);
	g_free(why->state);
	g_free(why->log_path);
	g_free(why->log_problem);
	g_free(why->started);
	g_free(why->reason);
	g_free(why->refusal);
	g_free(why->trial);
	g_ptr_array_unref(why->messages);
	g_ptr_array_unref(why->obstacles);
	g_free(why);
}

void
kt_why_add(KtWhy *why, const char *from, const char *text, bool keeps_unknown)
{
	const KtSymptom *symptom = kt_symptom_find(text);

	if (!symptom && !keeps_unknown)
		return;
	KtWhyMessage *message = g_new0(KtWhyMessage, 1);
	message->from = g_strdup(from);
	message->text = g_strdup(text);
	message->symptom = symptom;
	message->practices = g_ptr_array_new_with_free_func(practice_free);
	g_ptr_array_add(why->messages, message);
}

/* The finding of practice @id that comes first, or NULL. */
static const KtResult *
find_result(const KtAudit *audit, const char *id)
{
	for (guint i = 0; audit && i < audit->results->len; i++) {
		const KtResult *result = audit->results->pdata[i];
		if (result->verdict == KT_VERDICT_FINDING && g_str_equal(result->practice->id, id))
			return result;
	}
	return NULL;
}

static void
judge_message(KtWhyMessage *message, const KtAudit *audit)
{
	g_auto(GStrv) ids =
		g_strsplit(message->symptom ? message->symptom->practices : "", " ", -1);

	for (size_t i = 0; ids[i]; i++) {
		const KtResult *result = find_result(audit, ids[i]);
		KtWhyPractice *practice = g_new0(KtWhyPractice, 1);
		practice->id = g_strdup(ids[i]);
		if (result) {
			practice->is_finding = true;
			practice->has_changes = result->changes->len > 0;
			practice->summary = g_strdup(result->summary ? result->summary
								     : result->practice->title);
		}
		g_ptr_array_add(message->practices, practice);
	}
}

void
kt_why_judge(KtWhy *why, KtFacts *facts, const KtPolicy *policy)
{
	const char *const names[] = {why->uuid, NULL};
	const KtSelection selection = {.guests = why->uuid ? names : NULL};
	g_autoptr(KtAudit) audit = facts ? kt_engine_run(facts, policy, &selection) : NULL;

	for (guint i = 0; i < why->messages->len; i++)
		judge_message(why->messages->pdata[i], audit);
}

bool
kt_why_has_cause(const KtWhy *why)
{
	bool has_failed = g_strcmp0(why->reason, "failed") == 0 || !why->name ||
			  g_strcmp0(why->trial, "failed") == 0;

	if (why->is_running || g_strcmp0(why->trial, "started") == 0)
		return false;
	return why->obstacles->len > 0 || why->refusal || (has_failed && why->messages->len > 0);
}
