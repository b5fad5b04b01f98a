/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SPDX-FileCopyrightText: 2026 The kvmtune authors */
#include "kt-report-restart.h"

#include "kt-phrase.h"
#include "kt-report-audit.h"
#include "kt-report-txn.h"
#include "kt-table.h"

#define US_PER_S 1e6

static char *
join(const GPtrArray *words)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < words->len; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", (const char *)words->pdata[i]);
	return g_string_free(text, FALSE);
}

static const char *
cell(const char *value)
{
	return value ? value : "-";
}

static void
put_words(KtPaper *paper, const char *about, const GPtrArray *words)
{
	g_autofree char *text = join(words);

	if (words->len == 0)
		return;
	paper->indent = 2;
	kt_paper_tab(paper, 2);
	kt_paper_flow(paper, KT_INK_UNSET, "%s %s", about, text);
	kt_paper_end_line(paper);
	paper->indent = 0;
}

static const char *
way_of(const KtRestart *restart)
{
	if (restart->has_agent)
		return restart->has_acpi ? "through its agent, else by its power button"
					 : "through its agent";
	return restart->has_acpi ? "by its power button (ACPI)" : NULL;
}

void
kt_report_restart_plan(const KtRestart *restart, uint32_t timeout_s, bool is_forced,
		       const KtStyle *style, GString *out)
{
	static const KtColumn columns[] = {
		{.title = "SETTING"},
		{.title = "RUNS"},
		{.title = "BECOMES"},
		{.title = "WHAT IT IS", .is_wrapped = true},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);
	KtPaper paper = kt_paper_init(out, style);
	const char *way = way_of(restart);

	kt_paper_flow(&paper,
		      KT_INK_UNSET,
		      "%s: a restart makes %s true%s",
		      restart->name,
		      restart->pending->len == 0   ? "nothing new"
		      : restart->pending->len == 1 ? "one setting"
						   : "these settings",
		      restart->pending->len ? ":" : "; what runs is what is defined.");
	kt_paper_end_line(&paper);
	for (guint i = 0; i < restart->pending->len; i++) {
		const KtPending *pending = restart->pending->pdata[i];
		const char *cells[] = {
			pending->key,
			cell(pending->runs),
			cell(pending->defined),
			pending->doc,
		};
		kt_table_add(table, cells);
	}
	kt_table_print(table, out);
	put_words(&paper, "It mends", restart->mended);
	put_words(&paper, "It brings", restart->brought);
	if (way)
		kt_paper_flow(&paper, KT_INK_UNSET, "It is asked to shut down %s", way);
	if (way && is_forced)
		kt_paper_flow(&paper, KT_INK_UNSET, "; after %u s its plug is pulled.", timeout_s);
	else if (way)
		kt_paper_flow(&paper,
			      KT_INK_UNSET,
			      "; if it still runs after %u s, it is left alone.",
			      timeout_s);
	else
		kt_paper_flow(&paper,
			      KT_INK_UNSET,
			      "It cannot be asked to shut down: its plug is pulled at once.");
	kt_paper_end_line(&paper);
}

static void
put_pending(const KtRestart *restart, const KtStyle *style, GString *out)
{
	static const KtColumn columns[] = {
		{.title = "SETTING"},
		{.title = "WAS"},
		{.title = "IS"},
		{.title = "", .is_wrapped = true},
	};
	g_autoptr(KtTable) table = kt_table_new(columns, G_N_ELEMENTS(columns), style);

	for (guint i = 0; i < restart->pending->len; i++) {
		const KtPending *pending = restart->pending->pdata[i];
		g_autofree char *remark =
			pending->is_true ? g_strdup("")
					 : g_strdup_printf("not %s", cell(pending->defined));
		const char *cells[] = {
			pending->key,
			cell(pending->runs),
			cell(pending->found),
			remark,
		};
		kt_table_add(table, cells);
		if (!pending->is_true)
			kt_table_ink(table, 3, KT_INK_HIGH);
	}
	kt_table_print(table, out);
}

