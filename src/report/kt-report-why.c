/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-why.h"

#include "kt-report-audit.h"

#include <string.h>

#define INDENT 2
#define DEEPER 4

/* @text with the guest's name for DOMAIN. Free with g_free. */
static char *
named(const KtWhy *why, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "DOMAIN", -1);

	return g_strjoinv(why->name ? why->name : "DOMAIN", parts);
}

static void
put(KtPaper *paper, unsigned indent, KtInk ink, const char *text)
{
	paper->indent = indent;
	kt_paper_tab(paper, indent);
	kt_paper_flow(paper, ink, "%s", text);
	kt_paper_end_line(paper);
	paper->indent = 0;
}

static void
put_practice(KtPaper *paper, const KtWhy *why, const KtWhyPractice *practice)
{
	g_autoptr(GString) text = g_string_new(practice->id);
	bool is_host = g_str_has_prefix(practice->id, "host.");

	if (practice->summary)
		g_string_append_printf(text, ": %s", practice->summary);
	else
		g_string_append(text, why->name ? ": finds nothing" : "");
	if (practice->has_changes)
		g_string_append_printf(text,
				       "; 'kvmtune plan --rule %s%s%s' shows what mends it",
				       practice->id,
				       is_host ? "" : " ",
				       is_host ? "" : why->name);
	put(paper, DEEPER, practice->is_finding ? KT_INK_HIGH : KT_INK_FAINT, text->str);
}

static void
put_message(KtPaper *paper, const KtWhy *why, const KtWhyMessage *message)
{
	const KtSymptom *symptom = message->symptom;
	g_autofree char *said = g_strdup_printf("%s says: %s", message->from, message->text);

	put(paper, 0, KT_INK_HEADING, said);
	if (!symptom) {
		put(paper, INDENT, KT_INK_FAINT, "Unknown: kvmtune has no explanation for it.");
		return;
	}
	g_autofree char *todo = named(why, symptom->todo);
	g_autofree char *means =
		g_strdup_printf("%c%s.", g_ascii_toupper(symptom->means[0]), symptom->means + 1);
	g_autofree char *advice = g_strdup_printf("To do: %s", todo);
	put(paper, INDENT, KT_INK_UNSET, means);
	put(paper, INDENT, KT_INK_UNSET, advice);
	for (guint i = 0; i < message->practices->len; i++)
		put_practice(paper, why, message->practices->pdata[i]);
}

static void
put_obstacles(KtPaper *paper, const KtWhy *why)
{
	if (why->obstacles->len)
		put(paper, 0, KT_INK_HEADING, "Its definition will not start:");
	for (guint i = 0; i < why->obstacles->len; i++) {
		const KtObstacle *obstacle = why->obstacles->pdata[i];
		g_autofree char *text =
			g_strdup_printf("%s%s%s%s",
					obstacle->text,
					obstacle->practice ? " (" : "",
					obstacle->practice ? obstacle->practice : "",
					obstacle->practice ? ")" : "");
		g_autofree char *advice = g_strdup_printf("To do: %s", obstacle->advice);
		put(paper, INDENT, KT_INK_HIGH, text);
		if (obstacle->advice)
			put(paper, DEEPER, KT_INK_UNSET, advice);
	}
}

static void
put_head(KtPaper *paper, const KtWhy *why)
{
	g_autoptr(GString) text = g_string_new(NULL);

	g_string_append_printf(
		text, "%s is %s.", why->name, why->state ? why->state : "in an unknown state");
	if (why->started)
		g_string_append_printf(text, " Its last start was at %s", why->started);
	if (why->started && g_strcmp0(why->reason, "failed") == 0)
		g_string_append(text, ", and failed.");
	else if (why->started && why->reason)
		g_string_append_printf(text, "; it ended later (%s).", why->reason);
	else if (why->started)
		g_string_append_c(text, '.');
	if (why->log_problem)
		g_string_append_printf(text,
				       " The log of its last start cannot be read: %s%s%s%s.",
				       why->log_path ? "'" : "",
				       why->log_path ? why->log_path : "",
				       why->log_path ? "': " : "",
				       why->log_problem);
	put(paper, 0, KT_INK_UNSET, text->str);
}

static void
put_end(KtPaper *paper, const KtWhy *why)
{
	bool is_silent = why->messages->len == 0 && why->obstacles->len == 0;

	if (g_strcmp0(why->trial, "started") == 0)
		put(paper,
		    0,
		    KT_INK_GOOD,
		    "A trial start succeeded: it was started, paused, and ended again.");
	else if (is_silent && !why->name)
		put(paper, 0, KT_INK_UNSET, "There is no message in it.");
	else if (is_silent && why->is_running)
		put(paper, 0, KT_INK_GOOD, "Nothing speaks against its next start either.");
	else if (is_silent && !why->trial)
		put(paper,
		    0,
		    KT_INK_UNSET,
		    "Nothing speaks against a start, as far as that can be told without one. With "
		    "--try it is started, paused, and ended at once. What virsh said is explained by "
		    "'virsh start DOMAIN 2>&1 | kvmtune why -'.");
}

void
kt_report_why(const KtWhy *why, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);

	if (why->name)
		put_head(&paper, why);
	for (guint i = 0; i < why->messages->len; i++)
		put_message(&paper, why, why->messages->pdata[i]);
	put_obstacles(&paper, why);
	put_end(&paper, why);
}

static KtJson *
message_json(const KtWhyMessage *message)
{
	const KtSymptom *symptom = message->symptom;
	KtJson *json = json_object();
	KtJson *practices = json_array();

	kt_json_set_str(json, "from", message->from);
	kt_json_set_str(json, "text", message->text);
	kt_json_set_str(json, "means", symptom ? symptom->means : NULL);
	kt_json_set_str(json, "to_do", symptom ? symptom->todo : NULL);
	kt_json_set_str(json, "source", symptom ? symptom->source : NULL);
	for (guint i = 0; i < message->practices->len; i++) {
		const KtWhyPractice *practice = message->practices->pdata[i];
		KtJson *item = json_object();
		kt_json_set_str(item, "id", practice->id);
		kt_json_set_bool(item, "is_finding", practice->is_finding);
		kt_json_set_bool(item, "has_changes", practice->has_changes);
		kt_json_set_str(item, "summary", practice->summary);
		json_array_append_new(practices, item);
	}
	kt_json_set(json, "practices", practices);
	return json;
}

KtJson *
kt_report_why_json(const KtWhy *why)
{
	KtJson *json = json_object();
	KtJson *messages = json_array();
	KtJson *obstacles = json_array();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-why");
	kt_json_set_str(json, "guest", why->name);
	kt_json_set_str(json, "uuid", why->uuid);
	kt_json_set_str(json, "state", why->state);
	kt_json_set_str(json, "last_start", why->started);
	kt_json_set_str(json, "ended", why->reason);
	kt_json_set_str(json, "log", why->log_path);
	kt_json_set_str(json, "log_problem", why->log_problem);
	kt_json_set_str(json, "refusal", why->refusal);
	kt_json_set_str(json, "trial", why->trial);
	kt_json_set_bool(json, "has_cause", kt_why_has_cause(why));
	for (guint i = 0; i < why->messages->len; i++)
		json_array_append_new(messages, message_json(why->messages->pdata[i]));
	for (guint i = 0; i < why->obstacles->len; i++) {
		const KtObstacle *obstacle = why->obstacles->pdata[i];
		KtJson *item = json_object();
		kt_json_set_str(item, "text", obstacle->text);
		kt_json_set_str(item, "practice", obstacle->practice);
		kt_json_set_str(item, "to_do", obstacle->advice);
		json_array_append_new(obstacles, item);
	}
	kt_json_set(json, "messages", messages);
	kt_json_set(json, "obstacles", obstacles);
	return json;
}