static const char *
end_text(KtRestartEnd end)
{
	static const char *const texts[KT_RESTART_N] = {
		[KT_RESTART_PLANNED] = "was not touched",
		[KT_RESTART_DONE] = "runs as defined",
		[KT_RESTART_UNTRUE] = "runs, but not all has become true",
		[KT_RESTART_STILL_RUNNING] = "did not shut down and still runs as before",
		[KT_RESTART_INTERRUPTED] = "was asked to shut down, and still runs as before",
		[KT_RESTART_AS_BEFORE] =
			"runs again as it ran before, because its definition did not start",
		[KT_RESTART_OFF] = "is off and could not be started",
	};

	return end < KT_RESTART_N && texts[end] ? texts[end] : "was not touched";
}

static const char *
went_down(const KtRestart *restart)
{
	if (g_strcmp0(restart->way, "force") == 0)
		return "its plug was pulled";
	return g_strcmp0(restart->way, "agent") == 0 ? "through its agent" : "by its power button";
}

void
kt_report_restart(const KtRestart *restart, const KtStyle *style, GString *out)
{
	KtPaper paper = kt_paper_init(out, style);
	bool is_restarted = restart->end == KT_RESTART_DONE || restart->end == KT_RESTART_UNTRUE ||
			    restart->end == KT_RESTART_AS_BEFORE;

	kt_paper_flow(&paper,
		      restart->end == KT_RESTART_DONE ? KT_INK_GOOD : KT_INK_HIGH,
		      "%s %s",
		      restart->name,
		      end_text(restart->end));
	if (is_restarted)
		kt_paper_flow(&paper,
			      KT_INK_UNSET,
			      " (%s; %.1f s to shut down, off for %.1f s)",
			      went_down(restart),
			      (double)restart->shutdown_us / US_PER_S,
			      (double)restart->outage_us / US_PER_S);
	kt_paper_flow(&paper, KT_INK_UNSET, ".");
	kt_paper_end_line(&paper);
	if (restart->end == KT_RESTART_DONE || restart->end == KT_RESTART_UNTRUE)
		put_pending(restart, style, out);
}

static KtJson *
words_json(const GPtrArray *words)
{
	KtJson *array = json_array();

	for (guint i = 0; i < words->len; i++)
		kt_json_append_str(array, words->pdata[i]);
	return array;
}

static KtJson *
restart_json(const KtRestart *restart)
{
	KtJson *json = json_object();
	KtJson *pending = json_array();
	bool is_read_back = restart->end == KT_RESTART_DONE || restart->end == KT_RESTART_UNTRUE;

	kt_json_set_str(json, "guest", restart->name);
	kt_json_set_str(json, "uuid", restart->uuid);
	kt_json_set_str(json, "result", kt_restart_end_name(restart->end));
	kt_json_set_str(json, "way", restart->way);
	kt_json_set_u64(json, "shutdown_us", (uint64_t)restart->shutdown_us);
	kt_json_set_u64(json, "outage_us", (uint64_t)restart->outage_us);
	kt_json_set_str(json, "problem", restart->problem);
	for (guint i = 0; i < restart->pending->len; i++) {
		const KtPending *item = restart->pending->pdata[i];
		KtJson *row = json_object();
		kt_json_set_str(row, "key", item->key);
		kt_json_set_str(row, "before", item->runs);
		kt_json_set_str(row, "defined", item->defined);
		kt_json_set_str(row, "after", item->found);
		kt_json_set(
			row, "is_true", is_read_back ? json_boolean(item->is_true) : json_null());
		json_array_append_new(pending, row);
	}
	kt_json_set(json, "pending", pending);
	kt_json_set(json, "mends", words_json(restart->mended));
	kt_json_set(json, "brings", words_json(restart->brought));
	return json;
}

KtJson *
kt_report_restarts_json(const GPtrArray *list, bool is_dry_run, const GError *error)
{
	KtJson *json = json_object();
	KtJson *array = json_array();

	kt_json_set_u64(json, "schema_version", KT_REPORT_SCHEMA_VERSION);
	kt_json_set_str(json, "kind", "kvmtune-restart");
	kt_json_set_bool(json, "is_dry_run", is_dry_run);
	for (guint i = 0; i < list->len; i++)
		json_array_append_new(array, restart_json(list->pdata[i]));
	kt_json_set(json, "restarts", array);
	kt_json_set(json, "error", error ? kt_report_error_json(error) : json_null());
	return json;
}
